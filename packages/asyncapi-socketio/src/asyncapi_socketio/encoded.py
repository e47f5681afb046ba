"""A large JSON value, encoded in pieces that its readers share."""

from __future__ import annotations

from typing import Self

import orjson


class Encoded:
    """One argument of an ack as JSON: the bytes of `pieces`, one after the other (UTF-8).

    Whoever makes it has judged its parts by the contract's schemas: it is sent as it is. Pieces
    are shared by all that wait for them, and a slow client is sent one after the other.
    """

    __slots__ = ("pieces",)

    def __init__(self, pieces: tuple[bytes, ...]) -> None:
        self.pieces = pieces

    def under(self, key: str) -> Self:
        """Return the JSON object whose only key, `key`, has this value."""
        return type(self)((b"{" + orjson.dumps(key) + b":", *self.pieces, b"}"))
