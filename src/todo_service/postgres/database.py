"""The only module that knows asyncpg: one connection to the database, and what a node asks of it.

Every method raises `StoreUnavailable`, with the reason, when the database can't be relied on.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal, NamedTuple, Self, TypeAlias
from uuid import UUID

import asyncpg
import orjson

from ..generated.models import Completed, IdempotencyKey, Title, Todo, TodoID
from ..keys import KEPT_FOR, MAX_KEYS, KeyedTodo
from ..repository import Change, Created, Deleted, StoreUnavailable, Updated

CONNECT_WITHIN = 2.0
"""Seconds that an attempt to connect may take."""

ANSWER_WITHIN = 2.0
"""Seconds after which the connection of a query that is not answered is given up."""

LOCK_TIMEOUT = 900
"""Milliseconds that a commit waits for its turn, before it asks for it again."""

KEPT_CHANGES = 1_000_000
"""Changes that the log keeps, for 24 hours at most: far longer than a node retries."""

PRUNED_AT_ONCE = 5_000
"""Changes that are deleted from the log in one commit."""

READ_AT_ONCE = 1_000
"""Todos that an export reads at once."""

CHANNEL = "todo"

# Plans are made once, mostly while the tables are small: none of them may read a whole table.
_SETTINGS = {
    "synchronous_commit": "on",
    "lock_timeout": LOCK_TIMEOUT,
    "plan_cache_mode": "force_generic_plan",
    "enable_seqscan": "off",
    "enable_hashjoin": "off",
    "enable_mergejoin": "off",
    "jit": "off",
}
# Who waits for a lock finds out that its client is gone: none writes for a node that gave it up.
_DIRECT = {**_SETTINGS, "client_connection_check_interval": 500}
# Behind a pooler the lock is held over round trips: one that is cut off meanwhile loses it soon.
_POOLED = {**_SETTINGS, "idle_in_transaction_session_timeout": 500}
_SET = "; ".join(f"SET {name} = {value}" for name, value in _DIRECT.items())
_BEGIN = "; ".join(["BEGIN", *(f"SET LOCAL {name} = {value}" for name, value in _POOLED.items())])
_IDENTIFY = "SELECT pg_backend_pid(), system_identifier FROM pg_control_system()"
_LOAD = "SELECT * FROM todo_load_v1()"
_SINCE = "SELECT * FROM todo_since_v1($1, $2)"
_COMMIT = "SELECT * FROM todo_commit_v1($1, $2, $3, $4, $5, $6, $7, $8, $9)"
_COUNT = "SELECT count(*) FROM todos"
_EXPORT = """
SELECT t.id, t.title, t.completed, k.key
FROM todos t LEFT JOIN todo_keys k ON k.id = t.id AND k.at > now() - $1::interval
ORDER BY t.position
"""
_PRUNE = "SELECT * FROM todo_prune_v1($1, $2, $3, $4)"

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"
PreparedStatement: TypeAlias = "asyncpg.prepared_stmt.PreparedStatement[asyncpg.Record]"
Kind: TypeAlias = Literal["c", "u", "d"]


class Gap(Exception):
    """The log does not lead on from the node's position: load the list again. Nothing was done."""


class Busy(StoreUnavailable):
    """Other nodes hold the lock; nothing was written, and the connection is as good as before."""


class NotMigrated(StoreUnavailable):
    """The functions that this version calls are not there, or not for this user."""


class Misconfigured(StoreUnavailable):
    """The URL can't be used, whatever the database does."""


class Rejected(Exception):
    """A value can't be stored; the message does not quote it. Nothing was written."""


class Position(NamedTuple):
    """A place in the log: the number of a change, in the history that it belongs to."""

    origin: str
    seq: int


class Asked(NamedTuple):
    """A change that is asked for; a deletion has neither title nor completed."""

    kind: Kind
    id: TodoID
    title: Title | None = None
    completed: Completed | None = None


