"""What a run happens to: a database, nodes with their links, and the log's tail."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from servers.pgbouncer import pgbouncer
from servers.ports import free_port
from servers.postgres import Postgres, postgres

from .ablations import Ablation
from .clients import Record
from .history import History
from .judge import Window
from .links import Link
from .nodes import SERVICE, Node
from .tail import Tail

DATABASE = "chaos"

SETTLES = 10.0
"""Seconds after a promotion, or a truncated log, in which a node may tell a difference."""


@dataclass(slots=True)
class World:
    """Everything that faults befall, and what they allow."""

    server: Postgres
    nodes: list[Node]
    tail: Tail
    pooler: Link
    record: Record
    stack: AsyncExitStack
    jumps: list[Window] = field(default_factory=list)
    losses: list[Window] = field(default_factory=list)

    @property
    def history(self) -> History:
        """What has happened so far."""
        return self.tail.history

    @property
    def links(self) -> list[Link]:
        """The nodes' links."""
        return [node.link for node in self.nodes]

    def may_lose(self, since: float) -> None:
        """Allow what is acknowledged from then until now to be lost."""
        self.losses.append(Window(since, time.monotonic()))

    def may_jump(self, since: float) -> None:
        """Allow every node to tell a difference for a while."""
        self.jumps.append(Window(since, time.monotonic() + SETTLES))

    async def turn_to(self, server: Postgres) -> int:
        """Use another server from now on, and return how many changes it lacks."""
        old, self.server = self.server, server
        for link in [*self.links, self.pooler]:
            if link.target == old.port:
                link.target = server.port
            link.reset()
        lacking = await self.tail.turn_to_promoted()
        old.remove()
        return lacking


@asynccontextmanager
async def world(
    version: str, nodes: int, folder: Path, ablation: Ablation | None = None
) -> AsyncIterator[World]:
    """Start as many nodes at once on an empty database.

    The first of several has two workers, the last is behind a pooler.
    """
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(postgres(version))
        url = await server.database(DATABASE)
        if ablation and ablation.prepare:
            await ablation.prepare(url)
        record = Record()
        pooler = await stack.enter_async_context(Link(server.port))
        made: list[Node] = []
        for number in range(nodes):
            pooled = 0 < number == nodes - 1
            target = server.port
            if pooled:
                target = await stack.enter_async_context(pgbouncer(pooler.port))
            link = await stack.enter_async_context(Link(target))
            node = Node(
                name=f"node {number + 1}" + " (pooler)" * pooled,
                port=free_port(),
                admin_port=free_port(),
                link=link,
                log=folder / f"node-{number + 1}.log",
                database=f"postgresql://postgres@127.0.0.1:{link.port}/{DATABASE}",
                program=ablation.program if ablation else SERVICE,
                workers=2 if nodes > 1 and number == 0 and not ablation else 1,
            )
            node.log.write_bytes(b"")
            stack.push_async_callback(node.kill)
            made.append(node)
        tail = Tail(lambda: here.server.url_of(DATABASE), record.shared)
        here = World(server, made, tail, pooler, record, stack)
        stack.push_async_callback(here.tail.close)
        await asyncio.gather(*(node.start() for node in made))
        # The log fills its pages sparsely, so that it soon is the largest file: see `disk_full`.
        await server.fetch("ALTER TABLE todo_log SET (fillfactor = 25)", database=DATABASE)
        yield here
