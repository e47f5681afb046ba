# Generated from asyncapi.yaml by `make generate`. Do not edit.
"""Typed clients of Arguments 0.1.0."""

from __future__ import annotations

import typing

import asyncapi_socketio.client as base

from .models import (
    AnythingPayload,
    NumberPayload,
    Numbers,
    OldPayload,
    PairPayload,
    Text,
    TextsPayload,
    TickPayload,
    TruthPayload,
    WholePayload,
)
from .operations import CONTRACT, TEXTS, TICK


class Client(base.Client):
    """A client of `/`."""

    def __init__(self, url: str, /, **options: typing.Unpack[base.Options]) -> None:
        super().__init__(CONTRACT, "/", url, **options)

    async def none(self) -> None:
        """none: `none`."""
        await self._emit("none", ())

    async def number(self, payload: NumberPayload, /) -> None:
        """number: `number`."""
        await self._emit("number", (payload,))

    async def whole(self, payload: WholePayload, /) -> None:
        """whole: `whole`."""
        await self._emit("whole", (payload,))

    async def truth(self, payload: TruthPayload, /) -> None:
        """truth: `truth`."""
        await self._emit("truth", (payload,))

    async def text(self, payload: Text, /) -> None:
        """text: `a text`."""
        await self._emit("a text", (payload,))

    async def texts(
        self, payload: TextsPayload, /, *, within: float = base.ANSWER_WITHIN
    ) -> Numbers:
        """texts: `texts`."""
        ack: Numbers = await self._call(TEXTS, (payload,), within, {})
        return ack

    async def anything(self, payload: AnythingPayload, /) -> None:
        """anything: `anything`."""
        await self._emit("anything", (payload,))

    async def pair(self, payload: PairPayload, /) -> None:
        """pair: `pair`."""
        await self._emit("pair", (payload,))

    async def old(self, payload: OldPayload, /) -> None:
        """old: `old`."""
        await self._emit("old", (payload,))

    def on_tick(
        self, react: base.Handler[[TickPayload], None], /
    ) -> base.Handler[[TickPayload], None]:
        """tick: hears `tick`."""
        return self._on(TICK, react)
