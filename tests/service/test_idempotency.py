"""A create that is sent again with its key is one create, on every transport and both stores."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from contextlib import closing
from pathlib import Path
from uuid import uuid4

import pytest

from tests.people import Person
from tests.service.test_sqlite_repository import stored, todo
from tests.stores import listed
from todo_service import keys, sqlite_file
from todo_service.app import open_repository
from todo_service.generated.models import Todo
from todo_service.repository import StoreUnavailable, TodoRepository

KEY = "0198d5a4-6f1e-7c3a-9b52-4d8e0f7a1c26"
MILK = {"title": "Buy milk", "completed": False}


# On the wire


async def test_a_create_that_is_sent_again_acks_the_first_id_and_tells_nobody(
    ada: Person, bob: Person
) -> None:
    (first,) = await ada.ask("todo:create", {**MILK, "idempotencyKey": KEY})
    todo = {"id": first["data"], **MILK}
    assert await bob.hears("todo:created") == todo

    again = {"title": "Buy bread", "completed": True, "idempotencyKey": KEY.upper()}
    assert await ada.ask("todo:create", again) == (first,)
    assert await bob.ask("todo:create", again) == (first,)

    assert await ada.lists() == [todo]
    assert await ada.heard_nothing()
    assert await bob.heard_nothing()


async def test_what_was_deleted_since_is_not_created_again(ada: Person, bob: Person) -> None:
    (first,) = await ada.ask("todo:create", {**MILK, "idempotencyKey": KEY})
    await bob.hears("todo:created")
    await bob.ask("todo:delete", first["data"])

    assert await ada.ask("todo:create", {**MILK, "idempotencyKey": KEY}) == (first,)

    assert await ada.lists() == []
    assert await bob.heard_nothing()


async def test_many_that_are_sent_at_once_with_one_key_are_one_create(
    ada: Person, bob: Person
) -> None:
    answers = await asyncio.gather(
        *(ada.ask("todo:create", {**MILK, "idempotencyKey": KEY}) for _ in range(5)),
        *(bob.ask("todo:create", {**MILK, "idempotencyKey": KEY}) for _ in range(5)),
    )
    assert len({answer["data"] for (answer,) in answers}) == 1
    assert len(await ada.lists()) == 1
    await bob.lists()
    assert len(ada.heard) + len(bob.heard) == 1  # whoever came second has heard of the first's


async def test_a_key_of_a_refused_create_is_still_free(ada: Person, bob: Person) -> None:
    await ada.ask("todo:create", {"title": "", "completed": False, "idempotencyKey": KEY})
    (answer,) = await ada.ask("todo:create", {**MILK, "idempotencyKey": KEY})
    assert await bob.hears("todo:created") == {"id": answer["data"], **MILK}


# In the stores


async def test_a_key_is_answered_when_the_list_is_full(tmp_path: Path) -> None:
    for database in ("memory:", f"sqlite:///{tmp_path}/todos.db"):
        todos = await open_repository(database, 1)
        first, second = todo("Buy milk"), todo("Buy bread")
        assert await todos.add(first, KEY) == first["id"]
        assert await todos.add(second, KEY) == first["id"]
        other = str(uuid4())
        assert await todos.add(second, other) is None
        assert await todos.remove(first["id"])
        assert await todos.add(second, other) == second["id"]
        await todos.close()


async def test_one_batch_with_a_key_twice_is_one_create_that_shows_before_its_repeat_goes_on(
    todos: TodoRepository,
) -> None:
    first, again, other = todo("Buy milk"), todo("again"), todo("Buy bread")
    seen: list[list[Todo]] = []

    async def add(item: Todo, key: str | None = None) -> str | None:
        stored_as = await todos.add(item, key)
        seen.append(await listed(todos))
        return stored_as

    results = await asyncio.gather(add(first, KEY), add(again, KEY), add(other))

    assert [*results] == [first["id"], first["id"], other["id"]]
    assert seen == [[first], [first], [first, other]]
    await todos.close()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Return a database that is not there yet."""
    return tmp_path / "todos.db"


async def test_a_key_outlives_its_todo_and_restarts(file: Path) -> None:
    milk, bread = todo("Buy milk"), todo("Buy bread")
    todos = await open_repository(f"sqlite:///{file}")
    await asyncio.gather(todos.add(milk, KEY), todos.remove(milk["id"]))
    await todos.close()

    again = await open_repository(f"sqlite:///{file}")
    assert await again.add(bread, KEY) == milk["id"]
    assert await listed(again) == stored(file) == []
    await again.close()


async def test_a_key_of_a_write_that_failed_is_still_free(file: Path) -> None:
    todos = await open_repository(f"sqlite:///{file}")
    milk = todo("Buy milk")
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreUnavailable):
            await todos.add(todo("Buy bread"), KEY)
    assert await todos.add(milk, KEY) == milk["id"]
    assert await listed(todos) == stored(file) == [milk]
    await todos.close()


def kept(file: Path) -> list[str]:
    """Return the keys that a file holds."""
    with closing(sqlite3.connect(file)) as other:
        return [key for (key,) in other.execute("SELECT key FROM used_keys ORDER BY position")]


@pytest.mark.parametrize("kind", ["memory", "sqlite"])
async def test_the_oldest_keys_are_forgotten_above_a_number(
    kind: str, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keys, "MAX_KEYS", 3)
    monkeypatch.setattr(sqlite_file, "MAX_KEYS", 3)
    todos = await open_repository("memory:" if kind == "memory" else f"sqlite:///{file}")
    used = [str(uuid4()) for _ in range(5)]
    items = [todo(f"todo {number}") for number in range(5)]
    for item, key in zip(items, used, strict=True):
        await todos.add(item, key)

    assert await todos.add(todo("again"), used[2]) == items[2]["id"]
    new = todo("the first is forgotten")
    assert await todos.add(new, used[0]) == new["id"]
    if kind == "sqlite":
        assert kept(file) == [used[3], used[4], used[0]]
    await todos.close()


@pytest.mark.parametrize("kind", ["memory", "sqlite"])
async def test_keys_are_forgotten_after_a_time(
    kind: str, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    todos = await open_repository("memory:" if kind == "memory" else f"sqlite:///{file}")
    milk, bread = todo("Buy milk"), todo("Buy bread")
    await todos.add(milk, KEY)
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + keys.KEPT_FOR - 60)
    assert await todos.add(todo("again"), KEY) == milk["id"]
    monkeypatch.setattr(time, "time", lambda: now + keys.KEPT_FOR + 60)
    assert await todos.add(bread, KEY) == bread["id"]
    assert await todos.add(todo("again"), KEY) == bread["id"]
    if kind == "sqlite":
        assert kept(file) == [KEY]
    await todos.close()


async def test_a_file_of_the_version_before_keys_is_taken_over(file: Path) -> None:
    todos = await open_repository(f"sqlite:///{file}")
    milk = todo("Buy milk")
    await todos.add(milk)
    await todos.close()
    with closing(sqlite3.connect(file)) as other:
        other.executescript("DROP TABLE used_keys; PRAGMA user_version = 1")

    again = await open_repository(f"sqlite:///{file}")
    assert await listed(again) == [milk]
    bread = todo("Buy bread")
    assert await again.add(bread, KEY) == bread["id"]
    assert await again.add(todo("again"), KEY) == bread["id"]
    assert kept(file) == [KEY]
    await again.close()
