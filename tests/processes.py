"""A program in a process of its own: started, listened to, stopped and killed by its operator."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import sys
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from tests import secrecy
from tests.patience import PATIENCE

SERVE = (sys.executable, "-m", "todo_service", "serve")
"""The service by the Python that runs the tests."""


async def listening(port: int) -> None:
    """Return when something listens there."""
    async with asyncio.timeout(PATIENCE):
        while not await _listens(port):  # noqa: ASYNC110  # it tells nobody
            await asyncio.sleep(0.05)


async def _listens(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except ConnectionRefusedError:
        return False
    writer.close()
    return True


class ServiceProcess:
    """A program that serves, with the lines that it has said on stderr so far.

    `started_in` is how many seconds it took to listen; a slow machine stops it as slowly.
    """

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.url = ""
        self.said: list[str] = []
        self.started_in = 0.0
        self._process = process
        self._silent = False
        self._news = asyncio.Condition()
        self._listening = asyncio.ensure_future(self._listen())

    @property
    def pid(self) -> int:
        """The process's id."""
        return self._process.pid

    @property
    def log_lines(self) -> list[dict[str, Any]]:
        """The lines of a JSON log."""
        return [json.loads(line) for line in self.said]

    async def says(self, *parts: str) -> str:
        """Wait for a line that has all `parts` in it; fails if the process ends without."""
        async with asyncio.timeout(PATIENCE), self._news:
            await self._news.wait_for(lambda: self._find(parts) or self._silent)
        line = self._find(parts)
        assert line is not None, f"ended without saying {parts}: {self.said}"
        return line

    def signal(self, number: signal.Signals) -> None:
        """Send a signal."""
        self._process.send_signal(number)

    async def end(self) -> int:
        """Wait for the process's end, and for all that it had to say; the exit code."""
        async with asyncio.timeout(PATIENCE):
            await asyncio.shield(self._listening)  # who gives up here listens again after a kill
            return await self._process.wait()

    async def kill(self) -> None:
        """End the process at once, as a power cut would."""
        if self._process.returncode is None:
            self.signal(signal.SIGKILL)
        await self.end()

    def _find(self, parts: tuple[str, ...]) -> str | None:
        return next((line for line in self.said if all(part in line for part in parts)), None)

    async def _listen(self) -> None:
        assert self._process.stderr is not None
        async for line in self._process.stderr:
            async with self._news:
                self.said.append(line.decode().rstrip("\n"))
                secrecy.logged(self.said[-1])
                self._news.notify_all()
        async with self._news:
            self._silent = True
            self._news.notify_all()


def surroundings() -> dict[str, str]:
    """Return this environment's variables, without those that are for the service."""
    return {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("TODO_") and name != "PYTHONDONTWRITEBYTECODE"
    }


@asynccontextmanager
async def launched(
    *options: str,
    program: Sequence[str | Path] = SERVE,
    variables: Mapping[str, str] | None = None,
    directory: Path | None = None,
) -> AsyncIterator[ServiceProcess]:
    """Launch a program; on the way out it is killed, unless it has ended.

    Of the environment's variables for the service only those given are there.
    """
    process = ServiceProcess(
        await asyncio.create_subprocess_exec(
            *program,
            *options,
            env={**surroundings(), **(variables or {})},
            cwd=directory,
            stdin=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
        )
    )
    try:
        yield process
    finally:
        await process.kill()


@asynccontextmanager
async def running(
    *options: str,
    program: Sequence[str | Path] = SERVE,
    variables: Mapping[str, str] | None = None,
    directory: Path | None = None,
) -> AsyncIterator[ServiceProcess]:
    """Launch `todo-service serve` on a free port, and wait until it listens at `url`."""
    free = () if "--port" in options else ("--port", "0")
    began = time.monotonic()
    async with launched(
        *free, *options, program=program, variables=variables, directory=directory
    ) as service:
        listening = re.search(r"https?://[^\s\"]+", await service.says("listening"))
        assert listening is not None
        service.started_in = time.monotonic() - began
        service.url = listening[0]
        yield service
