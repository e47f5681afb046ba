"""Judge what clients were told against the log: the same changes, in the same order, once each."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from .history import Change, History, Item, Items, Place, apply, fingerprint

MOST_PER_SESSION = 20
"""Violations of one session after which the rest of it is not judged."""

LONGEST_DIFFERENCE = 5_000
"""Changes after which what a node tells is not taken for the difference of two lists."""


@dataclass(frozen=True, slots=True)
class Violation:
    """Something that must not have happened."""

    rule: str
    at: float
    who: str
    what: str


@dataclass(slots=True)
class Session:
    """A client from its first list on: what it was told, its own acknowledged writes included."""

    client: str
    node: str
    listed_at: float
    listed: list[Item]
    changes: list[Change] = field(default_factory=list)
    at: array[float] = field(default_factory=lambda: array("d"))
    watches: bool = True
    ended_at: float | None = None

    def told(self, change: Change, at: float) -> None:
        """Remember a change."""
        self.changes.append(change)
        self.at.append(at)


@dataclass(frozen=True, slots=True)
class Acked:
    """A write that was acknowledged as done."""

    change: Change
    at: float
    client: str


@dataclass(frozen=True, slots=True)
class Window:
    """A time in which a node (every one, when None) may do what else is a violation."""

    start: float
    end: float
    node: str | None = None

    def holds(self, at: float, node: str | None = None) -> bool:
        """Return whether it covers a moment at a node."""
        return self.start <= at <= self.end and self.node in {None, node}


class Step(NamedTuple):
    """From change number `first` on a session follows the log from a place, or waits there."""

    first: int
    place: Place
    follows: bool = True

    def seen(self, number: int) -> Place:
        """Return where a change has brought the session."""
        line, index = self.place
        return Place(line, index + number - self.first + 1) if self.follows else self.place


@dataclass(slots=True)
class Track:
    """A session's way through history."""

    session: Session
    steps: list[Step]
    violations: list[Violation] = field(default_factory=list)

    def moments(self) -> Iterator[tuple[float, Place]]:
        """Yield where it was, and since when."""
        yield self.session.listed_at, self.steps[0].place
        for step, end in self._steps():
            for number in range(step.first, end):
                yield self.session.at[number], step.seen(number)

    def reached(self, place: Place) -> float | None:
        """Return when it had seen what comes before a place, if it ever had."""
        if self.steps[0].place >= place:
            return self.session.listed_at
        for step, end in self._steps():
            behind = place.seen - step.place.seen if step.place.line == place.line else 0
            number = step.first + max(0, behind - 1)
            if number < end and step.seen(number) >= place:
                return self.session.at[number]
        return None

    def _steps(self) -> Iterator[tuple[Step, int]]:
        """Yield each step with the number of the change that it ends before."""
        ends = [*(step.first for step in self.steps[1:]), len(self.session.changes)]
        yield from zip(self.steps, ends, strict=True)


