"""What `test` takes each operation for, and why: `test --explain`."""

from __future__ import annotations

from collections.abc import Iterator

from ..asyncapi.contract import Contract, Operation, Role
from ..asyncapi.preconditions import needed
from ..asyncapi.resources import Link, Resource, links, resources
from ..jsonschema.references import Address

_DOES = {
    "create": "creates a {}",
    "read": "reads a {}",
    "update": "changes a {}",
    "delete": "deletes a {}",
    "list": "lists each {}",
}


def explanation(contract: Contract) -> str:
    """Write a paragraph per operation that clients call."""
    found = resources(contract)
    return "\n".join(
        line for operation in contract.receives for line in _lines(contract, found, operation)
    )


def _lines(contract: Contract, found: tuple[Resource, ...], operation: Operation) -> Iterator[str]:
    yield f"{operation.event} ({operation.id}) in {operation.namespace.path}"
    parts = [
        (resource, role, link)
        for resource in found
        for role, link in resource.parts.items()
        if link.operation == operation
    ]
    changes: list[tuple[Resource, Role, Link]] = [
        (resource, "update", link)
        for resource in found
        for link in resource.changes
        if link.operation == operation
    ]
    parts += changes
    for resource, role, link in parts:
        why = f"`role: {role}`" if operation.role == role else _why(link)
        yield f"  {_DOES[role].format(resource.schema)}: {why}"
    if not parts:
        why = "`role: none`" if operation.role == "none" else "its schemas tell of none"
        yield f"  has no part in the life of a thing: {why}"
    here = [item for item in found if item.create.operation.namespace == operation.namespace]
    for name, resource in links(contract, here, operation).items():
        why = "`links`" if name in operation.links else "its name and schema"
        maker = resource.create.operation.event
        yield f"  {name} is the key of a {resource.schema} that {maker} has made: {why}"
    for before in needed(contract, operation):
        yield f"  comes after {before.event}: `preconditions`"
    by_id = {send.id: send for send in contract.sends}
    for id_, times in operation.broadcasts.items():
        yield f"  sends {by_id[id_].event} {_heard(operation, by_id[id_], times)}"


def _why(link: Link) -> str:
    said = [
        ("its payload has the key" + _place(link.key_in), link.key_in),
        ("its payload has the thing" + _place(link.thing_in), link.thing_in),
        ("its ack has the key" + _place(link.key_out), link.key_out),
        ("its ack has the thing" + _place(link.thing_out), link.thing_out),
    ]
    return ", ".join(text for text, place in said if place is not None)


def _place(address: Address | None) -> str:
    return f" at {'.'.join(map(str, address))}" if address else ""


def _heard(operation: Operation, send: Operation, times: str) -> str:
    often = "" if times == "1" else f" {times} times"
    if send.spontaneous:
        return f"to {send.audience}{often}, and it may come at any time: it is not waited for"
    if send.audience in {"room", "room-others"}:
        if operation.preconditions:
            return f"to {send.audience}{often}: to the other client, once both have come in"
        return f"to {send.audience}{often}: not waited for, as no `preconditions` say who is there"
    return f"to {send.audience}{often}"
