"""The SQL repository's promise: in the order of the calls, many to a commit, each for itself."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import Connection, Engine, event
from sqlalchemy.exc import IntegrityError

from todo_service import sql_repository
from todo_service.generated.models import Todo
from todo_service.repository import StoreUnavailable
from todo_service.sql_repository import SqlTodoRepository


@pytest.fixture
def database(tmp_path: Path) -> str:
    """The URL of a file that is not there yet."""
    return f"sqlite:///{tmp_path}/todos.db"


@pytest.fixture
async def todos(database: str) -> AsyncIterator[SqlTodoRepository]:
    """An open repository."""
    repository = await SqlTodoRepository.open(database)
    yield repository
    await repository.close()


@dataclass
class Commits:
    """How many transactions were committed, and on which settings the last one was."""

    count: int = 0
    settings: dict[str, Any] = field(default_factory=dict)

    def see(self, connection: Connection) -> None:
        self.count += 1
        for pragma in ("journal_mode", "synchronous"):
            self.settings[pragma] = connection.exec_driver_sql(f"PRAGMA {pragma}").scalar()


@pytest.fixture
def commits(todos: SqlTodoRepository) -> Iterator[Commits]:
    """The commits from now on."""
    commits = Commits()
    event.listen(Engine, "commit", commits.see)
    yield commits
    event.remove(Engine, "commit", commits.see)


def todo(title: str, *, completed: bool = False) -> Todo:
    return {"id": str(uuid4()), "title": title, "completed": completed}


async def test_a_commit_is_durable(todos: SqlTodoRepository, commits: Commits) -> None:
    await todos.add(todo("Buy milk"))
    assert commits.settings == {"journal_mode": "wal", "synchronous": 2}  # 2 is FULL


async def test_writes_that_are_asked_together_share_a_commit(
    todos: SqlTodoRepository, commits: Commits
) -> None:
    asked = [todo(f"todo {number}") for number in range(200)]
    await asyncio.gather(*map(todos.add, asked))
    assert commits.count == 1
    assert await todos.list() == asked


async def test_more_than_a_batch_takes_more_commits_and_keeps_the_order(
    todos: SqlTodoRepository, commits: Commits
) -> None:
    asked = [todo(f"todo {number}") for number in range(2 * sql_repository.MAX_BATCH + 1)]
    await asyncio.gather(*map(todos.add, asked))
    assert commits.count == 3
    assert await todos.list() == asked


async def test_calls_of_a_batch_see_each_other_in_the_order_of_the_calls(
    todos: SqlTodoRepository, commits: Commits
) -> None:
    milk, bread = todo("Buy milk"), todo("Buy bread")
    ticked: Todo = {**milk, "completed": True}

    results = await asyncio.gather(
        todos.find(milk["id"]),
        todos.replace(milk),
        todos.add(milk),
        todos.find(milk["id"]),
        todos.add(bread),
        todos.list(),
        todos.replace(ticked),
        todos.ping(),
        todos.list(),
        todos.remove(milk["id"]),
        todos.find(milk["id"]),
        todos.remove(milk["id"]),
        todos.replace(ticked),
        todos.list(),
    )

    assert results == [
        None, False, None, milk, None, [milk, bread], True, None, [ticked, bread], True, None,
        False, False, [bread],
    ]  # fmt: skip
    assert commits.count == 1
    assert await todos.list() == [bread]


async def test_callers_go_on_in_the_order_of_their_calls(todos: SqlTodoRepository) -> None:
    milk = todo("Buy milk")
    gone_on: list[int] = []

    async def call(number: int) -> None:
        match number % 5:
            case 0:
                await todos.list()
            case 1:
                await todos.add(todo(f"todo {number}"))
            case 2:
                await todos.find(milk["id"])
            case 3:
                await todos.replace(milk)
            case _:
                await todos.remove(str(uuid4()))
        gone_on.append(number)

    await asyncio.gather(*map(call, range(100)))
    assert gone_on == [*range(100)]


@pytest.mark.parametrize(
    ("title", "error"), [(None, IntegrityError), ("\ud800", UnicodeEncodeError)]
)
async def test_a_bad_statement_fails_by_itself(
    todos: SqlTodoRepository, title: Any, error: type[Exception]
) -> None:
    milk, bread = todo("Buy milk"), todo("Buy bread")
    results = await asyncio.gather(
        todos.add(milk), todos.add(todo(title)), todos.add(bread), return_exceptions=True
    )
    assert [type(result) for result in results] == [type(None), error, type(None)]
    assert await todos.list() == [milk, bread]


async def test_a_cancelled_call_is_carried_out_and_stops_nobody_else(
    todos: SqlTodoRepository,
) -> None:
    asked = [todo(f"todo {number}") for number in range(3)]
    calls = [asyncio.create_task(todos.add(item)) for item in asked]
    await asyncio.sleep(0)
    calls[1].cancel()
    await asyncio.wait(calls)
    assert [call.cancelled() for call in calls] == [False, True, False]
    assert await todos.list() == asked


async def test_what_the_queue_has_no_room_for_is_refused_at_once(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sql_repository, "MAX_WAITING", 10)
    todos = await SqlTodoRepository.open(database)
    asked = [todo(f"todo {number}") for number in range(12)]

    results = await asyncio.gather(*map(todos.add, asked), return_exceptions=True)

    assert results[:10] == [None] * 10
    assert [type(result) for result in results[10:]] == [StoreUnavailable] * 2
    await todos.add(asked[10])
    assert await todos.list() == asked[:11]
    await todos.close()


async def test_a_locked_store_refuses_writes_answers_reads_and_recovers(
    todos: SqlTodoRepository, tmp_path: Path
) -> None:
    milk = todo("Buy milk")
    await todos.add(milk)
    with closing(sqlite3.connect(tmp_path / "todos.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        added, found, removed, listed, ready = await asyncio.gather(
            todos.add(todo("Buy bread")),
            todos.find(milk["id"]),
            todos.remove(milk["id"]),
            todos.list(),
            todos.ping(),
            return_exceptions=True,
        )
    assert {type(result) for result in (added, removed, ready)} == {StoreUnavailable}
    assert (found, listed) == (milk, [milk])

    await todos.ping()
    assert await todos.remove(milk["id"])
    assert await todos.list() == []


async def test_closing_finishes_what_was_asked(database: str) -> None:
    todos = await SqlTodoRepository.open(database)
    asked = [todo(f"todo {number}") for number in range(100)]
    calls = asyncio.gather(*map(todos.add, asked))
    await asyncio.sleep(0)
    await todos.close()
    assert calls.done()

    again = await SqlTodoRepository.open(database)
    assert await again.list() == asked
    await again.close()


async def test_the_order_of_creation_outlives_changes_and_restarts(database: str) -> None:
    todos = await SqlTodoRepository.open(database)
    first, second, third = [todo(f"todo {number}") for number in range(3)]
    for item in (first, second, third):
        await todos.add(item)
    changed: Todo = {**first, "title": "changed", "completed": True}
    await todos.replace(changed)
    await todos.remove(third["id"])
    await todos.close()

    again = await SqlTodoRepository.open(database)
    fourth = todo("todo 3")
    await again.add(fourth)
    assert await again.list() == [changed, second, fourth]
    await again.close()
