"""One Engine.IO session: packets in and messages out keep their order on whatever carries them."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol, TypeAlias

import structlog
from aiohttp import WSCloseCode
from engineio.async_socket import AsyncSocket

from .frames import text_frame
from .packets import Json, Message, ProtocolBroken, ack

if TYPE_CHECKING:
    from .engine import Engine
    from .namespaces import Gathering
    from .upgrade import Probe

log = structlog.stdlib.get_logger(__name__)

TURN = 64
"""Packets, or KiB of them, that one client may have handled before the others get their turn."""

LARGE = 16 * 1024
"""Bytes of an ack that is sent at once, so that a full buffer shows before the next event."""

PING = text_frame(b"2")

Answered: TypeAlias = Callable[[list[Json]], None]
"""Takes the arguments of a client's ack."""


class Carrier(Protocol):
    """What takes a session's messages to its client: HTTP long-polling, or a WebSocket."""

    choked: bool
    """Whether more is queued than the client's share; its requests wait until it has read."""

    def carry(self, messages: list[Message]) -> None:
        """Send or keep messages, in order; the list is the caller's."""

    def hold(self) -> None:
        """Read no more of the client's requests."""

    def release(self) -> None:
        """Read on."""

    def close(self, code: int) -> None:
        """Say goodbye and close."""


