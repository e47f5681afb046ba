"""Stock python-socketio with the service's own gateway and handlers: what the transport adds to."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from typing import Any

import orjson
import socketio
from aiohttp import web

from asyncapi_socketio.encoded import Encoded
from asyncapi_socketio.runtime.gateway import Gateway
from todo_service.app import CONTRACT
from todo_service.generated.operations import RECEIVE
from todo_service.handlers import TodoHandlers
from todo_service.repository import InMemoryTodoRepository


class FastJson:
    """orjson in the form that python-socketio takes; the gateway's acks need it."""

    loads = staticmethod(orjson.loads)

    @staticmethod
    def dumps(value: Any, **_: object) -> str:  # noqa: ANN401
        """Write a value; separators are orjson's own."""
        return orjson.dumps(value).decode()


class StockTransport:
    """The gateway's transport on python-socketio as it comes."""

    def __init__(self, sio: socketio.AsyncServer) -> None:
        self._sio = sio
        self._emits: set[asyncio.Task[None]] = set()

    def emit(
        self,
        namespace: str,
        event: str,
        args: tuple[Any, ...],
        *,
        room: str | None = None,
        skip: str | None = None,
    ) -> None:
        """Send an event; stock emits are coroutines."""
        task = asyncio.ensure_future(
            self._sio.emit(event, args, namespace=namespace, room=room, skip_sid=skip)
        )
        self._emits.add(task)
        task.add_done_callback(self._emits.discard)


def create_application() -> web.Application:
    """Put the stock service together, in memory."""
    sio = socketio.AsyncServer(async_mode="aiohttp", cors_allowed_origins=[], json=FastJson)
    gateway = Gateway(TodoHandlers(InMemoryTodoRepository()), StockTransport(sio), CONTRACT)
    for operation in RECEIVE:
        sio.on(operation.event, _handler(gateway, operation.event))
    app = web.Application()
    sio.attach(app)
    return app


def _handler(gateway: Gateway, event: str) -> Callable[..., Any]:
    async def handle(sid: str, *args: Any) -> tuple[Any, ...]:  # noqa: ANN401
        answers: list[tuple[Any, ...]] = []

        def ack(*answer: Any) -> None:  # noqa: ANN401
            answers.append(tuple(map(_value, answer)))

        await gateway.receive(sid, "/", event, [*args], ack)
        return answers[0]

    return handle


def _value(arg: Any) -> Any:  # noqa: ANN401
    """Return an argument of an ack as a value: the stock server encodes it by itself."""
    return orjson.loads(b"".join(arg.pieces)) if isinstance(arg, Encoded) else arg


async def main() -> None:
    """Serve on the port that the command line gives."""
    runner = web.AppRunner(create_application(), access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", int(sys.argv[1]), backlog=4096).start()
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())
