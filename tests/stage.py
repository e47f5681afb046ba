"""A live service with Ada and Bob at it, for tests that are not coroutines themselves."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine
from contextlib import AsyncExitStack
from typing import Any, Self, TypeVar

from tests.conftest import TIRELESS, serving
from tests.patience import PATIENCE
from tests.people import Person
from tests.stores import listed
from todo_service.app import open_repository
from todo_service.repository import TodoRepository

T = TypeVar("T")


class Stage:
    """Serves a store in a loop of its own; `todos` is the store, as the service sees it."""

    url: str
    todos: TodoRepository
    ada: Person
    bob: Person

    def __init__(self, database: str) -> None:
        self._database = database
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._stack = AsyncExitStack()

    def __enter__(self) -> Self:
        self._thread.start()
        self.run(self._open())
        return self

    def __exit__(self, *_: object) -> None:
        self.run(self._stack.aclose())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def run(self, story: Coroutine[Any, Any, T]) -> T:
        """Let something happen on the stage, and return its result."""
        return asyncio.run_coroutine_threadsafe(story, self._loop).result(PATIENCE)

    def play(self, story: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """Let something happen after everything that was there has been deleted."""
        self.run(self._clear())
        return self.run(story())

    async def sit(self) -> Person:
        """Seat one more."""
        person = await Person.at(self.url, ["websocket"])
        self._stack.push_async_callback(person.leave)
        return person

    async def _open(self) -> None:
        self.todos = await open_repository(self._database)
        self.url = await self._stack.enter_async_context(serving(self.todos, TIRELESS))
        self.ada, self.bob = await self.sit(), await self.sit()

    async def _clear(self) -> None:
        for todo in await listed(self.todos):
            await self.todos.remove(todo["id"])
        await self.ada.lists()
        await self.bob.lists()
        self.ada.heard.clear()
        self.bob.heard.clear()
