"""Copy the database's log while it grows, from the server that counts."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any

import asyncpg

from servers.postgres import PATIENCE

from .history import Change, History, Items

EVERY = 0.03
"""Seconds between two looks at the log."""

OVERLAP = 5_000
"""Changes before the last one that a promoted replica is compared in."""

_AFTER = "SELECT kind, id::text, title, completed FROM todo_log WHERE seq > $1 ORDER BY seq"
_ITEMS = "SELECT id::text, title, completed FROM todos ORDER BY position"

LOST = (
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,  # the driver's, on a connection that was lost in its midst
    OSError,
    TimeoutError,
)
"""What is raised when a database is away."""


class Tail:
    """Follows the log by a connection of its own, which no fault touches but those of a server."""

    def __init__(self, url: Callable[[], str], share: Callable[[Change], Change]) -> None:
        self.history = History()
        self._url = url
        self._share = share
        self._turn = asyncio.Lock()
        self._connection: asyncpg.Connection | None = None

    async def follow(self) -> None:
        """Copy what is new, again and again; never ends."""
        while True:
            try:
                await self.catch_up()
            except LOST:
                self._drop()
            await asyncio.sleep(EVERY)

    async def catch_up(self) -> None:
        """Copy what is new."""
        async with self._turn:
            await self._copy(await self._connected())

    async def truncate(self) -> None:
        """Copy what is new, and leave the log empty, as if it was kept for a moment only."""
        async with self._turn:
            connection = await self._connected()
            async with connection.transaction():
                await connection.execute("SELECT FROM todo_head FOR UPDATE", timeout=PATIENCE)
                await self._copy(connection)
                await connection.execute("DELETE FROM todo_log", timeout=PATIENCE)
                await connection.execute("UPDATE todo_head SET floor = seq")

    async def turn_to_promoted(self) -> int:
        """Follow the replica that was promoted, and return how many changes it lacks."""
        async with self._turn:
            self._drop()
            connection = await self._connected()
            line = self.history.now
            floor: int = await connection.fetchval("SELECT floor FROM todo_head")
            start = max(floor, len(line) - OVERLAP, 0)
            rows = [_change(row) for row in await connection.fetch(_AFTER, start)]
            known = line.changes[start:]
            same = next(
                (n for n, pair in enumerate(zip(rows, known, strict=False)) if len({*pair}) > 1),
                min(len(rows), len(known)),
            )
            lacking = len(line) - start - same
            if lacking:
                self.history.fork(start + same)
            await self._copy(connection)
            return lacking

    async def items(self) -> Items:
        """Return the list as it is stored."""
        async with self._turn:
            rows = await (await self._connected()).fetch(_ITEMS)
        return {row[0]: (row[0], row[1], row[2]) for row in rows}

    async def close(self) -> None:
        """Let go of the connection."""
        async with self._turn:
            self._drop()

    def _drop(self) -> None:
        if self._connection is not None:
            self._connection.terminate()
            self._connection = None

    async def _connected(self) -> Any:  # noqa: ANN401  # asyncpg is untyped
        if self._connection is None or self._connection.is_closed():
            self._connection = await asyncpg.connect(self._url(), timeout=2, command_timeout=5)
        return self._connection

    async def _copy(self, connection: Any) -> None:  # noqa: ANN401  # asyncpg is untyped
        line = self.history.now
        rows = await connection.fetch(_AFTER, len(line))
        now = time.monotonic()
        for row in rows:
            line.add(self._share(_change(row)), now)


def _change(row: Any) -> Change:  # noqa: ANN401  # asyncpg is untyped
    kind, todo_id, title, completed = row
    return Change(kind.decode(), todo_id, title, completed)
