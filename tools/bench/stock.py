"""Stock python-socketio with the service's own gateway and handlers: what the transport adds to."""

from __future__ import annotations

import asyncio
import sys
from typing import Any

import orjson
import socketio
from aiohttp import web

from asyncapi_socketio import JOI
from asyncapi_socketio.backends.python_socketio import Adapter
from todo_service.generated.operations import CONTRACT
from todo_service.handlers import TodoHandlers
from todo_service.repository import InMemoryTodoRepository


class FastJson:
    """orjson in the form that python-socketio takes; the gateway's acks need it."""

    loads = staticmethod(orjson.loads)

    @staticmethod
    def dumps(value: Any, **_: object) -> str:  # noqa: ANN401
        """Write a value; separators are orjson's own."""
        return orjson.dumps(value).decode()


def create_application() -> web.Application:
    """Put the stock service together, in memory."""
    sio = socketio.AsyncServer(async_mode="aiohttp", cors_allowed_origins=[], json=FastJson)
    Adapter(sio, CONTRACT, TodoHandlers(InMemoryTodoRepository()), wording=JOI)
    app = web.Application()
    sio.attach(app)
    return app


async def main() -> None:
    """Serve on the port that the command line gives."""
    runner = web.AppRunner(create_application(), access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", int(sys.argv[1]), backlog=4096).start()
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())
