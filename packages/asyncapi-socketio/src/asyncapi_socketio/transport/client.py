"""One client in Socket.IO: the namespaces it is in, its events, its acks, its share.

Source: socket.io-protocol v5, "Exchange protocol".
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Collection, Coroutine, Mapping
from dataclasses import dataclass, field
from functools import partial
from types import MappingProxyType
from typing import Any, Final, TypeAlias

import structlog
from aiohttp import WSCloseCode

from ..addresses import Addresses, parameters_of
from . import eager_tasks, packets, parsers
from .backlog import Memory
from .eager_tasks import EagerTask
from .ids import new_id
from .packets import Json, Packet, ProtocolError
from .receiver import Receiver
from .rooms import Rooms
from .session import Session

log = structlog.stdlib.get_logger(__name__)

Answered: TypeAlias = Callable[[list[Json] | None], None]
"""Takes the arguments of a client's ack; None when there will be none."""

MAX_ID_DIGITS: Final = 16
"""Digits of a packet's id; 2^53 - 1, the largest that JavaScript counts to, has as many."""


UNKNOWN = "unknown"
"""All namespaces that there are not, where they are counted: a client can invent any number."""

NONE: Mapping[str, Any] = MappingProxyType({})
"""An idle client holds this instead of an empty dictionary of its own."""


class Shared:
    """What all clients of a server share."""

    def __init__(self, namespaces: Collection[str], memory: Memory, counters: Counter[str]) -> None:
        self.limits = memory.limits
        self.unfinished = memory.unfinished
        self.counters = counters
        self._addresses = Addresses(namespaces)
        self.namespaces: dict[str, Rooms[Client]] = {
            name: Rooms() for name in namespaces if not parameters_of(name)
        }
        """Those that can be counted, and those with parameters that somebody is in."""
        self._fixed = frozenset(self.namespaces)
        self.receiver: Receiver
        self.loop: asyncio.AbstractEventLoop
        self.stopping = False
        """Whether events are no longer carried out."""
        self.connects: Counter[tuple[str, str]] = Counter()
        """How many clients have asked to be let in, by namespace and outcome."""
        self.disconnects: Counter[tuple[str, str]] = Counter()
        """How many of those let in have left, by namespace and reason."""
        self.tasks: set[EagerTask] = set()
        """What was begun and waits for its outcome."""

    def opened(self, namespace: str) -> Rooms[Client] | None:
        """Return a namespace, also where nobody is in it yet; None where there is none."""
        rooms = self.namespaces.get(namespace)
        if rooms is None and self._addresses.find(namespace) is not None:
            rooms = self.namespaces[namespace] = Rooms()
        return rooms

    def remove(self, namespace: str, sid: str) -> None:
        """Take a client out of a namespace, and forget one with parameters that is empty then."""
        rooms = self.namespaces[namespace]
        rooms.remove(sid)
        if namespace not in self._fixed and not rooms.members and not rooms.judged:
            del self.namespaces[namespace]

    def is_fixed(self, namespace: str) -> bool:
        """Return whether a namespace has no parameters."""
        return namespace in self._fixed

    def path(self, namespace: str) -> str:
        """Return by what a namespace is counted: its path with the parameters in it."""
        if namespace in self._fixed:
            return namespace
        found = self._addresses.find(namespace)
        return found.path if found else UNKNOWN

    def keep(self, task: EagerTask) -> None:
        """Count a task among those that a stop waits for."""
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    def begin(self, coroutine: Coroutine[Any, Any, None]) -> None:
        """Run what no client waits for; what it raises is logged."""
        try:
            task = eager_tasks.start_anywhere(self.loop, coroutine)
        except Exception:
            log.exception("disconnect failed")
            return
        if task is not None:
            self.keep(task)
            task.add_done_callback(_log_failure)


def _log_failure(task: EagerTask) -> None:
    if not task.cancelled() and (error := task.exception()):
        log.error("disconnect failed", exc_info=error)


@dataclass(slots=True, eq=False)
class Gathering:
    """A binary packet as it came, and what has arrived of its attachments.

    It is decoded again when it is complete: decoded, it may take 30 times as much memory.
    """

    text: bytes
    wanted: int
    attachments: list[bytes] = field(default_factory=list)
    size: int = 0


