# Generated from asyncapi.yaml by `make generate`. Do not edit.
"""The schemas as JSON-ready types."""

from __future__ import annotations

from typing import Literal, Never, NotRequired, TypeAlias

from typing_extensions import TypedDict

TodoID: TypeAlias = str


Title: TypeAlias = str


Completed: TypeAlias = bool


IdempotencyKey: TypeAlias = str


class NewTodo(TypedDict, closed=True):
    """A todo before it is stored.

    The id is the service's to give.
    """

    id: NotRequired[Never]
    title: Title
    completed: Completed
    idempotencyKey: NotRequired[IdempotencyKey]


class Todo(TypedDict, closed=True):
    """A todo as it is stored, listed and broadcast."""

    id: TodoID
    title: Title
    completed: Completed


class TodoListData(TypedDict, closed=True):
    """What `todo:list` acknowledges."""

    data: list[Todo]


class TodoIDData(TypedDict, closed=True):
    """What `todo:create` acknowledges."""

    data: TodoID


class TodoData(TypedDict, closed=True):
    """What `todo:read` acknowledges."""

    data: Todo


class Presence(TypedDict, closed=True):
    """How many clients are connected to one node of the service."""

    clients: int


class PresenceData(TypedDict, closed=True):
    """What `presence:watch` acknowledges."""

    data: Presence


ErrorName: TypeAlias = Literal[
    "entity not found",
    "invalid payload",
    "too many events",
    "too many todos",
    "an unknown error has occurred",
]


class ErrorDetail(TypedDict, closed=True):
    """One violation of a payload's schema."""

    message: str
    path: list[str | int]
    type: str


class ErrorResponse(TypedDict, closed=True):
    """What every operation acknowledges when it changed nothing."""

    error: ErrorName
    errorDetails: NotRequired[list[ErrorDetail]]
