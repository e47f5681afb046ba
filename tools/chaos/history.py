"""What the database says has happened: the log, copied while it grows."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator
from typing import Literal, NamedTuple, TypeAlias

Item: TypeAlias = tuple[str, str, bool]
"""A todo: its id, title, and whether it is completed."""

Items: TypeAlias = dict[str, Item]
"""A list of todos in its order, by id."""


class Change(NamedTuple):
    """A todo was created, updated or deleted; a deletion has neither title nor completed."""

    kind: Literal["c", "u", "d"]
    id: str
    title: str | None = None
    completed: bool | None = None

    def __str__(self) -> str:
        verb = {"c": "created", "u": "updated", "d": "deleted"}[self.kind]
        return f"{verb} {self.id[:8]} {(self.title or '')[:24]}".rstrip()


class Place(NamedTuple):
    """A position: so many changes of a line of history have been seen."""

    line: int
    seen: int


def apply(items: Items, change: Change) -> bool:
    """Change a list; returns whether the change fits: it creates what is new, or finds the todo."""
    fits = (change.id in items) is (change.kind != "c")
    if change.kind == "d":
        items.pop(change.id, None)
    else:
        items[change.id] = (change.id, change.title or "", bool(change.completed))
    return fits


def fingerprint(items: Iterable[Item]) -> int:
    """Return a number that two lists share when they hold the same todos, in whatever order."""
    mark = 0
    for item in items:
        mark ^= hash(item)
    return mark


class Line:
    """One line of history: every change from the first one on, and when each was read.

    `since` is the number of changes that it shares with the line before it.
    """

    EVERY = 2000
    """Changes between two copies of the list."""

    def __init__(self, changes: Iterable[Change] = (), at: Iterable[float] = ()) -> None:
        self.changes: list[Change] = []
        self.at = array("d")
        self.since = 0
        self.place_of: dict[Change, int] = {}
        self.marks = array("q", [0])
        self.misfits: list[int] = []
        self._items: Items = {}
        self._copies: list[Items] = [{}]
        for change, moment in zip(changes, at, strict=True):
            self.add(change, moment)
        self.since = len(self.changes)

    def __len__(self) -> int:
        return len(self.changes)

    def add(self, change: Change, at: float) -> None:
        """Go on with a change."""
        index = len(self.changes)
        mark = self.marks[-1]
        before = self._items.get(change.id)
        if not apply(self._items, change):
            self.misfits.append(index)
        after = self._items.get(change.id)
        for item in (before, after):
            mark ^= hash(item) if item else 0
        self.changes.append(change)
        self.at.append(at)
        self.place_of[change] = index
        self.marks.append(mark)
        if (index + 1) % self.EVERY == 0:
            self._copies.append(dict(self._items))

    def items(self, index: int) -> Items:
        """Return the list after so many changes."""
        start = index // self.EVERY
        items = dict(self._copies[start])
        for change in self.changes[start * self.EVERY : index]:
            apply(items, change)
        return items


class History:
    """Every line of history: a replica that lacked the last writes begins another when promoted."""

    def __init__(self) -> None:
        self.lines = [Line()]

    @property
    def now(self) -> Line:
        """The line that goes on."""
        return self.lines[-1]

    def head(self, at: float) -> Place:
        """Return how much had been read at a moment."""
        for number in reversed(range(len(self.lines))):
            line = self.lines[number]
            if number == 0 or (len(line) > line.since and line.at[line.since] <= at):
                return Place(number, _before(line.at, at))
        return Place(0, 0)

    def fork(self, index: int) -> None:
        """Go on from an earlier position, on a new line."""
        line = self.now
        self.lines.append(Line(line.changes[:index], line.at[:index]))

    def like(self, mark: int) -> Iterator[Place]:
        """Yield the positions whose lists have a fingerprint, the latest line's first."""
        for number in reversed(range(len(self.lines))):
            line = self.lines[number]
            for index in range(line.since if number else 0, len(line) + 1):
                if line.marks[index] == mark:
                    yield Place(number, index)


def _before(moments: array[float], at: float) -> int:
    """Return how many moments, which grow, are not after `at`."""
    low, high = 0, len(moments)
    while low < high:
        middle = (low + high) // 2
        if moments[middle] <= at:
            low = middle + 1
        else:
            high = middle
    return low
