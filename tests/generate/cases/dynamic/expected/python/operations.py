# Generated from asyncapi.yaml by `make generate`. Do not edit.
"""The operations of Rooms 1.0.0."""

from __future__ import annotations

from abc import abstractmethod
from typing import cast

from asyncapi_socketio.encoded import Encoded
from asyncapi_socketio.runtime.context import BaseContext
from asyncapi_socketio.runtime.contract import Contract, Namespace, schemas_of
from asyncapi_socketio.runtime.operations import ANSWER_WITHIN, Emit, Receive, Refusal, Send
from asyncapi_socketio.runtime.operations import Ask as Asks

from .models import (
    Line,
    OpenPayload,
    Refused,
    RoomParameters,
    SeatAuth,
    SeatParameters,
    SitPayload,
    TakenPayload,
    YesPayload,
)


class Broadcast:
    """Tells clients what happened, one method per event; returns at once."""

    __slots__ = ("_emit",)

    def __init__(self, emit: Emit) -> None:
        self._emit = emit

    def said(self, payload: Line, /, *, parameters: RoomParameters | None = None) -> None:
        """said: `said` to the others."""
        self._emit(SAID, (payload,), None, False, parameters)

    def opened(self, *, parameters: RoomParameters | None = None) -> None:
        """opened: `opened` to everyone."""
        self._emit(OPENED, (), None, False, parameters)

    def taken(
        self,
        room: str,
        payload: TakenPayload,
        /,
        *,
        others: bool = False,
        parameters: SeatParameters | None = None,
    ) -> None:
        """taken: `taken` to a room."""
        self._emit(TAKEN, (payload,), room, others, parameters)


class Ask:
    """Asks the client, one method per event, and returns what it acknowledges.

    Raises `TimeoutError` after `within` seconds, and `asyncapi_socketio.NoAnswer` when
    the client has gone or its ack breaks the contract.
    """

    __slots__ = ("_ask",)

    def __init__(self, ask: Asks) -> None:
        self._ask = ask

    async def sure(self, *, within: float = ANSWER_WITHIN) -> YesPayload:
        """sure: `sure` to the sender alone."""
        answer: YesPayload = await self._ask(SURE, (), within)
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

    @property
    def auth(self) -> SeatAuth | None:
        """What the client's CONNECT carried."""
        return cast("SeatAuth | None", super().auth)


class RoomContext(Context):
    """What a handler knows of a client in `/rooms/{id}`."""

    __slots__ = ()

    @property
    def parameters(self) -> RoomParameters:
        """The parameters in the path of the client's namespace."""
        return cast("RoomParameters", super().parameters)


class SeatContext(Context):
    """What a handler knows of a client in `/{floor}/seats/{seat-number}`."""

    __slots__ = ()

    @property
    def parameters(self) -> SeatParameters:
        """The parameters in the path of the client's namespace."""
        return cast("SeatParameters", super().parameters)


class Handlers:
    """What the server does: a method for each operation that clients call, and hooks."""

    @abstractmethod
    async def open(self, payload: OpenPayload, context: Context, /) -> Encoded | Refused | None:
        """open: `open`."""

    @abstractmethod
    async def say(self, payload: Line, context: RoomContext, /) -> Encoded | Refused | None:
        """say: `say`."""

    @abstractmethod
    async def say_in_attic(self, payload: Line, context: Context, /) -> None:
        """sayInAttic: `say`."""

    @abstractmethod
    async def sit(self, payload: SitPayload, context: SeatContext, /) -> None:
        """sit: `sit`."""

    async def connect(self, context: Context, /) -> None:
        """Let a client into `/`, or raise `asyncapi_socketio.ConnectError`."""

    async def disconnect(self, reason: str, context: Context, /) -> None:
        """React to a client that has left `/`."""

    async def connect_room(self, context: RoomContext, /) -> None:
        """Let a client into `/rooms/{id}`, or raise `asyncapi_socketio.ConnectError`."""

    async def disconnect_room(self, reason: str, context: RoomContext, /) -> None:
        """React to a client that has left `/rooms/{id}`."""

    async def connect_attic(self, context: Context, /) -> None:
        """Let a client into `/rooms/attic`, or raise `asyncapi_socketio.ConnectError`."""

    async def disconnect_attic(self, reason: str, context: Context, /) -> None:
        """React to a client that has left `/rooms/attic`."""

    @abstractmethod
    async def connect_seat(self, auth: SeatAuth, context: SeatContext, /) -> None:
        """Let a client into `/{floor}/seats/{seat-number}`.

        Or raise `asyncapi_socketio.ConnectError`.
        """

    async def disconnect_seat(self, reason: str, context: SeatContext, /) -> None:
        """React to a client that has left `/{floor}/seats/{seat-number}`."""


