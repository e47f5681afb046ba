# Generated from asyncapi.yaml by `make generate`. Do not edit.
"""The operations of Written in JSON 1.0.0."""

from __future__ import annotations

from typing import Protocol

from asyncapi_socketio.runtime.operations import Emit, Receive, Send

from .models import HelloPayload


class Broadcaster:
    """Tells clients what happened, one method an event; returns at once."""

    def __init__(self, emit: Emit) -> None:
        self._emit = emit


class Handlers(Protocol):
    """What the service must do: one method for each operation that clients call."""

    async def hello(self, payload: HelloPayload, /) -> None:
        """hello: `hello`."""


HELLO = Receive(
    id="hello",
    method="hello",
    namespace="/",
    event="hello",
    args=1,
    payload="hello.payload",
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

RECEIVE: tuple[Receive, ...] = (HELLO,)

SEND: tuple[Send, ...] = ()
