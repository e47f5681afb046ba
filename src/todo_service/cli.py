"""The command line: `todo-service serve`."""

from __future__ import annotations

import asyncio
import gc
import math
import signal
import sys
from dataclasses import fields
from typing import Any, Literal

import click
import structlog
import uvloop
from aiohttp import web

from . import logs
from .app import MAX_TODOS, Limits, create_application, listen, open_repository
from .gateway import ContractBroken
from .origins import named_origins
from .repository import StoreUnavailable

log = structlog.stdlib.get_logger(__name__)

LIMITS: dict[str, type[int | float]] = {
    item.name: int if item.type == "int" else float for item in fields(Limits)
}
"""The bounds that can be set, and the types of their values."""


COLLECTIONS = (50_000, 20, 20)
"""What makes Python look for cycles: events make next to none, only sessions that end do."""


class CannotStart(click.ClickException):
    """The service can't start as it was told to; the message says why, in one line."""

    exit_code = 2


def main() -> None:
    """Run the command line; whatever is wrong with it is one line on stderr and exit code 2."""
    try:
        commands.main(standalone_mode=False)
    except click.ClickException as error:
        click.echo(f"todo-service: {error.format_message()}", err=True)
        sys.exit(2)
    except click.Abort:
        sys.exit(130)


@click.group(no_args_is_help=True)
@click.version_option(package_name="todo-service")
def commands() -> None:
    """Todos for everyone at once, over Socket.IO."""


def _limits(_: click.Context, __: click.Parameter, given: tuple[str, ...]) -> Limits:
    chosen: dict[str, Any] = {}
    for item in given:
        name, _sign, value = item.partition("=")
        if name not in LIMITS:
            raise click.BadParameter(f"{name!r} is no limit: it is one of {', '.join(LIMITS)}")
        try:
            chosen[name] = LIMITS[name](value)
        except ValueError:
            raise click.BadParameter(f"{value!r} is no number for {name}") from None
        if not 0 < chosen[name] < math.inf:
            raise click.BadParameter(f"{name} must be more than 0")
    return Limits(**chosen)


@commands.command()
@click.option(
    "--host",
    envvar="TODO_HOST",
    default="127.0.0.1",
    show_default=True,
    show_envvar=True,
    help="Address to listen on.",
)
@click.option(
    "--port",
    envvar="TODO_PORT",
    default=3000,
    show_default=True,
    show_envvar=True,
    type=click.IntRange(0, 65535),
    help="Port to listen on; 0 takes any that is free.",
)
@click.option(
    "--database",
    envvar="TODO_DATABASE",
    default="sqlite:///todos.db",
    show_default=True,
    show_envvar=True,
    metavar="URL",
    help="Where todos are kept: sqlite:///FILE, or memory: (gone at exit).",
)
@click.option(
    "--max-todos",
    envvar="TODO_MAX_TODOS",
    default=MAX_TODOS,
    show_default=True,
    show_envvar=True,
    type=click.IntRange(1),
    help="Todos that the list may hold; a create above it is told `too many todos`.",
)
@click.option(
    "--origin",
    "origins",
    envvar="TODO_ORIGIN",
    default=("http://localhost:4200",),
    multiple=True,
    show_default=True,
    show_envvar=True,
    callback=named_origins,
    metavar="ORIGIN",
    help="A page's origin that may connect; repeatable (spaces between, in the variable).",
)
@click.option(
    "--log-format",
    envvar="TODO_LOG_FORMAT",
    default="text",
    show_default=True,
    show_envvar=True,
    type=click.Choice(["text", "json"]),
    help="One line a happening, on stderr.",
)
@click.option(
    "--log-level",
    envvar="TODO_LOG_LEVEL",
    default="info",
    show_default=True,
    show_envvar=True,
    type=click.Choice(["debug", "info", "warning", "error"]),
    help="The least that is logged.",
)
@click.option(
    "--limit",
    "limits",
    envvar="TODO_LIMIT",
    default=(),
    multiple=True,
    show_envvar=True,
    callback=_limits,
    metavar="NAME=VALUE",
    help=f"A bound on what clients may take; repeatable. Names: {', '.join(LIMITS)}.",
)
def serve(
    host: str,
    port: int,
    database: str,
    max_todos: int,
    origins: tuple[str, ...],
    limits: Limits,
    log_format: Literal["text", "json"],
    log_level: str,
) -> None:
    """Serve the todos until SIGTERM or SIGINT."""
    logs.configure(log_format, log_level)
    uvloop.run(_serve(host, port, (database, max_todos), origins, limits))


async def _serve(
    host: str, port: int, store: tuple[str, int], origins: tuple[str, ...], limits: Limits
) -> None:
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    app = await _application(store, origins, limits)
    gc.freeze()  # what is imported stays: no collection, and no exit, need look at it again
    gc.set_threshold(*COLLECTIONS)
    try:
        runner = await listen(app, host, port, limits)
    except OSError as error:
        raise CannotStart(f"can't listen on {host}:{port}: {error.strerror}") from error
    try:
        shown = f"[{host}]" if ":" in host else host
        log.info("listening", url=f"http://{shown}:{runner.addresses[0][1]}")
        await stopped.wait()
        log.info("stopping")
    finally:
        await runner.cleanup()


async def _application(
    store: tuple[str, int], origins: tuple[str, ...], limits: Limits
) -> web.Application:
    try:
        todos = await open_repository(*store)
    except StoreUnavailable as error:
        raise CannotStart(str(error)) from error
    try:
        return create_application(todos, origins=origins, limits=limits)
    except ContractBroken as error:
        await todos.close()
        raise CannotStart(str(error)) from error
