"""Where todos are kept: what the service asks of a repository, and one in memory."""

from __future__ import annotations

from typing import Protocol

from .generated.models import Todo, TodoID


class StoreUnavailable(Exception):
    """The store does not answer or can't write; nothing was changed. The message says why."""


class TodoRepository(Protocol):
    """Keeps todos in the order of their creation.

    Every method finishes in the order in which the repository carried the calls out: a caller that
    goes on without waiting again, as soon as its call returns, sees what others did in that order.
    A write is durable, as far as the repository can make it, when its method returns.
    `StoreUnavailable` means that nothing was changed.
    """

    async def add(self, todo: Todo) -> None:
        """Store a new todo."""

    async def list(self) -> list[Todo]:
        """Return every todo, oldest first."""

    async def find(self, todo_id: TodoID) -> Todo | None:
        """Return the todo with this id, or None."""

    async def replace(self, todo: Todo) -> bool:
        """Replace the todo with the same id; False when there is none."""

    async def remove(self, todo_id: TodoID) -> bool:
        """Delete the todo with this id; False when there is none."""

    async def ping(self) -> None:
        """Return when the store answers."""

    async def close(self) -> None:
        """Finish what was asked and let go of the store."""


class InMemoryTodoRepository:
    """Keeps todos until the process ends. Every method finishes without waiting."""

    def __init__(self) -> None:
        self._todos: dict[TodoID, Todo] = {}

    async def add(self, todo: Todo) -> None:
        self._todos[todo["id"]] = todo

    async def list(self) -> list[Todo]:
        return [*self._todos.values()]

    async def find(self, todo_id: TodoID) -> Todo | None:
        return self._todos.get(todo_id)

    async def replace(self, todo: Todo) -> bool:
        if todo["id"] not in self._todos:
            return False
        self._todos[todo["id"]] = todo
        return True

    async def remove(self, todo_id: TodoID) -> bool:
        return self._todos.pop(todo_id, None) is not None

    async def ping(self) -> None:
        return

    async def close(self) -> None:
        return
