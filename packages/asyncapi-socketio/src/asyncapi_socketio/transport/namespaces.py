"""The namespaces of a server: its clients, by their sids and rooms, and what is sent to them."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Collection, Mapping

from . import eager_tasks, packets
from .backlog import Memory
from .client import Answered, Client, Shared
from .packets import Json
from .receiver import Handshake, Receiver, read_headers
from .rooms import Rooms
from .session import Session


class Namespaces:
    """Makes a client of each session, and broadcasts to them, asks them, disconnects them."""

    def __init__(self, namespaces: Collection[str], memory: Memory, counters: Counter[str]) -> None:
        self._shared = Shared(namespaces, memory, counters)
        self._namespaces = self._shared.namespaces
        self._paths = [*namespaces]
        self._empty: Rooms[Client] = Rooms()
        """Stands for a namespace with parameters that nobody is in."""
        self.deliveries = 0
        """How many messages broadcasts have become, one per client that hears."""

    def serve(self, receiver: Receiver) -> None:
        """Give every event to `receiver`."""
        self._shared.receiver = receiver

    def welcome(self, session: Session) -> Client:
        """Return what takes the packets of a new session."""
        self._shared.loop = asyncio.get_running_loop()
        return Client(self._shared, session)

    def broadcast(
        self,
        namespace: str,
        name: str,
        args: tuple[Json, ...],
        room: str | None,
        skip: str | None,
    ) -> None:
        """Post an event, encoded once, to everyone in a namespace or a room but `skip`."""
        audience = self._rooms(namespace).audience(room)
        if not audience:
            return
        message = packets.event(namespace, name, args)
        deliveries = len(audience)
        for sid, client in audience:
            if sid == skip:
                deliveries -= 1
            else:
                client.session.post(message)
        self.deliveries += deliveries

    def ask(
        self, namespace: str, sid: str, name: str, args: tuple[Json, ...], answered: Answered
    ) -> None:
        """Post an event to one client, and give the arguments of its ack to `answered`."""
        client = self._rooms(namespace).members.get(sid)
        if client is None:
            answered(None)
        else:
            client.ask(namespace, name, args, answered)

    @property
    def clients(self) -> Mapping[str, int]:
        """How many clients each namespace has now: those of one path with parameters together."""
        counts = dict.fromkeys(self._paths, 0)
        for name, rooms in self._namespaces.items():
            counts[self._shared.path(name)] += len(rooms.members)
        return counts

    @property
    def connects(self) -> Mapping[tuple[str, str], int]:
        """How many clients have asked to be let in, by namespace and outcome."""
        return self._shared.connects

    @property
    def disconnects(self) -> Mapping[tuple[str, str], int]:
        """How many clients have left, by namespace and reason."""
        return self._shared.disconnects

    def enter(self, namespace: str, sid: str, room: str) -> None:
        """Put a client into a room."""
        self._rooms(namespace).enter(sid, room)

    def leave(self, namespace: str, sid: str, room: str) -> None:
        """Take a client out of a room."""
        self._rooms(namespace).leave(sid, room)

    def rooms(self, namespace: str, sid: str) -> frozenset[str]:
        """Return the rooms that a client is in."""
        return self._rooms(namespace).entered(sid)

    def disconnect(self, namespace: str, sid: str) -> None:
        """Take a client out of a namespace."""
        client = self._rooms(namespace).members.get(sid)
        if client is not None:
            client.dismiss(namespace)

    @staticmethod
    def client_of(session: Session) -> Client:
        """Return what takes the packets of a session."""
        client = session.events
        assert isinstance(client, Client)  # noqa: S101
        return client

    def handshake(self, namespace: str, sid: str) -> Handshake:
        """Return the request that opened a client's session; raises `KeyError`."""
        client = self._rooms(namespace).find(sid)
        if client is None:
            raise KeyError(sid)
        return Handshake(client.session.address, read_headers(client.session.headers))

    def _rooms(self, namespace: str) -> Rooms[Client]:
        return self._namespaces.get(namespace, self._empty)

    async def stop(self, grace: float) -> None:
        """Carry out no more events, and wait for those that were begun."""
        self._shared.stopping = True
        await eager_tasks.wait(self._shared.tasks, grace)

    async def finish(self, grace: float) -> None:
        """Wait for what was begun, and cancel what is left of it."""
        await eager_tasks.wait(self._shared.tasks, grace)
        for task in [*self._shared.tasks]:
            task.cancel()
