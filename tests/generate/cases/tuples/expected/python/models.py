# Generated from asyncapi.yaml by `make generate`. Do not edit.
"""The schemas as JSON-ready types."""

from __future__ import annotations

from typing import TypeAlias

from typing_extensions import TypedDict


class Point(TypedDict, closed=True):
    x: float
    y: float


HereArg2: TypeAlias = str


class LostPayload(TypedDict):
    error: str


MoveArg2: TypeAlias = bool


MoveHowFast: TypeAlias = float


SayPayload: TypeAlias = str


PingPayload: TypeAlias = int


PairPayload: TypeAlias = list[float]


MovedArg2: TypeAlias = bool
