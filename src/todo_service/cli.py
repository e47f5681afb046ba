"""The command line: `todo-service serve`, `migrate`, and what `upkeep` has."""

from __future__ import annotations

import asyncio
import errno
import re
import signal
import socket
import ssl
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, ExitStack, contextmanager
from dataclasses import dataclass, field, fields
from functools import partial
from pathlib import Path
from typing import Any, Literal

import click
import structlog
import uvloop
from aiohttp import web

from asyncapi_socketio import ContractBroken, logs
from asyncapi_socketio.listeners import Certificate, handed_over, unix_socket
from asyncapi_socketio.origins import named_origins
from asyncapi_socketio.process import prepared, settle, stop_signal
from asyncapi_socketio.systemd import Notifier
from asyncapi_socketio.workers import CannotSupervise, Supervisor, Worker, usable_cores

from .app import (
    Limits,
    MissingExtra,
    Trust,
    create_admin,
    create_application,
    is_shared,
    listen,
    migrate,
    open_repository,
)
from .options import CannotStart, database_option, max_todos_option
from .repository import StoreUnavailable, TodoRepository
from .upkeep import COMMANDS

log = structlog.stdlib.get_logger(__name__)

LIMITS: dict[str, type[int | float]] = {
    item.name: int if isinstance(item.default, int) else float for item in fields(Limits)
}
"""The bounds that can be set, and the types of their values."""

RANGES: dict[type[int | float], tuple[float, float]] = {int: (1, 2**31 - 1), float: (0.001, 86_400)}
"""From where to where counts, bytes and seconds may be set."""


MOST_WORKERS = 1024

SOCKETS, ADMIN_SOCKETS = "http", "admin"
"""The names by which workers know what they listen on."""


def main() -> None:
    """Run the command line; whatever is wrong with it is one line on stderr and exit code 2."""
    try:
        commands.main(standalone_mode=False)
    except click.ClickException as error:
        click.echo(f"todo-service: {error.format_message()}", err=True)
        sys.exit(2)
    except click.Abort:
        sys.exit(130)


@click.group(no_args_is_help=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="todo-service")
def commands() -> None:
    """Todos for everyone at once, over Socket.IO."""


for command in COMMANDS:
    commands.add_command(command)


def _limits(_: click.Context, __: click.Parameter, given: tuple[str, ...]) -> Limits:
    return Limits(**dict(map(_limit, given)))


def _limit(text: str) -> tuple[str, Any]:
    name, _sign, value = text.partition("=")
    if name not in LIMITS:
        raise click.BadParameter(f"{name!r} is not a limit: it is one of {', '.join(LIMITS)}")
    kind = LIMITS[name]
    least, most = RANGES[kind]
    try:
        chosen = kind(value)
    except ValueError:
        raise click.BadParameter(f"{value!r} is not {_shown(kind)} for {name}") from None
    if not least <= chosen <= most:
        raise click.BadParameter(f"{name} is {_shown(kind)}, not {value}")
    return name, chosen


def _shown(kind: type[int | float]) -> str:
    least, most = RANGES[kind]
    return f"a {'whole ' if kind is int else ''}number from {least:g} to {most:,}"


def _trust(_: click.Context, __: click.Parameter, given: tuple[str, ...]) -> Trust:
    networks = [part for item in given for part in item.replace(",", " ").split()]
    try:
        return Trust(networks)
    except ValueError as error:
        raise click.BadParameter(f"{error}: write 10.0.0.7, 10.0.0.0/8 or unix") from None


def _base_path(_: click.Context, __: click.Parameter, given: str) -> str:
    path = given.rstrip("/")
    if path and not re.fullmatch(r"(/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)+", path):
        raise click.BadParameter(f"{given!r} is not a path: write it as /todos")
    return path


def _receiver(_: click.Context, __: click.Parameter, given: str | None) -> str | None:
    if given is not None and not re.fullmatch(r"https?://[^/?#@]+(/[^?#]*)?", given):
        raise click.BadParameter(f"{given!r} is not a URL: write it as http://localhost:4318")
    return given


