"""Whoever watches sees the list as it is: in commit order, however slow the store, at any moment.

Each ack to `todo:list` is held against the view that its screen has kept from its first list and
from the broadcasts that came before the ack, so that the order is judged all the time.
"""

from __future__ import annotations

import asyncio
import json
import re
import sqlite3
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import closing, suppress
from pathlib import Path
from random import Random
from typing import Any, Self, TypeVar
from urllib.parse import urlsplit

import pytest

from asyncapi_socketio.encoded import Encoded
from tests.conftest import TIRELESS, serving
from tests.patience import PATIENCE
from tests.people import conform
from tests.stores import listed
from tests.transport.wire import Address, Socket
from todo_service.app import open_repository
from todo_service.generated.models import IdempotencyKey, Todo, TodoID
from todo_service.generated.operations import CONTRACT
from todo_service.repository import Change, Health, InMemoryTodoRepository, TodoRepository

T = TypeVar("T")

WATCHERS = 20
WRITERS = 5
WRITES = 150  # of each writer
HANDS = 4  # that a writer has in flight
FEW = 8  # todos at a time


class SlowTodos:
    """Todos in memory that take their time; one call after the other, so that order is kept."""

    def __init__(self, random: Random) -> None:
        self._todos = InMemoryTodoRepository()
        self.figures = self._todos.figures
        self._random = random
        self._turn = asyncio.Lock()

    async def add(self, todo: Todo, key: IdempotencyKey | None = None) -> TodoID | None:
        return await self._slowly(self._todos.add(todo, key))

    async def list(self) -> Encoded:
        return await self._slowly(self._todos.list())

    async def find(self, todo_id: TodoID) -> Todo | None:
        return await self._slowly(self._todos.find(todo_id))

    async def replace(self, todo: Todo) -> bool:
        return await self._slowly(self._todos.replace(todo))

    async def remove(self, todo_id: TodoID) -> bool:
        return await self._slowly(self._todos.remove(todo_id))

    def watch(self, tell: Callable[[Change], None]) -> None:
        self._todos.watch(tell)

    async def ping(self) -> Health:
        return await self._slowly(self._todos.ping())

    async def close(self) -> None:
        await self._todos.close()

    async def _slowly(self, call: Awaitable[T]) -> T:
        async with self._turn:
            await asyncio.sleep(self._random.uniform(0, 0.004))
            return await call


class Screen:
    """A tab with the view that it keeps from its first list, its own acks and the broadcasts."""

    def __init__(self, socket: Socket) -> None:
        self.view: dict[str, Any] = {}
        self.heard: list[str] = []
        self.waiting: dict[int, tuple[str, Any]] = {}
        self._socket = socket
        self._asked = 0
        self._listed = False

    @classmethod
    async def at(cls, address: Address) -> Self:
        """Connect and list, as a page does."""
        screen = cls(await address.connect())
        await screen.refresh()
        return screen

    def leave(self) -> None:
        """Close the tab without a word."""
        self._socket.cut()

    def ask(self, event: str, payload: Any = None) -> int:
        """Emit an event, and return the id of the ack that it waits for."""
        self._asked += 1
        self.waiting[self._asked] = (event, payload)
        args = [event] if payload is None else [event, payload]
        self._socket.send(f"42{self._asked}{json.dumps(args)}")
        return self._asked

    async def refresh(self) -> None:
        """Ask for the list, and take in all that comes until it is there."""
        asked = self.ask("todo:list")
        async with asyncio.timeout(PATIENCE):
            while asked in self.waiting:
                await self.see()

    async def catch_up(self, waiting: int = 0) -> None:
        """Take in all that comes until no more than so many events wait for their acks."""
        async with asyncio.timeout(PATIENCE):
            while len(self.waiting) > waiting:
                await self.see()

    async def see(self) -> None:
        """Take in one packet."""
        packet = await self._socket.hear("4")
        told = re.fullmatch(r"4[23](\d*)(\[.*\])", packet)
        assert told is not None, packet
        number, args = told[1], json.loads(told[2])
        if number:
            self._take_ack(*self.waiting.pop(int(number)), args)
        else:
            self.heard.append(packet)
            if self._listed:
                self._change(*args)

    def _take_ack(self, event: str, asked: Any, answer: list[Any]) -> None:
        if event == "todo:list":
            listed = answer[0]["data"]
            if self._listed:
                assert [*self.view.values()] == listed
            self.view = {todo["id"]: todo for todo in listed}
            self._listed = True
        elif event == "todo:create" and "data" in answer[0]:
            todo = {"id": answer[0]["data"], **asked}
            self._change("todo:created", todo)
        elif not answer:
            self._change(f"{event}d", asked)

    def _change(self, event: str, payload: Any) -> None:
        match event:
            case "todo:created":
                assert payload["id"] not in self.view
                self.view[payload["id"]] = payload
            case "todo:updated":
                assert payload["id"] in self.view
                self.view[payload["id"]] = payload
            case "todo:deleted":
                del self.view[payload]
            case _:
                raise AssertionError(event)


