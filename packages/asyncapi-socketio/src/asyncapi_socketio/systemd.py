"""What a process tells systemd, where a unit with `Type=notify` has started it (sd_notify(3))."""

from __future__ import annotations

import asyncio
import os
import socket
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from typing import Self

TAKEN_WITHIN = 0.5
"""Seconds that systemd, when it is busy, has to take what it is told."""


class Notifier:
    """Tells systemd how this process does; nobody, where systemd does not ask."""

    def __init__(self, address: str = "", watchdog: float = 0.0) -> None:
        """Send to the socket at `address`; within `watchdog` seconds systemd wants a sign of life.

        Without an address nothing is sent, and without seconds no sign of life.
        """
        self._address = address.replace("@", "\0", 1) if address.startswith("@") else address
        self._watchdog = watchdog

    @classmethod
    def here(cls) -> Self:
        """Return this process's, once: neither a second one nor what this process starts has any.

        A worker's is its supervisor.
        """
        address = os.environ.pop("NOTIFY_SOCKET", "")
        watchdog = os.environ.pop("WATCHDOG_USEC", "0")
        pid = os.environ.pop("WATCHDOG_PID", "")
        ours = not pid or pid == str(os.getpid())
        return cls(address, int(watchdog) / 1e6 if ours and watchdog.isdecimal() else 0.0)

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[None]:
        """Say that this process is ready, then that its loop runs, and in the end that it stops."""
        self._tell("READY=1")
        alive = asyncio.ensure_future(self._live())
        try:
            yield
        finally:
            alive.cancel()
            self._tell("STOPPING=1")

    @contextmanager
    def reloading(self) -> Iterator[None]:
        """Say that this process loads something anew, and when it has done so."""
        now = time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000
        self._tell("RELOADING=1", f"MONOTONIC_USEC={now}")
        yield
        self._tell("READY=1")

    async def _live(self) -> None:
        """Give a sign of life twice as often as systemd wants one."""
        while self._watchdog:
            self._tell("WATCHDOG=1", within=0.0)  # the next one will do
            await asyncio.sleep(self._watchdog / 2)

    def _tell(self, *states: str, within: float = TAKEN_WITHIN) -> None:
        if not self._address:
            return
        with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
            line.settimeout(within)
            line.sendto("\n".join(states).encode(), self._address)
