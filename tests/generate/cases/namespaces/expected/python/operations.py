# Generated from asyncapi.yaml by `make generate`. Do not edit.
"""The operations of Chat 2.1.0."""

from __future__ import annotations

from abc import abstractmethod

from asyncapi_socketio.encoded import Encoded
from asyncapi_socketio.runtime.context import BaseContext
from asyncapi_socketio.runtime.contract import Contract, Namespace, schemas_of
from asyncapi_socketio.runtime.operations import Emit, Receive, Refusal, Send

from .models import Delivery, Line, Refused


class Broadcast:
    """Tells clients what happened, one method per event; returns at once."""

    __slots__ = ("_emit",)

    def __init__(self, emit: Emit) -> None:
        self._emit = emit

    def said(self, room: str, payload: Line, /, *, others: bool = False) -> None:
        """Something was said: `said` to a room.

        Everyone in the room hears it.
        """
        self._emit(SAID, (payload,), room, others)

    def kick_http_user(self) -> None:
        """kickHTTPUser: `kicked` to everyone."""
        self._emit(KICK_HTTP_USER, (), None, False)


class Context(BaseContext):
    """What a handler knows of its client, and what it may tell it and others."""

    __slots__ = ()

    @property
    def broadcast(self) -> Broadcast:
        """Tells clients what happened."""
        return Broadcast(self.tell)


class Handlers:
    """What the server does: a method for each operation that clients call, and hooks."""

    @abstractmethod
    async def say(self, payload: Line, context: Context, /) -> Encoded | Delivery | Refused:
        """Say something: `say`."""

    @abstractmethod
    async def staff_say(self, payload: Line, context: Context, /) -> None:
        """staff-say: `say`."""

    async def connect(self, context: Context, /) -> None:
        """Let a client into `/`, or raise `asyncapi_socketio.ConnectError`."""

    async def disconnect(self, reason: str, context: Context, /) -> None:
        """React to a client that has left `/`."""

    async def connect_staff_room(self, context: Context, /) -> None:
        """Let a client into `/staff`, or raise `asyncapi_socketio.ConnectError`."""

    async def disconnect_staff_room(self, reason: str, context: Context, /) -> None:
        """React to a client that has left `/staff`."""


SAY = Receive(
    id="say",
    method="say",
    namespace="/",
    event="say",
    args=1,
    payload="say.payload",
    unknown_keys="drop",
    convert=(),
    ack="say.ack",
    ack_args=(1,),
    arity_refusal=Refusal(ack={"reason": "arguments"}),
    payload_refusal=Refusal(ack={"reason": "payload"}, details="breaches"),
    rate_refusal=None,
    unexpected_refusal=Refusal(ack={"reason": "failure"}),
    broadcasts=("said",),
)

STAFF_SAY = Receive(
    id="staff-say",
    method="staff_say",
    namespace="/staff",
    event="say",
    args=1,
    payload="staff-say.payload",
    unknown_keys="drop",
    convert=(),
    ack=None,
    ack_args=(),
    arity_refusal=None,
    payload_refusal=None,
    rate_refusal=None,
    unexpected_refusal=None,
    broadcasts=("kickHTTPUser",),
)

SAID = Send(
    id="said",
    namespace="/",
    event="said",
    args=1,
    payload="said.payload",
    audience="room",
    ack=None,
    ack_args=(),
)

KICK_HTTP_USER = Send(
    id="kickHTTPUser",
    namespace="/staff",
    event="kicked",
    args=0,
    payload=None,
    audience="all",
    ack=None,
    ack_args=(),
)

CONTRACT: Contract[Broadcast] = Contract(
    title="Chat",
    version="2.1.0",
    namespaces=(
        Namespace(path="/", connect="connect", disconnect="disconnect"),
        Namespace(path="/staff", connect="connect_staff_room", disconnect="disconnect_staff_room"),
    ),
    receive=(
        SAY,
        STAFF_SAY,
    ),
    send=(
        SAID,
        KICK_HTTP_USER,
    ),
    schema=schemas_of(__package__),
    context=Context,
    broadcast=Broadcast,
    handlers=Handlers,
)
