"""The idempotency keys that were used, for as long as they are remembered; does no I/O."""

from __future__ import annotations

import time
from typing import TypeAlias

from .generated.models import IdempotencyKey, Todo, TodoID

KEPT_FOR = 24 * 60 * 60
"""Seconds that a key is remembered after its use."""

MAX_KEYS = 100_000
"""Keys that are remembered; one more, and the oldest is forgotten."""

KeyedTodo: TypeAlias = tuple[Todo, IdempotencyKey | None]
"""A todo as it is stored, with the key of its create, if that is remembered."""


class UsedKeys:
    """Each key with the id of the todo first stored with it, in the order of their use."""

    def __init__(self) -> None:
        self._used: dict[IdempotencyKey, tuple[TodoID, float]] = {}

    def __len__(self) -> int:
        return len(self._used)

    def find(self, key: IdempotencyKey) -> TodoID | None:
        """Return the id of the todo first stored with a key; None when it was not used."""
        todo_id, used = self._used.get(key, (None, 0.0))
        return todo_id if used > oldest_kept() else None

    def add(self, key: IdempotencyKey, todo_id: TodoID, used: float | None = None) -> None:
        """Remember that a key was used, now or at a time that a store has kept."""
        self._used.pop(key, None)  # one that was forgotten is used last again
        self._used[key] = (todo_id, time.time() if used is None else used)
        self._forget()

    def _forget(self) -> None:
        """Forget the oldest: some more than one, so that they are not outnumbered."""
        while self._used:
            key, (_, used) = next(iter(self._used.items()))
            if len(self._used) <= MAX_KEYS and used > oldest_kept():
                return
            del self._used[key]


def oldest_kept() -> float:
    """Return the time, in seconds since 1970, before which keys that were used are forgotten."""
    return time.time() - KEPT_FOR
