# Generated from asyncapi.yaml by `make generate`. Do not edit.
"""The schemas as JSON-ready types."""

from __future__ import annotations

from typing import Literal, TypeAlias, TypedDict

Mood: TypeAlias = Literal["glad", "sad"]


Amount: TypeAlias = int


HeardArg1: TypeAlias = int


HeardArg2: TypeAlias = str


class FailedPayload(TypedDict):
    error: str


ShoutArg1: TypeAlias = str


ShoutArg2: TypeAlias = bool


CountPayload: TypeAlias = int


SumsPayload: TypeAlias = bool


AddPayload: TypeAlias = str


AnyRest: TypeAlias = str


ShoutedArg1: TypeAlias = str


AddedPayload: TypeAlias = str
