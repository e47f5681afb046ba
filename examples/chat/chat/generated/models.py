# Generated from asyncapi.yaml by `asyncapi-socketio generate`. Do not edit.
"""The schemas as JSON-ready types."""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypeAlias

from typing_extensions import TypedDict


class Token(TypedDict, closed=True):
    """Who the client is."""

    token: str


class ModeratorToken(TypedDict, closed=True):
    """Who the moderator is."""

    token: str


class ConnectRefused(TypedDict, closed=True):
    """Why a client may not connect."""

    code: Literal[401, 403]


RoomName: TypeAlias = str


Name: TypeAlias = str


Text: TypeAlias = str


Confirmed: TypeAlias = bool


class NewMessage(TypedDict, closed=True):
    """A message before it is said."""

    room: RoomName
    text: Text


class Message(TypedDict, closed=True):
    """A message as the room hears it."""

    room: RoomName
    author: Name
    text: Text


class Delivery(TypedDict, closed=True):
    """What `message:send` acknowledges."""

    data: Message


class Members(TypedDict, closed=True):
    """What `room:join` acknowledges."""

    members: list[Name]


class Arrival(TypedDict, closed=True):
    """Who has joined which room."""

    room: RoomName
    member: Name


class Problem(TypedDict, closed=True):
    """Why it was not done."""

    error: Literal[
        "invalid payload", "not in the room", "declined", "too many events", "server error"
    ]
    details: NotRequired[list[dict[str, Any]]]
