"""Nodes: the service as processes, each with its own link to the database."""

from __future__ import annotations

import asyncio
import re
import signal
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp

from .judge import Window
from .links import Link

SERVICE = ("-m", "todo_service")

PATIENCE = 60.0
"""Seconds after which a node that has not come up, or not stopped, counts as hanging."""


@dataclass(slots=True)
class Node:
    """A node: its process comes and goes, its port stays."""

    name: str
    port: int
    link: Link
    log: Path
    database: str
    program: tuple[str, ...] = SERVICE
    options: tuple[str, ...] = ()
    frozen: list[Window] = field(default_factory=list)
    process: asyncio.subprocess.Process | None = None

    @property
    def url(self) -> str:
        """Where its clients find it."""
        return f"http://127.0.0.1:{self.port}"

    async def launch(self) -> None:
        """Start its process, and don't wait."""
        with self.log.open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                *("setpriv", "--pdeathsig", "KILL", sys.executable, *self.program, "serve"),
                *("--port", str(self.port), "--database", self.database, *self.options),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )

    async def start(self) -> None:
        """Start its process, and wait until it can write."""
        await self.launch()
        await self.ready()

    async def ready(self) -> None:
        """Wait until it can write."""
        timeout = aiohttp.ClientTimeout(total=3)
        async with asyncio.timeout(PATIENCE), aiohttp.ClientSession(timeout=timeout) as http:
            while not await self._is_ready(http):
                if self.process is None or self.process.returncode is not None:
                    raise RuntimeError(f"{self.name} ends at its start: {self.said()[-2000:]}")
                await asyncio.sleep(0.05)

    async def stop(self) -> None:
        """Ask it to stop, and wait until it has."""
        if self.process is not None and self.process.returncode is None:
            self.process.send_signal(signal.SIGTERM)
            async with asyncio.timeout(PATIENCE):
                await self.process.wait()

    async def kill(self) -> None:
        """End it at once."""
        if self.process is not None and self.process.returncode is None:
            self.process.kill()
            await self.process.wait()

    async def freeze(self, seconds: float) -> None:
        """Stop its process where it is, and let it go on after a while."""
        if self.process is not None:
            began = time.monotonic()
            self.process.send_signal(signal.SIGSTOP)
            await asyncio.sleep(seconds)
            self.process.send_signal(signal.SIGCONT)
            self.frozen.append(Window(began, time.monotonic()))

    def said(self) -> str:
        """Return what it has logged."""
        return self.log.read_text(errors="replace")

    def tracebacks(self) -> list[str]:
        """Return the tracebacks that it has logged."""
        return re.findall(r"Traceback[^\0]{0,2000}", self.said())

    async def _is_ready(self, http: aiohttp.ClientSession) -> bool:
        try:
            async with http.get(f"{self.url}/readyz") as answer:
                return answer.status == 200  # noqa: PLR2004
        except (aiohttp.ClientError, TimeoutError):
            return False
