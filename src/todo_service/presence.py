"""How many clients there are, for those who ask; knows neither Socket.IO nor workers."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Protocol

from .generated.models import Presence

ROOM = "presence"
"""Where those are who have asked."""

EVERY = 1.0
"""Seconds from one count to the next: however many clients come and go, they are told no sooner."""


async def alone() -> int:
    """Count whoever asks, where nobody knows of others."""
    return 1


class Telling(Protocol):
    """The one broadcast that is needed here."""

    def presence_changed(self, room: str, payload: Presence, /) -> None: ...


class Counter:
    """Counts the clients, and tells those who watch when their number has changed."""

    def __init__(self, clients: Callable[[], Awaitable[int]]) -> None:
        self._clients = clients
        self._watched = asyncio.Event()
        self._told: int | None = None

    async def watch(self) -> Presence:
        """Return how many there are; whoever asks is told of changes from now on."""
        self._watched.set()
        count = await self._clients()
        if count != self._told:
            self._told = None  # others may know another number by now: tell all
        return {"clients": count}

    async def tell(self, broadcast: Telling) -> None:
        """Tell those who watch of changes, for ever; until somebody does, nothing is counted."""
        await self._watched.wait()
        while True:
            count = await self._clients()
            if count != self._told:
                self._told = count
                broadcast.presence_changed(ROOM, {"clients": count})
            await asyncio.sleep(EVERY)