@dataclass(slots=True)
class Judgement:
    """A client that asks to be let into a namespace, and what is still to be cancelled of that."""

    sid: str
    task: EagerTask | None = None
    timeout: asyncio.TimerHandle | None = None

    def cancel(self) -> None:
        """Judge no longer."""
        self.stop_clock()
        if self.task is not None:
            self.task.cancel()

    def stop_clock(self) -> None:
        """Let the time that is left pass."""
        if self.timeout is not None:
            self.timeout.cancel()


class Client:
    """Takes the packets of one session, and keeps what Socket.IO knows of it."""

    __slots__ = (
        "_asked",
        "_connect_by",
        "_dismissed",
        "_earlier",
        "_events",
        "_gathering",
        "_is_late",
        "_judgements",
        "_second",
        "_shared",
        "_sids",
        "_unanswered",
        "session",
    )

    def __init__(self, shared: Shared, session: Session) -> None:
        self.session = session
        self._shared = shared
        self._sids: dict[str, str] = {}
        """The sid in each namespace that the client is in."""
        self._judgements: Mapping[str, Judgement] = NONE
        """The namespaces that it asks to be let into."""
        self._dismissed: Collection[str] = ()
        """The namespaces that it was taken out of; what it sent before it knew is ignored."""
        self._is_late = False
        """Whether the time to connect to a first namespace has passed."""
        self._gathering: Gathering | None = None
        """The binary packet whose attachments are still to come."""
        self._asked = 0
        """How many events have asked the client for an ack; their ids count from 1."""
        self._unanswered: dict[int, tuple[str, Answered]] | None = None
        """The latest of them that wait for it."""
        self._events = 0
        self._earlier = 0
        self._second = session.heard
        """When the second began in which events are counted."""
        self._connect_by: asyncio.TimerHandle | None = shared.loop.call_later(
            shared.limits.connect_timeout, self._demand_connect
        )

    # Packets

    def take_plain_event(self, packet: str) -> bool:
        """Handle the commonest Engine.IO packet, and return whether it was one.

        It is an event in the main namespace that asks for an ack, `42<id>["name",…]`. Raises
        `ProtocolError`.
        """
        start = packet.find("[")
        id_ = packet[2:start].encode()
        if not packet.startswith("42") or not id_.isdigit() or len(id_) > MAX_ID_DIGITS:
            return False
        if start < 0 or self._gathering is not None:
            return False
        self._take_event("/", id_, packets.decode_json(packet[start:]))
        return True

    def take(self, text: str) -> None:
        """Handle an Engine.IO message; raises `ProtocolError`."""
        if self._gathering is not None:
            raise ProtocolError("text in place of an attachment")
        packet = packets.decode(text)
        match packet.type:
            case packets.CONNECT:
                self._connect(packet.namespace, packet.data)
            case packets.DISCONNECT:
                if self._is_in(packet.namespace, "disconnect before connect"):
                    self._leave(packet.namespace, "client namespace disconnect")
            case packets.EVENT:
                self._take_event(packet.namespace, packet.id, packet.data)
            case packets.BINARY_EVENT:
                self._gather(packet, text.encode())
            case packets.ACK if packet.id is not None:
                self._take_ack(packet.namespace, int(packet.id), packet.data)
            case _:
                raise ProtocolError("ack of an event that asked for none")

    def take_attachment(self, data: bytes) -> None:
        """Handle a binary Engine.IO message; raises `ProtocolError`."""
        gathering = self._gathering
        if gathering is None:
            self._turn_away_parser(data)
            return
        gathering.attachments.append(data)
        gathering.size += len(data)
        if gathering.size > self._shared.limits.payload:
            raise ProtocolError("attachments too large")
        self._shared.unfinished.grow(self, len(data), self.session.give_up)
        self._finish_gathering(gathering)

    def _is_in(self, namespace: str, error: str) -> bool:
        """Return whether it is in a namespace, and not dismissed; raises `ProtocolError`."""
        if namespace in self._sids:
            return True
        if namespace in self._dismissed:
            return False
        raise ProtocolError(error)

    # Events

    def _gather(self, packet: Packet, text: bytes) -> None:
        self._is_in(packet.namespace, "event before connect")
        if packet.attachments > self._shared.limits.attachments:
            raise ProtocolError("too many attachments")
        self._gathering = gathering = Gathering(text, packet.attachments)
        self._shared.unfinished.grow(gathering, len(text), self.session.give_up)
        self._finish_gathering(gathering)

    def _forget_gathering(self) -> None:
        self._shared.unfinished.finish(self)
        if self._gathering is not None:
            self._shared.unfinished.finish(self._gathering)
            self._gathering = None

    def _turn_away_parser(self, data: bytes) -> None:
        """Tell a client that encodes packets with another parser; raises `ProtocolError`."""
        answer = None if self._sids else parsers.refuse_msgpack(data)
        if answer is None:
            raise ProtocolError("attachment of no event")
        log.info("connect rejected", session=self.session.sid, reason=parsers.REASON)
        self.session.post(answer)

    def _finish_gathering(self, gathering: Gathering) -> None:
        if self.session.closed or len(gathering.attachments) < gathering.wanted:
            return
        self._forget_gathering()
        packet = packets.decode(gathering.text.decode())
        data = packets.fill(packet.data, gathering.attachments)
        self._take_event(packet.namespace, packet.id, data)

    def _take_event(self, namespace: str, id_: bytes | None, data: Json) -> None:
        sid = self._sids.get(namespace)
        if sid is None:
            self._is_in(namespace, "event before connect")
            return
        if type(data) is not list or not data or type(data[0]) is not str:
            raise ProtocolError("event without a name")
        name = data.pop(0)
        if name in packets.RESERVED:
            raise ProtocolError(f"reserved event {name}")
        shared = self._shared
        if shared.stopping:
            return
        self._events += 1
        if self._events > shared.limits.events_per_second and not self._begins_a_second():
            self._refuse_event(namespace, id_, name)
            return
        ack = None if id_ is None else partial(self.session.acknowledge, namespace, id_)
        waits = eager_tasks.start(
            shared.loop, shared.receiver.receive(sid, namespace, name, data, ack)
        )
        if waits is not None:
            shared.keep(waits)
            self.session.began(waits)

    def _begins_a_second(self) -> bool:
        """Return whether the second is over in which events were counted; count anew if so."""
        now = self._shared.loop.time()
        if now - self._second < 1:
            return False
        self._earlier += self._events - 1
        self._second, self._events = now, 1
        return True

    def _refuse_event(self, namespace: str, id_: bytes | None, name: str) -> None:
        self._shared.counters["too many events"] += 1
        answer = self._shared.receiver.too_many(namespace, name)
        if id_ is not None and answer is not None:
            self.session.acknowledge(namespace, id_, *answer)

    # Asking

    def ask(self, namespace: str, name: str, args: tuple[Json, ...], answered: Answered) -> None:
        """Post an event that asks for an ack; above the client's share, the oldest is given up."""
        message = packets.event(namespace, name, args, self._asked + 1)
        self._asked += 1
        if self._unanswered is None:
            self._unanswered = {}
        self._unanswered[self._asked] = (namespace, answered)
        self.session.post(message)
        if len(self._unanswered) > self._shared.limits.events_in_flight:
            _, give_up = self._unanswered.pop(next(iter(self._unanswered)))
            give_up(None)

    def _take_ack(self, namespace: str, id_: int, args: list[Json]) -> None:
        error = "ack of an event that asked for none"
        if not self._is_in(namespace, error):
            return
        unanswered = self._unanswered or {}
        asked_in, answered = unanswered.get(id_, (namespace, None))
        if not 0 < id_ <= self._asked or asked_in != namespace:
            raise ProtocolError(error)
        if answered is not None:
            del unanswered[id_]
            answered(args)

    # Connecting

    def _connect(self, namespace: str, auth: Json) -> None:
        if namespace in self._sids or namespace in self._judgements:
            raise ProtocolError("connected twice")
        shared = self._shared
        if not shared.is_fixed(namespace) and self._is_in_too_many:
            self._turn_away(namespace, "Too many namespaces", None)
            return
        rooms = shared.opened(namespace)
        if rooms is None:
            self._turn_away(namespace, "Invalid namespace", None)
            return
        if namespace in self._dismissed:
            self._dismissed = {*self._dismissed} - {namespace}
        judgement = Judgement(new_id())
        self._judgements = {**self._judgements, namespace: judgement}
        rooms.judged[judgement.sid] = self
        waits = eager_tasks.start(shared.loop, self._judge(judgement, namespace, auth))
        if waits is not None:
            judgement.task = waits
            judgement.timeout = shared.loop.call_later(
                shared.limits.connect_timeout, self.session.end, "connect timeout"
            )
            shared.keep(waits)
            self.session.began(waits)

    @property
    def _is_in_too_many(self) -> bool:
        """Whether it may enter no more namespaces with parameters, of which there are any number.

        Those that it was taken out of count, too: they are kept.
        """
        count = len(self._sids) + len(self._judgements) + len(self._dismissed)
        return count >= self._shared.limits.namespaces

    async def _judge(self, judgement: Judgement, namespace: str, auth: Json) -> None:
        sid = judgement.sid
        try:
            refusal = await self._shared.receiver.connect(sid, namespace, auth)
        except Exception:
            log.exception("connect failed", session=self.session.sid, namespace=namespace)
            self.session.end("internal error", WSCloseCode.INTERNAL_ERROR)
            return
        if self.session.closed:  # it has gone meanwhile
            return
        others = {name: item for name, item in self._judgements.items() if name != namespace}
        self._judgements = others or NONE
        judgement.stop_clock()
        if refusal is None:
            self._enter(namespace, sid)
            return
        self._shared.remove(namespace, sid)
        self._turn_away(namespace, *refusal)
        if self._is_late:
            self._demand_connect()

    def _enter(self, namespace: str, sid: str) -> None:
        rooms = self._shared.namespaces[namespace]
        self.session.post(packets.connected(namespace, sid))
        del rooms.judged[sid]
        rooms.members[sid] = self
        self._sids[namespace] = sid
        self._stop_connect_clock()
        self._shared.connects[self._shared.path(namespace), "accepted"] += 1
        log.info("connected", sid=sid, namespace=namespace, address=self.session.address)

    def _turn_away(self, namespace: str, reason: str, data: Json) -> None:
        self._shared.connects[self._shared.path(namespace), "rejected"] += 1
        log.info("connect rejected", session=self.session.sid, namespace=namespace[:100])
        self.session.post(packets.turned_away(namespace, reason, data))

    def _demand_connect(self) -> None:
        self._is_late = True
        if not self._sids and not self._judgements:
            self.session.end("connect timeout")

    def _stop_connect_clock(self) -> None:
        if self._connect_by is not None:
            self._connect_by.cancel()
            self._connect_by = None

    # Operators

    @property
    def sids(self) -> Mapping[str, str]:
        """The sid in each namespace that the client is in."""
        return self._sids

    @property
    def events(self) -> int:
        """How many events it has emitted."""
        return self._earlier + self._events

    # Leaving

    def dismiss_everywhere(self) -> None:
        """Take the client out of all namespaces, so that it does not come back by itself."""
        for namespace in [*self._sids]:
            self.dismiss(namespace)

    def dismiss(self, namespace: str) -> None:
        """Take the client out of a namespace that it is in, and tell it."""
        self.session.post(packets.disconnected(namespace))
        self._dismissed = {*self._dismissed, namespace}
        self._leave(namespace, "server namespace disconnect")

    def ended(self, reason: str) -> None:
        """Take the client out of every namespace, and judge it no longer."""
        self._stop_connect_clock()
        self._forget_gathering()
        judgements, self._judgements = self._judgements, NONE
        for namespace, judgement in judgements.items():
            self._shared.remove(namespace, judgement.sid)
            judgement.cancel()
        for namespace in [*self._sids]:
            self._leave(namespace, reason)

    def _leave(self, namespace: str, reason: str) -> None:
        sid = self._sids.pop(namespace)
        self._shared.remove(namespace, sid)
        self._shared.disconnects[self._shared.path(namespace), reason] += 1
        log.info("disconnected", sid=sid, namespace=namespace, reason=reason)
        self._shared.begin(self._shared.receiver.disconnected(sid, namespace, reason))
        unanswered = self._unanswered or {}
        for id_, (asked_in, answered) in [*unanswered.items()]:
            if asked_in == namespace and unanswered.pop(id_, None) is not None:
                answered(None)
