# Generated from asyncapi.yaml by `asyncapi-socketio generate`. Do not edit.
"""The schemas as JSON-ready types."""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypeAlias

from typing_extensions import TypedDict

TickerSymbol: TypeAlias = Literal["ACME", "INIT", "VAPR"]


class Price(TypedDict, closed=True):
    """What a symbol costs."""

    symbol: TickerSymbol
    price: float


class Problem(TypedDict, closed=True):
    """Why it is not watched."""

    error: Literal["invalid payload", "unknown symbol", "too many events", "server error"]
    details: NotRequired[list[dict[str, Any]]]
