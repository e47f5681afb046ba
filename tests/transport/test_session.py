"""A session by itself: a state machine on a carrier, events, and a clock that a test turns."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from asyncapi_socketio.transport import Limits, eager_tasks
from asyncapi_socketio.transport.backlog import Unfinished
from asyncapi_socketio.transport.packets import Message, ProtocolError
from asyncapi_socketio.transport.session import PING, TURN, Session


@dataclass
class Timer:
    """A call that is to come."""

    at: float
    call: Callable[[], object]
    cancelled: bool = False

    def cancel(self) -> None:
        self.cancelled = True


class Clock:
    """Time that passes when a test says so."""

    def __init__(self) -> None:
        self.now = 0.0
        self.timers: list[Timer] = []

    def time(self) -> float:
        return self.now

    def call_soon(self, callback: Callable[..., object], /, *args: Any) -> Timer:
        return self.call_later(0, callback, *args)

    def call_later(self, delay: float, callback: Callable[..., object], /, *args: Any) -> Timer:
        self.timers.append(Timer(self.now + delay, lambda: callback(*args)))
        return self.timers[-1]

    def go_on(self, seconds: float = 0) -> None:
        """Let time pass, and make the calls of it in their order."""
        end = self.now + seconds
        while due := [item for item in self.timers if item.at <= end and not item.cancelled]:
            first = min(due, key=lambda item: item.at)
            self.timers.remove(first)
            self.now = first.at
            first.call()
        self.now = end


@dataclass
class Carrier:
    """Writes down what it is to do."""

    congested: bool = False
    queued: int = 0
    sent: list[Message] = field(default_factory=list)
    reading: bool = True
    closed: int | None = None

    def carry(self, messages: list[Message]) -> None:
        self.sent += messages

    def pause_reading(self) -> None:
        self.reading = False

    def resume_reading(self) -> None:
        self.reading = True

    def close(self, code: int) -> None:
        self.closed = code


@dataclass
class Events:
    """Writes down what it takes; `bad` breaks the protocol, `wrong` is a defect of ours."""

    taken: list[str | bytes] = field(default_factory=list)
    ends: list[str] = field(default_factory=list)

    def take_plain_event(self, packet: str) -> bool:
        return False

    def take(self, text: str) -> None:
        if text == "bad":
            raise ProtocolError("bad")
        if text == "wrong":
            raise ValueError("wrong")
        self.taken.append(text)

    def take_attachment(self, data: bytes) -> None:
        self.taken.append(data)

    def ended(self, reason: str) -> None:
        self.ends.append(reason)


class Room:
    """A session with all that it stands on, and the host that keeps it."""

    def __init__(self, **limits: Any) -> None:
        self.limits = Limits(**limits)
        self.unfinished = Unfinished(self.limits)
        self.clock = Clock()
        self.kept = True
        self.carrier, self.events = Carrier(), Events()
        self.session = Session(self, "sid", "127.0.0.1")
        self.session.open(self.carrier, self.events)

    def flush_soon(self, session: Session) -> None:
        self.clock.call_soon(session.flush)

    def ended(self, session: Session, reason: str) -> None:
        self.kept = False

    @property
    def end(self) -> tuple[list[str], int | None]:
        """Why it is over, and with which code; nothing and None while it lives."""
        return self.events.ends, self.carrier.closed


def test_packets_are_taken_in_order() -> None:
    room = Room()
    room.session.accept(["4one", b"two", "3", "4three"])
    assert room.events.taken == ["one", b"two", "three"]
    assert room.carrier.reading


def test_a_client_has_its_turn_and_the_others_theirs() -> None:
    room = Room()
    room.session.accept(["4x"] * (2 * TURN + 1))
    assert len(room.events.taken) == TURN
    assert not room.carrier.reading
    room.clock.go_on()
    assert len(room.events.taken) == 2 * TURN + 1
    assert room.carrier.reading


def test_a_congested_client_is_not_read_until_it_has_read() -> None:
    room = Room()
    room.carrier.congested = True
    room.session.accept(["4later"])
    assert room.events.taken == []
    assert not room.carrier.reading
    room.carrier.congested = False
    room.session.accept([])
    assert room.events.taken == ["later"]
    assert room.carrier.reading


async def test_events_in_flight_hold_the_next_back() -> None:
    room = Room(events_in_flight=1)
    gate = asyncio.Event()

    async def wait() -> None:
        await gate.wait()

    task = eager_tasks.start_anywhere(asyncio.get_running_loop(), wait())
    assert task is not None
    room.session.began(task)
    room.session.accept(["4next"])
    assert room.events.taken == []
    gate.set()
    await eager_tasks.wait([task], 5)
    assert room.events.taken == ["next"]


def test_what_is_posted_in_one_turn_leaves_together_at_its_end() -> None:
    room = Room()
    room.session.post(b"one")
    room.session.acknowledge("/", b"1", "two")
    assert room.carrier.sent == []
    room.clock.go_on()
    assert [bytes(message)[-3:] for message in room.carrier.sent if isinstance(message, bytes)] == [
        b"one",
        b'o"]',
    ]


def test_a_large_ack_leaves_at_once_behind_what_was_posted() -> None:
    room = Room()
    room.session.post(b"first")
    room.session.acknowledge("/", b"1", "x" * 20_000)
    assert room.carrier.sent[0] == b"first"
    assert len(room.carrier.sent) == 2


def test_a_client_that_answers_pings_stays_and_a_silent_one_goes() -> None:
    room = Room(ping_interval=25, ping_timeout=20)
    for _ in range(10):
        room.clock.go_on(25)
        assert room.carrier.sent.pop() == PING
        room.session.accept(["3"])
    room.clock.go_on(25 + 19)
    assert room.kept
    room.clock.go_on(1)
    assert not room.kept
    assert room.end == (["ping timeout"], 1000)


@pytest.mark.parametrize(
    ("packet", "reason", "code"),
    [
        ("1", "client disconnect", 1000),
        ("4bad", "protocol broken", 1002),
        ("5", "protocol broken", 1002),
    ],
)
def test_nothing_is_taken_behind_the_end(packet: str, reason: str, code: int) -> None:
    room = Room()
    room.session.post(b"last")
    room.session.accept([packet, "4after"])
    assert room.end == ([reason], code)
    assert room.events.taken == []
    assert room.carrier.sent == [b"last"]
    room.session.post(b"too late")
    room.session.end("again")
    room.clock.go_on(100)
    assert room.end == ([reason], code)
    assert room.carrier.sent == [b"last"]


def test_a_defect_of_ours_closes_with_1011(quiet: list[dict[str, Any]]) -> None:
    room = Room()
    room.session.accept(["4wrong"])
    assert room.end == (["internal error"], 1011)
    assert [entry["event"] for entry in quiet] == ["event failed"]
    quiet.clear()


def test_it_moves_to_another_carrier_with_what_was_not_read_first() -> None:
    room = Room()
    room.carrier.congested = True
    room.session.accept(["4held"])
    room.session.post(b"old")
    other = Carrier()
    room.session.move(other, [b"not fetched"])
    room.session.post(b"new")
    room.clock.go_on()
    assert room.carrier.sent == [b"old"]
    assert other.sent == [b"not fetched", b"new"]
    assert not other.reading
