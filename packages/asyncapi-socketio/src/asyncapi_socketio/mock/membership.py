"""Who may call what: a client that has called what comes before is in a room with the others."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable

from ..asyncapi.contract import Contract, Operation
from ..asyncapi.preconditions import shared
from ..jsonschema.references import Address, Json, at
from ..runtime.context import BaseContext

_LEAVES = re.compile(r"(?i)leave|quit|exit|\bpart\b|unsub|unwatch|unfollow|log.?out|sign.?out")


class Membership:
    """The preconditions of a contract: each is a room, which its success opens to its client.

    There is one per value that it shares with what comes after it: `join` in `kitchen` lets a
    client speak in `kitchen`.
    """

    def __init__(self, contract: Contract) -> None:
        by_id = {item.id: item for item in contract.receives}
        self._before: dict[str, list[tuple[Operation, dict[Address, Address]]]] = {}
        for operation in contract.receives:
            needed = [by_id[id_] for id_ in operation.preconditions if id_ != operation.id]
            here = [item for item in needed if item.namespace == operation.namespace]
            self._before[operation.id] = [
                (item, shared(contract, item, operation)) for item in here
            ]
        self._about = {item.id: self._shared_by_all(item) for item in contract.receives}

    def _shared_by_all(self, before: Operation) -> list[Address] | None:
        """Return the places of a precondition that all share which need it; None: none needs it."""
        found = [
            {*places}
            for needed in self._before.values()
            for item, places in needed
            if item.id == before.id
        ]
        return sorted(set.intersection(*found), key=str) if found else None

    def lets(self, operation: Operation, payload: Json, context: BaseContext) -> bool:
        """Return whether a client has called what must come before."""
        return context.rooms.issuperset(self._rooms(operation, payload))

    def room(self, operation: Operation, payload: Json) -> str | None:
        """Return the room that an operation's events go to; None: everyone."""
        return next(iter(self._rooms(operation, payload)), self._own(operation, payload))

    def succeeded(self, operation: Operation, payload: Json, context: BaseContext) -> None:
        """Put a client into the room that a call opens, or take it out of one that it leaves."""
        own = self._own(operation, payload)
        if own is not None:
            context.enter(own)
        if _LEAVES.search(operation.event) or _LEAVES.search(operation.id):
            for room in self._rooms(operation, payload):
                context.leave(room)

    def _rooms(self, operation: Operation, payload: Json) -> list[str]:
        """Return the rooms that an operation needs."""
        needed = self._before[operation.id]
        return [
            _room(before, payload, [places[place] for place in self._about[before.id] or ()])
            for before, places in needed
        ]

    def _own(self, operation: Operation, payload: Json) -> str | None:
        about = self._about[operation.id]
        return None if about is None else _room(operation, payload, about)


def _room(before: Operation, payload: Json, places: Iterable[Address]) -> str:
    values = [_value(payload, place) for place in places]
    return f"{before.id} {json.dumps(values, sort_keys=True, default=str)}"


def _value(payload: Json, place: Address) -> Json:
    try:
        return at(payload, place)
    except (LookupError, TypeError):
        return None
