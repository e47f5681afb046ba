# Generated from asyncapi.yaml by `make generate`. Do not edit.
"""The operations of Shapes 1.2.3-rc.1."""

from __future__ import annotations

from abc import abstractmethod

from asyncapi_socketio.encoded import Encoded
from asyncapi_socketio.runtime.context import BaseContext
from asyncapi_socketio.runtime.contract import Contract, Namespace, schemas_of
from asyncapi_socketio.runtime.operations import Emit, Receive

from .models import Drawn, Failure, Shape


class Broadcast:
    """Tells clients what happened, one method per event; returns at once."""

    __slots__ = ("_emit",)

    def __init__(self, emit: Emit) -> None:
        self._emit = emit


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
    async def draw(self, payload: Shape, context: Context, /) -> Encoded | Drawn | Failure:
        """draw: `draw`."""

    async def connect(self, context: Context, /) -> None:
        """Let a client into `/`, or raise `asyncapi_socketio.ConnectError`."""

    async def disconnect(self, reason: str, context: Context, /) -> None:
        """React to a client that has left `/`."""


DRAW = Receive(
    id="draw",
    method="draw",
    namespace="/",
    event="draw",
    args=1,
    payload="draw.payload",
    unknown_keys="drop",
    convert=("boolean",),
    ack="draw.ack",
    ack_args=(1,),
    arity_refusal=None,
    payload_refusal=None,
    rate_refusal=None,
    unexpected_refusal=None,
    broadcasts=(),
)

CONTRACT: Contract[Broadcast] = Contract(
    title="Shapes",
    version="1.2.3-rc.1",
    namespaces=(Namespace(path="/", connect="connect", disconnect="disconnect"),),
    receive=(DRAW,),
    send=(),
    schema=schemas_of(__package__),
    context=Context,
    broadcast=Broadcast,
    handlers=Handlers,
)
