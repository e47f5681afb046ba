"""The load of a run: watchers and a writer at every node, and who retries for them."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from random import Random
from typing import Any

from .clients import Client, Retrier, Seat, Watcher, Writer
from .judge import Violation
from .tail import LOST
from .world import World

SETTLES_WITHIN = 20.0
"""Seconds within which everyone has to be there, and to agree, after a fault."""

TODOS = 150
"""Todos that writers keep the list near."""

PAUSE = 0.012
"""Seconds per node between two writes of one: all nodes together write as much as a single one."""

AT_ONCE = 3
"""Writes that a writer may have under way."""


class People:
    """The clients of a run."""

    def __init__(self, here: World, seed: int) -> None:
        record, again = here.record, asyncio.Queue[dict[str, Any]]()
        self.watchers: list[Watcher] = []
        self.writers: list[Writer] = []
        self.again = again
        for number, node in enumerate(here.nodes, 1):
            for transport in ("websocket", "polling"):
                seat = Seat(f"watcher {number} {transport}", node.name, node.url, transport)
                self.watchers.append(Watcher(seat, record))
            transport = "polling" if number % 3 == 0 else "websocket"
            seat = Seat(f"writer {number} {transport}", node.name, node.url, transport)
            self.writers.append(Writer(seat, record, again))
        retrier = Retrier(Seat("retrier", node.name, node.url, "websocket"), record)

        def random(client: Client) -> Random:
            return Random(f"{seed} {client.name}")  # noqa: S311  # nothing secret

        pause = PAUSE * len(here.nodes)
        self._writing = [
            asyncio.create_task(w.write(random(w), pause, TODOS, AT_ONCE)) for w in self.writers
        ]
        self._others = [
            *(asyncio.create_task(w.watch(random(w))) for w in self.watchers),
            asyncio.create_task(retrier.retry(again)),
            asyncio.create_task(here.tail.follow()),
        ]

    async def settled(self) -> None:
        """Wait, but not for ever, until every watcher is there."""
        deadline = time.monotonic() + SETTLES_WITHIN
        while not all(w.listed for w in self.watchers) and time.monotonic() < deadline:
            self.check()
            await asyncio.sleep(0.05)

    def check(self) -> None:
        """Raise what has ended a client."""
        for task in (*self._writing, *self._others):
            if task.done():
                task.result()

    async def stop(self) -> None:
        """Let writers finish, and creates without an answer be sent again."""
        for writer in self.writers:
            writer.stopping = True
        await asyncio.wait(self._writing, timeout=SETTLES_WITHIN)
        with suppress(TimeoutError):  # what is still unanswered then shows in the views
            async with asyncio.timeout(SETTLES_WITHIN):
                await self.again.join()

    async def agree(self, here: World) -> list[Violation]:
        """Wait until everyone's view is what is stored; returns who never got there."""
        deadline = time.monotonic() + SETTLES_WITHIN
        while True:
            self.check()
            try:
                items = [*(await here.tail.items()).values()]
            except LOST:
                items = []
            wrong = [w for w in self.watchers if not w.listed or [*w.view.values()] != items]
            now = time.monotonic()
            if not wrong or now > deadline:
                await here.tail.catch_up()
                return [Violation("view", now, w.name, "not what is stored") for w in wrong]
            await asyncio.sleep(0.1)

    async def leave(self) -> None:
        """End everything."""
        for task in (*self._writing, *self._others):
            task.cancel()
        await asyncio.gather(*self._writing, *self._others, return_exceptions=True)


@asynccontextmanager
async def load(here: World, seed: int) -> AsyncIterator[People]:
    """Put clients at every node; on the way out they leave."""
    people = People(here, seed)
    try:
        await people.settled()
        yield people
    finally:
        await people.leave()
