# Generated from asyncapi.yaml by `make generate`. Do not edit.
"""The operations of Tuples 1.0.0."""

from __future__ import annotations

from abc import abstractmethod

from asyncapi_socketio.encoded import Encoded
from asyncapi_socketio.runtime.context import BaseContext
from asyncapi_socketio.runtime.contract import Contract, Namespace, schemas_of
from asyncapi_socketio.runtime.operations import ANSWER_WITHIN, Emit, Receive, Refusal, Send
from asyncapi_socketio.runtime.operations import Ask as Asks

from .models import (
    HereArg2,
    LostPayload,
    MoveArg2,
    MovedArg2,
    MoveHowFast,
    PairPayload,
    PingPayload,
    Point,
    SayPayload,
)


class Broadcast:
    """Tells clients what happened, one method per event; returns at once."""

    __slots__ = ("_emit",)

    def __init__(self, emit: Emit) -> None:
        self._emit = emit

    def moved(self, room: str, arg1: Point, arg2: MovedArg2, /) -> None:
        """moved: `moved` to the others in a room."""
        self._emit(MOVED, (arg1, arg2), room, False)


class Ask:
    """Asks the client, one method per event, and returns what it acknowledges.

    Raises `TimeoutError` after `within` seconds, and `asyncapi_socketio.NoAnswer` when
    the client has gone or its ack breaks the contract.
    """

    __slots__ = ("_ask",)

    def __init__(self, ask: Asks) -> None:
        self._ask = ask

    async def where(self, *, within: float = ANSWER_WITHIN) -> tuple[Point, HereArg2] | None:
        """where: `where` to the sender alone."""
        answer: tuple[Point, HereArg2] | None = await self._ask(WHERE, (), within)
        return answer


class Context(BaseContext):
    """What a handler knows of its client, and what it may tell it and others."""

    __slots__ = ()

    @property
    def broadcast(self) -> Broadcast:
        """Tells clients what happened."""
        return Broadcast(self.tell)

    @property
    def ask(self) -> Ask:
        """Asks the client."""
        return Ask(self._ask)


class Handlers:
    """What the server does: a method for each operation that clients call, and hooks."""

    @abstractmethod
    async def move(
        self, arg1: Point, arg2: MoveArg2, arg3: MoveHowFast, context: Context, /
    ) -> Encoded | tuple[Point, HereArg2] | LostPayload:
        """move: `move`."""

    @abstractmethod
    async def say(self, payload: SayPayload, context: Context, /) -> None:
        """say: `say`."""

    @abstractmethod
    async def leave(self, context: Context, /) -> None:
        """leave: `leave`."""

    @abstractmethod
    async def ping(self, payload: PingPayload, context: Context, /) -> None:
        """ping: `ping`."""

    @abstractmethod
    async def pair(self, payload: PairPayload, context: Context, /) -> None:
        """pair: `pair`."""

    async def connect(self, context: Context, /) -> None:
        """Let a client into `/`, or raise `asyncapi_socketio.ConnectError`."""

    async def disconnect(self, reason: str, context: Context, /) -> None:
        """React to a client that has left `/`."""


MOVE = Receive(
    id="move",
    method="move",
    namespace="/",
    event="move",
    args=3,
    payload="move.payload",
    unknown_keys="keep",
    convert=("boolean",),
    ack="move.ack",
    ack_args=(1, 2),
    arity_refusal=Refusal(ack={"error": "wrong"}),
    payload_refusal=Refusal(ack={"error": "wrong"}),
    rate_refusal=None,
    unexpected_refusal=Refusal(ack={"error": "failed"}),
    broadcasts=("moved",),
)

SAY = Receive(
    id="say",
    method="say",
    namespace="/",
    event="say",
    args=1,
    payload="say.payload",
    unknown_keys="keep",
    convert=(),
    ack=None,
    ack_args=(),
    arity_refusal=None,
    payload_refusal=None,
    rate_refusal=None,
    unexpected_refusal=None,
    broadcasts=("where",),
)

LEAVE = Receive(
    id="leave",
    method="leave",
    namespace="/",
    event="leave",
    args=0,
    payload=None,
    unknown_keys="keep",
    convert=(),
    ack=None,
    ack_args=(),
    arity_refusal=None,
    payload_refusal=None,
    rate_refusal=None,
    unexpected_refusal=None,
    broadcasts=(),
)

PING = Receive(
    id="ping",
    method="ping",
    namespace="/",
    event="ping",
    args=1,
    payload="ping.payload",
    unknown_keys="keep",
    convert=(),
    ack=None,
    ack_args=(),
    arity_refusal=None,
    payload_refusal=None,
    rate_refusal=None,
    unexpected_refusal=None,
    broadcasts=(),
    more=True,
)

PAIR = Receive(
    id="pair",
    method="pair",
    namespace="/",
    event="pair",
    args=1,
    payload="pair.payload",
    unknown_keys="keep",
    convert=(),
    ack=None,
    ack_args=(),
    arity_refusal=None,
    payload_refusal=None,
    rate_refusal=None,
    unexpected_refusal=None,
    broadcasts=(),
)

MOVED = Send(
    id="moved",
    namespace="/",
    event="moved",
    args=2,
    payload="moved.payload",
    audience="room-others",
    ack=None,
    ack_args=(),
)

WHERE = Send(
    id="where",
    namespace="/",
    event="where",
    args=0,
    payload=None,
    audience="sender",
    ack="where.ack",
    ack_args=(0, 2),
)

CONTRACT: Contract[Broadcast] = Contract(
    title="Tuples",
    version="1.0.0",
    namespaces=(Namespace(path="/", connect="connect", disconnect="disconnect"),),
    receive=(
        MOVE,
        SAY,
        LEAVE,
        PING,
        PAIR,
    ),
    send=(
        MOVED,
        WHERE,
    ),
    schema=schemas_of(__package__),
    context=Context,
    broadcast=Broadcast,
    handlers=Handlers,
)
