"""What was seen of a server: the events and acks of both sides, and how clients got in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, TypeAlias

Json: TypeAlias = Any
Args: TypeAlias = tuple[Json, ...]

CONNECT, DISCONNECT, EVENT, ACK, CONNECT_ERROR, BINARY_EVENT, BINARY_ACK = range(7)


@dataclass(frozen=True, slots=True)
class Packet:
    """A packet of Socket.IO, and which side sent it."""

    by_client: bool
    type: int
    namespace: str
    id: int | None
    data: Json


@dataclass(slots=True)
class Event:
    """An event that was sent, with what acknowledged it; None where nothing did."""

    namespace: str
    by_client: bool
    name: str
    args: Args
    ack: Args | None = None


@dataclass(slots=True)
class Recording:
    """What was seen, in order; `left_out` counts the packets that no contract is made of."""

    source: str
    url: str | None = None
    events: list[Event] = field(default_factory=list)
    auths: dict[str, list[Json]] = field(default_factory=dict)
    refusals: dict[str, list[Json]] = field(default_factory=dict)
    left_out: int = 0
    _asked: dict[tuple[str, bool, int], Event] = field(default_factory=dict)

    @property
    def namespaces(self) -> list[str]:
        """Return the namespaces, in the order in which they were seen."""
        return [*dict.fromkeys([*self.auths, *(event.namespace for event in self.events)])]

    def add(self, packets: Iterable[Packet]) -> None:
        """Take the packets of one connection, in order."""
        self._asked.clear()
        for packet in packets:
            self._take(packet)

    def _take(self, packet: Packet) -> None:
        space, data = packet.namespace, packet.data
        if packet.type == CONNECT:
            known = self.auths.setdefault(space, [])
            known += [data] if packet.by_client and data is not None else []
        elif packet.type == CONNECT_ERROR:
            detail = data.get("data") if isinstance(data, dict) else None
            self.refusals.setdefault(space, []).append(detail)
        elif packet.type == EVENT and _is_event(data):
            event = Event(space, packet.by_client, data[0], tuple(data[1:]))
            self.events.append(event)
            if packet.id is not None:
                self._asked[space, packet.by_client, packet.id] = event
        elif packet.type == ACK and isinstance(data, list) and packet.id is not None:
            asked = self._asked.pop((space, not packet.by_client, packet.id), None)
            if asked:
                asked.ack = tuple(data)
        elif packet.type != DISCONNECT:
            self.left_out += 1


def _is_event(data: Json) -> bool:
    return isinstance(data, list) and bool(data) and isinstance(data[0], str)
