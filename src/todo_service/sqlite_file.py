"""The only module that knows SQLite: one file with todos, and whether it can be relied on.

A file is used by one thread at a time. While it is open, nothing else in this process may open it:
closing a second descriptor of it would drop the locks of the first.
"""

from __future__ import annotations

import fcntl
import os
import re
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from threading import Event
from typing import Any, Self, TypeAlias

import orjson

from .generated.models import Completed, IdempotencyKey, Title, Todo, TodoID
from .keys import MAX_KEYS, UsedKeys, oldest_kept
from .repository import StoreUnavailable
from .todo_list import TodoList

LOCK_TIMEOUT = 0.75
"""Seconds that a write waits while another process holds SQLite's lock."""

LOCK_RETRY = 0.005
"""Seconds between two attempts to take SQLite's lock."""

APPLICATION_ID = int.from_bytes(b"todo", "big")
"""Marks a file as ours (`PRAGMA application_id`)."""

VERSION = 2
"""The version of the schema (`PRAGMA user_version`); files from before it was counted have 0."""

Judge: TypeAlias = Callable[[Any], bool]
"""Says whether a value that was stored is a todo by the contract."""

_SCHEMAS = {
    "todos": """
CREATE TABLE todos (
    position INTEGER NOT NULL,
    id VARCHAR(36) NOT NULL,
    title VARCHAR(256) NOT NULL,
    completed BOOLEAN NOT NULL,
    PRIMARY KEY (position),
    UNIQUE (id)
)
""",
    "used_keys": """
CREATE TABLE used_keys (
    position INTEGER NOT NULL,
    key VARCHAR(36) NOT NULL,
    todo_id VARCHAR(36) NOT NULL,
    used INTEGER NOT NULL,
    PRIMARY KEY (position)
)
""",
}
_COLUMNS = {
    "todos": [
        ("position", "INTEGER", 1, 1),
        ("id", "VARCHAR(36)", 1, 0),
        ("title", "VARCHAR(256)", 1, 0),
        ("completed", "BOOLEAN", 1, 0),
    ],
    "used_keys": [
        ("position", "INTEGER", 1, 1),
        ("key", "VARCHAR(36)", 1, 0),
        ("todo_id", "VARCHAR(36)", 1, 0),
        ("used", "INTEGER", 1, 0),
    ],
}
_SELECT = "SELECT id, title, completed FROM todos ORDER BY position"
# One statement for all changes of a kind: between two, the thread waits for its turn in Python.
_REMOVE = "DELETE FROM todos WHERE id IN (SELECT value FROM json_each(?))"
_PUT = """
INSERT INTO todos (id, title, completed)
SELECT json_extract(value, '$.id'), json_extract(value, '$.title'),
    json_extract(value, '$.completed')
FROM json_each(?) WHERE true ORDER BY key
ON CONFLICT (id) DO UPDATE SET title = excluded.title, completed = excluded.completed
"""
# Keys are found in memory: an index would be one more page for each to write.
_SELECT_KEYS = """
SELECT CAST(key AS TEXT), CAST(todo_id AS TEXT), CAST(used AS INTEGER)
FROM used_keys ORDER BY position
"""
_USE = """
INSERT INTO used_keys (key, todo_id, used)
SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]'), ?
FROM json_each(?) ORDER BY json_each.key
"""
_FORGET = """
DELETE FROM used_keys WHERE position < max(
    (SELECT max(position) FROM used_keys) - ? + 1,
    coalesce((SELECT position FROM used_keys WHERE used > ? ORDER BY position LIMIT 1), 0)
)
"""

OTHER_FILE = "name another file, or memory: to keep nothing"
"""What to do when a file can't be served."""


class ChangedElsewhere(Exception):
    """The file is not as it was read: load it again. Nothing was written."""


@dataclass(slots=True)
class Changes:
    """What one commit writes: it first deletes, then updates in place or adds at the end."""

    removed: set[TodoID] = field(default_factory=set)
    put: dict[TodoID, Todo] = field(default_factory=dict)
    keys: dict[IdempotencyKey, TodoID] = field(default_factory=dict)

    def remove(self, todo_id: TodoID) -> None:
        """Delete a todo, whether it was there before or is one of the new ones."""
        self.put.pop(todo_id, None)
        self.removed.add(todo_id)


