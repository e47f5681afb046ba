"""Todos as lines of JSON, from any store to any other; knows none of them.

A line is a todo, with the idempotency key of its create while that is remembered, so that a client
that sends the create again after the move is told the todo that it made before.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterable, Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, BinaryIO, TypeAlias

import orjson

from .keys import KeyedTodo
from .repository import MAX_BATCH, StoreUnavailable, TodoRepository

Judge: TypeAlias = Callable[[Any, Any], str | None]
"""Says what is wrong with what should be a todo and a key, or none; None when they are."""

Advance: TypeAlias = Callable[[int], object]
"""Is told how much more is done."""

KEY = "idempotencyKey"


class BadLine(Exception):
    """A line is not a todo. The message says which, and why; those before it are stored."""


@dataclass(slots=True)
class Exported:
    """How many todos were written, and how many left out as they are not valid."""

    written: int = 0
    left_out: int = 0


@dataclass(slots=True)
class Imported:
    """How many todos were stored, and how many lines were about what had been there."""

    stored: int = 0
    known: int = 0


async def export(
    todos: AsyncIterable[KeyedTodo], out: BinaryIO, judge: Judge, advance: Advance
) -> Exported:
    """Write each valid todo as a line, in the order of the list."""
    done = Exported()
    async for todo, key in todos:
        advance(1)
        if judge(todo, key) is None:
            line = todo if key is None else {**todo, KEY: key}
            out.write(orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE))
            done.written += 1
        else:
            done.left_out += 1
    out.flush()
    return done


async def take_in(
    lines: Iterable[bytes], todos: TodoRepository, judge: Judge, done: Imported, advance: Advance
) -> None:
    """Store the todo of each line behind those that are there, many in one commit; count in `done`.

    A todo whose id is there, or whose key was used, changes nothing: the same lines may come again.
    Raises `BadLine`, and `StoreUnavailable` as the store does or when it is full; what was counted
    is stored then.
    """
    numbered = enumerate(lines, 1)
    while batch := await asyncio.to_thread(lambda: [*islice(numbered, MAX_BATCH)]):
        new: dict[str, KeyedTodo] = {}
        bad: BadLine | None = None
        for number, line in batch:
            try:
                todo, key = _parsed(line, judge)
            except ValueError as error:
                bad = BadLine(f"line {number:,} is not a todo: {error}")
                break
            done.known += 1  # until it is stored
            new.setdefault(todo["id"], (todo, key))
        stored = await _store([*new.values()], todos)
        done.stored, done.known = done.stored + stored, done.known - stored
        if bad is not None:
            raise bad
        advance(sum(len(line) for _, line in batch))


async def _store(batch: Sequence[KeyedTodo], todos: TodoRepository) -> int:
    """Store those that are not there, and return how many they were."""
    there = await asyncio.gather(*(todos.find(todo["id"]) for todo, _ in batch))
    new = [item for item, found in zip(batch, there, strict=True) if found is None]
    ids = await asyncio.gather(*(todos.add(todo, key) for todo, key in new))
    for (todo, _), stored in zip(new, ids, strict=True):
        if stored is None and await todos.find(todo["id"]) is None:
            raise StoreUnavailable("the list is full: allow more with --max-todos")
    return sum(stored == todo["id"] for (todo, _), stored in zip(new, ids, strict=True))


def _parsed(line: bytes, judge: Judge) -> KeyedTodo:
    """Return what a line holds; raises `ValueError`."""
    todo = orjson.loads(line)
    key = todo.pop(KEY, None) if isinstance(todo, dict) else None
    if wrong := judge(todo, key):
        raise ValueError(wrong)
    return todo, key and key.lower()
