"""Socket.IO on the sessions: who is in which namespace, their events in, our events out.

Source: socket.io-protocol v5, "Exchange protocol".
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Coroutine
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypeAlias

import socketio
import structlog

from . import eager, packets, parsers
from .engine import Engine
from .packets import Json, Packet, ProtocolBroken
from .session import Answered, Session

log = structlog.stdlib.get_logger(__name__)

Receive: TypeAlias = Callable[
    [str, str, str, list[Json], Callable[..., None] | None], Coroutine[Any, Any, None]
]
"""Takes an event: the sid, the namespace, the event, its arguments, and the ack if it wants one."""

Refuse: TypeAlias = Callable[[str, str], tuple[Json, ...] | None]
"""Gives the ack for one event too many: takes the namespace and the event; None is no ack."""

Admit: TypeAlias = Callable[[str, Json], tuple[str, Json] | None]
"""Judges the auth payload of a CONNECT: takes the namespace and the payload (None: it has none).

None lets the client in; else it is turned away with the reason, and data (None: none).
"""

MAX_ID_DIGITS = 16
"""Digits of a packet's id; 2^53 - 1, the largest that JavaScript counts to, has as many."""


@dataclass(slots=True, eq=False)
class Gathering:
    """A binary packet as it came, and what has arrived of its attachments.

    It is decoded again when it is complete: decoded, it may take 30 times as much memory.
    """

    text: bytes
    wanted: int
    attachments: list[bytes] = field(default_factory=list)
    size: int = 0


class Clients(socketio.AsyncManager):
    """The clients of each namespace, as sessions; named rooms are the base class's."""

    def __init__(self) -> None:
        super().__init__()
        self.members: dict[str, dict[str, Session]] = {}

    def enter(self, sid: str, namespace: str, session: Session) -> None:
        """Let a client into a namespace."""
        self.basic_enter_room(sid, namespace, None, eio_sid=session.sid)
        self.members.setdefault(namespace, {})[sid] = session

    def leave(self, sid: str, namespace: str) -> None:
        """Take a client out of a namespace and all its rooms."""
        self.basic_disconnect(sid, namespace)
        del self.members[namespace][sid]

    def audience(self, namespace: str, room: str | None) -> Collection[tuple[str, Session]]:
        """List who is in a namespace, or in a room of it; a sid is a room with nobody else."""
        members = self.members.get(namespace, {})
        if room is None:
            return members.items()
        if room in members:
            return [(room, members[room])]
        return [(sid, members[sid]) for sid, _ in self.get_participants(namespace, room)]


