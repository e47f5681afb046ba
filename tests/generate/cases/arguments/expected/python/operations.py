# Generated from asyncapi.yaml by `make generate`. Do not edit.
"""The operations of Arguments 0.1.0."""

from __future__ import annotations

from typing import Protocol

from asyncapi_socketio.encoded import Encoded
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


class Broadcaster:
    """Tells clients what happened, one method an event; returns at once."""

    def __init__(self, emit: Emit) -> None:
        self._emit = emit

    def tick(self, payload: TickPayload, /) -> None:
        """tick: `tick` to everyone."""
        self._emit(TICK, (payload,), None)


class Handlers(Protocol):
    """What the service must do: one method for each operation that clients call."""

    async def none(self) -> None:
        """none: `none`."""

    async def number(self, payload: NumberPayload, /) -> None:
        """number: `number`."""

    async def whole(self, payload: WholePayload, /) -> None:
        """whole: `whole`."""

    async def truth(self, payload: TruthPayload, /) -> None:
        """truth: `truth`."""

    async def text(self, payload: Text, /) -> None:
        """text: `a text`."""

    async def texts(self, payload: TextsPayload, /) -> Encoded | Numbers:
        """texts: `texts`."""

    async def anything(self, payload: AnythingPayload, /) -> None:
        """anything: `anything`."""

    async def pair(self, payload: PairPayload, /) -> None:
        """pair: `pair`."""

    async def old(self, payload: OldPayload, /) -> None:
        """old: `old`."""


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

RECEIVE: tuple[Receive, ...] = (
    NONE,
    NUMBER,
    WHOLE,
    TRUTH,
    TEXT,
    TEXTS,
    ANYTHING,
    PAIR,
    OLD,
)

SEND: tuple[Send, ...] = (TICK,)
