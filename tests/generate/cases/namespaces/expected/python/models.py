# Generated from asyncapi.yaml by `make generate`. Do not edit.
"""The schemas as JSON-ready types."""

from __future__ import annotations

from typing import Any, Literal, NotRequired

from typing_extensions import TypedDict


class Line(TypedDict):
    """One line.

    It is kept for "a while", in C:\\\\chat.
    """

    text: str
    to: NotRequired[str]


class Delivery(TypedDict, closed=True):
    at: int
    seen: list[str]


class Refused(TypedDict, closed=True):
    reason: Literal["arguments", "payload", "failure"]
    breaches: NotRequired[list[dict[str, Any]]]
