# Generated from asyncapi.yaml by `make generate`. Do not edit.
"""Typed clients of Chat 2.1.0."""

from __future__ import annotations

import typing

import asyncapi_socketio.client as base

from .models import Delivery, Line, Refused
from .operations import CONTRACT, KICK_HTTP_USER, SAID, SAY


class RefusedError(base.Rejected[Refused]):
    """The error `Refused`."""


class Client(base.Client):
    """A client of `/`."""

    def __init__(self, url: str, /, **options: typing.Unpack[base.Options]) -> None:
        super().__init__(CONTRACT, "/", url, **options)

    async def say(self, payload: Line, /, *, within: float = base.ANSWER_WITHIN) -> Delivery:
        """Say something: `say`.

        Raise `RefusedError`.
        """
        ack: Delivery = await self._call(SAY, (payload,), within, {1: RefusedError})
        return ack

    def on_said(self, react: base.Handler[[Line], None], /) -> base.Handler[[Line], None]:
        """Something was said: hears `said`.

        Everyone in the room hears it.
        """
        return self._on(SAID, react)


class StaffRoomClient(base.Client):
    """A client of `/staff`."""

    def __init__(self, url: str, /, **options: typing.Unpack[base.Options]) -> None:
        super().__init__(CONTRACT, "/staff", url, **options)

    async def staff_say(self, payload: Line, /) -> None:
        """staff-say: `say`."""
        await self._emit("say", (payload,))

    def on_kick_http_user(self, react: base.Handler[[], None], /) -> base.Handler[[], None]:
        """kickHTTPUser: hears `kicked`."""
        return self._on(KICK_HTTP_USER, react)
