"""Servers that a command runs until it is told to stop."""

from __future__ import annotations

import errno
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from typing import NamedTuple

import click
from aiohttp import web

from ..process import stop_signal
from ..systemd import Notifier
from .errors import CouldNotRun


class Listener(NamedTuple):
    """What starts a server, and the option that chooses its port."""

    start: Callable[[str, int], Awaitable[web.AppRunner]]
    name: str
    host: str
    port: int
    option: str = "--port"


async def until_stopped(*listeners: Listener) -> None:
    """Serve until SIGTERM or SIGINT, and say where; raise `CouldNotRun` where that fails."""
    stopped = stop_signal()
    async with AsyncExitStack() as stack:
        for listener in listeners:
            runner = await _started(listener)
            stack.push_async_callback(runner.cleanup)
        async with Notifier.here().serving():
            await stopped.wait()


async def _started(listener: Listener) -> web.AppRunner:
    start, name, host, port, option = listener
    try:
        runner = await start(host, port)
    except OSError as error:
        advice = f": choose another with {option}" if error.errno == errno.EADDRINUSE else ""
        raise CouldNotRun(f"can't listen on {host}:{port}: {error.strerror}{advice}") from error
    shown = f"[{host}]" if ":" in host else host
    click.echo(f"{name} on http://{shown}:{runner.addresses[0][1]}", err=True)
    return runner
