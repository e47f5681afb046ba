"""A large JSON value, encoded piece by piece so that its parts are shared and sent apart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import orjson


@dataclass(frozen=True, slots=True)
class Encoded:
    """One argument of an ack as JSON: the bytes of `pieces`, one after the other (UTF-8).

    Whoever makes it has judged its parts by the contract's schemas: it is sent as it is. Pieces
    are shared by all that wait for them, and a slow client is sent one after the other.
    """

    pieces: tuple[bytes, ...]

    def __len__(self) -> int:
        """Return the bytes of all pieces."""
        return sum(map(len, self.pieces))

    def under(self, key: str) -> Self:
        """Return the JSON object whose only key, `key`, has this value."""
        return type(self)((b"{" + orjson.dumps(key) + b":", *self.pieces, b"}"))
