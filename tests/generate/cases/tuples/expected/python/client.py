# Generated from asyncapi.yaml by `make generate`. Do not edit.
"""Typed clients of Tuples 1.0.0."""

from __future__ import annotations

import typing

import asyncapi_socketio.client as base

from .models import (
    HereArg2,
    LostPayload,
    MoveArg2,
    MovedArg2,
    MoveHowFast,
    PairPayload,
    PingPayload,
    Point,
    SayPayload,
)
from .operations import CONTRACT, MOVE, MOVED, WHERE


class Lost(base.Rejected[LostPayload]):
    """The error `lost`."""


class Client(base.Client):
    """A client of `/`."""

    def __init__(self, url: str, /, **options: typing.Unpack[base.Options]) -> None:
        super().__init__(CONTRACT, "/", url, **options)

    async def move(
        self,
        arg1: Point,
        arg2: MoveArg2,
        arg3: MoveHowFast,
        /,
        *,
        within: float = base.ANSWER_WITHIN,
    ) -> tuple[Point, HereArg2]:
        """move: `move`.

        Raise `Lost`.
        """
        ack: tuple[Point, HereArg2] = await self._call(MOVE, (arg1, arg2, arg3), within, {1: Lost})
        return ack

    async def say(self, payload: SayPayload, /) -> None:
        """say: `say`."""
        await self._emit("say", (payload,))

    async def leave(self) -> None:
        """leave: `leave`."""
        await self._emit("leave", ())

    async def ping(self, payload: PingPayload, /) -> None:
        """ping: `ping`."""
        await self._emit("ping", (payload,))

    async def pair(self, payload: PairPayload, /) -> None:
        """pair: `pair`."""
        await self._emit("pair", (payload,))

    def on_moved(
        self, react: base.Handler[[Point, MovedArg2], None], /
    ) -> base.Handler[[Point, MovedArg2], None]:
        """moved: hears `moved`."""
        return self._on(MOVED, react)

    def on_where(
        self, react: base.Handler[[], tuple[Point, HereArg2] | None], /
    ) -> base.Handler[[], tuple[Point, HereArg2] | None]:
        """where: answers `where`."""
        return self._on(WHERE, react)
