"""The only module that knows a database: todos in SQL, many writes in one durable commit.

One task carries out all that is asked, in the order in which it is asked. What comes in while a
commit is under way makes up the next transaction (group commit), which shares the cost of making
it durable. Each caller goes on in that same order, so that acks and broadcasts have it too.
"""

from __future__ import annotations

import asyncio
import warnings
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Literal, Self, TypeAlias, cast

import structlog
from sqlalchemy import (
    URL,
    BigInteger,
    Boolean,
    Column,
    Connection,
    Integer,
    MetaData,
    Row,
    String,
    Table,
    bindparam,
    create_engine,
    delete,
    event,
    insert,
    select,
    update,
)
from sqlalchemy.engine import make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DataError, IntegrityError, SAWarning, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

from .generated.models import Todo, TodoID
from .repository import StoreUnavailable

log = structlog.stdlib.get_logger(__name__)

MAX_WAITING = 10_000
"""Calls that may wait for the store; one more is refused at once."""

MAX_BATCH = 1_000
"""Calls that may share a transaction."""

LOCK_TIMEOUT = 750
"""Milliseconds to wait while another process holds SQLite's lock.

What has been asked takes two transactions at most (the one under way, and one for what waits), so
that a stop within two seconds has the time for both.
"""

_DRIVERS = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+asyncpg"}

