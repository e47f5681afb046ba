"""What must have been called before an operation, and which of its values both are about."""

from __future__ import annotations

from collections.abc import Iterator

from ..jsonschema.references import Address, Json
from .contract import Contract, Operation
from .resources import essence

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


def shared(contract: Contract, before: Operation, operation: Operation) -> dict[Address, Address]:
    """Return where two payloads are about the same: a place of the first, by that of the second.

    It is the same where it has the same name, or else a schema that demands the same.
    """
    theirs = [*_places(contract, operation)]
    found: dict[Address, Address] = {}
    for path, name, demanded in _places(contract, before):
        alike = [place for place, other, _ in theirs if name and other == name]
        alike += [place for place, _, other in theirs if other == demanded]
        if alike:
            found[path] = alike[0]
    return found


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
