# Generated from asyncapi.yaml by `make generate`. Do not edit.
"""Typed clients of Rooms 1.0.0."""

from __future__ import annotations

import typing

import asyncapi_socketio.client as base

from .models import (
    Line,
    OpenPayload,
    Refused,
    RoomParameters,
    SeatAuth,
    SeatParameters,
    SitPayload,
    TakenPayload,
    YesPayload,
)
from .operations import CONTRACT, OPEN, OPENED, SAID, SAY, SURE, TAKEN


class RefusedError(base.Rejected[Refused]):
    """The error `Refused`."""


class Client(base.Client):
    """A client of `/`."""

    def __init__(self, url: str, /, **options: typing.Unpack[base.Options]) -> None:
        super().__init__(CONTRACT, "/", url, **options)

    async def open(self, payload: OpenPayload, /, *, within: float = base.ANSWER_WITHIN) -> None:
        """open: `open`.

        Raise `RefusedError`.
        """
        await self._call(OPEN, (payload,), within, {0: RefusedError})


class RoomClient(base.Client):
    """A client of `/rooms/{id}`."""

    def __init__(
        self, url: str, parameters: RoomParameters, /, **options: typing.Unpack[base.Options]
    ) -> None:
        super().__init__(CONTRACT, "/rooms/{id}", url, parameters=parameters, **options)

    async def say(self, payload: Line, /, *, within: float = base.ANSWER_WITHIN) -> None:
        """say: `say`.

        Raise `RefusedError`.
        """
        await self._call(SAY, (payload,), within, {0: RefusedError})

    def on_said(self, react: base.Handler[[Line], None], /) -> base.Handler[[Line], None]:
        """said: hears `said`."""
        return self._on(SAID, react)

    def on_opened(self, react: base.Handler[[], None], /) -> base.Handler[[], None]:
        """opened: hears `opened`."""
        return self._on(OPENED, react)

    def on_sure(self, react: base.Handler[[], YesPayload], /) -> base.Handler[[], YesPayload]:
        """sure: answers `sure`."""
        return self._on(SURE, react)


class AtticClient(base.Client):
    """A client of `/rooms/attic`."""

    def __init__(self, url: str, /, **options: typing.Unpack[base.Options]) -> None:
        super().__init__(CONTRACT, "/rooms/attic", url, **options)

    async def say_in_attic(self, payload: Line, /) -> None:
        """sayInAttic: `say`."""
        await self._emit("say", (payload,))


class SeatClient(base.Client):
    """A client of `/{floor}/seats/{seat-number}`."""

    def __init__(
        self,
        url: str,
        parameters: SeatParameters,
        /,
        *,
        auth: base.Auth[SeatAuth],
        **options: typing.Unpack[base.Options],
    ) -> None:
        super().__init__(
            CONTRACT,
            "/{floor}/seats/{seat-number}",
            url,
            parameters=parameters,
            auth=auth,
            **options,
        )

    async def sit(self, payload: SitPayload, /) -> None:
        """sit: `sit`."""
        await self._emit("sit", (payload,))

    def on_taken(
        self, react: base.Handler[[TakenPayload], None], /
    ) -> base.Handler[[TakenPayload], None]:
        """taken: hears `taken`."""
        return self._on(TAKEN, react)