def _workers(_: click.Context, __: click.Parameter, given: str) -> int | None:
    if given == "auto":
        return None
    if not given.isdecimal() or not 1 <= int(given) <= MOST_WORKERS:
        raise click.BadParameter(f"{given!r} is neither auto nor from 1 to {MOST_WORKERS}")
    return int(given)


def _node(_: click.Context, __: click.Parameter, given: str | None) -> str:
    if given is None:
        return ""
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,32}", given):
        raise click.BadParameter(
            f"{given!r} is not a name: up to 32 letters, digits, hyphens and underscores"
        )
    return given


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
    "--unix-socket",
    "path",
    envvar="TODO_UNIX_SOCKET",
    default=None,
    show_envvar=True,
    type=click.Path(path_type=Path),
    metavar="PATH",
    help="A Unix socket to listen on, instead of an address and a port.",
)
@click.option(
    "--tls-cert",
    "certificate",
    envvar="TODO_TLS_CERT",
    default=None,
    show_envvar=True,
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="A certificate, with those that prove it, to serve HTTPS by; SIGHUP loads it anew.",
)
@click.option(
    "--tls-key",
    "key",
    envvar="TODO_TLS_KEY",
    default=None,
    show_envvar=True,
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="The certificate's key.",
)
@database_option
@max_todos_option
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
    "--trust-proxy",
    "trust",
    envvar="TODO_TRUST_PROXY",
    default=(),
    multiple=True,
    show_envvar=True,
    callback=_trust,
    metavar="ADDRESSES",
    help="Proxies, by addresses or networks with commas between, or unix for who connects to a Unix"
    " socket, that say who their clients are:"
    " by X-Forwarded-For, -Proto and -Host, or by the PROXY protocol; repeatable.",
)
@click.option(
    "--base-path",
    envvar="TODO_BASE_PATH",
    default="/",
    show_default=True,
    show_envvar=True,
    callback=_base_path,
    metavar="PATH",
    help="Where everything is served: with /todos, the page at /todos/.",
)
@click.option(
    "--admin-host",
    envvar="TODO_ADMIN_HOST",
    default="127.0.0.1",
    show_default=True,
    show_envvar=True,
    help="Address that the admin listener listens on.",
)
@click.option(
    "--admin-port",
    envvar="TODO_ADMIN_PORT",
    default=None,
    show_envvar=True,
    type=click.IntRange(0, 65535),
    help="Port of a listener of its own for operators: a page, /metrics and /stats; without it,"
    " there is none.",
)
@click.option(
    "--admin-token",
    envvar="TODO_ADMIN_TOKEN",
    default=None,
    show_envvar=True,
    metavar="TOKEN",
    help="What who opens the operators' page has to know; without it, only this machine may.",
)
@click.option(
    "--traces",
    envvar="TODO_TRACES",
    default=None,
    show_envvar=True,
    callback=_receiver,
    metavar="URL",
    help="Where spans of events go: a receiver of OTLP over HTTP, as http://localhost:4318.",
)
@click.option(
    "--workers",
    envvar="TODO_WORKERS",
    default="1",
    show_default=True,
    show_envvar=True,
    callback=_workers,
    metavar="N",
    help="Processes that serve, where the database is one that several can share; auto is one"
    " per core.",
)
@click.option(
    "--node",
    envvar="TODO_NODE",
    default=None,
    show_envvar=True,
    callback=_node,
    metavar="NAME",
    help="Name of this machine among those that a load balancer knows: session ids begin with it.",
)
@click.option(
    "--log-format",
    envvar="TODO_LOG_FORMAT",
    default="text",
    show_default=True,
    show_envvar=True,
    type=click.Choice(["text", "json"]),
    help="One log line per event, on stderr.",
)
@click.option(
    "--log-level",
    envvar="TODO_LOG_LEVEL",
    default="info",
    show_default=True,
    show_envvar=True,
    type=click.Choice(["debug", "info", "warning", "error"]),
    help="Minimum log level.",
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
    help="A bound on what clients may take; repeatable."
    f" Counts and bytes ({', '.join(name for name, kind in LIMITS.items() if kind is int)}):"
    f" {_shown(int)}."
    f" Seconds ({', '.join(name for name, kind in LIMITS.items() if kind is float)}):"
    f" {_shown(float)}.",
)
def serve(
    host: str,
    port: int,
    path: Path | None,
    certificate: Path | None,
    key: Path | None,
    database: str,
    max_todos: int,
    origins: tuple[str, ...],
    trust: Trust,
    base_path: str,
    admin_host: str,
    admin_port: int | None,
    admin_token: str | None,
    limits: Limits,
    traces: str | None,
    workers: int | None,
    node: str,
    log_format: Literal["text", "json"],
    log_level: str,
) -> None:
    """Serve the todos until SIGTERM or SIGINT."""
    addresses = {SOCKETS: (host, port)}
    if admin_port is not None:
        addresses[ADMIN_SOCKETS] = (admin_host, admin_port)
    bindings = _bindings(path, certificate, key)
    if ADMIN_SOCKETS in bindings.sockets:
        addresses.setdefault(ADMIN_SOCKETS, (admin_host, 0))
    worker = Worker.here()
    if worker is None and (count := _count(workers, database)) > 1:
        if bindings != Bindings():
            raise CannotStart(
                f"--workers {count}: TLS, a Unix socket and systemd's sockets are for one process;"
                " let a proxy stand before several"
            )
        logs.configure(log_format, log_level)
        sys.exit(_supervise(count, addresses, base_path))
    with prepared():
        logs.configure(log_format, log_level, None if worker is None else worker.number)
        application = partial(
            create_application,
            origins=origins,
            base_path=base_path,
            limits=limits,
            trust=trust,
            node=node,
            worker=worker,
            traces=traces,
        )
        store, place = (database, max_todos), (base_path, worker, admin_token)
        uvloop.run(_serve((addresses, bindings), store, application, place))


