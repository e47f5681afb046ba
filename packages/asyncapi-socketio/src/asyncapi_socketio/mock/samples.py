"""Values that answer in a program's place: the contract's examples first, else drawn by a seed.

The same question gets the same answer, whenever and by whomever it is asked.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from functools import cached_property
from zlib import crc32

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import HypothesisException
from hypothesis.strategies import SearchStrategy

from ..jsonschema.references import Json
from ..jsonschema.strategies import Undrawable, valid
from ..jsonschema.validation import Schema

COUNT = 20
"""Values drawn of a schema."""


class Samples:
    """Valid values of one schema."""

    def __init__(self, document: Json, examples: Sequence[Json], seed: int) -> None:
        """Keep those examples that are valid; where there are none, draw.

        Raise `Undrawable`.
        """
        self._document = document
        self._schema = Schema(document)
        self._seed = seed
        self._examples = [*filter(self._schema.accepts, examples)]
        self._responses = self._examples[:1] or self.drawn

    def accepts(self, value: Json) -> bool:
        """Return whether a value is valid."""
        return self._schema.accepts(value)

    def answer(self, question: Json) -> Json:
        """Return the first example, or the drawn value that falls to the question."""
        written = json.dumps(question, sort_keys=True, default=str)  # bytes may be in it
        return self._responses[crc32(written.encode()) % len(self._responses)]

    def __iter__(self) -> Iterator[Json]:
        """Yield the examples, then drawn values."""
        yield from self._examples
        yield from self.drawn

    @cached_property
    def drawn(self) -> list[Json]:
        """Values that are no examples; raise `Undrawable`."""
        return drawn(valid(self._document), self._seed)


def drawn(strategy: SearchStrategy[Json], start: int, count: int = COUNT) -> list[Json]:
    """Draw up to `count` values, at least one; the same ones for the same seed.

    null, which a gateway takes for no argument, is among them only when all are. Raises
    `Undrawable`.
    """
    values: list[Json] = []

    @seed(start)
    @settings(
        database=None,
        deadline=None,
        max_examples=count,
        phases=[Phase.generate],
        suppress_health_check=[*HealthCheck],
    )
    @given(strategy)
    def collect(value: Json) -> None:
        values.append(value)

    try:
        collect()
    except HypothesisException as error:  # few are valid, or it takes long to find some
        if not values:
            raise Undrawable("#: no value is valid") from error
    return [value for value in values if value is not None] or values
