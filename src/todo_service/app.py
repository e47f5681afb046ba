"""The only module that chooses implementations: it puts the service together."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aiohttp import hdrs, web

from asyncapi_socketio import JOI, Application, Limits, Schema, Trust, metrics
from asyncapi_socketio.workers import Worker

from . import metrics as store_metrics
from . import page, reference, sqlite_copy
from .generated import CONTRACT, Broadcast
from .handlers import TodoHandlers
from .keys import KeyedTodo
from .presence import Counter
from .repository import (
    MAX_TODOS,
    Change,
    Created,
    Deleted,
    InMemoryTodoRepository,
    StoreUnavailable,
    TodoRepository,
    Updated,
)
from .sqlite_repository import SqliteTodoRepository
from .traced import TracedTodos

if TYPE_CHECKING:
    from asyncapi_socketio.tracing import Tracing

__all__ = [
    "IN_MEMORY",
    "MAX_TODOS",
    "Limits",
    "MissingExtra",
    "Trust",
    "back_up",
    "create_admin",
    "create_application",
    "is_shared",
    "listen",
    "migrate",
    "open_repository",
    "read_store",
    "restore",
    "wrong",
]

IN_MEMORY = "memory:"

POSTGRES = ("postgresql://", "postgres://")
"""How the URL of a PostgreSQL database begins."""

READY_WITHIN = 2.0
"""Seconds that the store may take to answer `/readyz`."""


class MissingExtra(Exception):
    """What was asked for needs an extra that is not installed; the message names it."""


_TODOS: web.AppKey[TodoRepository] = web.AppKey("todos")
_SERVICE: web.AppKey[Application[Broadcast]] = web.AppKey("service")


async def open_repository(database: str, max_todos: int = MAX_TODOS) -> TodoRepository:
    """Open the store that a URL names; `memory:` is one that forgets everything at exit.

    It takes `max_todos` at most; one that has more already takes no others.
    Raises `StoreUnavailable` with the reason in one line.
    """
    if database == IN_MEMORY:
        return InMemoryTodoRepository(max_todos)
    todo = Schema(CONTRACT.schema("todoCreated.payload"))
    if database.startswith(POSTGRES):
        return await _open_postgres(database, todo, max_todos)
    return await SqliteTodoRepository.open(database, todo.accepts, max_todos)


def migrate(database: str) -> None:
    """Bring the PostgreSQL database that a URL names up to date.

    Raises `StoreUnavailable` with the reason in one line.
    """
    if not database.startswith(POSTGRES):
        raise StoreUnavailable("only PostgreSQL needs it: name one with --database postgresql://")
    with _installed():
        from .postgres.migrate import migrate as bring_up_to_date  # noqa: PLC0415  # an extra
    bring_up_to_date(database)


def back_up(database: str, copy: Path) -> int:
    """Copy the SQLite file that a URL names, also while it is served; return how many todos.

    Raises `StoreUnavailable` with the reason in one line.
    """
    return sqlite_copy.back_up(_file_of(database), copy)


def restore(database: str, backup: Path, *, replace: bool) -> tuple[int, str | None]:
    """Put a backup in the place of the SQLite file that a URL names.

    Return how many todos it holds, and what it has replaced. Raises `StoreUnavailable` with the
    reason in one line.
    """
    return sqlite_copy.restore(_file_of(database), backup, replace=replace)


@asynccontextmanager
async def read_store(database: str) -> AsyncIterator[tuple[int, AsyncIterator[KeyedTodo]]]:
    """Yield how many todos a store holds at one moment, and each, also while it is served.

    Raises `StoreUnavailable` with the reason in one line.
    """
    if database.startswith(POSTGRES):
        with _installed():
            from .postgres.database import reading  # noqa: PLC0415  # an extra
        async with reading(database) as stored:
            yield stored
        return
    with sqlite_copy.reading(_file_of(database)) as (count, todos):
        yield count, _each(todos)


async def _each(todos: Iterable[KeyedTodo]) -> AsyncIterator[KeyedTodo]:
    for todo in todos:
        yield todo


def _file_of(database: str) -> str:
    if database == IN_MEMORY:
        raise StoreUnavailable("memory: is gone with its process: name a file or PostgreSQL")
    if database.startswith(POSTGRES):
        raise StoreUnavailable("PostgreSQL has pg_dump for it; todo-service export takes any store")
    return database


@cache
def _judges() -> tuple[Schema, Schema]:
    return Schema(CONTRACT.schema("todoCreated.payload")), Schema(
        CONTRACT.schema("createTodo.payload")
    )


def wrong(todo: Any, key: Any) -> str | None:  # noqa: ANN401
    """Return what is wrong with a todo, or the key of its create if it has one; None: nothing."""
    stored, new = _judges()
    if not stored.accepts(todo):
        return stored.violations(todo)[0]["message"]
    asked = {"title": todo["title"], "completed": todo["completed"], "idempotencyKey": key}
    if key is not None and not new.accepts(asked):
        return new.violations(asked)[0]["message"]
    return None


async def _open_postgres(database: str, todo: Schema, max_todos: int) -> TodoRepository:
    with _installed():
        from .postgres.repository import PostgresTodoRepository  # noqa: PLC0415  # an extra
    return await PostgresTodoRepository.open(database, todo.accepts, max_todos)


@contextmanager
def _installed() -> Iterator[None]:
    """Say which extra is missing when an import fails."""
    try:
        yield
    except ModuleNotFoundError as error:
        raise StoreUnavailable(
            f"PostgreSQL needs {error.name}: pip install 'todo-service[postgres]'"
        ) from error


def is_shared(database: str) -> bool:
    """Return whether several processes can serve the store that a URL names."""
    return database.startswith(POSTGRES)


def create_application(
    todos: TodoRepository,
    *,
    origins: Iterable[str],
    base_path: str = "",
    limits: Limits | None = None,
    trust: Trust | None = None,
    node: str = "",
    worker: Worker | None = None,
    traces: str | None = None,
) -> web.Application:
    """Put the service together on a repository, which it closes at the end.

    `origins` are the pages that may connect from a browser, `base_path` is what all paths begin
    with, `limits` what clients may take, `trust` the proxies that are believed; `node` and `worker`
    are this process's names among others that serve the same store, `traces` is where spans go.
    """
    tracing = None if traces is None else _tracing(traces)

    async def clients() -> int:
        stats: dict[str, Any] = await service.node_stats()
        return int(stats["sessions"])

    presence = Counter(clients)
    service = Application(
        CONTRACT,
        TodoHandlers(todos if tracing is None else TracedTodos(todos, tracing), presence),
        origins=origins,
        limits=limits,
        trust=trust,
        path=f"{base_path}/socket.io",
        wording=JOI,
        background=presence.tell,
        node=node,
        worker=worker,
        tracing=tracing,
    )

    def tell(change: Change) -> None:
        match change:
            case Created(todo):
                service.broadcast.todo_created(todo)
            case Updated(todo):
                service.broadcast.todo_updated(todo)
            case Deleted(todo_id):
                service.broadcast.todo_deleted(todo_id)

    todos.watch(tell)

    async def close(_: web.Application) -> None:
        await todos.close()

    app = web.Application()
    service.attach(app)
    own = [web.get("/healthz", _alive), web.get("/readyz", _ready)]
    app.add_routes(_under(base_path, [*own, *page.routes(), *reference.routes()]))
    app[_TODOS], app[_SERVICE] = todos, service
    app.on_cleanup.append(close)
    return app


def _tracing(url: str) -> Tracing:
    try:
        from asyncapi_socketio.tracing import Tracing  # noqa: PLC0415  # an extra
    except ModuleNotFoundError as error:
        raise MissingExtra(
            f"--traces needs {error.name}: pip install 'todo-service[otel]'"
        ) from error
    return Tracing.to(url, "todo-service")


def create_admin(app: web.Application) -> web.Application:
    """Put together what only an operator may see of a service."""
    admin, collected = metrics.admin(app[_SERVICE], "todo")
    collected.add(partial(store_metrics.rows, app[_TODOS]))
    admin[_SERVICE] = app[_SERVICE]
    return admin


def _under(base_path: str, routes: Iterable[web.RouteDef]) -> Iterator[web.RouteDef]:
    """Yield routes below a path, and one to its directory from the path itself."""
    for route in routes:
        yield web.get(f"{base_path}{route.path}", route.handler, **route.kwargs)
    if base_path:
        directory = base_path.rpartition("/")[2] + "/"

        async def enter(_: web.Request) -> web.Response:
            return web.Response(status=308, headers={hdrs.LOCATION: directory})

        yield web.get(base_path, enter)


async def listen(
    app: web.Application,
    host: str,
    port: int,
    name: str = "http",
    *,
    tls: ssl.SSLContext | None = None,
    listeners: Sequence[socket.socket] = (),
) -> web.AppRunner:
    """Serve an application until its runner is cleaned up.

    One of several workers listens on the sockets that its supervisor knows by `name`. Raises
    `OSError` when it can't listen there.
    """
    return await app[_SERVICE].listen(host, port, app, name, tls=tls, listeners=listeners)


async def _alive(_: web.Request) -> web.Response:
    return web.json_response({"status": "alive"})


async def _ready(request: web.Request) -> web.Response:
    try:
        async with asyncio.timeout(READY_WITHIN):
            health = await request.app[_TODOS].ping()
    except (StoreUnavailable, TimeoutError):
        return web.json_response({"status": "the store does not answer"}, status=503)
    left_out = {"rows left out": health.left_out} if health.left_out else {}
    return web.json_response({"status": "ready", **left_out})
