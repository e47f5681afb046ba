"""The repository's promise on SQLite: in the order of the calls, many to a commit, each durable."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import orjson
import pytest

from tests.conftest import serving
from tests.patience import PATIENCE
from tests.people import Person
from tests.stores import decoded, listed
from todo_service import sqlite_repository
from todo_service.app import open_repository
from todo_service.generated.models import Todo
from todo_service.repository import (
    MAX_BATCH,
    Change,
    Created,
    Deleted,
    StoreUnavailable,
    TodoRepository,
    Updated,
)
from todo_service.sqlite_file import Changes, SqliteFile


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Return a database that is not there yet."""
    return tmp_path / "todos.db"


@pytest.fixture
async def todos(file: Path) -> AsyncIterator[TodoRepository]:
    """Yield an open repository."""
    repository = await open_repository(f"sqlite:///{file}")
    yield repository
    await repository.close()


@pytest.fixture
def commits(monkeypatch: pytest.MonkeyPatch) -> list[Changes]:
    """Return the commits from now on."""
    seen: list[Changes] = []
    commit = SqliteFile.commit

    def see(self: SqliteFile, changes: Changes) -> None:
        seen.append(changes)
        commit(self, changes)

    monkeypatch.setattr(SqliteFile, "commit", see)
    return seen


def todo(title: str, *, completed: bool = False) -> Todo:
    return {"id": str(uuid4()), "title": title, "completed": completed}


def stored(file: Path) -> list[Todo]:
    """Return what the file holds."""
    with closing(sqlite3.connect(file)) as other:
        rows = other.execute("SELECT id, title, completed FROM todos ORDER BY position")
        return [{"id": id_, "title": title, "completed": bool(done)} for id_, title, done in rows]


@contextmanager
def changing(file: Path) -> Iterator[sqlite3.Connection]:
    """Change the file behind the repository's back, as somebody with `sqlite3` does."""
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        yield other


def overwrite(file: Path, content: bytes) -> bytes:
    """Copy something over a file, as `cp` does, and return what was there."""
    before = file.read_bytes()
    file.write_bytes(content)
    return before


@contextmanager
def locked(file: Path) -> Iterator[None]:
    """Hold the write lock, as a backup or another program would."""
    with changing(file) as other:
        other.execute("BEGIN IMMEDIATE")
        yield


# Order and durability


async def test_what_has_returned_is_in_the_file(todos: TodoRepository, file: Path) -> None:
    milk, bread = todo("Buy milk"), todo('Buy "bread" \u2028 ü 😀')
    assert await todos.add(milk)
    assert await todos.add(bread)
    assert stored(file) == [milk, bread]
    ticked: Todo = {**milk, "completed": True}
    assert await todos.replace(ticked)
    assert await todos.remove(bread["id"])
    assert stored(file) == [ticked]
    assert await listed(todos) == [ticked]


async def test_writes_that_are_asked_together_share_a_commit(
    todos: TodoRepository, commits: list[Changes]
) -> None:
    asked = [todo(f"todo {number}") for number in range(200)]
    await asyncio.gather(*map(todos.add, asked))
    assert len(commits) == 1
    assert await listed(todos) == asked


async def test_more_than_a_batch_takes_more_commits_and_keeps_the_order(
    todos: TodoRepository, commits: list[Changes], file: Path
) -> None:
    asked = [todo(f"todo {number}") for number in range(2 * MAX_BATCH + 1)]
    await asyncio.gather(*map(todos.add, asked))
    assert len(commits) == 3
    assert await listed(todos) == stored(file) == asked