@dataclass(frozen=True, slots=True)
class Bindings:
    """What is listened on instead of a port, and by which certificate."""

    certificate: Certificate | None = None
    path: Path | None = None
    sockets: Mapping[str, Sequence[socket.socket]] = field(default_factory=dict)
    """Those that systemd has opened, by name; `admin` is the admin listener's."""

    def place(self, name: str) -> Path | None:
        """Return where a Unix socket is listened on by a name instead of an address."""
        return None if name == ADMIN_SOCKETS else self.path

    def listeners(self, name: str, stack: ExitStack) -> Sequence[socket.socket]:
        """Return what to listen on by a name instead of an address; raises `OSError`."""
        if name == ADMIN_SOCKETS:
            return self.sockets.get(ADMIN_SOCKETS, ())
        if self.path is not None:
            return [stack.enter_context(unix_socket(self.path))]
        return [
            item for key, items in self.sockets.items() if key != ADMIN_SOCKETS for item in items
        ]


def _bindings(path: Path | None, certificate: Path | None, key: Path | None) -> Bindings:
    if (certificate is None) != (key is None):
        raise CannotStart("--tls-cert and --tls-key: one needs the other")
    if certificate is None or key is None:
        return Bindings(None, path, handed_over())
    try:
        return Bindings(Certificate(certificate, key), path, handed_over())
    except OSError as error:
        reason = (
            "not a certificate with its key" if isinstance(error, ssl.SSLError) else error.strerror
        )
        raise CannotStart(f"--tls-cert {certificate}, --tls-key {key}: {reason}") from error


def _count(workers: int | None, database: str) -> int:
    """Return how many processes are to serve; raises `CannotStart`."""
    if workers is None:
        return usable_cores() if is_shared(database) else 1
    if workers > 1 and not is_shared(database):
        raise CannotStart(
            f"--workers {workers} needs a database that several processes can serve,"
            " postgresql://: a SQLite file, or memory:, has one"
        )
    return workers