class SqliteFile:
    """A SQLite file that this process serves, and no other.

    Every method raises `StoreUnavailable`, with the reason, when the file can't be relied on.
    """

    def __init__(self, path: Path, judge: Judge) -> None:
        """Open `path`, which `file_of` has found to be fit for it."""
        self._judge = judge
        self._path = path
        self._real = path.resolve()
        self._loaded_version: int | None = None
        self._overwritten = False  # perhaps: somebody has written to it
        self._stopped = Event()
        with ExitStack() as stack:
            stack.callback(os.close, lock(self._real))
            self._connection = stack.enter_context(closing(_connected(self._real)))
            self._files = self._look_at_files()
            self._closing = stack.pop_all()

    @classmethod
    def open(cls, url: str, judge: Judge) -> Self:
        """Open the file that a URL names, and bring its schema up to date.

        Raises `StoreUnavailable` with the URL, without secrets, the reason, and what to do.
        """
        path = file_of(url)
        try:
            return cls(path, judge)
        except StoreUnavailable as error:
            raise StoreUnavailable(f"{_shown(url)}: {error}") from error

    def load(self, todos: TodoList, keys: UsedKeys) -> list[object]:
        """Add what is stored to lists, and return the ids of the rows that are not valid todos.

        From now on it is noticed when somebody else changes the file.
        """
        left_out: list[object] = []
        try:
            self._check_files()
            self._forget_pages()
            with _transaction(self._connection, partial(self._connection.execute, "BEGIN")):
                if self._overwritten:
                    self._check_integrity()
                version = self._pragma("data_version")
                for row in self._connection.execute(_SELECT):
                    todo = todo_of(*row)
                    if self._judge(todo):
                        todos.add(todo)
                    else:
                        left_out.append(todo["id"])
                for key, todo_id, used in self._connection.execute(_SELECT_KEYS):
                    keys.add(key, todo_id, used)
        except sqlite3.Error as error:
            raise StoreUnavailable(str(error)) from error
        self._loaded_version, self._overwritten = version, False
        return left_out

    def check(self) -> None:
        """Return when the file is where it was and as it was; raises `ChangedElsewhere`."""
        try:
            self._check_files()
            self._check_version()
        except sqlite3.Error as error:
            raise StoreUnavailable(str(error)) from error

    def commit(self, changes: Changes) -> None:
        """Write durably; without changes, write what is there already, to see that it can be done.

        Raises `ChangedElsewhere` when the changes were judged by what is no longer stored, and the
        `sqlite3.Error` of a value that can't be stored.
        """
        try:
            self._check_files()
            with _transaction(self._connection, self._begin):
                self._check_version()
                self._write(changes)
            self._check_files()
            self._overwritten = False  # it was this commit, which may copy SQLite's log into it
        except (sqlite3.IntegrityError, sqlite3.DataError):
            raise
        except sqlite3.Error as error:
            raise StoreUnavailable(str(error)) from error

    def stop_waiting(self) -> None:
        """Let whoever waits for SQLite's lock give up now; may be called from any thread."""
        self._stopped.set()

    def close(self) -> None:
        """Close the file and let go of it."""
        with suppress(sqlite3.Error):
            self._closing.close()

    def _write(self, changes: Changes) -> None:
        execute = self._connection.execute
        if changes.removed:
            execute(_REMOVE, (orjson.dumps([*changes.removed]).decode(),))
        if changes.put:
            execute(_PUT, (orjson.dumps([*changes.put.values()]).decode(),))
        if changes.keys:
            execute(_USE, (int(time.time()), orjson.dumps([*changes.keys.items()]).decode()))
            execute(_FORGET, (MAX_KEYS, int(oldest_kept())))
        if not (changes.removed or changes.put or changes.keys):
            execute(f"PRAGMA user_version = {VERSION}")

    def _begin(self) -> None:
        """Take SQLite's lock, however short others leave it free."""
        deadline = time.monotonic() + LOCK_TIMEOUT
        while True:
            try:
                self._connection.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError as error:
                late = time.monotonic() > deadline or self._stopped.wait(LOCK_RETRY)
                if late or error.sqlite_errorcode != sqlite3.SQLITE_BUSY:
                    raise
            else:
                return

    def _pragma(self, name: str) -> int:
        (value,) = self._connection.execute(f"PRAGMA {name}").fetchone()
        return int(value)

    def _check_version(self) -> None:
        """Raise `ChangedElsewhere` when somebody else has written to it since it was loaded."""
        if self._overwritten or self._pragma("data_version") != self._loaded_version:
            raise ChangedElsewhere

    def _forget_pages(self) -> None:
        """Let SQLite read what it has read before again: it knows its own writers only."""
        self._connection.execute("PRAGMA shrink_memory")

    def _check_integrity(self) -> None:
        """Tell a file that somebody has copied another one over from one that is still whole.

        SQLite notices its own writers, not those. Whoever only copies its log into it looks alike.
        """
        if self._connection.execute("PRAGMA integrity_check(1)").fetchone() != ("ok",):
            raise StoreUnavailable("its file was overwritten")

    def _check_files(self) -> None:
        """Check that what SQLite has open is what its paths name, and has not been cut."""
        version, self._loaded_version = self._loaded_version, None  # it may come back changed
        now = self._look_at_files()
        if not all(map(os.path.samestat, self._files, now)):
            raise StoreUnavailable("its file was moved, deleted or replaced")
        self._check_sizes(now)
        self._overwritten |= now[0].st_ctime_ns != self._files[0].st_ctime_ns
        self._files, self._loaded_version = now, version

    def _look_at_files(self) -> list[os.stat_result]:
        try:
            paths = (self._path, f"{self._real}-wal", f"{self._real}-shm")
            return [os.stat(path) for path in paths]  # noqa: PTH116  # two of them are no Path
        except OSError as error:
            raise StoreUnavailable("its file was moved, deleted or replaced") from error

    def _check_sizes(self, now: list[os.stat_result]) -> None:
        """Tell a file that somebody has cut from one that shrank by VACUUM or a checkpoint."""
        database, log = (
            new.st_size < old.st_size for new, old in zip(now[:2], self._files[:2], strict=True)
        )
        try:
            if database:
                self._forget_pages()
            if database and now[0].st_size < self._pragma("page_count") * self._pragma("page_size"):
                raise StoreUnavailable("its file was truncated")
            if log:  # fails, or leaves frames to copy, when some that count are not there
                row = self._connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
                _, frames, copied = row
                needed = 32 + frames * (24 + self._pragma("page_size"))
                if frames > copied and needed > now[1].st_size:
                    raise StoreUnavailable("its file was truncated")
        except sqlite3.Error as error:
            raise StoreUnavailable("its file was truncated") from error


