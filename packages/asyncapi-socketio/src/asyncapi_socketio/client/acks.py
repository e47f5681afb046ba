"""What an ack tells: a value, or one of the errors that the contract declares."""

from __future__ import annotations

import reprlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeAlias, TypeVar

from ..errors import ContractBroken, Error
from ..jsonschema.references import Json
from ..jsonschema.validation import Schema
from ..jsonschema.wording import JSON_SCHEMA
from ..runtime.arguments import acks_several, judged
from ..runtime.operations import Receive

T = TypeVar("T")


class Rejected(Error, Generic[T]):
    """The server did not do what it was asked: `ack` is the error that it acknowledged."""

    def __init__(self, event: str, ack: T) -> None:
        super().__init__(f"{event} was rejected: {reprlib.repr(ack)}")
        self.event = event
        self.ack = ack


Errors: TypeAlias = Mapping[int | None, type[Rejected[Any]]]
"""What to raise, by the place of a reply in the schema of the ack; None: one without argument."""


@dataclass(frozen=True, slots=True)
class _Reply:
    """One shape of an ack: its schema, how many arguments it has at most, and what it raises."""

    schema: Schema
    most: int | None
    error: type[Rejected[Any]] | None

    def value(self, args: Sequence[Json]) -> Json:
        """Return the argument, or a tuple where there may be several."""
        if self.most == 0:
            return None
        return args[0] if self.most == 1 else tuple(args)


class Acks:
    """The acks of one operation."""

    def __init__(self, operation: Receive, document: Json, errors: Errors) -> None:
        """Build a judge per reply; `document` is the schema of the ack (None: no argument)."""
        self._operation = operation
        self._nothing = errors.get(None)
        self._several = acks_several(operation)
        shapes = (document or {}).get("anyOf") or (document or {}).get("allOf", [])
        self._replies = [
            self._reply(document, shape, errors.get(place)) for place, shape in enumerate(shapes)
        ]

    def _reply(self, document: Json, shape: Json, error: type[Rejected[Any]] | None) -> _Reply:
        alone = {"allOf": [shape], "definitions": document.get("definitions", {})}
        most = shape.get("maxItems") if self._several else 1
        return _Reply(Schema(alone, wording=JSON_SCHEMA), most, error)

    def value(self, args: Sequence[Json], *, validate: bool) -> Json:
        """Return what a good ack carries, the first reply that fits.

        Raise `Rejected`, and `ContractBroken` where none fits, unless it shall not `validate`.
        """
        if not args and not self._several and 0 in self._operation.ack_args:
            return self._told(self._nothing, None)
        for reply in self._replies:
            if self._fits(reply, args):
                return self._told(reply.error, reply.value(args))
        if validate:
            raise ContractBroken(self._complaint(args))
        return tuple(args) if len(args) > 1 else next(iter(args), None)

    def _fits(self, reply: _Reply, args: Sequence[Json]) -> bool:
        if self._several:
            return reply.schema.accepts([*args])
        return len(args) == 1 and reply.schema.accepts(args[0])

    def _told(self, error: type[Rejected[Any]] | None, value: Json) -> Json:
        if error is not None:
            raise error(self._operation.event, value)
        return value

    def _complaint(self, args: Sequence[Json]) -> str:
        """Name the operation and the places in its ack, never a value."""
        operation = self._operation
        place = f"operations/{operation.id}: the ack of {operation.event}"
        if not self._replies or (not self._several and len(args) != 1):
            return f"{place} has {len(args)} arguments: {operation.ack_args} are declared"
        found = judged(args, several=self._several)
        places = {
            "/".join(map(str, violation["path"])) or "."
            for reply in self._replies
            if reply.error is None
            for violation in reply.schema.violations(found)
        }
        return f"{place} breaks its schema at {', '.join(sorted(places)) or '.'}"
