"""The generated client of the todo service: Ada and Bob at two terminals."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from tests.patience import PATIENCE
from todo_service.generated.client import Client, Refused
from todo_service.generated.models import Presence, Todo


@asynccontextmanager
async def two(url: str) -> AsyncIterator[tuple[Client, Client]]:
    """Yield Ada and Bob, who are connected."""
    async with Client(url) as ada, Client(url) as bob:
        yield ada, bob


async def test_what_ada_changes_bob_hears(url: str) -> None:
    heard: asyncio.Queue[object] = asyncio.Queue()
    async with two(url) as (ada, bob):
        bob.on_todo_created(heard.put_nowait)

        @bob.on_todo_updated
        async def updated(todo: Todo) -> None:
            await heard.put(todo)

        bob.on_todo_deleted(heard.put_nowait)

        created = await ada.create_todo({"title": "Buy milk", "completed": False})
        todo: Todo = {"id": created["data"], "title": "Buy milk", "completed": True}
        await ada.update_todo(todo)
        await ada.delete_todo(todo["id"])

        async with asyncio.timeout(PATIENCE):
            assert await heard.get() == {**todo, "completed": False}
            assert await heard.get() == todo
            assert await heard.get() == todo["id"]
        assert await bob.list_todos() == {"data": []}


async def test_a_declared_error_is_raised_with_its_details(url: str) -> None:
    async with Client(url) as ada:
        with pytest.raises(Refused, match="todo:read was rejected") as missing:
            await ada.read_todo("nothing")
        assert missing.value.ack == {"error": "entity not found"}

        with pytest.raises(Refused) as invalid:
            await ada.create_todo({"title": "", "completed": False})
        assert invalid.value.event == "todo:create"
        assert invalid.value.ack["error"] == "invalid payload"
        (detail,) = invalid.value.ack["errorDetails"]
        assert detail["path"] == ["title"]


async def test_an_error_of_what_acknowledges_nothing_cant_be_forgotten(url: str) -> None:
    async with Client(url) as ada:
        with pytest.raises(Refused, match="todo:delete"):
            await ada.delete_todo("nothing")


async def test_who_watches_hears_who_is_here(url: str) -> None:
    heard: asyncio.Queue[Presence] = asyncio.Queue()
    async with Client(url) as ada:
        ada.on_presence_changed(heard.put_nowait)
        assert await ada.watch_presence() == {"data": {"clients": 1}}
        async with Client(url), asyncio.timeout(PATIENCE):
            while await heard.get() != {"clients": 2}:
                pass  # Ada alone


async def test_many_calls_at_once_get_their_own_acks(url: str) -> None:
    async with Client(url, transports=["websocket"]) as ada:
        titles = [f"todo {number}" for number in range(50)]
        created = await asyncio.gather(
            *(ada.create_todo({"title": title, "completed": False}) for title in titles)
        )
        read = await asyncio.gather(*(ada.read_todo(item["data"]) for item in created))
    assert [item["data"]["title"] for item in read] == titles