_metadata = MetaData()
_todos = Table(
    "todos",
    _metadata,
    Column("position", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("id", String(36), nullable=False, unique=True),
    Column("title", String(256), nullable=False),
    Column("completed", Boolean, nullable=False),
)
_SELECT = select(_todos.c.id, _todos.c.title, _todos.c.completed)
_LIST = _SELECT.order_by(_todos.c.position)
_FIND = _SELECT.where(_todos.c.id.in_(bindparam("keys", expanding=True)))
_HOLD = _FIND.with_for_update()
_ADD = insert(_todos)
_REPLACE = update(_todos).where(_todos.c.id == bindparam("key"))
_REMOVE = delete(_todos).where(_todos.c.id == bindparam("key"))
_PING = select(_todos.c.position).limit(1)

_Kind: TypeAlias = Literal["add", "find", "list", "ping", "remove", "replace"]
_WRITES = {"add", "ping", "remove", "replace"}
"""What needs the write lock; a store that can't take it is not ready."""


@dataclass(frozen=True, slots=True)
class _Call:
    kind: _Kind
    key: TodoID | None
    todo: Todo | None
    result: asyncio.Future[Any]


class SqlTodoRepository:
    """Keeps todos in a SQL database; `TodoRepository` says what each method promises."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._calls: asyncio.Queue[_Call] = asyncio.Queue(MAX_WAITING)
        self._writer = asyncio.ensure_future(self._carry_out_forever())

    @classmethod
    async def open(cls, url: str) -> Self:
        """Connect to the database at `url`, and make the table where there is none.

        Raises `StoreUnavailable` with the reason in one line.
        """
        engine = _engine(url)
        name = _without_secrets(engine.url)
        try:
            if engine.dialect.name == "sqlite":
                _try_sqlite(engine.url)
            async with engine.begin() as connection:
                await connection.run_sync(_metadata.create_all)
        except (SQLAlchemyError, OSError) as error:
            await engine.dispose()
            raise StoreUnavailable(f"{name}: {_reason(error)}") from error
        log.debug("store opened", database=name)
        return cls(engine)

    async def add(self, todo: Todo) -> None:
        await self._call("add", todo=todo)

    async def list(self) -> list[Todo]:
        return cast("list[Todo]", await self._call("list"))

    async def find(self, todo_id: TodoID) -> Todo | None:
        return cast("Todo | None", await self._call("find", todo_id))

    async def replace(self, todo: Todo) -> bool:
        return await self._call("replace", todo["id"], todo) is True

    async def remove(self, todo_id: TodoID) -> bool:
        return await self._call("remove", todo_id) is True

    async def ping(self) -> None:
        await self._call("ping")

    async def close(self) -> None:
        await self._calls.join()
        self._writer.cancel()
        await self._engine.dispose()

    async def _call(
        self, kind: _Kind, key: TodoID | None = None, todo: Todo | None = None
    ) -> object:
        """Wait for the call's turn, and return its result."""
        call = _Call(kind, key, todo, asyncio.get_running_loop().create_future())
        try:
            self._calls.put_nowait(call)
        except asyncio.QueueFull:
            raise StoreUnavailable(f"{MAX_WAITING} calls wait already") from None
        return await call.result

    async def _carry_out_forever(self) -> None:
        while True:
            batch = [await self._calls.get()]
            while len(batch) < MAX_BATCH and not self._calls.empty():
                batch.append(self._calls.get_nowait())
            await self._carry_out(batch)
            for _ in batch:
                self._calls.task_done()

    async def _carry_out(self, batch: Sequence[_Call]) -> None:
        """Carry out a batch in one transaction, then let its callers go on in order."""
        try:
            async with self._transaction(batch) as transaction:
                results = [await transaction.carry_out(call) for call in batch]
                await transaction.flush()
        except (DataError, IntegrityError) as error:  # one statement is at fault, not the store
            await self._carry_out_apart(batch, error)
        except (SQLAlchemyError, OSError) as error:
            await self._give_up_writes(batch, error)
        except Exception as error:  # noqa: BLE001  # the writer goes on, and each caller is told
            await self._carry_out_apart(batch, error)
        else:
            for call, result in zip(batch, results, strict=True):
                if not call.result.done():
                    call.result.set_result(result)

    async def _carry_out_apart(self, batch: Sequence[_Call], error: Exception) -> None:
        if len(batch) == 1:
            _fail(batch, error)
            return
        for call in batch:
            await self._carry_out([call])

    async def _give_up_writes(self, batch: Sequence[_Call], error: Exception) -> None:
        """Refuse the writes; what only reads may still work, and is tried again without them."""
        reads = [call for call in batch if call.kind not in _WRITES]
        writes = [call for call in batch if call.kind in _WRITES]
        _fail(writes or reads, StoreUnavailable(_reason(error)))
        if writes and reads:
            await self._carry_out(reads)

    @asynccontextmanager
    async def _transaction(self, batch: Sequence[_Call]) -> AsyncIterator[_Transaction]:
        writes = any(call.kind in _WRITES for call in batch)
        keys = {call.key for call in batch if call.key is not None}
        async with self._engine.connect() as connection:
            await connection.execution_options(todo_writes=writes)
            async with connection.begin():
                query = _HOLD if writes else _FIND
                rows = await connection.execute(query, {"keys": [*keys]}) if keys else ()
                yield _Transaction(connection, {row.id: _todo(row) for row in rows})


class _Transaction:
    """Answers the calls of a batch from the todos that they name, and writes what has changed."""

    def __init__(self, connection: AsyncConnection, stored: dict[TodoID, Todo]) -> None:
        self._connection = connection
        self._stored = stored
        self._todos = dict(stored)

    async def carry_out(self, call: _Call) -> object:
        match call:
            case _Call("add", todo=todo) if todo:
                self._todos[todo["id"]] = todo
            case _Call("find", key) if key:
                return self._todos.get(key)
            case _Call("replace", key, todo) if key in self._todos and todo:
                self._todos[key] = todo
                return True
            case _Call("remove", key) if key:
                return self._todos.pop(key, None) is not None
            case _Call("list"):
                await self.flush()
                return [_todo(row) for row in await self._connection.execute(_LIST)]
            case _Call("ping"):
                await self._connection.execute(_PING)
        return None

    async def flush(self) -> None:
        """Write what differs from what is stored, one statement a kind of change."""
        stored, todos = self._stored, self._todos
        added = [{**todo} for key, todo in todos.items() if key not in stored]
        replaced = [
            {"key": key, "title": todo["title"], "completed": todo["completed"]}
            for key, todo in todos.items()
            if key in stored and stored[key] is not todo
        ]
        removed = [{"key": key} for key in stored if key not in todos]
        for statement, rows in ((_ADD, added), (_REPLACE, replaced), (_REMOVE, removed)):
            if rows:
                await self._connection.execute(statement, rows)
        self._stored = dict(todos)


def _todo(row: Row[Any, Any, Any]) -> Todo:
    return {"id": row.id, "title": row.title, "completed": row.completed}


def _fail(batch: Sequence[_Call], error: Exception) -> None:
    for call in batch:
        if not call.result.done():
            call.result.set_exception(error)


def _reason(error: Exception) -> str:
    """Say what the driver said, in one line."""
    return " ".join(str(getattr(error, "orig", None) or error).split())


def _engine(text: str) -> AsyncEngine:
    url = _url(text)
    try:
        with warnings.catch_warnings(action="error", category=SAWarning):
            engine = create_async_engine(url)
    except (SQLAlchemyError, SAWarning, ImportError, ValueError) as error:
        raise StoreUnavailable(f"{_without_secrets(url)}: {_reason(error)}") from error
    if engine.dialect.name == "sqlite":
        event.listen(engine.sync_engine, "connect", _set_up_sqlite)
        event.listen(engine.sync_engine, "begin", _begin_sqlite)
    return engine


def _url(text: str) -> URL:
    """Read a database's URL. What is none is not shown: it may hold a password anywhere."""
    try:
        url = make_url(text)
    except (SQLAlchemyError, ValueError):
        raise StoreUnavailable(
            "the database is no URL: write it as sqlite:///FILE or postgresql://…"
        ) from None
    if "@" in (url.host or ""):
        raise StoreUnavailable("the database's URL has two '@': write the password's as %40")
    return url.set(drivername=_DRIVERS.get(url.drivername, url.drivername))


def _without_secrets(url: URL) -> str:
    return url.set(query={}).render_as_string()


def _try_sqlite(url: URL) -> None:
    """Fail here when no file can be opened: aiosqlite's thread would outlive the event loop."""
    engine = create_engine(url.set(drivername="sqlite"), poolclass=NullPool)
    engine.connect().close()


def _set_up_sqlite(connection: DBAPIConnection, _: object) -> None:
    """Make commits durable (WAL with synchronous=FULL), and leave BEGIN to us."""
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (f"busy_timeout={LOCK_TIMEOUT}", "journal_mode=WAL", "synchronous=FULL"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    """Take the write lock at once when there is something to write, and only then."""
    writes = connection.get_execution_options().get("todo_writes", True)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
