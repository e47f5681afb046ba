# Generated from asyncapi.yaml by `make generate`. Do not edit.
"""Typed clients of Todo service 1.2.0."""

from __future__ import annotations

import typing

import asyncapi_socketio.client as base

from .models import (
    ErrorResponse,
    NewTodo,
    Presence,
    PresenceData,
    Todo,
    TodoData,
    TodoID,
    TodoIDData,
    TodoListData,
)
from .operations import (
    CONTRACT,
    CREATE_TODO,
    DELETE_TODO,
    LIST_TODOS,
    PRESENCE_CHANGED,
    READ_TODO,
    TODO_CREATED,
    TODO_DELETED,
    TODO_UPDATED,
    UPDATE_TODO,
    WATCH_PRESENCE,
)


class Refused(base.Rejected[ErrorResponse]):
    """The operation failed.

    Acknowledges any operation that changed nothing, with the reason.
    """


class Client(base.Client):
    """A client of `/`.

    The main namespace, with no authentication. A client lists the todos on every connect and keeps
    its view from the broadcasts; listing again heals whatever it missed while away.
    """

    def __init__(self, url: str, /, **options: typing.Unpack[base.Options]) -> None:
        super().__init__(CONTRACT, "/", url, **options)

    async def list_todos(self, *, within: float = base.ANSWER_WITHIN) -> TodoListData:
        """List the todos: `todo:list`.

        Acknowledges all todos in the order of their creation. The list never contradicts the
        broadcasts: whatever it holds was broadcast before it, whatever it lacks is broadcast after.
        Raise `Refused`.
        """
        ack: TodoListData = await self._call(LIST_TODOS, (), within, {1: Refused})
        return ack

    async def create_todo(
        self, payload: NewTodo, /, *, within: float = base.ANSWER_WITHIN
    ) -> TodoIDData:
        """Create a todo: `todo:create`.

        Acknowledges the id that the service gave the todo, once the todo is durable, and broadcasts
        the whole todo to the others. When the list is full, the acknowledgement is `too many todos`
        and nobody is told. With an `idempotencyKey` that was used before, the acknowledgement is
        the id of the todo first stored with it, nothing is stored and nobody is told: a client may
        retry. Raise `Refused`.
        """
        ack: TodoIDData = await self._call(CREATE_TODO, (payload,), within, {1: Refused})
        return ack

    async def read_todo(
        self, payload: TodoID, /, *, within: float = base.ANSWER_WITHIN
    ) -> TodoData:
        """Read a todo: `todo:read`.

        Acknowledges the todo. An id that no todo has, malformed ones of any type included,
        acknowledges `entity not found`. Raise `Refused`.
        """
        ack: TodoData = await self._call(READ_TODO, (payload,), within, {1: Refused})
        return ack

    async def update_todo(self, payload: Todo, /, *, within: float = base.ANSWER_WITHIN) -> None:
        """Update a todo: `todo:update`.

        Acknowledges with no argument once the change is durable, and broadcasts the whole todo to
        the others. A todo that does not exist, or no longer, is not brought back: the
        acknowledgement is `entity not found` and nobody is told. Raise `Refused`.
        """
        await self._call(UPDATE_TODO, (payload,), within, {0: Refused})

    async def delete_todo(self, payload: TodoID, /, *, within: float = base.ANSWER_WITHIN) -> None:
        """Delete a todo: `todo:delete`.

        Acknowledges with no argument once the deletion is durable, and broadcasts the id to the
        others. An id that no todo has, malformed ones of any type included, acknowledges `entity
        not found` and nobody is told. Raise `Refused`.
        """
        await self._call(DELETE_TODO, (payload,), within, {0: Refused})

    async def watch_presence(self, *, within: float = base.ANSWER_WITHIN) -> PresenceData:
        """Watch who is here: `presence:watch`.

        Acknowledges how many clients are connected to this node of the service, on all of its
        workers, the client itself included. From then on the client hears `presence:changed`; one
        that has never asked does not. A client asks again on every connect. Raise `Refused`.
        """
        ack: PresenceData = await self._call(WATCH_PRESENCE, (), within, {1: Refused})
        return ack

    def on_todo_created(self, react: base.Handler[[Todo], None], /) -> base.Handler[[Todo], None]:
        """A todo was created: hears `todo:created`.

        Sent to every client but the creator's, after the todo is durable.
        """
        return self._on(TODO_CREATED, react)

    def on_todo_updated(self, react: base.Handler[[Todo], None], /) -> base.Handler[[Todo], None]:
        """A todo was updated: hears `todo:updated`.

        Sent to every client but the one that made the change, after it is durable.
        """
        return self._on(TODO_UPDATED, react)

    def on_todo_deleted(
        self, react: base.Handler[[TodoID], None], /
    ) -> base.Handler[[TodoID], None]:
        """A todo was deleted: hears `todo:deleted`.

        Sent to every client but the one that deleted it, after the deletion is durable.
        """
        return self._on(TODO_DELETED, react)

    def on_presence_changed(
        self, react: base.Handler[[Presence], None], /
    ) -> base.Handler[[Presence], None]:
        """Clients came or went: hears `presence:changed`.

        Sent to the clients that have emitted `presence:watch`, at most once a second, and only when
        the number is another than they were told last. Clients of other nodes are not counted:
        nodes know of each other's todos only.
        """
        return self._on(PRESENCE_CHANGED, react)
