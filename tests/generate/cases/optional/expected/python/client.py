# Generated from asyncapi.yaml by `make generate`. Do not edit.
"""Typed clients of Optional 1.0.0."""

from __future__ import annotations

import typing

import asyncapi_socketio.client as base
from asyncapi_socketio.runtime.operations import given

from .models import (
    AddedPayload,
    AddPayload,
    Amount,
    AnyRest,
    CountPayload,
    FailedPayload,
    HeardArg1,
    HeardArg2,
    Mood,
    ShoutArg1,
    ShoutArg2,
    ShoutedArg1,
    SumsPayload,
)
from .operations import ADD, ADDED, CONTRACT, COUNT, SHOUT, SHOUTED


class Failed(base.Rejected[FailedPayload]):
    """The error `failed`."""


class Client(base.Client):
    """A client of `/`."""

    def __init__(self, url: str, /, **options: typing.Unpack[base.Options]) -> None:
        super().__init__(CONTRACT, "/", url, **options)

    async def shout(
        self,
        arg1: ShoutArg1,
        arg2: ShoutArg2 | None = None,
        arg3: Mood | None = None,
        /,
        *,
        within: float = base.ANSWER_WITHIN,
    ) -> tuple[HeardArg1] | tuple[HeardArg1, HeardArg2]:
        """shout: `shout`.

        Raise `Failed`.
        """
        ack: tuple[HeardArg1] | tuple[HeardArg1, HeardArg2] = await self._call(
            SHOUT, given((arg1, arg2, arg3), 1), within, {1: Failed}
        )
        return ack

    async def count(
        self, payload: CountPayload | None = None, /, *, within: float = base.ANSWER_WITHIN
    ) -> tuple[HeardArg1] | tuple[HeardArg1, HeardArg2]:
        """count: `count`.

        Raise `Failed`.
        """
        ack: tuple[HeardArg1] | tuple[HeardArg1, HeardArg2] = await self._call(
            COUNT, given((payload,), 0), within, {1: Failed}
        )
        return ack

    async def add(
        self, payload: AddPayload, /, *rest: Amount, within: float = base.ANSWER_WITHIN
    ) -> tuple[SumsPayload, *tuple[Amount, ...]]:
        """add: `add`.

        Raise `Failed`.
        """
        ack: tuple[SumsPayload, *tuple[Amount, ...]] = await self._call(
            ADD, (payload, *rest), within, {1: Failed}
        )
        return ack

    async def any(self, *rest: AnyRest) -> None:
        """any: `any`."""
        await self._emit("any", (*rest,))

    def on_shouted(
        self, react: base.Handler[[ShoutedArg1, Mood | None], None], /
    ) -> base.Handler[[ShoutedArg1, Mood | None], None]:
        """shouted: hears `shouted`."""
        return self._on(SHOUTED, react)

    def on_added(
        self, react: base.Handler[[AddedPayload, tuple[Amount, ...]], None], /
    ) -> base.Handler[[AddedPayload, tuple[Amount, ...]], None]:
        """added: hears `added`."""
        return self._on(ADDED, react)
