"""The repository's promise on PostgreSQL, each function of the database included."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from random import Random
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from tests.patience import PATIENCE
from tests.stores import listed
from todo_service.app import open_repository
from todo_service.generated.models import Todo
from todo_service.postgres import database as postgres_database
from todo_service.postgres.database import Database, Position, Rejected
from todo_service.repository import (
    Change,
    Created,
    Deleted,
    InMemoryTodoRepository,
    StoreUnavailable,
    TodoRepository,
    Updated,
)

pytestmark = pytest.mark.slow


def todo(title: str, *, completed: bool = False) -> Todo:
    return {"id": str(uuid4()), "title": title, "completed": completed}


@asynccontextmanager
async def opened(url: str, max_todos: int = 1_000) -> AsyncIterator[TodoRepository]:
    """Open a database as one more node."""
    todos = await open_repository(url, max_todos)
    try:
        yield todos
    finally:
        await todos.close()


@pytest.fixture
async def todos(database: str) -> AsyncIterator[TodoRepository]:
    async with opened(database) as todos:
        yield todos


async def sql(url: str, statement: str, *arguments: object) -> list[Any]:
    """Run a statement as the database's owner."""
    connection = await asyncpg.connect(url)
    try:
        rows: list[Any] = await connection.fetch(statement, *arguments)
        return rows
    finally:
        await connection.close()


async def stored(url: str) -> list[Todo]:
    """Return what the table holds."""
    rows = await sql(url, "SELECT id::text, title, completed FROM todos ORDER BY position")
    return [{"id": row[0], "title": row[1], "completed": row[2]} for row in rows]


async def logged(url: str) -> list[tuple[str, str]]:
    """Return the log: what happened to which todo."""
    rows = await sql(url, "SELECT kind::text, id::text FROM todo_log ORDER BY seq")
    return [(row[0], row[1]) for row in rows]


class Ear:
    """Hears what a repository tells of others."""

    def __init__(self, todos: TodoRepository) -> None:
        self.heard: list[Change] = []
        self._news = asyncio.Condition()
        self._tasks: set[asyncio.Task[None]] = set()
        todos.watch(self._hear)

    async def hears(self, count: int) -> list[Change]:
        """Wait until so many changes were told."""
        async with asyncio.timeout(PATIENCE), self._news:
            await self._news.wait_for(lambda: len(self.heard) >= count)
        return self.heard

    def _hear(self, change: Change) -> None:
        self.heard.append(change)
        task = asyncio.ensure_future(self._notify())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _notify(self) -> None:
        async with self._news:
            self._news.notify_all()


# Order and durability


async def test_what_has_returned_is_in_the_table(todos: TodoRepository, database: str) -> None:
    milk, bread = todo("Buy milk"), todo('Buy "bread" \u2028 ü 😀 \\')
    assert await todos.add(milk) == milk["id"]
    assert await todos.add(bread) == bread["id"]
    assert await stored(database) == [milk, bread]
    ticked: Todo = {**milk, "completed": True}
    assert await todos.replace(ticked)
    assert await todos.remove(bread["id"])
    assert await stored(database) == await listed(todos) == [ticked]


