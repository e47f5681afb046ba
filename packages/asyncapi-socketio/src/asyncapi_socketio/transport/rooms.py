"""Who is in one namespace, and in which of its rooms."""

from __future__ import annotations

from collections.abc import Collection
from typing import Generic, TypeVar

T = TypeVar("T")


class Rooms(Generic[T]):
    """The clients of one namespace by their sids; a sid is a room with nobody else in it."""

    def __init__(self) -> None:
        self.members: dict[str, T] = {}
        """Who is in the namespace."""
        self.judged: dict[str, T] = {}
        """Who asks to be let in; in rooms already, but nothing that is sent there reaches it."""
        self._rooms: dict[str, dict[str, None]] = {}
        self._entered: dict[str, set[str]] = {}

    def find(self, sid: str) -> T | None:
        """Return who has this sid, let in or not yet; None when it is gone."""
        return self.members.get(sid) or self.judged.get(sid)

    def audience(self, room: str | None) -> Collection[tuple[str, T]]:
        """Return who is in the namespace, or in a room of it."""
        members = self.members
        if room is None:
            return members.items()
        if room in members:
            return [(room, members[room])]
        return [(sid, members[sid]) for sid in self._rooms.get(room, ()) if sid in members]

    def enter(self, sid: str, room: str) -> None:
        """Put a client into a room; nothing happens when it is gone."""
        if sid in self.members or sid in self.judged:
            self._rooms.setdefault(room, {})[sid] = None
            self._entered.setdefault(sid, set()).add(room)

    def leave(self, sid: str, room: str) -> None:
        """Take a client out of a room; nothing happens when it is not there."""
        entered = self._entered.get(sid)
        if entered is None or room not in entered:
            return
        entered.discard(room)
        if not entered:
            del self._entered[sid]
        self._empty(sid, room)

    def entered(self, sid: str) -> frozenset[str]:
        """Return the rooms that a client is in."""
        return frozenset(self._entered.get(sid, ()))

    def remove(self, sid: str) -> None:
        """Take a client out of the namespace and all of its rooms."""
        self.members.pop(sid, None)
        self.judged.pop(sid, None)
        for room in self._entered.pop(sid, ()):
            self._empty(sid, room)

    def _empty(self, sid: str, room: str) -> None:
        inside = self._rooms[room]
        del inside[sid]
        if not inside:
            del self._rooms[room]
