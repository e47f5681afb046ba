# Generated from asyncapi.yaml by `make generate`. Do not edit.
"""The schemas as JSON-ready types."""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypeAlias, Union

from typing_extensions import TypedDict

LampState: TypeAlias = Literal["on", "off"]


class LampState2(TypedDict):
    state: NotRequired[LampState]


class Error2(TypedDict):
    error: NotRequired[str]


class LightMeasuredParameters(TypedDict, closed=True):
    """The parameters of `/lights/{lamp}/measured`."""

    lamp: str


AvroPayload: TypeAlias = Any


class MeasuredPayload(TypedDict):
    lumens: int
    at: NotRequired[str]
    next: NotRequired[MeasuredPayload]


TurnOffPayload: TypeAlias = bool


class PetBase(TypedDict):
    kind: str


class Cat(PetBase):
    kittens: NotRequired[list[Cat]]


class Pet2(Cat):
    kind: str


Pet: TypeAlias = Union["Pet1", Pet2]


class Dog(TypedDict):
    kind: Literal["dog"]
    barks: NotRequired[bool]
    friend: NotRequired[Pet]


class Pet1(Dog):
    kind: Literal["dog"]
