"""A repository whose writes are spans, each under that of its event."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .generated.models import IdempotencyKey, Todo, TodoID
from .repository import Figures, TodoRepository

if TYPE_CHECKING:
    from asyncapi_socketio.tracing import Tracing

COMMIT = "commit"
"""From the moment that a write is asked for until it is durable; many share one commit."""


class TracedTodos:
    """Passes on all calls; `TodoRepository` says what each promises."""

    def __init__(self, todos: TodoRepository, tracing: Tracing) -> None:
        self._todos = todos
        self._span = tracing.span
        self.list, self.find = todos.list, todos.find
        self.watch, self.ping, self.close = todos.watch, todos.ping, todos.close

    @property
    def figures(self) -> Figures:
        return self._todos.figures

    async def add(self, todo: Todo, key: IdempotencyKey | None = None) -> TodoID | None:
        with self._span(COMMIT):
            return await self._todos.add(todo, key)

    async def replace(self, todo: Todo) -> bool:
        with self._span(COMMIT):
            return await self._todos.replace(todo)

    async def remove(self, todo_id: TodoID) -> bool:
        with self._span(COMMIT):
            return await self._todos.remove(todo_id)