@dataclass(frozen=True, slots=True)
class Committed:
    """What became of a batch: the log from the node's position up to `position`.

    `done` are the changes, counted from 0, that changed something, numbered from `first` on in this
    order; what others changed before is in `others`, what they changed after, in `later`. `known`
    are the ids that were first stored with the keys of creates that changed nothing.
    """

    position: Position
    first: int
    others: Sequence[Change]
    done: Sequence[int]
    later: Sequence[Change]
    known: Mapping[int, TodoID]


class Database:
    """A connection, used by one task; `lost` is called when it ends, `heard` with notifications.

    A pooler that hands out connections per transaction passes no notifications on: `pooled`.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._prepared: dict[str, PreparedStatement] = {}
        self.pooled = False
        self.system = 0

    @classmethod
    async def connect(
        cls, url: str, heard: Callable[[str], None], lost: Callable[[], None]
    ) -> Self:
        """Connect, find out to what, and listen."""
        database = cls(await connected(url))
        try:
            with database._answering():
                await database._set_up(heard, lost)
        except BaseException:
            database.terminate()
            raise
        return database

    async def load(self) -> tuple[Position, bytes]:
        """Return the list as JSON, each todo as `[id, title, completed]`, and its position."""
        with self._answering():
            origin, head, todos = await self._ask(_LOAD)
        return Position(origin, head), todos.encode()

    async def since(self, position: Position) -> tuple[Position, Sequence[Change]]:
        """Return what has been committed after a position; raises `Gap`."""
        with self._answering():
            head, changes = await self._ask(_SINCE, position.origin, position.seq)
        return Position(position.origin, head), changes_of(changes)

    async def commit(
        self,
        position: Position,
        batch: UUID,
        most: int,
        changes: Sequence[Asked],
        keys: Sequence[IdempotencyKey | None],
    ) -> Committed:
        """Write changes durably, unless this batch was written before; raises `Gap`.

        At most `most` todos are stored. Without changes, only see that it could be done.
        """
        with self._answering():
            head, first, others, done, later, known = await self._ask(
                _COMMIT,
                position.origin,
                position.seq,
                batch,
                most,
                [change.kind.encode() for change in changes],
                [change.id for change in changes],
                [change.title for change in changes],
                [change.completed for change in changes],
                keys if any(keys) else None,
            )
        return Committed(
            Position(position.origin, head),
            first,
            changes_of(others),
            [n - 1 for n in done or ()],
            changes_of(later),
            {n - 1: todo_id for n, todo_id in orjson.loads(known)} if known else {},
        )

    async def prune(self) -> bool:
        """Delete some of what the log need not keep; return whether there is more."""
        with self._answering():
            (pruned,) = await self._ask(
                _PRUNE, timedelta(seconds=KEPT_FOR), KEPT_CHANGES, MAX_KEYS, PRUNED_AT_ONCE
            )
        return bool(pruned >= PRUNED_AT_ONCE)

    def terminate(self) -> None:
        """Drop the connection at once: what was asked fails, and may be carried out or not."""
        self._connection.terminate()

    async def _set_up(self, heard: Callable[[str], None], lost: Callable[[], None]) -> None:
        connection = self._connection
        connection.add_termination_listener(lambda _: lost())
        await connection.execute("BEGIN")
        (row,) = await connection.fetch(_IDENTIFY)
        await connection.execute("COMMIT")
        pid, self.system = row
        self.pooled = pid != connection.get_server_pid()
        if not self.pooled:
            await connection.execute(_SET)
            await connection.add_listener(CHANNEL, lambda *args: heard(str(args[3])))
            for query in (_SINCE, _COMMIT):
                self._prepared[query] = await connection.prepare(query)

    async def _ask(self, query: str, *args: object) -> asyncpg.Record:
        """Call a function of the database, which returns one row."""
        if prepared := self._prepared.get(query):
            (row,) = await prepared.fetch(*args)
            return row
        if not self.pooled:
            (row,) = await self._connection.fetch(query, *args)
            return row
        await self._connection.execute(_BEGIN)
        try:
            (row,) = await self._connection.fetch(query, *args)
        except BaseException:
            with suppress(*_ERRORS):
                await self._connection.execute("ROLLBACK")
            raise
        await self._connection.execute("COMMIT")
        return row

    @contextmanager
    def _answering(self) -> Iterator[None]:
        """Drop the connection when it is not answered; never cancel, nor let a server do so.

        A cancelled query would no longer wait for a synchronous replica: what is shown as written
        might be lost.
        """
        loop = asyncio.get_running_loop()
        giving_up = loop.call_later(ANSWER_WITHIN, self.terminate)
        try:
            yield
        except _ERRORS as error:
            raise _understood(error) from None
        finally:
            giving_up.cancel()


async def connected(url: str) -> Connection:
    """Connect to the database that a URL names."""
    try:
        return await asyncpg.connect(
            url,
            timeout=CONNECT_WITHIN,
            statement_cache_size=0,  # a pooler would lose what is cached
            server_settings={"application_name": "todo-service"},
        )
    except asyncpg.ClientConfigurationError as error:
        raise Misconfigured(str(error)) from None
    except ValueError:  # it may quote a password that is not where it belongs
        raise Misconfigured(
            "the database is not a URL: write postgresql://USER:PASSWORD@HOST/DATABASE"
        ) from None
    except _ERRORS as error:
        raise _understood(error) from None


@asynccontextmanager
async def reading(url: str) -> AsyncIterator[tuple[int, AsyncIterator[KeyedTodo]]]:
    """Yield how many todos there are at one moment, and each, oldest first, valid or not."""
    connection = await connected(url)
    try:
        with _reading():
            await connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            (row,) = await connection.fetch(_COUNT)
            cursor = await connection.cursor(_EXPORT, timedelta(seconds=KEPT_FOR))
        yield row[0], _keyed_todos(cursor)
    finally:
        connection.terminate()


async def _keyed_todos(
    cursor: asyncpg.cursor.Cursor[asyncpg.Record],
) -> AsyncIterator[KeyedTodo]:
    while True:
        with _reading():
            rows = await cursor.fetch(READ_AT_ONCE)
        if not rows:
            return
        for todo_id, title, completed, key in rows:
            todo: Todo = {"id": str(todo_id), "title": title, "completed": completed}
            yield todo, None if key is None else str(key)


@contextmanager
def _reading() -> Iterator[None]:
    try:
        yield
    except asyncpg.InsufficientPrivilegeError:
        raise StoreUnavailable("its tables can't be read: name the role that owns them") from None
    except _ERRORS as error:
        raise _understood(error) from None


def changes_of(log: str | None) -> Sequence[Change]:
    """Return the changes that a part of the log holds as JSON."""
    return [change_of(*row) for row in orjson.loads(log)] if log else ()


def change_of(
    kind: Kind, todo_id: TodoID, title: Title | None, completed: Completed | None
) -> Change:
    """Return a change as everyone is told of it."""
    if title is None or completed is None:
        return Deleted(todo_id)
    todo: Todo = {"id": todo_id, "title": title, "completed": completed}
    return Created(todo) if kind == "c" else Updated(todo)


_ERRORS = (
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,  # what it makes of a connection that ends between two queries
    AttributeError,  # and of one that was dropped between the two steps of a query
    OSError,
    TimeoutError,
)


def _understood(error: Exception) -> Exception:
    """Return what an error means for a node; none quotes a value."""
    state = getattr(error, "sqlstate", None) or ""
    said = getattr(error, "message", None) or str(error) or type(error).__name__
    reason = said.partition("\n")[0] if state or isinstance(error, OSError) else "no connection"
    if isinstance(error, ValueError) or state[:2] in {"22", "23"}:
        return Rejected(f"the database rejects a value (SQLSTATE {state or 'none'})")
    match state:
        case "TD001":
            return Gap()
        case "55P03":
            return Busy("other nodes hold the lock")
        case "42883" | "42P01" | "3F000" | "42501":
            return NotMigrated(reason)
    return StoreUnavailable(reason)
