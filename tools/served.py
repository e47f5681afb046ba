"""A service as a process of its own, watched from outside."""

from __future__ import annotations

import asyncio
import re
import signal
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

PATIENCE = 30.0
"""Seconds after which a service that has not started, or not stopped, counts as hanging."""


@dataclass(frozen=True, slots=True)
class Served:
    """A service that runs: its port, its process, its log, and how many seconds its start took."""

    port: int
    process: asyncio.subprocess.Process
    log: Path
    started_in: float

    def alive(self) -> bool:
        """Return whether it still runs."""
        return self.process.returncode is None

    def files(self) -> int:
        """Return the number of its open files."""
        return len([*Path(f"/proc/{self.process.pid}/fd").iterdir()])

    def memory(self) -> int:
        """Return its resident memory in KiB."""
        return self._status("VmRSS")

    def peak(self) -> int:
        """Return the most resident memory that it has had, in KiB, since that was forgotten."""
        return self._status("VmHWM")

    def forget_peak(self) -> None:
        """Take the most resident memory from now on."""
        Path(f"/proc/{self.process.pid}/clear_refs").write_text("5")

    def _status(self, name: str) -> int:
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(status.partition(f"{name}:")[2].split()[0])

    def tracebacks(self) -> str:
        """Return the log from its first traceback on."""
        _, found, rest = self.log.read_text(errors="replace").partition("Traceback")
        return found + rest

    async def stop(self) -> int:
        """Ask it to stop, and return its exit code."""
        self.process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(PATIENCE):
            return await self.process.wait()


@asynccontextmanager
async def served(*options: str, database: str = "memory:") -> AsyncIterator[Served]:
    """Serve on a free port, by the command line."""
    with TemporaryDirectory() as folder:
        log = Path(folder) / "log"
        began = time.monotonic()
        with log.open("wb") as stderr:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "todo_service", "serve"),
                *("--port", "0", "--database", database, *options),
                stderr=stderr,
            )
        try:
            async with asyncio.timeout(PATIENCE):
                port = await _port(process, log)
            yield Served(port, process, log, time.monotonic() - began)
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()


async def _port(process: asyncio.subprocess.Process, log: Path) -> int:
    """Read the port off the first line of the log."""
    while process.returncode is None:
        if listening := re.search(r"http://127\.0\.0\.1:(\d+)", log.read_text()):
            return int(listening[1])
        await asyncio.sleep(0.02)
    sys.exit(f"the service ends at its start: {log.read_text()}")
