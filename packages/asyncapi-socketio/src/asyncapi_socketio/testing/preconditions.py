"""What must have been called before an operation, and with which of its values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

from ..asyncapi.contract import Contract, Operation
from ..asyncapi.resources import essence
from ..jsonschema.references import Address, at, replaced
from .client import Args
from .expectations import Expectations, value_of

Json: TypeAlias = Any

_DEPTH = 2
"""How many objects deep in a payload a value is looked for."""


def needed(contract: Contract, operation: Operation) -> tuple[Operation, ...]:
    """Return the operations to call before one, in order: those of its own namespace, once each."""
    by_id = {item.id: item for item in contract.receives}
    found: dict[str, Operation] = {}

    def visit(item: Operation, above: tuple[str, ...]) -> None:
        for id_ in item.preconditions:
            before = by_id[id_]
            if id_ not in above and before.namespace == operation.namespace:
                visit(before, (*above, id_))
                found.setdefault(id_, before)

    visit(operation, (operation.id,))
    return tuple(found.values())


def carried(
    contract: Contract,
    expectations: Mapping[str, Expectations],
    before: Operation,
    event: str,
    args: Args,
) -> Args:
    """Return the arguments of a precondition: its simplest, with what the call itself is about.

    A value is about the same where it has the same name, or else a schema that demands the same.
    """
    judge = expectations[before.event]
    value = judge.simplest.value if judge.simplest else None
    given = value_of(args) if args else None
    theirs = [*_places(contract, expectations[event].operation)]
    for path, name, demanded in [*_places(contract, before)]:
        alike = [place for place, other, _ in theirs if name and other == name]
        alike += [place for place, _, other in theirs if other == demanded]
        for place in alike[:1]:
            try:
                changed = replaced(value, path, at(given, place))
            except (LookupError, TypeError, AttributeError):
                continue
            value = changed if judge.takes(changed) else value
    return judge.args(value)


def _places(contract: Contract, operation: Operation) -> Iterator[tuple[Address, str, Json]]:
    """Yield where single values stand in a payload, with their names and what they demand."""
    names = operation.message.arguments
    for number, schema in enumerate(names):
        start: Address = () if len(names) == 1 else (number,)
        yield from _within(contract, contract.schemas[schema], start, "", _DEPTH)


def _within(
    contract: Contract, schema: Json, path: Address, name: str, depth: int
) -> Iterator[tuple[Address, str, Json]]:
    schema = contract.resolved(schema)
    if not isinstance(schema, dict):
        return
    if "properties" not in schema:
        yield path, name, essence(contract, schema)
        return
    for key, inner in schema["properties"].items() if depth else ():
        yield from _within(contract, inner, (*path, key), key, depth - 1)
