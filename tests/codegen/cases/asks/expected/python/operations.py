# Generated from asyncapi.yaml by `make generate`. Do not edit.
"""The operations of Asks 1.0.0."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol, TypeAlias

from .models import Confirmed, Question


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

Ask: TypeAlias = Callable[[Send, tuple[object, ...]], Awaitable[Any]]
"""Sends an operation's arguments to the sender alone, and returns the argument of its ack."""


class Broadcaster:
    """Tells clients what happened, one method an event; returns at once."""

    def __init__(self, emit: Emit, ask: Ask) -> None:
        self._emit = emit
        self._ask = ask

    async def confirm(self, payload: Question, /) -> Confirmed:
        """confirm: `confirm` to the sender alone."""
        answer: Confirmed = await self._ask(CONFIRM, (payload,))
        return answer

    async def are_you_there(self) -> None:
        """areYouThere: `are you there` to the sender alone."""
        answer: None = await self._ask(ARE_YOU_THERE, ())
        return answer


class Handlers(Protocol):
    """What the service must do: one method for each operation that clients call."""

    async def start(self, broadcast: Broadcaster, /) -> None:
        """start: `start`."""


START = Receive(
    id="start",
    method="start",
    namespace="/",
    event="start",
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
    broadcasts=("confirm", "areYouThere"),
)

CONFIRM = Send(
    id="confirm",
    namespace="/",
    event="confirm",
    args=1,
    payload="confirm.payload",
    audience="sender",
    ack="confirm.ack",
    ack_args=(1,),
)

ARE_YOU_THERE = Send(
    id="areYouThere",
    namespace="/",
    event="are you there",
    args=0,
    payload=None,
    audience="sender",
    ack=None,
    ack_args=(0,),
)

RECEIVE: tuple[Receive, ...] = (START,)

SEND: tuple[Send, ...] = (
    CONFIRM,
    ARE_YOU_THERE,
)
