# Generated from asyncapi.yaml by `make generate`. Do not edit.
"""Typed clients of Asks 1.0.0."""

from __future__ import annotations

import typing

import asyncapi_socketio.client as base

from .models import Confirmed, Question
from .operations import ARE_YOU_THERE, CONFIRM, CONTRACT


class Client(base.Client):
    """A client of `/`."""

    def __init__(self, url: str, /, **options: typing.Unpack[base.Options]) -> None:
        super().__init__(CONTRACT, "/", url, **options)

    async def start(self) -> None:
        """start: `start`."""
        await self._emit("start", ())

    def on_confirm(
        self, react: base.Handler[[Question], Confirmed], /
    ) -> base.Handler[[Question], Confirmed]:
        """confirm: answers `confirm`."""
        return self._on(CONFIRM, react)

    def on_are_you_there(self, react: base.Handler[[], None], /) -> base.Handler[[], None]:
        """areYouThere: answers `are you there`."""
        return self._on(ARE_YOU_THERE, react)
