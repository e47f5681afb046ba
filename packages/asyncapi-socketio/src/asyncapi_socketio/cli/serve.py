"""The command `serve`: an application of a project's own, run until it is told to stop."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from typing import Any

import click
import uvloop

from .. import logs
from ..application import Application
from ..errors import ContractBroken
from ..process import prepared
from . import options
from .errors import CouldNotRun
from .listening import until_stopped


@click.command(epilog="Example: asyncapi-socketio serve chat.app:app --port 4000")
@click.argument("place", metavar="MODULE:APP")
@options.host
@options.port
def command(place: str, host: str, port: int) -> None:
    """Serve the `Application` that is called APP in MODULE, until SIGTERM or SIGINT.

    MODULE is looked for in this folder first.
    """
    app = _found(place)
    with prepared():
        logs.configure("text", "info")
        uvloop.run(until_stopped(app.listen(host, port), place, host, port))


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