class Namespaces(socketio.AsyncServer):
    """Connects clients to namespaces, hands their events over, and broadcasts."""

    eio: Engine
    manager: Clients
    receive: Receive
    refuse: Refuse
    admit: Admit

    def __init__(self, namespaces: Collection[str], **options: object) -> None:
        super().__init__(
            client_manager=Clients(), async_mode="aiohttp", namespaces=[*namespaces], **options
        )
        self.eio.namespaces = self
        self._known = frozenset(namespaces)
        self._share = self.eio.limits.events_per_second

    def _engineio_server_class(self) -> type[Engine]:
        return Engine

    # In

    def take_plain_event(self, session: Session, packet: str) -> bool:
        """Handle the commonest Engine.IO packet, and say whether it was one.

        It is an event in the main namespace that asks for an ack, `42<id>["name",…]`. Raises
        `ProtocolBroken`.
        """
        head, _, rest = packet.partition("[")
        if head[:2] != "42" or session.gathering is not None:
            return False
        id_ = head[2:].encode()
        if not id_.isdigit() or len(id_) > MAX_ID_DIGITS:
            return False
        self._take_event(session, "/", id_, packets.decode_json("[" + rest))
        return True

    def take(self, session: Session, text: str) -> None:
        """Handle an Engine.IO message; raises `ProtocolBroken`."""
        if session.gathering is not None:
            raise ProtocolBroken("text in place of an attachment")
        packet = packets.decode(text)
        if packet.type == packets.BINARY_EVENT:
            self._gather(session, packet, text.encode())
        else:
            self._take_packet(session, packet)

    def _take_packet(self, session: Session, packet: Packet) -> None:
        match packet.type:
            case packets.CONNECT:
                self._connect(session, packet.namespace, packet.data)
            case packets.DISCONNECT:
                self._disconnect(session, packet.namespace)
            case packets.EVENT:
                self._take_event(session, packet.namespace, packet.id, packet.data)
            case packets.ACK if packet.namespace in session.sids and packet.id is not None:
                session.answer(int(packet.id), packet.data)
            case _:
                raise ProtocolBroken("ack of an event that asked for none")

    def _gather(self, session: Session, packet: Packet, text: bytes) -> None:
        if packet.namespace not in session.sids:
            raise ProtocolBroken("event before connect")
        if packet.attachments > self.eio.limits.attachments:
            raise ProtocolBroken("too many attachments")
        session.gathering = gathering = Gathering(text, packet.attachments)
        self.eio.unfinished.grow(gathering, len(text), session.give_up)
        self._finish_gathering(session, gathering)

    def take_attachment(self, session: Session, data: bytes) -> None:
        """Handle a binary Engine.IO message; raises `ProtocolBroken`."""
        gathering = session.gathering
        if gathering is None:
            self._turn_away_parser(session, data)
            return
        gathering.attachments.append(data)
        gathering.size += len(data)
        if gathering.size > self.eio.limits.payload:
            raise ProtocolBroken("attachments too large")
        self.eio.unfinished.grow(session, len(data), session.give_up)
        self._finish_gathering(session, gathering)

    def _turn_away_parser(self, session: Session, data: bytes) -> None:
        """Tell a client that encodes packets with another parser; raises `ProtocolBroken`."""
        answer = None if session.sids else parsers.refuse_msgpack(data)
        if answer is None:
            raise ProtocolBroken("attachment of no event")
        log.info("turned away", session=session.sid, reason=parsers.REASON)
        session.post(answer)

    def _finish_gathering(self, session: Session, gathering: Gathering) -> None:
        if session.closed or len(gathering.attachments) < gathering.wanted:
            return
        self._give_up_gathering(session)
        packet = packets.decode(gathering.text.decode())
        data = packets.fill(packet.data, gathering.attachments)
        self._take_event(session, packet.namespace, packet.id, data)

    def _give_up_gathering(self, session: Session) -> None:
        self.eio.unfinished.finish(session)
        if session.gathering is not None:
            self.eio.unfinished.finish(session.gathering)
            session.gathering = None

    def _take_event(self, session: Session, namespace: str, id_: bytes | None, data: Json) -> None:
        sid = session.sids.get(namespace)
        if sid is None:
            raise ProtocolBroken("event before connect")
        if type(data) is not list or not data or type(data[0]) is not str:
            raise ProtocolBroken("event without a name")
        name = data.pop(0)
        if name in packets.RESERVED:
            raise ProtocolBroken(f"reserved event {name}")
        if self.eio.stopping:
            return
        session.events += 1
        if session.events > self._share and not session.begins_a_second():
            self._refuse_event(session, namespace, id_, name)
            return
        ack = None if id_ is None else partial(session.acknowledge, namespace, id_)
        waits = eager.run(self.eio.loop, self.receive(sid, namespace, name, data, ack))
        if waits is not None:
            session.began(waits)

    def _refuse_event(self, session: Session, namespace: str, id_: bytes | None, name: str) -> None:
        self.eio.counters["too many events"] += 1
        answer = self.refuse(namespace, name)
        if id_ is not None and answer is not None:
            session.acknowledge(namespace, id_, *answer)

    # Connecting

    def _connect(self, session: Session, namespace: str, auth: Json) -> None:
        if namespace in session.sids:
            raise ProtocolBroken("connected twice")
        unknown = None if namespace in self._known else ("Invalid namespace", None)
        refusal = unknown or self.admit(namespace, auth)
        if refusal is not None:
            log.info("turned away", session=session.sid, namespace=namespace[:100])
            session.post(packets.turned_away(namespace, *refusal))
            return
        sid = self.eio.generate_id()
        session.post(packets.connected(namespace, sid))
        self.manager.enter(sid, namespace, session)
        session.sids[namespace] = sid
        session.entered()
        log.info("connected", sid=sid, namespace=namespace, address=session.address)

    def _disconnect(self, session: Session, namespace: str) -> None:
        if namespace not in session.sids:
            raise ProtocolBroken("disconnect before connect")
        self._leave(session, namespace, "client namespace disconnect")

    def leave_all(self, session: Session, reason: str) -> None:
        """Take a client that has gone out of every namespace."""
        self._give_up_gathering(session)
        for namespace in [*session.sids]:
            self._leave(session, namespace, reason)

    def _leave(self, session: Session, namespace: str, reason: str) -> None:
        sid = session.sids.pop(namespace)
        self.manager.leave(sid, namespace)
        log.info("disconnected", sid=sid, namespace=namespace, reason=reason)

    # Out

    def broadcast(
        self,
        namespace: str,
        name: str,
        args: tuple[Json, ...],
        room: str | None,
        skip: str | None,
    ) -> None:
        """Post an event, encoded once, to everyone in a namespace or a room but `skip`."""
        message = packets.event(namespace, name, args)
        for sid, session in self.manager.audience(namespace, room):
            if sid != skip:
                session.post(message)

    def ask(
        self, namespace: str, sid: str, name: str, args: tuple[Json, ...], answered: Answered
    ) -> None:
        """Post an event to one client, and give the arguments of its ack to `answered`."""
        session = self.manager.members.get(namespace, {}).get(sid)
        if session is not None:
            session.post(packets.event(namespace, name, args, session.ask(answered)))
