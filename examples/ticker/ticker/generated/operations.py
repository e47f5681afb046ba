# Generated from asyncapi.yaml by `asyncapi-socketio generate`. Do not edit.
"""The operations of Ticker 1.0.0."""

from __future__ import annotations

from abc import abstractmethod

from asyncapi_socketio.encoded import Encoded
from asyncapi_socketio.runtime.context import BaseContext
from asyncapi_socketio.runtime.contract import Contract, Namespace, schemas_of
from asyncapi_socketio.runtime.operations import Emit, Receive, Refusal, Send

from .models import Price, Problem, TickerSymbol


class Broadcast:
    """Tells clients what happened, one method per event; returns at once."""

    __slots__ = ("_emit",)

    def __init__(self, emit: Emit) -> None:
        self._emit = emit

    def tick(self, room: str, payload: Price, /, *, others: bool = False) -> None:
        """A price has changed: `tick` to a room.

        Comes whenever the market moves, not because of a client.
        """
        self._emit(TICK, (payload,), room, others)


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
    async def watch(self, payload: TickerSymbol, context: Context, /) -> Encoded | Price | Problem:
        """Watch a symbol: `watch`.

        Acknowledges the last price.
        """

    async def connect(self, context: Context, /) -> None:
        """Let a client into `/`, or raise `asyncapi_socketio.ConnectError`."""

    async def disconnect(self, reason: str, context: Context, /) -> None:
        """React to a client that has left `/`."""


WATCH = Receive(
    id="watch",
    method="watch",
    namespace="/",
    event="watch",
    args=1,
    payload="watch.payload",
    unknown_keys="keep",
    convert=(),
    ack="watch.ack",
    ack_args=(1,),
    arity_refusal=Refusal(ack={"error": "invalid payload"}, details="details"),
    payload_refusal=Refusal(ack={"error": "unknown symbol"}),
    rate_refusal=Refusal(ack={"error": "too many events"}),
    unexpected_refusal=Refusal(ack={"error": "server error"}),
    broadcasts=(),
)

TICK = Send(
    id="tick",
    namespace="/",
    event="tick",
    args=1,
    payload="tick.payload",
    audience="room",
    ack=None,
    ack_args=(),
)

CONTRACT: Contract[Broadcast] = Contract(
    title="Ticker",
    version="1.0.0",
    namespaces=(Namespace(path="/", connect="connect", disconnect="disconnect"),),
    receive=(WATCH,),
    send=(TICK,),
    schema=schemas_of(__package__),
    context=Context,
    broadcast=Broadcast,
    handlers=Handlers,
)
