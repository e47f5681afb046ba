"""One Engine.IO session as a state machine: packets in, messages out, a heartbeat, one end.

It knows what it stands on by three ports only: the `Carrier` that takes its messages to the client,
the `Events` that its packets are for, and the `Clock`. The `Host` keeps it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any, Final, Protocol

import structlog
from aiohttp import WSCloseCode

from .eager_tasks import EagerTask
from .frames import text_frame
from .limits import Limits
from .packets import Json, Message, ProtocolError, ack

log = structlog.stdlib.get_logger(__name__)

TURN: Final = 64
"""Packets, or KiB of them, that one client may have handled before the others get their turn."""

LARGE: Final = 16 * 1024
"""Bytes of an ack that is sent at once, so that a full buffer shows before the next event."""

PING = text_frame(b"2")


class Timer(Protocol):
    """A call that is still to come."""

    def cancel(self) -> object:
        """Call nothing."""


class Unfinished(Protocol):
    """The memory that clients hold by what they have sent."""

    def grow(self, owner: object, size: int, end: Callable[[], None]) -> None:
        """Count more of an owner's; `end` is called when it is too much for all together."""

    def finish(self, owner: object) -> None:
        """Count nothing of an owner's any more."""


class Clock(Protocol):
    """What tells the time and calls back, as an event loop does."""

    def time(self) -> float:
        """Return the seconds since some moment."""

    def call_soon(self, callback: Callable[..., object], /, *args: Any) -> object:  # noqa: ANN401
        """Call back in the next turn."""

    def call_later(
        self,
        delay: float,
        callback: Callable[..., object],
        /,
        *args: Any,  # noqa: ANN401
    ) -> Timer:
        """Call back in `delay` seconds."""


class Carrier(Protocol):
    """What takes a session's messages to its client: HTTP long-polling, or a WebSocket."""

    congested: bool
    """Whether more is queued than the client's share; its requests wait until it has read."""

    @property
    def queued(self) -> int:
        """Bytes that wait for the client to read them."""

    def carry(self, messages: list[Message]) -> None:
        """Send or keep messages, in order; the list is the caller's."""

    def pause_reading(self) -> None:
        """Read no more of the client's requests."""

    def resume_reading(self) -> None:
        """Read on."""

    def close(self, code: int) -> None:
        """Send what closes the connection, and close it."""


class Events(Protocol):
    """What a session's packets are for; each raises `ProtocolError`."""

    def take_plain_event(self, packet: str) -> bool:
        """Handle the commonest packet, and return whether it was one."""

    def take(self, text: str) -> None:
        """Handle a text message."""

    def take_attachment(self, data: bytes) -> None:
        """Handle a binary message."""

    def ended(self, reason: str) -> None:
        """Know that the session is over; called once."""


class Upgrade(Protocol):
    """The attempt of a client to move its session to another carrier."""

    def fail(self) -> None:
        """Give it up; the session stays where it is."""


class Host(Protocol):
    """Who keeps sessions."""

    limits: Limits

    @property
    def unfinished(self) -> Unfinished:
        """What clients have sent in part, and what waits for its turn."""

    @property
    def clock(self) -> Clock:
        """What tells the time."""

    def flush_soon(self, session: Session) -> None:
        """Call `session.flush` at the end of this turn of the loop."""

    def ended(self, session: Session, reason: str) -> None:
        """Forget a session."""


