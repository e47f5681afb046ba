"""Where todos are kept: what the service asks of a repository, and one in memory."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol, TypeAlias

from asyncapi_socketio import Encoded, Unavailable
from asyncapi_socketio.histogram import Histogram

from .generated.models import IdempotencyKey, Todo, TodoID
from .keys import UsedKeys
from .todo_list import TodoList

WRITES = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)
"""Bounds for how many writes share a commit."""

MAX_TODOS = 100_000
"""Todos that a repository takes, unless it is told otherwise."""

MAX_WAITING = 10_000
"""Calls that may wait for the store; one more is refused at once."""

MAX_BATCH = 1_000
"""Calls that may share a commit."""

CLOSE_WITHIN = 0.5
"""Seconds that a close may take to carry out what was asked; the rest is refused."""


class StoreUnavailable(Unavailable):
    """The store does not answer or can't write; nothing was changed. The message says why."""


@dataclass(frozen=True, slots=True)
class Health:
    """How a store that answers is: `left_out` counts the stored rows that are not valid todos."""

    left_out: int = 0


@dataclass(slots=True)
class Figures:
    """What a store has done, and where it is."""

    commit_seconds: Histogram = field(default_factory=Histogram)
    commit_writes: Histogram = field(default_factory=lambda: Histogram(WRITES))
    """How many writes each commit has made durable."""
    position: int = 0
    """The log's number that reads are answered at: writes since the start, where there is none."""
    behind: int = 0
    """How many numbers the log is known to be ahead of that."""
    reconnects: int = 0
    """How often the connection to the database was made anew."""
    ready: bool = True

    def committed(self, writes: int, seconds: float) -> None:
        """Count a commit."""
        self.commit_writes.observe(writes)
        self.commit_seconds.observe(seconds)


@dataclass(frozen=True, slots=True)
class Created:
    """A todo is new, at the end of the list."""

    todo: Todo


@dataclass(frozen=True, slots=True)
class Updated:
    """A todo was replaced, in its place."""

    todo: Todo


@dataclass(frozen=True, slots=True)
class Deleted:
    """The todo with this id was deleted."""

    todo_id: TodoID


Change: TypeAlias = Created | Updated | Deleted


class TodoRepository(Protocol):
    """Keeps todos in the order of their creation.

    A write is durable, as far as the repository can make it, when its method returns, and writes
    return in the order in which they were carried out. It shows in reads and lists from the moment
    when its caller goes on: whoever broadcasts it without waiting again lets no list get ahead of
    the broadcasts. `StoreUnavailable` means that nothing was changed.
    """

    @property
    def figures(self) -> Figures:
        """What the store has done, and where it is."""

    async def add(self, todo: Todo, key: IdempotencyKey | None = None) -> TodoID | None:
        """Store a new todo and return its id; None when the list is full.

        With a key that was used before, store nothing, and return the id of the todo that was first
        stored with it, even when that was deleted since. A key is remembered as durably as a todo,
        for as long as `keys` says.
        """

    async def list(self) -> Encoded:
        """Return every todo, oldest first, as a JSON array."""

    async def find(self, todo_id: TodoID) -> Todo | None:
        """Return the todo with this id, or None."""

    async def replace(self, todo: Todo) -> bool:
        """Replace the todo with the same id; False when there is none."""

    async def remove(self, todo_id: TodoID) -> bool:
        """Delete the todo with this id; False when there is none."""

    def watch(self, tell: Callable[[Change], None]) -> None:
        """Call `tell` with each change that others have committed, in the order of the commits.

        Others are whoever writes to the store but not through this repository. A change shows in
        lists from the moment when it is told.
        """

    async def ping(self) -> Health:
        """Return when the store can write."""

    async def close(self) -> None:
        """Finish what was asked, as far as it can be done at once, and let go of the store."""


class InMemoryTodoRepository:
    """Keeps todos until the process ends. Every method finishes without waiting."""

    def __init__(self, max_todos: int = MAX_TODOS) -> None:
        self.figures = Figures()
        self._todos = TodoList()
        self._keys = UsedKeys()
        self._max_todos = max_todos

    async def add(self, todo: Todo, key: IdempotencyKey | None = None) -> TodoID | None:
        if key and (first := self._keys.find(key)):
            return first
        if len(self._todos) >= self._max_todos:
            return None
        self._todos.add(todo)
        if key:
            self._keys.add(key, todo["id"])
        return todo["id"]

    async def list(self) -> Encoded:
        return self._todos.encoded()

    async def find(self, todo_id: TodoID) -> Todo | None:
        return self._todos.find(todo_id)

    async def replace(self, todo: Todo) -> bool:
        return self._todos.replace(todo)

    async def remove(self, todo_id: TodoID) -> bool:
        return self._todos.remove(todo_id)

    def watch(self, tell: Callable[[Change], None]) -> None:
        """Do nothing: nobody else can write to it."""

    async def ping(self) -> Health:
        return Health()

    async def close(self) -> None:
        return
