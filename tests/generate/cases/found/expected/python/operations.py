# Generated from asyncapi.yaml by `make generate`. Do not edit.
"""The operations of Found 1.0.0."""

from __future__ import annotations

from abc import abstractmethod
from typing import cast

from asyncapi_socketio.encoded import Encoded
from asyncapi_socketio.runtime.context import BaseContext
from asyncapi_socketio.runtime.contract import Contract, Namespace, schemas_of
from asyncapi_socketio.runtime.operations import ANSWER_WITHIN, Emit, Receive, Send
from asyncapi_socketio.runtime.operations import Ask as Asks

from .models import (
    AvroPayload,
    Error2,
    LampState,
    LightMeasuredParameters,
    MeasuredPayload,
    Pet,
    TurnOffPayload,
)


class Broadcast:
    """Tells clients what happened, one method per event; returns at once."""

    __slots__ = ("_emit",)

    def __init__(self, emit: Emit) -> None:
        self._emit = emit

    def class_pet(self, payload: Pet, /) -> None:
        """Tell of a class: `pet` to everyone."""
        self._emit(CLASS_PET, (payload,), None, False)

    def class_class(self, payload: Error2, /) -> None:
        """Tell of a class: `class` to everyone."""
        self._emit(CLASS_CLASS, (payload,), None, False)

    def class_again(self, payload: LampState, /) -> None:
        """class-again: `class` to everyone."""
        self._emit(CLASS_AGAIN, (payload,), None, False)


class Ask:
    """Asks the client, one method per event, and returns what it acknowledges.

    Raises `TimeoutError` after `within` seconds, and `asyncapi_socketio.NoAnswer` when
    the client has gone or its ack breaks the contract.
    """

    __slots__ = ("_ask",)

    def __init__(self, ask: Asks) -> None:
        self._ask = ask

    async def ask(self, payload: Pet, /, *, within: float = ANSWER_WITHIN) -> AvroPayload:
        """ask: `pet` to the sender alone."""
        answer: AvroPayload = await self._ask(ASK, (payload,), within)
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


class LightMeasuredContext(Context):
    """What a handler knows of a client in `/lights/{lamp}/measured`."""

    __slots__ = ()

    @property
    def parameters(self) -> LightMeasuredParameters:
        """The parameters in the path of the client's namespace."""
        return cast("LightMeasuredParameters", super().parameters)


class Handlers:
    """What the server does: a method for each operation that clients call, and hooks."""

    @abstractmethod
    async def on_2_fa(self, payload: AvroPayload, context: Context, /) -> None:
        """2fa: `avro`."""

    @abstractmethod
    async def connect_2(self, payload: LampState, context: Context, /) -> Encoded | Pet | Error2:
        """connect: `class`."""

    @abstractmethod
    async def measure_light_measured(
        self, payload: MeasuredPayload, context: LightMeasuredContext, /
    ) -> None:
        """Slow: `light-measured`.

        It takes its time.
        """

    @abstractmethod
    async def measure_turn_off(
        self, payload: TurnOffPayload, context: LightMeasuredContext, /
    ) -> None:
        """Slow: `turn/off`.

        It takes its time.
        """

    async def connect_light_measured(self, context: LightMeasuredContext, /) -> None:
        """Let a client into `/lights/{lamp}/measured`.

        Or raise `asyncapi_socketio.ConnectError`.
        """

    async def disconnect_light_measured(
        self, reason: str, context: LightMeasuredContext, /
    ) -> None:
        """React to a client that has left `/lights/{lamp}/measured`."""

    async def connect(self, context: Context, /) -> None:
        """Let a client into `/`, or raise `asyncapi_socketio.ConnectError`."""

    async def disconnect(self, reason: str, context: Context, /) -> None:
        """React to a client that has left `/`."""


ON_2_FA = Receive(
    id="2fa",
    method="on_2_fa",
    namespace="/",
    event="avro",
    args=1,
    payload="2fa.payload",
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

CONNECT_2 = Receive(
    id="connect",
    method="connect_2",
    namespace="/",
    event="class",
    args=1,
    payload="connect.payload",
    unknown_keys="keep",
    convert=(),
    ack="connect.ack",
    ack_args=(1,),
    arity_refusal=None,
    payload_refusal=None,
    rate_refusal=None,
    unexpected_refusal=None,
    broadcasts=(),
)

MEASURE_LIGHT_MEASURED = Receive(
    id="measure.light-measured",
    method="measure_light_measured",
    namespace="/lights/{lamp}/measured",
    event="light-measured",
    args=1,
    payload="measure.light-measured.payload",
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

MEASURE_TURN_OFF = Receive(
    id="measure_turn_off",
    method="measure_turn_off",
    namespace="/lights/{lamp}/measured",
    event="turn/off",
    args=1,
    payload="measure_turn_off.payload",
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

CLASS_PET = Send(
    id="class.pet",
    namespace="/",
    event="pet",
    args=1,
    payload="class.pet.payload",
    audience="all",
    ack=None,
    ack_args=(),
)

CLASS_CLASS = Send(
    id="class.class",
    namespace="/",
    event="class",
    args=1,
    payload="class.class.payload",
    audience="all",
    ack=None,
    ack_args=(),
)

CLASS_AGAIN = Send(
    id="class-again",
    namespace="/",
    event="class",
    args=1,
    payload="class-again.payload",
    audience="all",
    ack=None,
    ack_args=(),
)

ASK = Send(
    id="ask",
    namespace="/",
    event="pet",
    args=1,
    payload="ask.payload",
    audience="sender",
    ack="ask.ack",
    ack_args=(1,),
)

CONTRACT: Contract[Broadcast] = Contract(
    title="Found",
    version="1.0.0",
    namespaces=(
        Namespace(
            path="/lights/{lamp}/measured",
            connect="connect_light_measured",
            disconnect="disconnect_light_measured",
            parameters="light/measured.parameters",
            context=LightMeasuredContext,
        ),
        Namespace(path="/", connect="connect", disconnect="disconnect"),
    ),
    receive=(
        ON_2_FA,
        CONNECT_2,
        MEASURE_LIGHT_MEASURED,
        MEASURE_TURN_OFF,
    ),
    send=(
        CLASS_PET,
        CLASS_CLASS,
        CLASS_AGAIN,
        ASK,
    ),
    schema=schemas_of(__package__),
    context=Context,
    broadcast=Broadcast,
    handlers=Handlers,
)