class Session:
    """A connection of one client.

    `accept` takes what the carrier has read, `post` takes what the carrier shall send.
    """

    __slots__ = (
        "_clock",
        "_heartbeat",
        "_host",
        "_inbox",
        "_out",
        "_paused",
        "_waiting",
        "address",
        "carrier",
        "closed",
        "events",
        "headers",
        "heard",
        "limits",
        "sid",
        "upgrade",
    )

    def __init__(self, host: Host, sid: str, address: str, headers: bytes = b"") -> None:
        """Begin a session that `address` has opened by a request with these header lines."""
        self.sid = sid
        self.address = address
        self.headers = headers
        self.limits = host.limits
        self.carrier: Carrier
        self.events: Events
        self.closed = False
        self.upgrade: Upgrade | None = None
        """The upgrade that the client has begun and not finished."""
        self._host = host
        self._clock = host.clock
        self.heard = self._clock.time()
        """When anything last arrived."""
        self._out: list[Message] = []
        self._inbox: deque[str | bytes] | None = None
        self._waiting = 0
        self._paused = False
        self._heartbeat: Timer | None = None

    def open(self, carrier: Carrier, events: Events) -> None:
        """Start with a carrier, and the heartbeat with it."""
        self.carrier = carrier
        self.events = events
        self._heartbeat = self._clock.call_later(self.limits.ping_interval, self._ping)

    def move(self, carrier: Carrier, messages: list[Message]) -> None:
        """Go on with another carrier, which has these messages to send before all others."""
        self.flush()
        self.carrier = carrier
        if messages:
            carrier.carry(messages)
        if self._paused:
            carrier.pause_reading()

    # In

    def accept(self, packets: list[str | bytes]) -> None:
        """Handle Engine.IO packets, in order and as far as the client's share of the turn goes."""
        self.heard = self._clock.time()
        if self._inbox is None:
            self._inbox = deque(packets)
        else:
            self._inbox += packets
        self.work()

    @property
    def has_room(self) -> bool:
        """Whether what was read and not begun is at most what two requests may bring.

        A client that upgrades has sent one before, and one while it waits for the answer.
        """
        return sum(map(len, self._inbox or ())) <= 2 * self.limits.payload

    def work(self) -> None:
        """Go on with what was read, unless the client has to read its answers first."""
        inbox, done = self._inbox or deque(), 0
        take_plain_event, carrier = self.events.take_plain_event, self.carrier
        in_flight = self.limits.events_in_flight
        try:
            while inbox and done < TURN:
                if carrier.congested or self.closed or self._waiting >= in_flight:
                    break
                packet = inbox.popleft()
                done += 1 + len(packet) // 1024
                if type(packet) is not str or not take_plain_event(packet):
                    self._take(packet)
        except ProtocolError as error:
            log.warning("protocol broken", session=self.sid, reason=str(error))
            self.end("protocol broken", WSCloseCode.PROTOCOL_ERROR)
        except Exception:
            log.exception("event failed", session=self.sid)
            self.end("internal error", WSCloseCode.INTERNAL_ERROR)
        if done >= TURN and inbox:
            self._clock.call_soon(self.work)
        self._pause_or_resume()

    def _pause_or_resume(self) -> None:
        if self.closed:
            return
        if not self._inbox:
            self._inbox = None  # an idle client holds none
        pause = (
            bool(self._inbox)
            or self.carrier.congested
            or self._waiting >= self.limits.events_in_flight
        )
        if pause != self._paused:
            self._paused = pause
            if pause:
                self.carrier.pause_reading()
                self._count_inbox()
            else:
                self.carrier.resume_reading()
                self._host.unfinished.finish(self)

    def _count_inbox(self) -> None:
        """Count what was read and waits to be begun among the memory for all clients."""
        if size := sum(map(len, self._inbox or ())):
            self._host.unfinished.grow(self, size, self.give_up)

    def give_up(self) -> None:
        """End, as what clients have sent in part takes too much memory, and most is of this one."""
        self.end("too much unfinished", WSCloseCode.TRY_AGAIN_LATER)

    def _take(self, packet: str | bytes) -> None:
        """Handle a packet of any kind; raises `ProtocolError`."""
        if isinstance(packet, bytes):
            self.events.take_attachment(packet)
        elif packet.startswith("4"):
            self.events.take(packet[1:])
        elif packet == "1":
            self.end("client disconnect")
        elif packet != "3":  # a pong; that it arrived is all it says
            raise ProtocolError("unknown or misplaced Engine.IO packet")

    def began(self, task: EagerTask) -> None:
        """Count an event that waits for its outcome."""
        self._waiting += 1
        task.add_done_callback(self._finished)

    def _finished(self, task: EagerTask) -> None:
        self._waiting -= 1
        if not task.cancelled() and (error := task.exception()):
            log.error("event failed", session=self.sid, exc_info=error)
        if self._paused and not self.closed:
            self.work()

    # Out

    def post(self, message: Message) -> None:
        """Send a message with all others of this turn; nothing happens once it is closed."""
        if not self.closed:
            if not self._out:
                self._host.flush_soon(self)
            self._out.append(message)

    def acknowledge(self, namespace: str, id_: bytes, *args: Json) -> None:
        """Send an ack; a large one at once, so that it shows in time that it is not read."""
        if self.closed:
            return
        message = ack(namespace, id_, args)
        if not self._out:
            self._host.flush_soon(self)
        self._out.append(message)
        if len(message) > LARGE:
            self.flush()

    def flush(self) -> None:
        """Hand what was posted to the carrier."""
        out, self._out = self._out, []
        if out and not self.closed:
            self.carrier.carry(out)

    # Heartbeat and end

    def _ping(self) -> None:
        self.post(PING)
        pinged = self._clock.time()
        self._heartbeat = self._clock.call_later(self.limits.ping_timeout, self._judge, pinged)

    def _judge(self, pinged: float) -> None:
        """End the session unless anything arrived since the ping."""
        if self.heard < pinged:
            self.end("ping timeout")
            return
        next_ping = max(0.0, self.limits.ping_interval - self.limits.ping_timeout)
        self._heartbeat = self._clock.call_later(next_ping, self._ping)

    def end(self, reason: str, code: int = WSCloseCode.OK) -> None:
        """Close the session at once and for good; what was posted is still sent."""
        if self.closed:
            return
        self.flush()
        if self.closed:  # the flush found the client too slow
            return
        self.closed = True
        if self._heartbeat is not None:
            self._heartbeat.cancel()
        self._inbox = None
        self._host.unfinished.finish(self)
        self._host.ended(self, reason)
        self.carrier.close(code)
        if self.upgrade is not None:
            self.upgrade.fail()
        self.events.ended(reason)
