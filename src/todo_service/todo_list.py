"""The list of todos in memory, at a position of its history; does no I/O."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import TypeAlias

import orjson

from asyncapi_socketio import Encoded

from .generated.models import Completed, Title, Todo, TodoID

CHUNK = 256
"""Todos that are encoded together: one that changes costs the encoding of so many, not of all."""

_EMPTY = Encoded((b"[]",))


class _Chunk:
    """Todos that were created one after the other, and their JSON, each after a comma."""

    __slots__ = ("encoded", "todos")

    def __init__(self) -> None:
        self.todos: dict[TodoID, _Kept] = {}
        self.encoded: bytes | None = None

    def encode(self) -> bytes:
        """Return the JSON of the todos; made again only when one of them has changed."""
        if self.encoded is None:
            todos = [_todo(todo_id, kept) for todo_id, kept in self.todos.items()]
            self.encoded = b"," + orjson.dumps(todos)[1:-1]
        return self.encoded


_Kept: TypeAlias = tuple[Title, Completed]
"""What is kept of a todo beside its id: a third of what the dict would take."""


class TodoList:
    """Todos in the order of their creation; `position` counts the changes.

    Lists of different positions share the bytes of all chunks that did not change in between.
    """

    def __init__(self, position: int = 0) -> None:
        self._chunks: list[_Chunk] = []
        self._chunk_of: dict[TodoID, _Chunk] = {}
        self._encoded: Encoded | None = None
        self.position = position

    def __len__(self) -> int:
        return len(self._chunk_of)

    def __contains__(self, todo_id: TodoID) -> bool:
        return todo_id in self._chunk_of

    def __iter__(self) -> Iterator[Todo]:
        for chunk in self._chunks:
            yield from map(_todo, chunk.todos, chunk.todos.values())

    def find(self, todo_id: TodoID) -> Todo | None:
        """Return the todo with this id, or None."""
        chunk = self._chunk_of.get(todo_id)
        return None if chunk is None else _todo(todo_id, chunk.todos[todo_id])

    def add(self, todo: Todo) -> None:
        """Put a new todo at the end; one whose id is there already stays in its place."""
        if self.replace(todo):
            return
        if not self._chunks or len(self._chunks[-1].todos) >= CHUNK:
            self._chunks.append(_Chunk())
        chunk = self._chunk_of[todo["id"]] = self._chunks[-1]
        chunk.todos[todo["id"]] = (todo["title"], todo["completed"])
        self._changed(chunk)

    def replace(self, todo: Todo) -> bool:
        """Replace the todo with the same id, in its place; False when there is none."""
        chunk = self._chunk_of.get(todo["id"])
        if chunk is None:
            return False
        chunk.todos[todo["id"]] = (todo["title"], todo["completed"])
        self._changed(chunk)
        return True

    def remove(self, todo_id: TodoID) -> bool:
        """Delete the todo with this id; False when there is none."""
        chunk = self._chunk_of.pop(todo_id, None)
        if chunk is None:
            return False
        del chunk.todos[todo_id]
        self._changed(chunk)
        if len(chunk.todos) <= CHUNK // 4:
            self._merge(self._chunks.index(chunk))
        return True

    def encoded(self) -> Encoded:
        """Return the list as JSON; encoded once per position."""
        if self._encoded is None:
            first, *rest = [chunk.encode() for chunk in self._chunks] or [b""]
            self._encoded = Encoded((b"[" + first[1:], *rest, b"]")) if first else _EMPTY
        return self._encoded

    def _changed(self, chunk: _Chunk) -> None:
        self.position += 1
        self._encoded = chunk.encoded = None

    def _merge(self, number: int) -> None:
        """Join a chunk with few todos to one beside it, so that deleted todos leave no holes."""
        if not self._chunks[number].todos:
            del self._chunks[number]
            return
        for kept, moved in pairwise(self._chunks[max(number - 1, 0) : number + 2]):
            if len(kept.todos) + len(moved.todos) <= CHUNK:
                kept.todos.update(moved.todos)
                kept.encoded = None
                self._chunk_of.update(dict.fromkeys(moved.todos, kept))
                self._chunks.remove(moved)
                return


def _todo(todo_id: TodoID, kept: _Kept) -> Todo:
    return {"id": todo_id, "title": kept[0], "completed": kept[1]}