async def test_a_call_is_judged_behind_those_that_were_asked_before_it(
    todos: TodoRepository, commits: list[Changes], file: Path
) -> None:
    milk, bread = todo("Buy milk"), todo("Buy bread")
    ticked: Todo = {**milk, "completed": True}

    results = await asyncio.gather(
        todos.replace(milk),
        todos.add(milk),
        todos.add(bread),
        todos.replace(ticked),
        todos.remove(milk["id"]),
        todos.remove(milk["id"]),
        todos.replace(ticked),
        todos.remove(bread["id"]),
        todos.add(bread),
    )

    assert results == [
        False, milk["id"], bread["id"], True, True, False, False, True, bread["id"],
    ]  # fmt: skip
    assert len(commits) == 1
    assert await listed(todos) == stored(file) == [bread]


async def test_what_was_moved_to_the_end_in_one_commit_is_at_the_end(
    todos: TodoRepository, file: Path
) -> None:
    milk, bread = todo("Buy milk"), todo("Buy bread")
    await asyncio.gather(todos.add(milk), todos.add(bread))
    await asyncio.gather(todos.remove(milk["id"]), todos.add(milk))
    assert await listed(todos) == stored(file) == [bread, milk]


async def test_callers_go_on_in_the_order_of_their_calls_and_see_nothing_ahead(
    todos: TodoRepository,
) -> None:
    told: list[str] = []

    async def call(number: int) -> None:
        item = todo(f"todo {number}")
        match number % 3:
            case 0:
                await todos.add(item)
                told.append(item["title"])
            case 1:
                await todos.replace(item)
            case _:
                await todos.remove(item["id"])
        assert [item["title"] for item in await listed(todos)] == told

    await asyncio.gather(*map(call, range(300)))
    assert len(told) == 100


async def test_a_list_between_a_commit_and_its_broadcasts_holds_only_what_was_told(
    todos: TodoRepository,
) -> None:
    """A list is asked for in every turn of the loop, so also in those right after a commit."""
    told: list[Todo] = []
    over = asyncio.Event()
    looks = 0

    async def write(item: Todo) -> None:
        await todos.add(item)
        told.append(item)

    async def look() -> None:
        nonlocal looks
        while not over.is_set():
            assert await listed(todos) == told
            looks += 1
            await asyncio.sleep(0)

    looking = asyncio.create_task(look())
    for round_ in range(10):
        await asyncio.gather(*(write(todo(f"todo {round_} {nth}")) for nth in range(20)))
    over.set()
    await looking
    assert looks > 10


async def test_a_cancelled_call_is_carried_out_and_stops_nobody_else(
    todos: TodoRepository, file: Path
) -> None:
    asked = [todo(f"todo {number}") for number in range(4)]
    calls: list[asyncio.Task[Any]] = [asyncio.create_task(todos.add(item)) for item in asked]
    calls.append(asyncio.create_task(todos.remove(asked[0]["id"])))
    await asyncio.sleep(0)
    for cancelled in (0, 1, 4):
        calls[cancelled].cancel()
    await asyncio.wait(calls)
    assert [call.cancelled() for call in calls] == [True, True, False, False, True]
    await todos.ping()
    assert await listed(todos) == stored(file) == asked[1:]


async def test_a_value_that_cant_be_stored_fails_by_itself(
    todos: TodoRepository, file: Path
) -> None:
    milk, bread = todo("Buy milk"), todo("Buy bread")
    nothing: Any = todo("nothing") | {"title": None}
    results = await asyncio.gather(
        todos.add(milk), todos.add(nothing), todos.add(bread), return_exceptions=True
    )
    assert [type(result) for result in results] == [str, sqlite3.IntegrityError, str]
    assert await listed(todos) == stored(file) == [milk, bread]


async def test_the_order_of_creation_outlives_changes_and_restarts(file: Path) -> None:
    todos = await open_repository(f"sqlite:///{file}")
    first, second, third = [todo(f"todo {number}") for number in range(3)]
    for item in (first, second, third):
        await todos.add(item)
    changed: Todo = {**first, "title": "changed", "completed": True}
    await todos.replace(changed)
    await todos.remove(third["id"])
    await todos.close()

    again = await open_repository(f"sqlite:///{file}")
    fourth = todo("todo 3")
    await again.add(fourth)
    assert await listed(again) == [changed, second, fourth]
    await again.close()