class Judge:
    """Follows sessions through history.

    A node may tell the difference of two lists instead of the log within the windows `jumps`, and
    writes acknowledged within `losses` may be lost: a replica was promoted without them.
    """

    def __init__(
        self, history: History, jumps: Iterable[Window] = (), losses: Iterable[Window] = ()
    ) -> None:
        self._history = history
        self._jumps = [*jumps]
        self._losses = [*losses]

    def tracks(self, sessions: Iterable[Session]) -> list[Track]:
        """Find each session's way through history, with the violations on it."""
        return [self._track(session) for session in sessions]

    def log(self) -> list[Violation]:
        """Check that the log creates what is new, and changes only what is there."""
        return [
            Violation("log", line.at[index], "database", f"number {index + 1} is impossible")
            for number, line in enumerate(self._history.lines)
            for index in line.misfits
            if index >= line.since or number == 0
        ]

    def writes(self, acked: Iterable[Acked]) -> tuple[list[Violation], int]:
        """Check that no acknowledged write is missing; returns how many were allowed to be."""
        there = self._history.now.place_of
        missing = [write for write in acked if write.change not in there]
        lost = [w for w in missing if not any(window.holds(w.at) for window in self._losses)]
        return [
            Violation("lost write", write.at, write.client, f"acknowledged: {write.change}")
            for write in lost
        ], len(missing) - len(lost)

    def creates(self) -> list[Violation]:
        """Check that no title, which clients use once, was created twice."""
        created = Counter(c.title for c in self._history.now.changes if c.kind == "c")
        return [
            Violation("doubled write", 0.0, "database", f"{count} todos with the title {title}")
            for title, count in created.items()
            if count > 1
        ]

    def end(self, items: Items) -> list[Violation]:
        """Check that the list is what the log comes to."""
        line = self._history.now
        if [*items.values()] == [*line.items(len(line)).values()]:
            return []
        return [Violation("log", line.at[-1], "database", "the todos are not what the log says")]

    def _track(self, session: Session) -> Track:
        tracks = [self._follow(session, start) for start in self._starts(session)]
        if not tracks:
            what = f"{len(session.listed)} todos listed that were never the list"
            missing = Violation("first list", session.listed_at, session.client, what)
            return Track(session, [Step(0, Place(0, 0))], [missing])
        return min(tracks, key=lambda track: len(track.violations))

    def _starts(self, session: Session) -> list[Place]:
        """Return the positions that a session's first list may stand for."""
        likely = [*self._history.like(fingerprint(session.listed))]
        if len(likely) > 1 and session.changes:
            first = session.changes[0]
            lines = self._history.lines
            sure = [p for p in likely if lines[p.line].place_of.get(first) == p.seen]
            likely = sure or likely[:1]
        return [p for p in likely if [*self._items(p).values()] == session.listed]

    def _items(self, place: Place) -> Items:
        return self._history.lines[place.line].items(place.seen)

    def _follow(self, session: Session, start: Place) -> Track:
        track = Track(session, [Step(0, start)])
        line, index = start
        changes = self._history.lines[line].changes
        number, end = 0, len(session.changes)
        while number < end:
            change = session.changes[number]
            if index < len(changes) and changes[index] == change:
                index += 1
                number += 1
                continue
            here = Place(line, index)
            track.steps.append(Step(number, here, follows=False))
            if landed := self._jump(session, number, here):
                number, (line, index) = landed
                changes = self._history.lines[line].changes
            else:
                track.violations.append(self._mismatch(session, number, here))
                if len(track.violations) == MOST_PER_SESSION:
                    break
                index = self._history.lines[line].place_of.get(change, index - 1) + 1
                number += 1
            track.steps.append(Step(number, Place(line, index)))
        return track

    def _jump(self, session: Session, number: int, place: Place) -> tuple[int, Place] | None:
        """Find where a node goes on that tells the difference between two lists."""
        if not any(window.holds(session.at[number], session.node) for window in self._jumps):
            return None
        items = self._items(place)
        for here in range(number, min(len(session.changes), number + LONGEST_DIFFERENCE) + 1):
            rest = session.changes[here] if here < len(session.changes) else None
            for target in self._targets(fingerprint(items.values()), rest, place.line):
                if target != place and [*self._items(target).values()] == [*items.values()]:
                    return here, target
            if rest is None or not apply(items, rest):
                return None
        return None

    def _targets(self, mark: int, following: Change | None, line: int) -> Iterator[Place]:
        """Yield positions of a list that a change follows in the log, or nothing any more."""
        if following is None:
            yield from (place for place in self._history.like(mark) if place.line >= line)
            return
        for number, other in enumerate(self._history.lines[line:], line):
            index = other.place_of.get(following)
            if index is not None and other.marks[index] == mark:
                yield Place(number, index)

    def _mismatch(self, session: Session, number: int, place: Place) -> Violation:
        line = self._history.lines[place.line]
        change = session.changes[number]
        expected = line.changes[place.seen] if place.seen < len(line) else None
        index = line.place_of.get(change)
        if index is None:
            what = f"heard what is not in the log: {change}"
        elif index < place.seen:
            what = f"heard again, or late: {change}, number {index + 1} after {place.seen}"
        else:
            what = f"not heard: numbers {place.seen + 1} to {index}, {expected} first"
        return Violation("broadcast", session.at[number], session.client, what)


def agreed_after(history: History, tracks: Iterable[Track], at: float) -> tuple[float | None, str]:
    """Return how long after a moment every watcher had seen what the log held then, and the last.

    The time is None when that one never had.
    """
    head = history.head(at)
    by_client: dict[str, list[Track]] = {}
    for track in tracks:
        if track.session.watches:
            by_client.setdefault(track.session.client, []).append(track)
    slowest = 0.0, ""
    for client, mine in by_client.items():
        later = (t for t in mine if t.session.ended_at is None or t.session.ended_at > at)
        moments = [moment for t in later if (moment := t.reached(head)) is not None]
        if not moments:
            return None, client
        slowest = max(slowest, (min(moments) - at, client))
    return slowest


def lag(history: History, tracks: Iterable[Track], moments: list[float]) -> list[int | None]:
    """Return how many changes watchers of one node were behind the log, at their best.

    None where nobody watched.
    """
    best: list[Place | None] = [None] * len(moments)
    for track in tracks:
        session = track.session
        seen = [*track.moments()]
        times = [moment for moment, _ in seen]
        for number, moment in enumerate(moments):
            if session.listed_at <= moment <= (session.ended_at or moments[-1]):
                _, place = seen[bisect_left(times, moment, 1) - 1]
                if (known := best[number]) is None or place > known:
                    best[number] = place
    return [
        None if place is None else _behind(history, history.head(moment), place)
        for moment, place in zip(moments, best, strict=True)
    ]


def _behind(history: History, head: Place, place: Place) -> int:
    """Return how many changes lie between a place and the head."""
    if place.line == head.line:
        return max(0, head.seen - place.seen)
    return max(0, head.seen - min(place.seen, history.lines[head.line].since))
