# Generated from asyncapi.yaml by `make generate`. Do not edit.
"""The schemas as JSON-ready types."""

from __future__ import annotations

from typing import Literal, Never, NotRequired, TypeAlias, Union

from typing_extensions import TypedDict

Colour: TypeAlias = Literal["red", "dark green", "3d"]


Level: TypeAlias = Literal[1, 2, 3]


class Circle(TypedDict):
    kind: Literal["circle"]
    radius: float
    colour: NotRequired[Colour]
    label: NotRequired[str | None]
    filled: NotRequired[bool]
    level: NotRequired[Level | None]


class Labelled(Circle):
    name: str


class Drawn(TypedDict, closed=True):
    data: list[Labelled]


class Failure(TypedDict, closed=True):
    error: Literal["too big", "too small"]


Shape: TypeAlias = Union[Circle, "Group"]


class Group(TypedDict):
    kind: Literal["group"]
    shapes: list[Shape]
    parent: NotRequired[Group]
    weights: NotRequired[dict[str, float]]
    nothing: NotRequired[Never]
