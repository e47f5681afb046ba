"""A server that a command runs until it is told to stop."""

from __future__ import annotations

import errno
from collections.abc import Awaitable

import click
from aiohttp import web

from ..process import stop_signal
from .errors import CouldNotRun


async def until_stopped(
    starting: Awaitable[web.AppRunner], name: str, host: str, port: int
) -> None:
    """Serve until SIGTERM or SIGINT, and say where; raise `CouldNotRun` where that fails."""
    stopped = stop_signal()
    try:
        runner = await starting
    except OSError as error:
        advice = ": choose another with --port" if error.errno == errno.EADDRINUSE else ""
        raise CouldNotRun(f"can't listen on {host}:{port}: {error.strerror}{advice}") from error
    shown = f"[{host}]" if ":" in host else host
    click.echo(f"{name} on http://{shown}:{runner.addresses[0][1]}", err=True)
    await stopped.wait()
    await runner.cleanup()