async def _write(address: Address, random: Random, name: str) -> Screen:
    """Create, change and delete what everyone else changes too, with a few events in flight.

    Now and then the tab is closed before they are answered; what becomes of them, the others see.
    """
    screen = await Screen.at(address)
    for number in range(WRITES):
        if random.random() < 0.02:
            screen.leave()
            screen = await Screen.at(address)
        await screen.catch_up(HANDS - 1)
        todo = {"title": f"{name} {number}", "completed": random.random() < 0.5}
        known = [*screen.view]
        draw = random.random()
        if not known or (draw < 0.2 and len(known) < FEW):
            screen.ask("todo:create", todo)
        elif draw < 0.8:
            screen.ask("todo:update", {"id": random.choice(known), **todo})
        else:
            screen.ask("todo:delete", random.choice(known))
    await screen.catch_up()
    return screen


async def _watch(
    address: Address, random: Random, over: asyncio.Event, *, stays: bool
) -> list[Screen]:
    """List again and again, on connections that come and go, until the writers are done."""
    screens = [await Screen.at(address)]
    while not over.is_set():
        for _ in range(random.randrange(1, 10)):
            await screens[-1].refresh()
        if not stays:
            screens[-1].leave()
            screens.append(await Screen.at(address))
    return screens


async def _in_the_way(file: Path, random: Random, over: asyncio.Event) -> None:
    """Take the database's write lock for moments, as another program would."""

    def hold() -> None:
        with closing(sqlite3.connect(file, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            time.sleep(random.uniform(0, 0.02))

    while not over.is_set():
        await asyncio.to_thread(hold)
        with suppress(TimeoutError):
            await asyncio.wait_for(over.wait(), random.uniform(0, 0.05))


@pytest.fixture(params=["memory", "sqlite"])
async def slow_todos(
    request: pytest.FixtureRequest, tmp_path: Path
) -> AsyncIterator[TodoRepository]:
    """Yield a store of each kind, slowed at random."""
    if request.param == "memory":
        yield SlowTodos(Random(1))
        return
    over = asyncio.Event()
    file = tmp_path / "todos.db"
    todos = await open_repository(f"sqlite:///{file}")
    in_the_way = asyncio.create_task(_in_the_way(file, Random(2), over))
    yield todos
    over.set()
    await in_the_way


@pytest.mark.slow
async def test_every_view_is_the_list_in_the_order_of_the_commits(
    slow_todos: TodoRepository,
) -> None:
    over = asyncio.Event()
    async with serving(slow_todos, TIRELESS) as url:
        address = Address(urlsplit(url).port or 0)
        async with asyncio.TaskGroup() as crowd:
            watching = [
                crowd.create_task(_watch(address, Random(nth), over, stays=nth == 0))
                for nth in range(WATCHERS)
            ]
            writing = [
                crowd.create_task(_write(address, Random(100 + nth), f"writer {nth}"))
                for nth in range(WRITERS)
            ]
            writers = await asyncio.gather(*writing)
            over.set()
        watched = [task.result() for task in watching]
        last = [*writers, *(screens[-1] for screens in watched)]
        for screen in last:
            await screen.refresh()
        todos = await listed(slow_todos)
        for screen in last:
            screen.leave()

    assert [[*screen.view.values()] for screen in last] == [todos] * (WRITERS + WATCHERS)
    (all_along,), *others = watched
    assert len(all_along.heard) > WRITERS * WRITES / 4
    for screens in others:
        for screen in screens:
            assert _is_part_of(all_along.heard, screen.heard)
    for packet in all_along.heard:
        event, payload = json.loads(packet[2:])
        conform(next(send.payload for send in CONTRACT.send if send.event == event), (payload,))


def _is_part_of(whole: list[str], part: list[str]) -> bool:
    """Return whether a part was heard without a gap and in order; no packet comes twice."""
    if not part:
        return True
    start = whole.index(part[0])
    return whole[start : start + len(part)] == part
