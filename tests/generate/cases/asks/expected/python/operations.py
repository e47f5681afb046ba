# Generated from asyncapi.yaml by `make generate`. Do not edit.
"""The operations of Asks 1.0.0."""

from __future__ import annotations

from typing import Protocol

from asyncapi_socketio.runtime.operations import Ask, Emit, Receive, Send

from .models import Confirmed, Question


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
