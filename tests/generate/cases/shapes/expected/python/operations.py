# Generated from asyncapi.yaml by `make generate`. Do not edit.
"""The operations of Shapes 1.2.3-rc.1."""

from __future__ import annotations

from typing import Protocol

from asyncapi_socketio.encoded import Encoded
from asyncapi_socketio.runtime.operations import Emit, Receive, Send

from .models import Drawn, Failure, Shape


class Broadcaster:
    """Tells clients what happened, one method an event; returns at once."""

    def __init__(self, emit: Emit) -> None:
        self._emit = emit


class Handlers(Protocol):
    """What the service must do: one method for each operation that clients call."""

    async def draw(self, payload: Shape, /) -> Encoded | Drawn | Failure:
        """draw: `draw`."""


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

RECEIVE: tuple[Receive, ...] = (DRAW,)

SEND: tuple[Send, ...] = ()