async def test_a_call_is_judged_behind_those_that_were_asked_before_it(
    todos: TodoRepository, database: str
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

    assert [*map(bool, results)] == [False, True, True, True, True, False, False, True, True]
    assert await listed(todos) == await stored(database) == [bread]
    assert len({*(row[0] for row in await sql(database, "SELECT at FROM todo_log"))}) == 1


@pytest.mark.parametrize("seed", range(5))
async def test_batches_come_to_what_their_calls_do_one_after_the_other(
    database: str, seed: int
) -> None:
    """The database judges as the store in memory does, on two nodes in turn."""
    random = Random(seed)
    known = [todo("never stored")]
    keys = [str(uuid4()) for _ in range(4)]
    model = InMemoryTodoRepository(4)

    async def call(todos: TodoRepository, kind: str, item: Todo, key: str | None) -> object:
        match kind:
            case "add":
                return await todos.add(item, key)
            case "replace":
                return await todos.replace(item)
            case _:
                return await todos.remove(item["id"])

    async with opened(database, 4) as one, opened(database, 4) as two:
        for number in range(60):
            node = random.choice([one, two])
            calls, expected = [], []
            for nth in range(random.randrange(1, 12)):
                kind = random.choice(["add", "replace", "remove"])
                new = todo(f"todo {number} {nth}", completed=random.random() < 0.5)
                item: Todo = new if kind == "add" else {**new, "id": random.choice(known)["id"]}
                known = [*known[-5:], item]
                key = random.choice([None, *keys]) if kind == "add" else None
                if key and random.random() < 0.2:
                    keys[keys.index(key)] = str(uuid4())
                calls.append((kind, item, key))
                expected.append(await call(model, kind, item, key))
            assert await asyncio.gather(*(call(node, *asked) for asked in calls)) == expected
            assert await listed(one) == await listed(two) == await listed(model)
        assert await stored(database) == await listed(model)
        ((count,),) = await sql(database, "SELECT todos FROM todo_head")
        assert count == len(await stored(database))


async def test_callers_go_on_in_the_order_of_their_calls_and_see_nothing_ahead(
    todos: TodoRepository,
) -> None:
    told: list[str] = []

    async def call(number: int) -> None:
        item = todo(f"todo {number}")
        if number % 3:
            await todos.remove(item["id"])
        else:
            await todos.add(item)
            told.append(item["title"])

    await asyncio.gather(*map(call, range(300)))
    assert [item["title"] for item in await listed(todos)] == told
    assert told == [f"todo {number}" for number in range(0, 300, 3)]


async def test_a_cancelled_call_is_carried_out_told_to_everyone_and_stops_nobody_else(
    todos: TodoRepository, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    ear = Ear(todos)
    asked = [todo(f"todo {number}") for number in range(4)]
    calls: list[asyncio.Task[Any]] = []
    commit = Database.commit

    async def cancelled_meanwhile(self: Database, *changes: Any) -> Any:
        committed = await commit(self, *changes)
        calls[1].cancel()
        calls[3].cancel()
        await asyncio.sleep(0)
        return committed

    monkeypatch.setattr(Database, "commit", cancelled_meanwhile)
    calls += [asyncio.create_task(todos.add(item)) for item in asked]
    await asyncio.wait(calls)

    assert [call.cancelled() for call in calls] == [False, True, False, True]
    assert await listed(todos) == await stored(database) == asked
    assert ear.heard == [Created(asked[1]), Created(asked[3])]


async def test_a_value_that_cant_be_stored_fails_by_itself(
    todos: TodoRepository, database: str
) -> None:
    milk, bread = todo("Buy milk"), todo("Buy bread")
    nothing: Any = todo("nothing") | {"title": None}
    empty, number = todo(""), todo("number") | {"title": 7}
    results = await asyncio.gather(
        *(todos.add(item) for item in (milk, nothing, bread, empty, number)),  # type: ignore[arg-type]
        return_exceptions=True,
    )
    assert [type(result) for result in results] == [str, Rejected, str, Rejected, Rejected]
    assert await listed(todos) == await stored(database) == [milk, bread]


# Nodes


async def test_what_one_node_writes_the_others_tell_in_the_order_of_the_log(
    database: str,
) -> None:
    async with opened(database) as one, opened(database) as two:
        ears = [Ear(one), Ear(two)]
        asked = [todo(f"todo {number}") for number in range(40)]
        await asyncio.gather(
            *((one, two)[number % 2].add(item) for number, item in enumerate(asked))
        )
        told = [await ear.hears(20) for ear in ears]
        assert await listed(one) == await listed(two) == await stored(database)
        order = await listed(one)
        assert told[0] == [Created(item) for item in order if Created(item) in told[0]]
        assert told[1] == [Created(item) for item in order if Created(item) in told[1]]
        assert [len(changes) for changes in told] == [20, 20]


async def test_a_read_on_one_node_sees_what_another_has_acknowledged(database: str) -> None:
    async with opened(database) as one, opened(database) as two:
        for number in range(50):
            item = todo(f"todo {number}")
            await one.add(item)
            assert await two.find(item["id"]) == item


async def test_a_lost_notification_costs_half_a_second_and_nothing_else(database: str) -> None:
    async with opened(database) as one, opened(database) as two:
        await sql(
            database,
            "CREATE OR REPLACE FUNCTION todo_notify_v1(origin text, before bigint, head bigint)"
            " RETURNS void LANGUAGE sql AS ''",
        )
        ear = Ear(two)
        milk = todo("Buy milk")
        await one.add(milk)
        await one.remove(milk["id"])
        assert await ear.hears(2) == [Created(milk), Deleted(milk["id"])]


async def test_more_than_a_notification_holds_is_read_from_the_log(database: str) -> None:
    async with opened(database) as one, opened(database) as two:
        ear = Ear(two)
        asked = [todo("ü" * 256) for _ in range(150)]
        await asyncio.gather(*map(one.add, asked))
        assert await ear.hears(150) == [Created(item) for item in asked]


async def test_notifications_that_are_not_of_this_log_are_ignored(database: str) -> None:
    async with opened(database) as one, opened(database) as two:
        ear = Ear(two)
        for news in ("", "hello", "hello 1 2 []"):
            await sql(database, "SELECT pg_notify('todo', $1)", news)
            assert two.figures.behind == 0
        milk = todo("Buy milk")
        await one.add(milk)
        assert await ear.hears(1) == [Created(milk)]


async def test_a_commit_whose_answer_was_lost_is_written_once(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another node's changes come before and after it: the retry takes none of them for its own."""
    async with opened(database) as one, opened(database) as two:
        ear, other = Ear(one), Ear(two)
        commit = Database.commit
        before, mine, after = todo("before"), [todo("mine 1"), todo("mine 2")], todo("after")

        async def lost(self: Database, *asked: Any) -> Any:
            monkeypatch.setattr(Database, "commit", commit)
            await two.add(before)
            await commit(self, *asked)
            await two.add(after)
            self.terminate()
            raise StoreUnavailable("the answer was lost")

        monkeypatch.setattr(Database, "commit", lost)
        results = await asyncio.gather(*map(one.add, mine))

        assert results == [item["id"] for item in mine]
        assert await ear.hears(2) == [Created(before), Created(after)]
        assert await other.hears(2) == [*map(Created, mine)]
        assert await listed(one) == await stored(database) == [before, *mine, after]


async def test_a_killed_backend_costs_no_write_and_doubles_none(
    database: str,
) -> None:
    async with opened(database) as one, opened(database) as two:
        ear = Ear(two)
        asked = [todo(f"todo {number}") for number in range(300)]

        async def kill() -> None:
            await sql(
                database,
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE application_name = 'todo-service' AND datname = current_database()",
            )

        for number in range(0, 300, 50):
            await asyncio.gather(kill(), *map(one.add, asked[number : number + 50]))
        assert await ear.hears(300) == [*map(Created, asked)]
        assert await listed(one) == await listed(two) == await stored(database) == asked
        assert await logged(database) == [("c", item["id"]) for item in asked]


async def test_a_node_that_lost_the_log_tells_the_difference(database: str) -> None:
    """What another program does in the middle of the list keeps everybody's order."""
    async with opened(database) as todos:
        kept, gone, changed, last = (todo(title) for title in ("kept", "gone", "changed", "last"))
        await asyncio.gather(*map(todos.add, (kept, gone, changed, last)))
        ear = Ear(todos)
        put = str(uuid4())
        await sql(
            database,
            "WITH a AS (DELETE FROM todos WHERE title = 'gone'), b AS (DELETE FROM todo_log),"
            " c AS (UPDATE todos SET completed = true WHERE title = 'changed'), d AS ("
            " INSERT INTO todos SELECT $1::uuid, position, 'put', false FROM todos"
            " WHERE title = 'gone') UPDATE todo_head SET seq = seq + 100, floor = seq + 100",
            put,
        )
        now = await stored(database)
        assert await listed(todos) == now
        assert [item["title"] for item in now] == ["kept", "put", "changed", "last"]
        assert ear.heard == [
            *(Deleted(item["id"]) for item in (gone, changed, last)),
            *map(Created, now[1:]),
        ]


async def test_what_only_changed_is_told_as_updated(database: str) -> None:
    async with opened(database) as todos:
        milk, bread = todo("Buy milk"), todo("Buy bread")
        await asyncio.gather(todos.add(milk), todos.add(bread))
        ear = Ear(todos)
        await sql(
            database,
            "WITH a AS (UPDATE todos SET completed = true WHERE title = 'Buy bread')"
            " UPDATE todo_head SET seq = seq + 1, floor = seq + 1",
        )
        assert await listed(todos) == [milk, {**bread, "completed": True}]
        assert ear.heard == [Updated({**bread, "completed": True})]


async def test_a_full_list_is_full_on_every_node(database: str) -> None:
    async with opened(database, 3) as one, opened(database, 3) as two:
        asked = [todo(f"todo {number}") for number in range(6)]
        results = await asyncio.gather(*map(one.add, asked[:3]), *map(two.add, asked[3:]))
        assert sum(result is not None for result in results) == 3
        assert await listed(one) == await listed(two) == await stored(database)
        first = (await listed(one))[0]["id"]
        freed = await asyncio.gather(two.remove(first), two.add(asked[0]), two.add(asked[1]))
        assert [*map(bool, freed)] == [True, True, False]


async def test_a_key_that_was_used_on_one_node_is_used_on_all(database: str) -> None:
    async with opened(database) as one, opened(database) as two:
        key, first, second = str(uuid4()), todo("Buy milk"), todo("Buy milk")
        results = await asyncio.gather(one.add(first, key), two.add(second, key))
        assert len({*results}) == 1
        assert len(await listed(one)) == 1
        await two.remove(str(results[0]))
        assert await one.add(todo("Buy milk"), key) == results[0]
        assert await listed(two) == await stored(database) == []


# The log


async def test_the_log_is_pruned_behind_nodes_and_they_go_on(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres_database, "KEPT_CHANGES", 10)
    monkeypatch.setattr(postgres_database, "MAX_KEYS", 3)
    monkeypatch.setattr(postgres_database, "PRUNED_AT_ONCE", 7)
    async with opened(database) as todos:
        keys = [str(uuid4()) for _ in range(25)]
        asked = [todo(f"todo {number}") for number in range(25)]
        await asyncio.gather(*map(todos.add, asked, keys))
        pruning = await Database.connect(database, lambda _: None, lambda: None)
        assert [await pruning.prune() for _ in range(4)] == [True, True, True, False]
        old = Position((await pruning.load())[0].origin, 14)
        with pytest.raises(postgres_database.Gap):
            await pruning.since(old)
        pruning.terminate()

        assert (await sql(database, "SELECT floor, seq FROM todo_head"))[0][:] == (15, 25)
        assert len(await logged(database)) == 10
        assert await sql(database, "SELECT key::text FROM todo_keys ORDER BY seq") == [
            (key,) for key in keys[-3:]
        ]
        assert await todos.add(todo("again"), keys[-1]) == asked[-1]["id"]
        assert await listed(todos) == asked


async def test_rows_that_are_not_valid_todos_are_left_out_and_counted(database: str) -> None:
    async with opened(database) as todos:
        await todos.add(todo("Buy milk"))
    await sql(
        database,
        "INSERT INTO todos VALUES ('11111111-1111-1111-8111-111111111111', 0, 'secret', false)",
    )
    async with opened(database) as todos:
        assert [item["title"] for item in await listed(todos)] == ["Buy milk"]
        assert (await todos.ping()).left_out == 1


# Trouble


async def test_what_the_queue_has_no_room_for_is_refused_at_once(
    todos: TodoRepository, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("todo_service.postgres.repository.MAX_WAITING", 10)
    asked = [todo(f"todo {number}") for number in range(12)]
    results = await asyncio.gather(*map(todos.add, asked), return_exceptions=True)
    assert results[:10] == [item["id"] for item in asked[:10]]
    assert [type(result) for result in results[10:]] == [StoreUnavailable] * 2
    assert await listed(todos) == asked[:10]


async def test_closing_finishes_what_was_asked(database: str) -> None:
    todos = await open_repository(database)
    asked = [todo(f"todo {number}") for number in range(100)]
    calls = asyncio.gather(*map(todos.add, asked))
    await asyncio.sleep(0)
    await todos.close()
    assert await calls == [item["id"] for item in asked]
    assert await stored(database) == asked
    with pytest.raises(StoreUnavailable, match="closed"):
        await todos.list()


async def test_a_database_that_a_newer_service_has_migrated_is_not_touched(
    database: str, capfd: pytest.CaptureFixture[str]
) -> None:
    async with opened(database):
        pass
    await sql(database, "UPDATE todo_migration SET version_num = '9999'")
    await sql(database, "DROP FUNCTION todo_load_v1")
    async with opened(database) as todos:
        with pytest.raises(StoreUnavailable, match="newer todo-service"):
            await todos.list()
    assert "newer todo-service" in "".join(capfd.readouterr())


async def test_two_nodes_that_start_on_an_empty_database_make_it_one(database: str) -> None:
    one, two = await asyncio.gather(open_repository(database), open_repository(database))
    item = todo("Buy milk")
    await one.add(item)
    assert await listed(two) == [item]
    await asyncio.gather(one.close(), two.close())
