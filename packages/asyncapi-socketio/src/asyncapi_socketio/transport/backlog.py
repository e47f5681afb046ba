"""Memory that clients hold: what they have not read yet, and what they have not finished sending.

Both are bounded for each client and for all together; above the latter the largest go first.
"""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from collections.abc import Callable, Iterable
from typing import Final, Protocol

from .limits import Limits
from .packets import Long, Message

SLICE: Final = 64 * 1024
"""Bytes that one client is sent at once, before the others get their turn."""

ROOM = 1 / 16
"""The part of a bound for all that is made free at once, so that it is seldom looked who has most.

With 20,000 who have something, each look takes milliseconds.
"""

SWEEP = 1.0
"""Seconds from one look at the slow readers to the next."""


class SlowReader(Protocol):
    """A client that has not read all that was sent to it."""

    @property
    def queued(self) -> int:
        """Bytes that it has still to read, shared or not."""

    def give_up(self) -> None:
        """Drop the client."""

    def judge(self, now: float) -> None:
        """Drop the client if it reads too slowly."""


class Backlog:
    """What waits for all slow readers together; what several wait for is counted once."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.size = 0
        """Bytes in memory that wait for a slow reader."""
        self.most = 0
        """The most that they have been."""
        self._held: Counter[int] = Counter()
        self._readers: dict[SlowReader, None] = {}
        self._sweep: asyncio.TimerHandle | None = None

    @property
    def slow(self) -> int:
        """How many clients have not read all that was sent to them."""
        return len(self._readers)

    def join(self, reader: SlowReader) -> None:
        """Count a client among the slow ones."""
        self._readers[reader] = None
        if self._sweep is None:
            self._sweep = asyncio.get_running_loop().call_later(SWEEP, self._judge)

    def leave(self, reader: SlowReader) -> None:
        """Count a client no longer."""
        self._readers.pop(reader, None)

    def hold(self, message: Message) -> int:
        """Count a message that waits once more; return the bytes that nobody waited for before."""
        before = self.size
        for piece in _pieces(message):
            self._held[id(piece)] += 1
            if self._held[id(piece)] == 1:
                self.size += len(piece)
        return self.size - before

    def release(self, messages: Iterable[Message]) -> None:
        """Count messages once less."""
        for message in messages:
            for piece in _pieces(message):
                self._held[id(piece)] -= 1
                if not self._held[id(piece)]:
                    del self._held[id(piece)]
                    self.size -= len(piece)

    def relieve(self) -> None:
        """Drop the clients with the most to read when all have more than the bound."""
        self.most = max(self.most, self.size)
        if self.size <= self.limits.queued:
            return
        for worst in sorted(self._readers, key=lambda reader: reader.queued, reverse=True):
            if self.size <= self.limits.queued * (1 - ROOM):
                return
            if worst in self._readers:
                self.leave(worst)
                worst.give_up()

    def _judge(self) -> None:
        loop = asyncio.get_running_loop()
        self._sweep = None
        for reader in [*self._readers]:
            reader.judge(loop.time())
        if self._readers and self._sweep is None:
            self._sweep = loop.call_later(SWEEP, self._judge)


class Queue:
    """What waits for one client to read it, within the client's bound."""

    def __init__(self, backlog: Backlog) -> None:
        self.congested = False
        """Whether more waits than the client's share."""
        self.size = 0
        self.messages: deque[Message] = deque()
        self._backlog = backlog
        self._credit = 0
        self._start = 0

    def put(self, message: Message) -> bool:
        """Keep a message; False when the client has left more unread than it may.

        What makes the client congested is kept however large it is. After that, what others wait
        for too is charged to the client unless it is part of a `Long` message.
        """
        new = self._backlog.hold(message)
        size = len(message)
        self.messages.append(message)
        self.size += size
        if self.congested:
            self._credit -= new if isinstance(message, Long) else size
        elif self.size > self._backlog.limits.pause_reading_above:
            self.congested = True
            self._credit = self._backlog.limits.drop_above
        return self._credit >= 0

    def take(self, size: int) -> bytes:
        """Return the next bytes of the messages, `size` at most."""
        taken: list[bytes] = []
        room = size
        while self.messages and room:
            piece = self._first_piece()
            part = piece[self._start : self._start + room]
            taken.append(part)
            room -= len(part)
            self._start += len(part)
            if self._start == len(piece):
                self._start = 0
                self.messages.popleft()
                self._backlog.release([piece])
        self.size -= size - room
        if self.size <= self._backlog.limits.pause_reading_above // 4:
            self.congested = False
        return b"".join(taken)

    def clear(self) -> None:
        """Let go of everything."""
        self._backlog.release(self.messages)
        self.messages.clear()
        self.size = 0

    def _first_piece(self) -> bytes:
        while not isinstance(first := self.messages[0], bytes):
            self.messages.popleft()
            self.messages.extendleft(reversed(first.pieces))
        return first


class Unfinished:
    """What clients have sent in part, and what waits for its turn."""

    def __init__(self, limits: Limits) -> None:
        self.size = 0
        self._limits = limits
        self._sizes: dict[object, int] = {}
        self._ends: dict[object, Callable[[], None]] = {}

    def grow(self, owner: object, size: int, end: Callable[[], None]) -> None:
        """Count what has come of something unfinished; above the bound, the largest are ended."""
        known = self._sizes.get(owner, 0)
        self._sizes[owner] = min(known + size, self._limits.payload)
        self._ends[owner] = end
        self.size += self._sizes[owner] - known
        if self.size > self._limits.unfinished:
            self._relieve()

    def _relieve(self) -> None:
        for worst in sorted(self._sizes, key=self._sizes.__getitem__, reverse=True):
            if self.size <= self._limits.unfinished * (1 - ROOM):
                return
            if worst in self._sizes:
                give_up = self._ends[worst]
                self.finish(worst)
                give_up()

    def finish(self, owner: object) -> None:
        """Count it no longer: it is complete, or given up."""
        self.size -= self._sizes.pop(owner, 0)
        self._ends.pop(owner, None)


class Memory:
    """What all clients of a server hold of its memory together, and its limits."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.backlog = Backlog(limits)
        self.unfinished = Unfinished(limits)


def _pieces(message: Message) -> tuple[bytes, ...]:
    return message.pieces if isinstance(message, Long) else (message,)
