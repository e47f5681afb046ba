# Generated from asyncapi.yaml by `make generate`. Do not edit.
"""The schemas as JSON-ready types."""

from __future__ import annotations

from typing import Literal, TypeAlias

from typing_extensions import TypedDict

Line: TypeAlias = str


class Refused(TypedDict):
    error: str


class RoomParameters(TypedDict, closed=True):
    """The parameters of `/rooms/{id}`."""

    id: str


class SeatAuth(TypedDict):
    name: str


SeatParameters = TypedDict(
    "SeatParameters",
    {
        "floor": Literal["ground", "first"],
        "seat-number": str,
    },
    closed=True,
)


OpenPayload: TypeAlias = str


SitPayload: TypeAlias = int


YesPayload: TypeAlias = bool


TakenPayload: TypeAlias = str