# Bounds


@pytest.mark.parametrize("kind", ["memory", "sqlite"])
async def test_a_full_list_takes_no_more_until_there_is_room(kind: str, file: Path) -> None:
    todos = await open_repository("memory:" if kind == "memory" else f"sqlite:///{file}", 3)
    asked = [todo(f"todo {number}") for number in range(6)]
    ids = [item["id"] for item in asked]

    assert await asyncio.gather(*map(todos.add, asked[:4])) == [*ids[:3], None]
    assert await asyncio.gather(todos.remove(ids[0]), *map(todos.add, asked[4:])) == [
        True, ids[4], None,
    ]  # fmt: skip
    assert await listed(todos) == [*asked[1:3], asked[4]]
    await todos.close()


async def test_a_file_with_more_todos_than_allowed_is_served_and_takes_no_more(file: Path) -> None:
    todos = await open_repository(f"sqlite:///{file}")
    asked = [todo(f"todo {number}") for number in range(5)]
    await asyncio.gather(*map(todos.add, asked))
    await todos.close()

    again = await open_repository(f"sqlite:///{file}", 3)
    assert await listed(again) == asked
    assert await again.remove(asked[0]["id"])
    assert not await again.add(todo("one more"))
    await again.close()


async def test_what_the_queue_has_no_room_for_is_refused_at_once(
    todos: TodoRepository, monkeypatch: pytest.MonkeyPatch, file: Path
) -> None:
    monkeypatch.setattr(sqlite_repository, "MAX_WAITING", 10)
    await todos.close()
    todos = await open_repository(f"sqlite:///{file}")
    asked = [todo(f"todo {number}") for number in range(12)]

    results = await asyncio.gather(*map(todos.add, asked), return_exceptions=True)

    assert results[:10] == [item["id"] for item in asked[:10]]
    assert [type(result) for result in results[10:]] == [StoreUnavailable] * 2
    await todos.add(asked[10])
    assert await listed(todos) == asked[:11]
    await todos.close()


# Other programs


async def test_a_locked_store_refuses_writes_answers_reads_and_recovers(
    todos: TodoRepository, file: Path
) -> None:
    milk = todo("Buy milk")
    await todos.add(milk)
    with locked(file):
        writes = asyncio.gather(
            todos.add(todo("Buy bread")),
            todos.remove(milk["id"]),
            todos.ping(),
            return_exceptions=True,
        )
        await asyncio.sleep(0)
        assert await todos.find(milk["id"]) == milk
        assert await listed(todos) == [milk]
        assert not writes.done()  # no read waits for the lock
        assert {type(result) for result in await writes} == {StoreUnavailable}

    await todos.ping()
    assert await todos.remove(milk["id"])
    assert await listed(todos) == []


async def test_what_another_program_writes_is_taken_in_before_the_next_write(
    todos: TodoRepository, file: Path
) -> None:
    milk, bread = todo("Buy milk"), todo("Buy bread")
    await todos.add(milk)
    await todos.add(bread)
    with changing(file) as other:
        other.execute("DELETE FROM todos WHERE title = 'Buy milk'")
    assert not await todos.replace(milk)
    assert await listed(todos) == stored(file) == [bread]


async def test_what_another_program_writes_is_noticed_without_a_write(
    todos: TodoRepository, file: Path
) -> None:
    milk = todo("Buy milk")
    await todos.add(milk)
    with changing(file) as other:
        other.execute("UPDATE todos SET title = 'Buy oat milk'")
    async with asyncio.timeout(PATIENCE):
        while await todos.find(milk["id"]) == milk:  # noqa: ASYNC110
            await asyncio.sleep(0.02)
    assert await listed(todos) == [{**milk, "title": "Buy oat milk"}]


