# Generated from asyncapi.yaml by `asyncapi-socketio generate`. Do not edit.
"""Typed clients of Ticker 1.0.0."""

from __future__ import annotations

import typing

import asyncapi_socketio.client as base

from .models import Price, Problem, TickerSymbol
from .operations import CONTRACT, TICK, WATCH


class Refused(base.Rejected[Problem]):
    """It is not watched.

    Carries the reason.
    """


class Client(base.Client):
    """A client of `/`.

    Takes everybody.
    """

    def __init__(self, url: str, /, **options: typing.Unpack[base.Options]) -> None:
        super().__init__(CONTRACT, "/", url, **options)

    async def watch(self, payload: TickerSymbol, /, *, within: float = base.ANSWER_WITHIN) -> Price:
        """Watch a symbol: `watch`.

        Acknowledges the last price. Raise `Refused`.
        """
        ack: Price = await self._call(WATCH, (payload,), within, {1: Refused})
        return ack

    def on_tick(self, react: base.Handler[[Price], None], /) -> base.Handler[[Price], None]:
        """A price has changed: hears `tick`.

        Comes whenever the market moves, not because of a client.
        """
        return self._on(TICK, react)
