# Generated from asyncapi.yaml by `make generate`. Do not edit.
"""The operations of Optional 1.0.0."""

from __future__ import annotations

from abc import abstractmethod

from asyncapi_socketio.encoded import Encoded
from asyncapi_socketio.runtime.context import BaseContext
from asyncapi_socketio.runtime.contract import Contract, Namespace, schemas_of
from asyncapi_socketio.runtime.operations import Emit, Receive, Refusal, Send, given

from .models import (
    AddedPayload,
    AddPayload,
    Amount,
    AnyRest,
    CountPayload,
    FailedPayload,
    HeardArg1,
    HeardArg2,
    Mood,
    ShoutArg1,
    ShoutArg2,
    ShoutedArg1,
    SumsPayload,
)


class Broadcast:
    """Tells clients what happened, one method per event; returns at once."""

    __slots__ = ("_emit",)

    def __init__(self, emit: Emit) -> None:
        self._emit = emit

    def shouted(self, arg1: ShoutedArg1, arg2: Mood | None = None, /) -> None:
        """shouted: `shouted` to the others."""
        self._emit(SHOUTED, given((arg1, arg2), 1), None, False)

    def added(self, payload: AddedPayload, /, *rest: Amount) -> None:
        """added: `added` to the others."""
        self._emit(ADDED, (payload, *rest), None, False)


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
    async def shout(
        self, arg1: ShoutArg1, arg2: ShoutArg2 | None, arg3: Mood | None, context: Context, /
    ) -> Encoded | tuple[HeardArg1] | tuple[HeardArg1, HeardArg2] | FailedPayload:
        """shout: `shout`."""

    @abstractmethod
    async def count(
        self, payload: CountPayload | None, context: Context, /
    ) -> Encoded | tuple[HeardArg1] | tuple[HeardArg1, HeardArg2] | FailedPayload:
        """count: `count`."""

    @abstractmethod
    async def add(
        self, payload: AddPayload, rest: tuple[Amount, ...], context: Context, /
    ) -> Encoded | tuple[SumsPayload, *tuple[Amount, ...]] | FailedPayload:
        """add: `add`."""

    @abstractmethod
    async def any(self, rest: tuple[AnyRest, ...], context: Context, /) -> None:
        """any: `any`."""

    async def connect(self, context: Context, /) -> None:
        """Let a client into `/`, or raise `asyncapi_socketio.ConnectError`."""

    async def disconnect(self, reason: str, context: Context, /) -> None:
        """React to a client that has left `/`."""


SHOUT = Receive(
    id="shout",
    method="shout",
    namespace="/",
    event="shout",
    args=3,
    payload="shout.payload",
    unknown_keys="keep",
    convert=("boolean",),
    ack="shout.ack",
    ack_args=(1, 2),
    arity_refusal=Refusal(ack={"error": "arguments"}),
    payload_refusal=Refusal(ack={"error": "invalid"}),
    rate_refusal=None,
    unexpected_refusal=Refusal(ack={"error": "failed"}),
    broadcasts=("shouted",),
    least=1,
)

COUNT = Receive(
    id="count",
    method="count",
    namespace="/",
    event="count",
    args=1,
    payload="count.payload",
    unknown_keys="keep",
    convert=(),
    ack="count.ack",
    ack_args=(1, 2),
    arity_refusal=Refusal(ack={"error": "arguments"}),
    payload_refusal=Refusal(ack={"error": "invalid"}),
    rate_refusal=None,
    unexpected_refusal=Refusal(ack={"error": "failed"}),
    broadcasts=(),
    least=0,
)

ADD = Receive(
    id="add",
    method="add",
    namespace="/",
    event="add",
    args=1,
    payload="add.payload",
    unknown_keys="keep",
    convert=(),
    ack="add.ack",
    ack_args=(1,),
    arity_refusal=Refusal(ack={"error": "arguments"}),
    payload_refusal=Refusal(ack={"error": "invalid"}),
    rate_refusal=None,
    unexpected_refusal=Refusal(ack={"error": "failed"}),
    broadcasts=("added",),
    rest=True,
    ack_rest=True,
)

ANY = Receive(
    id="any",
    method="any",
    namespace="/",
    event="any",
    args=0,
    payload="any.payload",
    unknown_keys="keep",
    convert=(),
    ack=None,
    ack_args=(),
    arity_refusal=None,
    payload_refusal=None,
    rate_refusal=None,
    unexpected_refusal=None,
    broadcasts=("added",),
    rest=True,
)

SHOUTED = Send(
    id="shouted",
    namespace="/",
    event="shouted",
    args=2,
    payload="shouted.payload",
    audience="others",
    ack=None,
    ack_args=(),
    least=1,
)

ADDED = Send(
    id="added",
    namespace="/",
    event="added",
    args=1,
    payload="added.payload",
    audience="others",
    ack=None,
    ack_args=(),
    rest=True,
)

CONTRACT: Contract[Broadcast] = Contract(
    title="Optional",
    version="1.0.0",
    namespaces=(Namespace(path="/", connect="connect", disconnect="disconnect"),),
    receive=(
        SHOUT,
        COUNT,
        ADD,
        ANY,
    ),
    send=(
        SHOUTED,
        ADDED,
    ),
    schema=schemas_of(__package__),
    context=Context,
    broadcast=Broadcast,
    handlers=Handlers,
)
