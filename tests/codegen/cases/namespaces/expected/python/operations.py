# Generated from asyncapi.yaml by `make generate`. Do not edit.
"""The operations of Chat 2.1.0."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal, Protocol, TypeAlias

from .models import Delivery, Line, Refused


@dataclass(frozen=True, slots=True)
class Refusal:
    """An error ack that the service itself gives.

    `ack` is its argument; `details` the key in it that lists every breach of the schema, if any.
    """

    ack: Mapping[str, object]
    details: str | None = None


@dataclass(frozen=True, slots=True)
class Receive:
    """An operation that clients call.

    `args` is 0 or 1. `payload` and `ack` name JSON Schemas of this package (None: no argument).
    `ack_args` are the numbers of arguments that an ack may have; empty: the event has no ack.
    `unknown_keys` and `convert` say how a payload is normalised before it is validated.
    `broadcasts` are the ids of the operations that it may send.
    """

    id: str
    method: str
    namespace: str
    event: str
    args: Literal[0, 1]
    payload: str | None
    unknown_keys: Literal["keep", "drop"]
    convert: tuple[str, ...]
    ack: str | None
    ack_args: tuple[int, ...]
    arity_refusal: Refusal | None
    payload_refusal: Refusal | None
    rate_refusal: Refusal | None
    unexpected_refusal: Refusal | None
    broadcasts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Send:
    """An operation that the service calls; `ack` and `ack_args` are what clients acknowledge."""

    id: str
    namespace: str
    event: str
    args: Literal[0, 1]
    payload: str | None
    audience: Literal["all", "others", "room", "sender"]
    ack: str | None
    ack_args: tuple[int, ...]


class Encoded(Protocol):
    """An ack's argument as JSON already: the bytes of `pieces`, one after the other."""

    @property
    def pieces(self) -> tuple[bytes, ...]: ...


Emit: TypeAlias = Callable[[Send, tuple[object, ...], str | None], None]
"""Sends an operation's arguments to its audience; the last argument is the room, if it has one."""


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