async def test_everyone_is_told_of_what_another_program_writes(
    todos: TodoRepository, file: Path
) -> None:
    milk, bread, oats = todo("Buy milk"), todo("Buy bread"), todo("Buy oats")
    await asyncio.gather(*map(todos.add, (milk, bread)))
    async with serving(todos) as url:
        ada = await Person.at(url, ["websocket"])
        with changing(file) as other:
            other.execute("BEGIN")
            row = (oats["id"], "Buy oats", False)
            other.execute("INSERT INTO todos (id, title, completed) VALUES (?, ?, ?)", row)
            other.execute("UPDATE todos SET completed = 1 WHERE id = ?", (bread["id"],))
            other.execute("DELETE FROM todos WHERE id = ?", (milk["id"],))
            other.execute("COMMIT")
        assert await ada.hears("todo:created") == oats
        assert [event for event, _ in ada.heard] == ["todo:deleted", "todo:updated"]
        assert await ada.hears("todo:deleted") == milk["id"]
        assert await ada.hears("todo:updated") == {**bread, "completed": True}
        assert await ada.lists() == [{**bread, "completed": True}, oats] == stored(file)
        await ada.leave()


async def test_another_file_that_is_copied_over_it_is_taken_in(
    todos: TodoRepository, file: Path
) -> None:
    milk = todo("Buy milk")
    await todos.add(milk)
    with changing(file) as other, closing(sqlite3.connect(file.with_name("copy.db"))) as copy:
        other.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        other.backup(copy)
        copy.execute("PRAGMA journal_mode = DELETE")
        copy.execute("UPDATE todos SET title = 'Buy oat milk'")
        copy.commit()
        copy.execute("PRAGMA journal_mode = WAL")
    heard: list[Change] = []
    todos.watch(heard.append)
    overwrite(file, overwrite(file.with_name("copy.db"), b""))

    await todos.ping()

    assert heard == [Updated({**milk, "title": "Buy oat milk"})]
    assert await todos.remove(milk["id"])
    assert await listed(todos) == stored(file) == []


