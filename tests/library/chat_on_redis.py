"""One of several processes that serve the chat on stock servers, with one Redis between them."""

from __future__ import annotations

import asyncio
import signal
import sys

import socketio

from asyncapi_socketio.backends.python_socketio import Adapter
from chat.app import Chat
from chat.generated.operations import CONTRACT, Context
from tests.library.backends import attached


class Moderated(Chat):
    """The chat, whose moderators hear who of them has gone, and may send somebody out."""

    async def disconnect_moderators(self, reason: str, context: Context, /) -> None:
        context.broadcast.noticed(f"{context.identity} has gone")

    async def announce(self, text: str, context: Context, /) -> None:
        await super().announce(text, context)
        if text == "I am leaving":
            context.disconnect()


async def serve(redis: str) -> None:
    """Serve until the process is killed, and say where; SIGUSR1 makes the application speak."""
    manager = socketio.AsyncRedisManager(redis)
    sio = socketio.AsyncServer(async_mode="aiohttp", client_manager=manager)
    adapter = Adapter(sio, CONTRACT, Moderated())
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGUSR1, adapter.broadcast.noticed, "From the application")
    async with attached(sio) as url:
        print(f"listening on {url}", file=sys.stderr)  # noqa: T201
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(serve(sys.argv[1]))