def _connected(path: Path) -> sqlite3.Connection:
    try:
        connection = sqlite3.connect(
            path, timeout=LOCK_TIMEOUT, isolation_level=None, check_same_thread=False
        )
        with ExitStack() as stack:
            stack.callback(connection.close)
            _set_up(connection)
            stack.pop_all()
    except sqlite3.Error as error:
        raise StoreUnavailable(f"{error}: {OTHER_FILE}") from error
    return connection


def todo_of(todo_id: TodoID, title: Title, completed: Completed) -> Todo:
    """Return a row as a todo; whether it is one is not known yet."""
    truth = {0: False, 1: True}
    return {"id": todo_id, "title": title, "completed": truth.get(completed, completed)}


@contextmanager
def _transaction(connection: sqlite3.Connection, begin: Callable[[], object]) -> Iterator[None]:
    begin()
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        with suppress(sqlite3.Error):  # some errors have rolled back already
            connection.execute("ROLLBACK")
        raise


def _set_up(connection: sqlite3.Connection) -> None:
    """Bring the schema up to date, and make commits durable (WAL with synchronous=FULL)."""
    connection.text_factory = partial(str, encoding="utf-8", errors="surrogateescape")
    tables = refuse_foreign(connection)
    (mode,) = connection.execute("PRAGMA journal_mode = WAL").fetchone()
    if mode != "wal":
        raise StoreUnavailable(f"its file system can't hold SQLite's log: {OTHER_FILE}")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA fullfsync = ON")  # without it, macOS leaves writes in the disk
    with _transaction(connection, partial(connection.execute, "BEGIN IMMEDIATE")):
        for table in _SCHEMAS.keys() - tables:
            connection.execute(_SCHEMAS[table])
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {VERSION}")
    connection.execute("PRAGMA busy_timeout = 0")  # `_begin` waits, and can be told to stop


