"""Nodes: the service as processes, each with its own link to the database."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp

from .judge import Window
from .links import Link

ASKED = 5
"""Requests per worker, on a connection each, that leave none of them out but by rare chance."""

SERVICE = ("-m", "todo_service")

PATIENCE = 60.0
"""Seconds after which a node that has not come up, or not stopped, counts as hanging."""


@dataclass(slots=True)
class Node:
    """A node: its process comes and goes, its port stays."""

    name: str
    port: int
    admin_port: int
    link: Link
    log: Path
    database: str
    program: tuple[str, ...] = SERVICE
    workers: int = 1
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
                *("--port", str(self.port), "--database", self.database),
                *("--workers", str(self.workers), "--admin-port", str(self.admin_port)),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )

    async def start(self) -> None:
        """Start its process, and wait until it can write."""
        await self.launch()
        await self.ready()

    async def ready(self) -> None:
        """Wait until it can write, whichever worker is asked."""
        timeout = aiohttp.ClientTimeout(total=3)
        in_a_row = 0
        async with asyncio.timeout(PATIENCE):
            while in_a_row < (1 if self.workers == 1 else ASKED * self.workers):
                async with aiohttp.ClientSession(timeout=timeout) as http:
                    ready = await self._is_ready(http)
                if self.process is None or self.process.returncode is not None:
                    raise RuntimeError(f"{self.name} has ended: {self.said()[-2000:]}")
                in_a_row = in_a_row + 1 if ready else 0
                await asyncio.sleep(0 if ready else 0.05)

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
        """Stop its processes where they are, and let them go on after a while."""
        began = time.monotonic()
        processes = self.processes()
        for process in processes:
            os.kill(process, signal.SIGSTOP)
        await asyncio.sleep(seconds)
        for process in processes:
            os.kill(process, signal.SIGCONT)
        self.frozen.append(Window(began, time.monotonic()))

    def processes(self) -> list[int]:
        """Return the ids of its processes, its workers' last."""
        if self.process is None or self.process.returncode is not None:
            return []
        first = self.process.pid
        children = Path(f"/proc/{first}/task/{first}/children").read_text()
        return [first, *map(int, children.split())]

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
