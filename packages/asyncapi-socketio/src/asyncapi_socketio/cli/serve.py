"""The command `serve`: an application of a project's own, run until it is told to stop."""

from __future__ import annotations

import importlib
import sys
from functools import partial
from pathlib import Path
from typing import Any

import click
import uvloop
from aiohttp import web

from .. import logs
from ..application import Application
from ..errors import ContractBroken
from ..process import prepared
from . import options
from .errors import CouldNotRun
from .listening import Listener, until_stopped


@click.command(epilog="Example: asyncapi-socketio serve chat.app:app --port 4000")
@click.argument("place", metavar="MODULE:APP")
@options.host
@options.port
@click.option(
    "--admin-host",
    default="127.0.0.1",
    show_default=True,
    help="Address that the admin listener listens on.",
)
@click.option(
    "--admin-port",
    type=click.IntRange(0, 65535),
    help="Port of a listener of its own for /metrics and /stats; without it, there is none.",
)
def command(place: str, host: str, port: int, admin_host: str, admin_port: int | None) -> None:
    """Serve the `Application` that is called APP in MODULE, until SIGTERM or SIGINT.

    MODULE is looked for in this folder first.
    """
    app = _found(place)
    listeners = [Listener(app.listen, place, host, port)]
    if admin_port is not None:
        start = partial(app.listen, app=_operators(app))
        listeners.append(Listener(start, "admin", admin_host, admin_port, "--admin-port"))
    with prepared():
        logs.configure("text", "info")
        uvloop.run(until_stopped(*listeners))


def _operators(app: Application[Any]) -> web.Application:
    """Return what operators see of an application; raise `CouldNotRun` without the extra."""
    try:
        from ..metrics import admin  # noqa: PLC0415  # only those who ask for it need its library
    except ModuleNotFoundError as error:
        need = "pip install 'asyncapi-socketio[metrics]'"
        raise CouldNotRun(f"--admin-port needs {error.name}: {need}") from error
    operators, _ = admin(app)
    return operators


def _found(place: str) -> Application[Any]:
    """Import an application; raise `CouldNotRun`."""
    module, _, name = place.partition(":")
    if not name.isidentifier() or not all(map(str.isidentifier, module.split("."))):
        raise CouldNotRun(f"{place}: not of the form MODULE:APP, as chat.app:app is")
    sys.path.insert(0, str(Path.cwd()))
    try:
        found = importlib.import_module(module)
    except (ImportError, ContractBroken) as error:
        raise CouldNotRun(f"{place}: {error}") from error
    try:
        app = getattr(found, name)
    except AttributeError as error:
        raise CouldNotRun(f"{place}: {error}") from error
    if not isinstance(app, Application):
        raise CouldNotRun(f"{place}: a {type(app).__name__}, not an asyncapi_socketio.Application")
    return app
