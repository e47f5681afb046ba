# Generated from asyncapi.yaml by `make generate`. Do not edit.
"""The operations of Arguments 0.1.0."""

from __future__ import annotations

from abc import abstractmethod

from asyncapi_socketio.encoded import Encoded
from asyncapi_socketio.runtime.context import BaseContext
from asyncapi_socketio.runtime.contract import Contract, Namespace, schemas_of
from asyncapi_socketio.runtime.operations import Emit, Receive, Send

from .models import (
    AnythingPayload,
    NumberPayload,
    Numbers,
    OldPayload,
    PairPayload,
    Text,
    TextsPayload,
    TickPayload,
    TruthPayload,
    WholePayload,
)


class Broadcast:
    """Tells clients what happened, one method per event; returns at once."""

    __slots__ = ("_emit",)

    def __init__(self, emit: Emit) -> None:
        self._emit = emit

    def tick(self, payload: TickPayload, /) -> None:
        """tick: `tick` to everyone."""
        self._emit(TICK, (payload,), None, False)


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
    async def none(self, context: Context, /) -> None:
        """none: `none`."""

    @abstractmethod
    async def number(self, payload: NumberPayload, context: Context, /) -> None:
        """number: `number`."""

    @abstractmethod
    async def whole(self, payload: WholePayload, context: Context, /) -> None:
        """whole: `whole`."""

    @abstractmethod
    async def truth(self, payload: TruthPayload, context: Context, /) -> None:
        """truth: `truth`."""

    @abstractmethod
    async def text(self, payload: Text, context: Context, /) -> None:
        """text: `a text`."""

    @abstractmethod
    async def texts(self, payload: TextsPayload, context: Context, /) -> Encoded | Numbers:
        """texts: `texts`."""

    @abstractmethod
    async def anything(self, payload: AnythingPayload, context: Context, /) -> None:
        """anything: `anything`."""

    @abstractmethod
    async def pair(self, payload: PairPayload, context: Context, /) -> None:
        """pair: `pair`."""

    @abstractmethod
    async def old(self, payload: OldPayload, context: Context, /) -> None:
        """old: `old`."""

    async def connect(self, context: Context, /) -> None:
        """Let a client into `/`, or raise `asyncapi_socketio.ConnectError`."""

    async def disconnect(self, reason: str, context: Context, /) -> None:
        """React to a client that has left `/`."""


NONE = Receive(
    id="none",
    method="none",
    namespace="/",
    event="none",
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

NUMBER = Receive(
    id="number",
    method="number",
    namespace="/",
    event="number",
    args=1,
    payload="number.payload",
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

WHOLE = Receive(
    id="whole",
    method="whole",
    namespace="/",
    event="whole",
    args=1,
    payload="whole.payload",
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

TRUTH = Receive(
    id="truth",
    method="truth",
    namespace="/",
    event="truth",
    args=1,
    payload="truth.payload",
    unknown_keys="keep",
    convert=("boolean",),
    ack=None,
    ack_args=(),
    arity_refusal=None,
    payload_refusal=None,
    rate_refusal=None,
    unexpected_refusal=None,
    broadcasts=(),
)

TEXT = Receive(
    id="text",
    method="text",
    namespace="/",
    event="a text",
    args=1,
    payload="text.payload",
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

TEXTS = Receive(
    id="texts",
    method="texts",
    namespace="/",
    event="texts",
    args=1,
    payload="texts.payload",
    unknown_keys="keep",
    convert=(),
    ack="texts.ack",
    ack_args=(1,),
    arity_refusal=None,
    payload_refusal=None,
    rate_refusal=None,
    unexpected_refusal=None,
    broadcasts=(),
)

ANYTHING = Receive(
    id="anything",
    method="anything",
    namespace="/",
    event="anything",
    args=1,
    payload="anything.payload",
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

OLD = Receive(
    id="old",
    method="old",
    namespace="/",
    event="old",
    args=1,
    payload="old.payload",
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

TICK = Send(
    id="tick",
    namespace="/",
    event="tick",
    args=1,
    payload="tick.payload",
    audience="all",
    ack=None,
    ack_args=(),
)

CONTRACT: Contract[Broadcast] = Contract(
    title="Arguments",
    version="0.1.0",
    namespaces=(Namespace(path="/", connect="connect", disconnect="disconnect"),),
    receive=(
        NONE,
        NUMBER,
        WHOLE,
        TRUTH,
        TEXT,
        TEXTS,
        ANYTHING,
        PAIR,
        OLD,
    ),
    send=(TICK,),
    schema=schemas_of(__package__),
    context=Context,
    broadcast=Broadcast,
    handlers=Handlers,
)
