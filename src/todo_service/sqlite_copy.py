"""Whole copies of a SQLite file: taken while it is served, put in its place, and read.

Every function raises `StoreUnavailable`, with the reason, when a file can't be relied on.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from functools import partial
from pathlib import Path

from .keys import KeyedTodo, oldest_kept
from .new_file import new_file
from .repository import StoreUnavailable
from .sqlite_file import file_of, lock, refuse_foreign, todo_of

_ADVICE = "name another file"

_SELECT = """
SELECT t.id, t.title, t.completed, CAST(k.key AS TEXT)
FROM todos t LEFT JOIN used_keys k ON k.todo_id = t.id AND k.used > ?
ORDER BY t.position
"""
_SELECT_WITHOUT_KEYS = "SELECT id, title, completed, NULL FROM todos ORDER BY position"


def back_up(url: str, copy: Path) -> int:
    """Copy the file that a URL names as it is at one moment; return how many todos it holds.

    Whoever serves the file goes on meanwhile, and waits for nothing.
    """
    return _copy(file_of(url), copy)


def restore(url: str, backup: Path, *, replace: bool) -> tuple[int, str | None]:
    """Put a backup in the place of the file that a URL names, which nobody may serve.

    Return how many todos it holds, and what it has replaced. Raises `StoreUnavailable` when that
    holds anything, unless it is to be replaced.
    """
    path = file_of(url).resolve()
    descriptor = lock(path, _ADVICE)
    try:
        before = _content(path)
        if before is not None and not replace:
            raise StoreUnavailable(f"{path} holds {before}: --force replaces it")
        with new_file(path, replace=True) as part:
            count = _copy(backup, part)
            _belong_as(path, part)
            for log in ("-wal", "-shm"):  # SQLite would apply them to what comes after
                Path(f"{path}{log}").unlink(missing_ok=True)
    finally:
        os.close(descriptor)
    return count, before


@contextmanager
def reading(url: str) -> Iterator[tuple[int, Iterator[KeyedTodo]]]:
    """Yield how many todos there are at one moment, and each, oldest first, valid or not.

    Whoever serves the file goes on meanwhile.
    """
    with _opened(file_of(url)) as (connection, tables), _understood():
        connection.text_factory = partial(str, encoding="utf-8", errors="surrogateescape")
        connection.execute("BEGIN")
        keyed = "used_keys" in tables
        rows = connection.execute(
            _SELECT if keyed else _SELECT_WITHOUT_KEYS, (int(oldest_kept()),) if keyed else ()
        )
        yield _count(connection), ((todo_of(*row[:3]), row[3]) for row in rows)


def _copy(source: Path, copy: Path) -> int:
    """Copy a file at one moment of its history, and see that the copy is whole."""
    with _opened(source) as (connection, _), _understood():
        with closing(sqlite3.connect(copy, isolation_level=None)) as target:
            connection.backup(target)
            target.execute("PRAGMA journal_mode = DELETE")  # the copy is one file
            if target.execute("PRAGMA integrity_check(1)").fetchone() != ("ok",):
                raise StoreUnavailable(f"{source} is damaged: a copy of it is not whole")
            count = _count(target)
        copy.chmod(source.stat().st_mode)
    return count


@contextmanager
def _opened(path: Path) -> Iterator[tuple[sqlite3.Connection, set[str]]]:
    """Yield a connection that only reads a file of todos, and the names of its tables.

    It is open for writing where it can be: the last one to close a file has to remove its log.
    """
    if not path.is_file():
        raise StoreUnavailable(f"there is no file {path}")
    with _understood(path):
        connection = sqlite3.connect(
            f"{path.absolute().as_uri()}?mode=rw", uri=True, isolation_level=None
        )
    with closing(connection):
        with _understood(path):
            connection.execute("PRAGMA query_only = ON")
            tables = refuse_foreign(connection, _ADVICE)
        if "todos" not in tables:
            raise StoreUnavailable(f"{path} holds no todos: {_ADVICE}")
        yield connection, tables


@contextmanager
def _understood(path: Path | None = None) -> Iterator[None]:
    """Raise what SQLite says as `StoreUnavailable`, with the file that it is about."""
    about = "" if path is None else f"{path}: "
    try:
        yield
    except sqlite3.Error as error:
        raise StoreUnavailable(f"{about}{error}") from error
    except StoreUnavailable as error:
        raise StoreUnavailable(f"{about}{error}") from error


def _count(connection: sqlite3.Connection) -> int:
    (count,) = connection.execute("SELECT count(*) FROM todos").fetchone()
    return int(count)


def _content(path: Path) -> str | None:
    """Return what would be lost with a file; None when it holds nothing.

    Raises `StoreUnavailable` for a file of another program.
    """
    if not path.exists():
        return None
    try:
        with closing(sqlite3.connect(path, isolation_level=None)) as connection:
            if "todos" not in refuse_foreign(connection, _ADVICE):
                return None
            count = _count(connection)
    except sqlite3.Error as error:
        return f"what can't be read ({error})"
    return f"{count:,} todos" if count else None


def _belong_as(old: Path, new: Path) -> None:
    """Give a file the owner of the one that it replaces: the service has to write it."""
    with suppress(FileNotFoundError, PermissionError):
        before = old.stat()
        os.chown(new, before.st_uid, before.st_gid)
        new.chmod(before.st_mode)
