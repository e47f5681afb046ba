# Generated from asyncapi.yaml by `make generate`. Do not edit.
"""The operations of Written in JSON 1.0.0."""

from __future__ import annotations

from abc import abstractmethod

from asyncapi_socketio.runtime.context import BaseContext
from asyncapi_socketio.runtime.contract import Contract, Namespace, schemas_of
from asyncapi_socketio.runtime.operations import Emit, Receive

from .models import HelloPayload


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
    async def hello(self, payload: HelloPayload, context: Context, /) -> None:
        """hello: `hello`."""

    async def connect(self, context: Context, /) -> None:
        """Let a client into `/`, or raise `asyncapi_socketio.ConnectError`."""

    async def disconnect(self, reason: str, context: Context, /) -> None:
        """React to a client that has left `/`."""


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

CONTRACT: Contract[Broadcast] = Contract(
    title="Written in JSON",
    version="1.0.0",
    namespaces=(Namespace(path="/", connect="connect", disconnect="disconnect"),),
    receive=(HELLO,),
    send=(),
    schema=schemas_of(__package__),
    context=Context,
    broadcast=Broadcast,
    handlers=Handlers,
)