OPEN = Receive(
    id="open",
    method="open",
    namespace="/",
    event="open",
    args=1,
    payload="open.payload",
    unknown_keys="keep",
    convert=(),
    ack="open.ack",
    ack_args=(0, 1),
    arity_refusal=Refusal(ack={"error": "invalid"}),
    payload_refusal=Refusal(ack={"error": "invalid"}),
    rate_refusal=None,
    unexpected_refusal=Refusal(ack={"error": "failed"}),
    broadcasts=("opened",),
)

SAY = Receive(
    id="say",
    method="say",
    namespace="/rooms/{id}",
    event="say",
    args=1,
    payload="say.payload",
    unknown_keys="keep",
    convert=(),
    ack="say.ack",
    ack_args=(0, 1),
    arity_refusal=Refusal(ack={"error": "invalid"}),
    payload_refusal=Refusal(ack={"error": "invalid"}),
    rate_refusal=None,
    unexpected_refusal=Refusal(ack={"error": "failed"}),
    broadcasts=("said", "sure"),
)

SAY_IN_ATTIC = Receive(
    id="sayInAttic",
    method="say_in_attic",
    namespace="/rooms/attic",
    event="say",
    args=1,
    payload="sayInAttic.payload",
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

SIT = Receive(
    id="sit",
    method="sit",
    namespace="/{floor}/seats/{seat-number}",
    event="sit",
    args=1,
    payload="sit.payload",
    unknown_keys="keep",
    convert=(),
    ack=None,
    ack_args=(),
    arity_refusal=None,
    payload_refusal=None,
    rate_refusal=None,
    unexpected_refusal=None,
    broadcasts=("taken",),
)

SAID = Send(
    id="said",
    namespace="/rooms/{id}",
    event="said",
    args=1,
    payload="said.payload",
    audience="others",
    ack=None,
    ack_args=(),
)

OPENED = Send(
    id="opened",
    namespace="/rooms/{id}",
    event="opened",
    args=0,
    payload=None,
    audience="all",
    ack=None,
    ack_args=(),
)

SURE = Send(
    id="sure",
    namespace="/rooms/{id}",
    event="sure",
    args=0,
    payload=None,
    audience="sender",
    ack="sure.ack",
    ack_args=(1,),
)

TAKEN = Send(
    id="taken",
    namespace="/{floor}/seats/{seat-number}",
    event="taken",
    args=1,
    payload="taken.payload",
    audience="room",
    ack=None,
    ack_args=(),
)

CONTRACT: Contract[Broadcast] = Contract(
    title="Rooms",
    version="1.0.0",
    namespaces=(
        Namespace(path="/", connect="connect", disconnect="disconnect"),
        Namespace(
            path="/rooms/{id}",
            connect="connect_room",
            disconnect="disconnect_room",
            parameters="room.parameters",
            context=RoomContext,
        ),
        Namespace(path="/rooms/attic", connect="connect_attic", disconnect="disconnect_attic"),
        Namespace(
            path="/{floor}/seats/{seat-number}",
            connect="connect_seat",
            disconnect="disconnect_seat",
            auth="seat.auth",
            parameters="seat.parameters",
            context=SeatContext,
        ),
    ),
    receive=(
        OPEN,
        SAY,
        SAY_IN_ATTIC,
        SIT,
    ),
    send=(
        SAID,
        OPENED,
        SURE,
        TAKEN,
    ),
    schema=schemas_of(__package__),
    context=Context,
    broadcast=Broadcast,
    handlers=Handlers,
)
