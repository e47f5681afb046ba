# Generated from asyncapi.yaml by `make generate`. Do not edit.
"""The operations of Asks 1.0.0."""

from __future__ import annotations

from abc import abstractmethod

from asyncapi_socketio.runtime.context import BaseContext
from asyncapi_socketio.runtime.contract import Contract, Namespace, schemas_of
from asyncapi_socketio.runtime.operations import ANSWER_WITHIN, Emit, Receive, Send
from asyncapi_socketio.runtime.operations import Ask as Asks

from .models import Confirmed, Question


class Broadcast:
    """Tells clients what happened, one method per event; returns at once."""

    __slots__ = ("_emit",)

    def __init__(self, emit: Emit) -> None:
        self._emit = emit


class Ask:
    """Asks the client, one method per event, and returns what it acknowledges.

    Raises `TimeoutError` after `within` seconds, and `asyncapi_socketio.NoAnswer` when
    the client has gone or its ack breaks the contract.
    """

    __slots__ = ("_ask",)

    def __init__(self, ask: Asks) -> None:
        self._ask = ask

    async def confirm(self, payload: Question, /, *, within: float = ANSWER_WITHIN) -> Confirmed:
        """confirm: `confirm` to the sender alone."""
        answer: Confirmed = await self._ask(CONFIRM, (payload,), within)
        return answer

    async def are_you_there(self, *, within: float = ANSWER_WITHIN) -> None:
        """areYouThere: `are you there` to the sender alone."""
        answer: None = await self._ask(ARE_YOU_THERE, (), within)
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


class Handlers:
    """What the server does: a method for each operation that clients call, and hooks."""

    @abstractmethod
    async def start(self, context: Context, /) -> None:
        """start: `start`."""

    async def connect(self, context: Context, /) -> None:
        """Let a client into `/`, or raise `asyncapi_socketio.ConnectError`."""

    async def disconnect(self, reason: str, context: Context, /) -> None:
        """React to a client that has left `/`."""


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

CONTRACT: Contract[Broadcast] = Contract(
    title="Asks",
    version="1.0.0",
    namespaces=(Namespace(path="/", connect="connect", disconnect="disconnect"),),
    receive=(START,),
    send=(
        CONFIRM,
        ARE_YOU_THERE,
    ),
    schema=schemas_of(__package__),
    context=Context,
    broadcast=Broadcast,
    handlers=Handlers,
)
