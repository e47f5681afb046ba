# Generated from asyncapi.yaml by `make generate`. Do not edit.
"""Typed clients of Shapes 1.2.3-rc.1."""

from __future__ import annotations

import typing

import asyncapi_socketio.client as base

from .models import Drawn, Failure, Shape
from .operations import CONTRACT, DRAW


class Failed(base.Rejected[Failure]):
    """The error `failed`."""


class Client(base.Client):
    """A client of `/`."""

    def __init__(self, url: str, /, **options: typing.Unpack[base.Options]) -> None:
        super().__init__(CONTRACT, "/", url, **options)

    async def draw(self, payload: Shape, /, *, within: float = base.ANSWER_WITHIN) -> Drawn:
        """draw: `draw`.

        Raise `Failed`.
        """
        ack: Drawn = await self._call(DRAW, (payload,), within, {1: Failed})
        return ack
