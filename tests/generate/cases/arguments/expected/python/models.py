# Generated from asyncapi.yaml by `make generate`. Do not edit.
"""The schemas as JSON-ready types."""

from __future__ import annotations

from typing import Any, NotRequired, TypeAlias, TypedDict

Text: TypeAlias = str


Numbers: TypeAlias = list[float]


NumberPayload: TypeAlias = float


WholePayload: TypeAlias = int


TruthPayload: TypeAlias = bool


TextsPayload: TypeAlias = list[Text]


AnythingPayload: TypeAlias = Any


PairPayload = TypedDict(
    "PairPayload",
    {
        "left": str,
        "the right": str,
        "class": NotRequired[str],
    },
)


OldPayload: TypeAlias = str


TickPayload: TypeAlias = list[float]