def refuse_foreign(connection: sqlite3.Connection, advice: str = OTHER_FILE) -> set[str]:
    """Return the names of the tables; raises when they are not of this version or before it."""
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    names = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
    tables = {name for (name,) in connection.execute(names)}
    if application == APPLICATION_ID and version > VERSION:
        raise StoreUnavailable(
            f"a newer todo-service has written it (schema {version}, this one knows {VERSION}): "
            f"update todo-service, or {advice}"
        )
    known = (application, version) == (0, 0) or (application == APPLICATION_ID and version > 0)
    if not known or (tables and "todos" not in tables):
        raise StoreUnavailable(f"it belongs to another program: {advice}")
    for table in _COLUMNS.keys() & tables:
        info = connection.execute(f"PRAGMA table_info({table})")
        columns = [(name, kind, filled, key) for _, name, kind, filled, _, key in info]
        if columns != _COLUMNS[table]:
            raise StoreUnavailable(f"its table '{table}' has another schema: {advice}")
    return tables


def lock(path: Path, advice: str = OTHER_FILE) -> int:
    """Take the lock that keeps a second server out; it goes when this process does.

    It is on a file beside the database: on macOS, flock on the database is SQLite's own lock.
    """
    try:
        descriptor = os.open(f"{path}-lock", os.O_RDWR | os.O_CREAT, 0o666)
    except OSError as error:
        raise StoreUnavailable(f"can't write in {path.parent}: {error.strerror}") from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        raise StoreUnavailable(
            f"another todo-service has it open: stop that one, or {advice}"
        ) from None
    except OSError as error:
        os.close(descriptor)
        raise StoreUnavailable(f"can't lock {path}-lock: {error.strerror}") from error
    return descriptor


def file_of(url: str) -> Path:
    """Return the file that a `sqlite:///` URL names.

    Raises `StoreUnavailable` when it is not such a URL or can't be served, with what to do.
    """
    scheme, separator, rest = url.partition("://")
    if not separator or not re.fullmatch(r"[A-Za-z][A-Za-z0-9+.-]*", scheme):
        # It is not shown: it may hold a password anywhere.
        raise StoreUnavailable("the database is not a URL: write sqlite:///FILE, or memory:")
    if scheme != "sqlite":
        raise StoreUnavailable(
            f"{_shown(url)}: todos are kept in SQLite or in memory: "
            "write sqlite:///FILE, or memory:"
        )
    name = rest.removeprefix("/")
    path = Path(name).absolute()
    if reason := _unclear(rest) or _unfit(path):
        raise StoreUnavailable(f"{_shown(url)}: {reason}")
    return path


def _unclear(rest: str) -> str | None:
    """Return why what follows `sqlite://` names no file, and what to write; None when it does."""
    if "?" in rest:
        return f"options after '?' are not accepted: {OTHER_FILE}"
    if rest and not rest.startswith("/"):
        return "a host is not accepted: write sqlite:///FILE (relative) or sqlite:////FILE"
    if rest in {"", "/", "/:memory:"}:
        return "it names no file: write sqlite:///FILE, or memory: to keep nothing"
    return None


def _unfit(path: Path) -> str | None:
    """Return why a path can't be the database's, and what to do; None when it can."""
    try:
        problem = _problem(path)
    except (OSError, RuntimeError) as error:  # Path makes a RuntimeError of a loop of links
        problem = f"can't look at {path}: {getattr(error, 'strerror', None) or error}"
    return problem and f"{problem}: {OTHER_FILE}"


def _problem(path: Path) -> str | None:
    folder = path.resolve().parent
    if path.is_dir():
        return f"{path} is a directory"
    if not folder.exists():
        return f"the folder {folder} does not exist (make it first)"
    if not folder.is_dir():
        return f"{folder} is not a directory"
    if path.exists() and not path.is_file():
        return f"{path} is not a regular file"
    if path.exists() and not os.access(path, os.R_OK | os.W_OK):
        return f"{path} can't be read and written by this user"
    if not os.access(folder, os.W_OK | os.X_OK):
        return f"the folder {folder} can't be written by this user"
    return None


def _shown(url: str) -> str:
    """Return a URL as it was written, but for what may be secret."""
    scheme, _, rest = url.partition("://")
    if "@" in rest and not rest.startswith("/"):
        rest = "***@" + rest.rpartition("@")[2]
    return f"{scheme}://{rest.partition('?')[0]}"