async def test_what_is_no_database_any_more_is_not_written_to(
    todos: TodoRepository, file: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    milk = todo("Buy milk")
    await todos.add(milk)
    with changing(file) as other:
        other.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    whole = overwrite(file, b"x" * 100_000)
    for _ in range(2):
        with pytest.raises(StoreUnavailable):
            await todos.add(todo("Buy bread"))
    assert await listed(todos) == [milk]
    assert "".join(capfd.readouterr()).count("store not ready") == 1

    assert overwrite(file, whole) == b"x" * 100_000
    await todos.ping()
    assert await todos.remove(milk["id"])
    assert stored(file) == []


async def test_who_only_copies_the_log_of_sqlite_into_the_file_changes_nothing(
    todos: TodoRepository, file: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    heard: list[Change] = []
    todos.watch(heard.append)
    for number in range(3):
        assert await todos.add(todo(f"todo {number}"))
        with changing(file) as other:
            other.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        await todos.ping()
    assert len(await listed(todos)) == 3
    assert heard == []
    assert "warning" not in "".join(capfd.readouterr())


async def test_lists_and_what_was_told_agree_while_much_is_taken_in(
    todos: TodoRepository, file: Path
) -> None:
    told = [todo(f"todo {number}") for number in range(500)]
    await asyncio.gather(*map(todos.add, told))
    over = asyncio.Event()
    seen = 0

    def hear(change: Change) -> None:
        match change:
            case Created(item):
                told.append(item)
            case Deleted(todo_id):
                told[:] = [item for item in told if item["id"] != todo_id]
            case Updated(item):
                told[:] = [item if old["id"] == item["id"] else old for old in told]

    async def look() -> None:
        nonlocal seen
        while not over.is_set():
            assert await listed(todos) == told
            seen += 1
            await asyncio.sleep(0)

    todos.watch(hear)
    looking = asyncio.create_task(look())
    with changing(file) as other:
        other.execute("BEGIN")
        other.execute("DELETE FROM todos WHERE position % 3 = 0")
        other.execute("UPDATE todos SET title = 'changed' WHERE position % 3 = 1")
        other.execute("UPDATE todos SET position = position + 1000 WHERE position < 100")
        other.execute("COMMIT")
    await todos.ping()
    over.set()
    await looking
    assert seen > 3
    assert await listed(todos) == told == stored(file)


@pytest.mark.parametrize(
    "change",
    [
        "title = ''",
        "title = char(0)",
        "title = x'ff'",
        "title = CAST(x'ff' AS TEXT)",
        "completed = 'perhaps'",
        "id = 'x'",
        "id = upper(id)",
    ],
)
async def test_a_row_that_is_not_a_todo_is_left_out_and_counted(
    todos: TodoRepository, file: Path, change: str, capfd: pytest.CaptureFixture[str]
) -> None:
    good, bad = todo("Buy milk"), todo("a secret plan")
    await asyncio.gather(todos.add(good), todos.add(bad))
    with changing(file) as other:
        other.execute(f"UPDATE todos SET {change} WHERE id = ?", (bad["id"],))

    assert (await todos.ping()).left_out == 1
    assert await listed(todos) == [good]
    assert await todos.find(bad["id"]) is None
    assert await todos.add(todo("Buy bread"))
    said = "".join(capfd.readouterr())
    assert "rows that are not valid todos left out" in said
    assert "secret" not in said


async def test_many_long_ids_of_bad_rows_make_one_short_line(
    todos: TodoRepository, file: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with changing(file) as other:
        for number in range(100):
            row = (f"\x1b[31m{number}" + "x" * 10_000, "title", True)
            other.execute("INSERT INTO todos (id, title, completed) VALUES (?, ?, ?)", row)
    assert (await todos.ping()).left_out == 100
    said = "".join(capfd.readouterr())
    assert "\x1b[31m0" not in said
    assert len(said) < 2_000


# The end


async def test_closing_finishes_what_was_asked(todos: TodoRepository, file: Path) -> None:
    asked = [todo(f"todo {number}") for number in range(100)]
    calls = asyncio.gather(*map(todos.add, asked))
    await asyncio.sleep(0)
    await todos.close()
    assert await calls == [item["id"] for item in asked]
    assert stored(file) == asked


@pytest.mark.slow
async def test_closing_a_locked_store_refuses_what_waits(todos: TodoRepository, file: Path) -> None:
    calls = [asyncio.create_task(todos.add(todo(f"todo {nth}"))) for nth in range(3_000)]
    with locked(file):
        await asyncio.sleep(0)
        await todos.close()
        results = await asyncio.gather(*calls, return_exceptions=True)
    assert {type(result) for result in results} == {StoreUnavailable}
    assert stored(file) == []
    with pytest.raises(StoreUnavailable, match="closed"):
        await todos.add(todo("too late"))


async def test_a_file_is_served_by_one_at_a_time(todos: TodoRepository, file: Path) -> None:
    link = file.with_name("link.db")
    link.symlink_to(file)
    for path in (file, link):
        with pytest.raises(StoreUnavailable, match="another todo-service has it open"):
            await open_repository(f"sqlite:///{path}")
    await todos.close()
    again = await open_repository(f"sqlite:///{link}")
    await again.close()


@pytest.mark.slow
async def test_a_long_list_is_encoded_anew_only_where_it_has_changed(file: Path) -> None:
    todos = await open_repository(f"sqlite:///{file}")
    asked = [todo(f"todo {number}") for number in range(20_000)]
    for start in range(0, len(asked), 5_000):
        await asyncio.gather(*map(todos.add, asked[start : start + 5_000]))
    before = await todos.list()
    assert await todos.list() is before
    await todos.replace({**asked[10_000], "completed": True})
    after = await todos.list()
    changed = [new for old, new in zip(before.pieces, after.pieces, strict=True) if old is not new]
    assert sum(map(len, changed)) < 200_000
    assert decoded(after) == orjson.loads(orjson.dumps(await listed(todos)))
    await todos.close()
