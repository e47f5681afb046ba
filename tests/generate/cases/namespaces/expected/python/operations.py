# Generated from asyncapi.yaml by `make generate`. Do not edit.
"""The operations of Chat 2.1.0."""

from __future__ import annotations

from typing import Protocol

from asyncapi_socketio.encoded import Encoded
from asyncapi_socketio.runtime.operations import Emit, Receive, Refusal, Send

from .models import Delivery, Line, Refused


class Broadcaster:
    """Tells clients what happened, one method an event; returns at once."""

    def __init__(self, emit: Emit) -> None:
        self._emit = emit

    def said(self, room: str, payload: Line, /) -> None:
        """Something was said: `said` to a room.

        Everyone in the room hears it.
        """
        self._emit(SAID, (payload,), room)

    def kick_http_user(self) -> None:
        """kickHTTPUser: `kicked` to everyone."""
        self._emit(KICK_HTTP_USER, (), None)


class Handlers(Protocol):
    """What the service must do: one method for each operation that clients call."""

    async def say(self, payload: Line, broadcast: Broadcaster, /) -> Encoded | Delivery | Refused:
        """Say something: `say`."""

    async def staff_say(self, payload: Line, broadcast: Broadcaster, /) -> None:
        """staff-say: `say`."""


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

RECEIVE: tuple[Receive, ...] = (
    SAY,
    STAFF_SAY,
)

SEND: tuple[Send, ...] = (
    SAID,
    KICK_HTTP_USER,
)