def _supervise(count: int, addresses: dict[str, tuple[str, int]], base_path: str) -> int:
    """Run several workers until SIGTERM or SIGINT; return the exit code."""
    try:
        supervisor = Supervisor(count)
    except CannotSupervise as error:
        raise CannotStart(f"--workers {count}: {error}") from error
    urls: dict[str, str] = {}
    for name, address in addresses.items():
        with _listening(name, address):
            urls[name] = f"http://{_shown_address(*supervisor.listen(name, *address))}"

    def started() -> None:
        _say_listening(urls, base_path, workers=count)

    return supervisor.run(started)


@commands.command("migrate")
@database_option
def bring_up_to_date(database: str) -> None:
    """Bring a PostgreSQL database up to date, also while others serve it.

    `serve` does so itself where its role may; see docs/postgresql.md for roles.
    """
    try:
        migrate(database)
    except StoreUnavailable as error:
        raise CannotStart(str(error)) from error


async def _serve(
    places: tuple[dict[str, tuple[str, int]], Bindings],
    store: tuple[str, int],
    application: Callable[[TodoRepository], web.Application],
    place: tuple[str, Worker | None, str | None],
) -> None:
    stopped, notifier = stop_signal(), Notifier.here()
    addresses, bindings = places
    base_path, worker, token = place
    app = await _application(store, application)
    settle()
    async with AsyncExitStack() as stack:
        urls: dict[str, str] = {}
        paths = stack.enter_context(ExitStack())
        for name, address in addresses.items():
            served = app if name == SOCKETS else create_admin(app, token)
            certificate = bindings.certificate if name == SOCKETS else None
            with _listening(name, bindings.place(name) or address):
                listeners = bindings.listeners(name, paths)
                tls = None if certificate is None else certificate.context
                runner = await listen(served, *address, name, tls=tls, listeners=listeners)
            stack.push_async_callback(runner.cleanup)
            urls[name] = _url(runner, tls)
        if bindings.certificate is not None:
            loop = asyncio.get_running_loop()
            loop.add_signal_handler(signal.SIGHUP, _reload, bindings.certificate, notifier)
        if worker is None:
            _say_listening(urls, base_path)
        else:
            worker.ready()
        async with notifier.serving():
            await stopped.wait()
            log.info("stopping")


def _reload(certificate: Certificate, notifier: Notifier) -> None:
    with notifier.reloading():
        certificate.reload()


def _say_listening(urls: dict[str, str], base_path: str, **said: int) -> None:
    log.info("listening", url=f"{urls[SOCKETS]}{base_path}", **said)
    if ADMIN_SOCKETS in urls:
        log.info("admin listening", url=urls[ADMIN_SOCKETS])


@contextmanager
def _listening(name: str, address: tuple[str, int] | Path) -> Iterator[None]:
    """Raise `CannotStart` where one can't listen, naming the option that chooses another port."""
    try:
        yield
    except OSError as error:
        option = "--port" if name == SOCKETS else "--admin-port"
        advice = f": choose another with {option}" if error.errno == errno.EADDRINUSE else ""
        if isinstance(address, Path):
            raise CannotStart(f"can't listen on {address}: {error.strerror}") from error
        where = _shown_address(*address)
        raise CannotStart(f"can't listen on {where}: {error.strerror}{advice}") from error


def _url(runner: web.AppRunner, tls: object = None) -> str:
    address = runner.addresses[0]
    if isinstance(address, str):
        return f"unix:{address}"
    host, port, *_ = address
    return f"{'https' if tls else 'http'}://{_shown_address(host, port)}"


def _shown_address(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


async def _application(
    store: tuple[str, int], application: Callable[[TodoRepository], web.Application]
) -> web.Application:
    try:
        todos = await open_repository(*store)
    except StoreUnavailable as error:
        raise CannotStart(str(error)) from error
    try:
        return application(todos)
    except (ContractBroken, MissingExtra) as error:
        await todos.close()
        raise CannotStart(str(error)) from error
