"""A real Redis, that its operator stops and starts."""

from __future__ import annotations

import asyncio
import os
import shutil
from pathlib import Path

import redis.asyncio

from tests.patience import PATIENCE

PATH = f"{os.environ['PATH']}{os.pathsep}/usr/sbin"

CHANNEL = "socketio"
"""What python-socketio's managers subscribe to."""


class Redis:
    """A Redis on a Unix socket, of its own."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._process: asyncio.subprocess.Process | None = None
        self.url = f"unix://{folder}/redis.sock"

    async def start(self) -> None:
        """Return when it answers."""
        program = shutil.which("redis-server", path=PATH)
        assert program, "redis-server is missing: apt-get install redis-server"
        self._process = await asyncio.create_subprocess_exec(
            program, "--port", "0", "--unixsocket", f"{self._folder}/redis.sock",
            "--save", "", "--dir", f"{self._folder}", stdout=asyncio.subprocess.DEVNULL,
        )  # fmt: skip
        async with asyncio.timeout(PATIENCE):
            while await self._subscribers() is None:  # noqa: ASYNC110  # it tells nobody
                await asyncio.sleep(0.05)

    async def stop(self) -> None:
        """Kill it."""
        assert self._process is not None
        if self._process.returncode is None:
            self._process.kill()
        await self._process.wait()

    async def heard_by(self, processes: int) -> None:
        """Wait until so many processes hear what others tell; nothing tells when they do."""
        async with asyncio.timeout(PATIENCE):
            while await self._subscribers() != processes:  # noqa: ASYNC110
                await asyncio.sleep(0.05)

    async def _subscribers(self) -> int | None:
        """Count who listens; None while it does not answer."""
        client = redis.asyncio.Redis.from_url(self.url)
        try:
            [(_, count)] = await client.pubsub_numsub(CHANNEL)
        except redis.RedisError:
            return None
        finally:
            await client.aclose()
        return int(count)
