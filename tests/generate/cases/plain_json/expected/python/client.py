# Generated from asyncapi.yaml by `make generate`. Do not edit.
"""Typed clients of Written in JSON 1.0.0."""

from __future__ import annotations

import typing

import asyncapi_socketio.client as base

from .models import HelloPayload
from .operations import CONTRACT


class Client(base.Client):
    """A client of `/`."""

    def __init__(self, url: str, /, **options: typing.Unpack[base.Options]) -> None:
        super().__init__(CONTRACT, "/", url, **options)

    async def hello(self, payload: HelloPayload, /) -> None:
        """hello: `hello`."""
        await self._emit("hello", (payload,))
