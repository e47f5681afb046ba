"""Who else is here: a number for those who ask, and nothing for those who don't."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest

from tests.conftest import Seat
from tests.patience import PATIENCE
from tests.people import Person
from tests.processes import running
from todo_service import presence
from todo_service.app import open_repository
from todo_service.generated.models import Presence
from todo_service.presence import ROOM, Counter
from todo_service.repository import TodoRepository


@pytest.fixture
async def seat(url: str) -> AsyncIterator[Seat]:
    """Seats people who all come by WebSocket."""
    async with AsyncExitStack() as stack:

        async def sit() -> Person:
            person = await Person.at(url, ["websocket"])
            stack.push_async_callback(person.leave)
            return person

        yield sit


@pytest.fixture
async def todos() -> TodoRepository:
    """Return a store that forgets; how many are here does not hang on it."""
    return await open_repository("memory:")


async def clients(person: Person) -> int:
    """Watch, and return how many there are."""
    (answer,) = await person.ask("presence:watch")
    return int(answer["data"]["clients"])


async def hears_of(person: Person, count: int) -> None:
    """Wait until a person has heard that there are so many."""
    async with asyncio.timeout(PATIENCE):
        while (await person.hears("presence:changed"))["clients"] != count:
            pass


async def test_who_watches_is_told_of_who_comes_and_goes(seat: Seat) -> None:
    ada = await seat()
    assert await clients(ada) == 1
    bob = await seat()
    await hears_of(ada, 2)
    assert await clients(bob) == 2
    await bob.leave()
    await hears_of(ada, 1)


async def test_who_does_not_ask_hears_nothing(seat: Seat) -> None:
    ada, bob = await seat(), await seat()
    assert await clients(ada) == 2
    eve = await seat()
    await hears_of(ada, 3)
    assert await bob.heard_nothing()
    assert await eve.heard_nothing()


async def test_a_number_that_only_one_was_told_is_corrected(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(presence, "EVERY", 0.01)
    here, told = 1, asyncio.Queue[int]()

    async def count() -> int:
        return here

    class Broadcast:
        def presence_changed(self, room: str, payload: Presence, /) -> None:
            assert room == ROOM
            told.put_nowait(payload["clients"])

    counter = Counter(count)
    async with asyncio.timeout(PATIENCE):
        telling = asyncio.create_task(counter.tell(Broadcast()))
        await counter.watch()
        assert await told.get() == 1
        here = 2
        watching = counter.watch()
        assert await watching == {"clients": 2}
        here = 1
        while await told.get() != 1:
            pass
        telling.cancel()


@pytest.mark.slow
async def test_workers_of_a_node_count_each_others_clients(database: str) -> None:
    async with running("--database", database, "--workers", "2") as service:
        people = [await Person.at(service.url, ["websocket"]) for _ in range(6)]
        assert [await clients(person) for person in people] == [6] * 6
        await people.pop().leave()
        for person in people:
            await hears_of(person, 5)
        for person in people:
            await person.leave()