class Session(AsyncSocket):
    """What the service knows of one client.

    `accept` takes what the carrier has read, `post` takes what the carrier shall send.
    """

    server: Engine
    sid: str
    closed: bool

    def __init__(self, server: Engine, sid: str, address: str) -> None:
        super().__init__(server, sid)
        self.address = address
        self.carrier: Carrier
        self.sids: dict[str, str] = {}
        """The sid in each namespace that the client has connected to."""
        self.gathering: Gathering | None = None
        """The binary packet whose attachments are still to come."""
        self.asked = 0
        """How many events have asked the client for an ack; their ids count from 1."""
        self.unanswered: dict[int, Answered] = {}
        """The latest of them that wait for it."""
        self.probe: Probe | None = None
        """The WebSocket that the client is about to upgrade to."""
        self.events = 0
        self.out: list[Message] = []
        self.heard = self.server.loop.time()
        self._window = self.heard
        self._inbox: deque[str | bytes] = deque()
        self._waiting = 0
        self._held = False
        self._connect_by: asyncio.TimerHandle | None = None
        self._beat: asyncio.TimerHandle | None = None

    def open(self, carrier: Carrier) -> None:
        """Start the session's clocks."""
        self.carrier = carrier
        limits, loop = self.server.limits, self.server.loop
        self._beat = loop.call_later(limits.ping_interval, self._ping)
        self._connect_by = loop.call_later(limits.connect_timeout, self._demand_connect)

    def upgrade(self, carrier: Carrier, messages: list[Message]) -> None:
        """Go on with another carrier, which has these messages to send before all others."""
        self.flush()
        self.carrier = carrier
        self.upgraded = True
        if messages:
            carrier.carry(messages)
        if self._held:
            carrier.hold()

    # In

    def accept(self, packets: list[str | bytes]) -> None:
        """Handle Engine.IO packets, in order and as far as the client's share of the turn goes."""
        self.heard = self.server.loop.time()
        self._inbox += packets
        self.work()

    @property
    def has_room(self) -> bool:
        """Whether what was read and not begun is at most what two requests may bring.

        A client that upgrades has sent one before, and one while it waits for the answer.
        """
        return sum(map(len, self._inbox)) <= 2 * self.server.limits.payload

    def work(self) -> None:
        """Go on with what was read, unless the client has to read its answers first."""
        inbox, done = self._inbox, 0
        take_plain_event, carrier = self.server.namespaces.take_plain_event, self.carrier
        in_flight = self.server.limits.events_in_flight
        try:
            while inbox and done < TURN:
                if carrier.choked or self.closed or self._waiting >= in_flight:
                    break
                packet = inbox.popleft()
                done += 1 + len(packet) // 1024
                if type(packet) is not str or not take_plain_event(self, packet):
                    self._take(packet)
        except ProtocolBroken as error:
            log.warning("protocol broken", session=self.sid, reason=str(error))
            self.end("protocol broken", WSCloseCode.PROTOCOL_ERROR)
        except Exception:
            log.exception("event failed", session=self.sid)
            self.end("internal error", WSCloseCode.INTERNAL_ERROR)
        if done >= TURN and inbox:
            self.server.loop.call_soon(self.work)
        self._hold_or_release()

    def _hold_or_release(self) -> None:
        if self.closed:
            return
        hold = (
            bool(self._inbox)
            or self.carrier.choked
            or self._waiting >= self.server.limits.events_in_flight
        )
        if hold != self._held:
            self._held = hold
            if hold:
                self.carrier.hold()
                self._count_inbox()
            else:
                self.carrier.release()
                self.server.unfinished.finish(self.sid)

    def _count_inbox(self) -> None:
        """Count what was read and waits to be begun among the memory for all clients."""
        if size := sum(map(len, self._inbox)):
            self.server.unfinished.grow(self.sid, size, self.give_up)

    def _take(self, packet: str | bytes) -> None:
        """Handle a packet of any kind; raises `ProtocolBroken`."""
        if isinstance(packet, bytes):
            self.server.namespaces.take_attachment(self, packet)
        elif packet.startswith("4"):
            self.server.namespaces.take(self, packet[1:])
        elif packet == "1":
            self.end("client disconnect")
        elif packet != "3":  # a pong; that it arrived is all it says
            raise ProtocolBroken("unknown or misplaced Engine.IO packet")

    def began(self, task: asyncio.Task[None]) -> None:
        """Count an event that waits for its outcome."""
        self._waiting += 1
        self.server.tasks.add(task)
        task.add_done_callback(self._finished)

    def _finished(self, task: asyncio.Task[None]) -> None:
        self._waiting -= 1
        self.server.tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            log.error("event failed", session=self.sid, exc_info=error)
        if self._held and not self.closed:
            self.work()

    def give_up(self) -> None:
        """End, as what clients have sent in part takes too much memory, and most is of this one."""
        self.end("too much unfinished", WSCloseCode.TRY_AGAIN_LATER)

    def begins_a_second(self) -> bool:
        """Say whether the second is over in which events were counted, and count anew if so."""
        now = self.server.loop.time()
        if now - self._window < 1:
            return False
        self._window, self.events = now, 1
        return True

    def answer(self, id_: int, args: list[Json]) -> None:
        """Take an ack; raises `ProtocolBroken` for one that nothing asked for."""
        if not 0 < id_ <= self.asked:
            raise ProtocolBroken("ack of an event that asked for none")
        if answered := self.unanswered.pop(id_, None):
            answered(args)

    # Out

    def ask(self, answered: Answered) -> int:
        """Give an id for an event that asks for an ack; the oldest are given up above a share."""
        self.asked += 1
        self.unanswered[self.asked] = answered
        if len(self.unanswered) > self.server.limits.events_in_flight:
            del self.unanswered[next(iter(self.unanswered))]
        return self.asked

    def post(self, message: Message) -> None:
        """Send a message with all others of this turn; nothing happens once it is closed."""
        if not self.closed:
            if not self.out:
                self.server.flush_soon(self)
            self.out.append(message)

    def acknowledge(self, namespace: str, id_: bytes, *args: Json) -> None:
        """Send an ack; a large one at once, so that it shows in time that the client is choked."""
        if self.closed:
            return
        message = ack(namespace, id_, args)
        if not self.out:
            self.server.flush_soon(self)
        self.out.append(message)
        if len(message) > LARGE:
            self.flush()

    def flush(self) -> None:
        """Hand what was posted to the carrier."""
        out, self.out = self.out, []
        if out and not self.closed:
            self.carrier.carry(out)

    # Life

    def entered(self) -> None:
        """Know that the client has connected to a namespace."""
        if self._connect_by is not None:
            self._connect_by.cancel()
            self._connect_by = None

    def _demand_connect(self) -> None:
        if not self.closed and not self.sids:
            self.end("connect timeout")

    def _ping(self) -> None:
        self.post(PING)
        pinged = self.server.loop.time()
        self._beat = self.server.loop.call_later(
            self.server.limits.ping_timeout, self._judge, pinged
        )

    def _judge(self, pinged: float) -> None:
        """End the session unless anything arrived since the ping."""
        if self.heard < pinged:
            self.end("ping timeout")
            return
        next_ping = max(0.0, self.server.limits.ping_interval - self.server.limits.ping_timeout)
        self._beat = self.server.loop.call_later(next_ping, self._ping)

    def end(self, reason: str, code: int = WSCloseCode.OK) -> None:
        """Close the session at once and for good; what was posted is still sent."""
        if self.closed:
            return
        self.flush()
        if self.closed:  # the flush found the client too slow
            return
        self.closed = True
        for timer in (self._beat, self._connect_by):
            if timer is not None:
                timer.cancel()
        self._inbox.clear()
        self.server.unfinished.finish(self.sid)
        self.server.ended(self, reason)
        self.carrier.close(code)
        if self.probe is not None:
            self.probe.fail()

    async def close(
        self, wait: bool = True, abort: bool = False, reason: str | None = None
    ) -> None:
        """Close the session, as `engineio.AsyncServer.disconnect` asks."""
        del wait, abort
        self.end(reason or "server disconnect")
