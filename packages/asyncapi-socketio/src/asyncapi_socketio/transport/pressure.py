"""Whether a process has more to do than it can, so that it opens no sessions until it has less.

What it measures is how long a turn of its event loop takes, as that is what everyone waits for who
is connected, and how many bytes wait for slow readers. One long turn is a burst; only turns that
are long again and again are more than it can do (as CoDel has it, RFC 8289).
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sized
from time import perf_counter

import structlog

from .backlog import Backlog

log = structlog.stdlib.get_logger(__name__)

LOOK_EVERY = 0.25
"""Seconds from one look to the next."""

TURNS = 4
"""Turns in a row that have to be long, or short again."""

RELIEVED = 0.5
"""The part of a bound below which there is room again."""

QUEUED = 0.75
"""The part of the bytes that may be queued above which no sessions are opened."""

RETRY_AFTER = 5
"""Seconds after which a client that was turned away may try again."""


class Switch:
    """Is on from values above one bound until values below another, each several in a row."""

    def __init__(self, above: float, below: float, times: int) -> None:
        self.on = False
        self._above = above
        self._below = below
        self._times = times
        self._seen = 0

    def see(self, value: float) -> bool:
        """Take a value; return whether it has switched."""
        turns = value < self._below if self.on else value > self._above
        self._seen = self._seen + 1 if turns else 0
        if self._seen < self._times:
            return False
        self.on, self._seen = not self.on, 0
        return True


class Pressure:
    """Watches a loop and a backlog while there are sessions."""

    def __init__(self, backlog: Backlog, sessions: Sized) -> None:
        limits = backlog.limits
        self._backlog = backlog
        self._sessions = sessions
        self._switches = {
            "lag": Switch(limits.lag, limits.lag * RELIEVED, TURNS),
            "queued": Switch(limits.queued * QUEUED, limits.queued * QUEUED * RELIEVED, 1),
        }
        self._watching = False
        self._loop: asyncio.AbstractEventLoop

    @property
    def high(self) -> bool:
        """Whether sessions should not be opened now."""
        return any(switch.on for switch in self._switches.values())

    @property
    def causes(self) -> Mapping[str, bool]:
        """Whether each thing that is measured is above its bound."""
        return {name: switch.on for name, switch in self._switches.items()}

    def watch(self) -> None:
        """Look from now on, as long as there are sessions."""
        if not self._watching:
            self._watching = True
            self._loop = asyncio.get_running_loop()
            self._loop.call_later(LOOK_EVERY, self._look)

    def _look(self) -> None:
        # From one call of its own turn to the next lies all that waits to be read.
        self._loop.call_soon(lambda: self._loop.call_soon(self._judge, perf_counter()))

    def _judge(self, began: float) -> None:
        self._see("lag", perf_counter() - began)
        self._see("queued", self._backlog.size)
        self._watching = bool(self._sessions) or self.high
        if self._watching:
            self._loop.call_later(LOOK_EVERY, self._look)

    def _see(self, cause: str, value: float) -> None:
        switch = self._switches[cause]
        if switch.see(value):
            if switch.on:
                log.warning(
                    "overloaded: no sessions are opened", cause=cause, value=round(value, 3)
                )
            else:
                log.info("sessions are opened again", cause=cause, value=round(value, 3))
