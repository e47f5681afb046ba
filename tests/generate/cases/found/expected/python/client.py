# Generated from asyncapi.yaml by `make generate`. Do not edit.
"""Typed clients of Found 1.0.0."""

from __future__ import annotations

import typing

import asyncapi_socketio.client as base

from .models import (
    AvroPayload,
    Error2,
    LampState,
    LightMeasuredParameters,
    MeasuredPayload,
    Pet,
    TurnOffPayload,
)
from .operations import (
    ASK,
    CLASS_AGAIN,
    CLASS_CLASS,
    CLASS_PET,
    CONNECT_2,
    CONTRACT,
)


class LightMeasuredClient(base.Client):
    """A client of `/lights/{lamp}/measured`."""

    def __init__(
        self,
        url: str,
        parameters: LightMeasuredParameters,
        /,
        **options: typing.Unpack[base.Options],
    ) -> None:
        super().__init__(CONTRACT, "/lights/{lamp}/measured", url, parameters=parameters, **options)

    async def measure_light_measured(self, payload: MeasuredPayload, /) -> None:
        """Slow: `light-measured`.

        It takes its time.
        """
        await self._emit("light-measured", (payload,))

    async def measure_turn_off(self, payload: TurnOffPayload, /) -> None:
        """Slow: `turn/off`.

        It takes its time.
        """
        await self._emit("turn/off", (payload,))


class Client(base.Client):
    """A client of `/`."""

    def __init__(self, url: str, /, **options: typing.Unpack[base.Options]) -> None:
        super().__init__(CONTRACT, "/", url, **options)

    async def on_2_fa(self, payload: AvroPayload, /) -> None:
        """2fa: `avro`."""
        await self._emit("avro", (payload,))

    async def connect_2(
        self, payload: LampState, /, *, within: float = base.ANSWER_WITHIN
    ) -> Pet | Error2:
        """connect: `class`."""
        ack: Pet | Error2 = await self._call(CONNECT_2, (payload,), within, {})
        return ack

    def on_class_pet(self, react: base.Handler[[Pet], None], /) -> base.Handler[[Pet], None]:
        """Tell of a class: hears `pet`."""
        return self._on(CLASS_PET, react)

    def on_class_class(
        self, react: base.Handler[[Error2], None], /
    ) -> base.Handler[[Error2], None]:
        """Tell of a class: hears `class`."""
        return self._on(CLASS_CLASS, react)

    def on_class_again(
        self, react: base.Handler[[LampState], None], /
    ) -> base.Handler[[LampState], None]:
        """class-again: hears `class`."""
        return self._on(CLASS_AGAIN, react)

    def on_ask(
        self, react: base.Handler[[Pet], AvroPayload], /
    ) -> base.Handler[[Pet], AvroPayload]:
        """ask: answers `pet`."""
        return self._on(ASK, react)
