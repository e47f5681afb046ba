# Generated from asyncapi.yaml by `make generate`. Do not edit.
"""The operations of Todo service 1.2.0."""

from __future__ import annotations

from abc import abstractmethod

from asyncapi_socketio.encoded import Encoded
from asyncapi_socketio.runtime.context import BaseContext
from asyncapi_socketio.runtime.contract import Contract, Namespace, schemas_of
from asyncapi_socketio.runtime.operations import Emit, Receive, Refusal, Send

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


class Broadcast:
    """Tells clients what happened, one method per event; returns at once."""

    __slots__ = ("_emit",)

    def __init__(self, emit: Emit) -> None:
        self._emit = emit

    def todo_created(self, payload: Todo, /) -> None:
        """A todo was created: `todo:created` to the others.

        Sent to every client but the creator's, after the todo is durable.
        """
        self._emit(TODO_CREATED, (payload,), None, False)

    def todo_updated(self, payload: Todo, /) -> None:
        """A todo was updated: `todo:updated` to the others.

        Sent to every client but the one that made the change, after it is durable.
        """
        self._emit(TODO_UPDATED, (payload,), None, False)

    def todo_deleted(self, payload: TodoID, /) -> None:
        """A todo was deleted: `todo:deleted` to the others.

        Sent to every client but the one that deleted it, after the deletion is durable.
        """
        self._emit(TODO_DELETED, (payload,), None, False)

    def presence_changed(self, room: str, payload: Presence, /, *, others: bool = False) -> None:
        """Clients came or went: `presence:changed` to a room.

        Sent to the clients that have emitted `presence:watch`, at most once a second, and only when
        the number is another than they were told last. Clients of other nodes are not counted:
        nodes know of each other's todos only.
        """
        self._emit(PRESENCE_CHANGED, (payload,), room, others)


class Context(BaseContext):
    """What a handler knows of its client, and what it may tell it and others."""

    __slots__ = ()

    @property
    def broadcast(self) -> Broadcast:
        """Tells clients what happened."""
        return Broadcast(self.tell)


class Handlers:
    """What the server does: a method for each operation that clients call, and hooks."""

    @abstractmethod
    async def list_todos(self, context: Context, /) -> Encoded | TodoListData | ErrorResponse:
        """List the todos: `todo:list`.

        Acknowledges all todos in the order of their creation. The list never contradicts the
        broadcasts: whatever it holds was broadcast before it, whatever it lacks is broadcast after.
        """

    @abstractmethod
    async def create_todo(
        self, payload: NewTodo, context: Context, /
    ) -> Encoded | TodoIDData | ErrorResponse:
        """Create a todo: `todo:create`.

        Acknowledges the id that the service gave the todo, once the todo is durable, and broadcasts
        the whole todo to the others. When the list is full, the acknowledgement is `too many todos`
        and nobody is told. With an `idempotencyKey` that was used before, the acknowledgement is
        the id of the todo first stored with it, nothing is stored and nobody is told: a client may
        retry.
        """

    @abstractmethod
    async def read_todo(
        self, payload: TodoID, context: Context, /
    ) -> Encoded | TodoData | ErrorResponse:
        """Read a todo: `todo:read`.

        Acknowledges the todo. An id that no todo has, malformed ones of any type included,
        acknowledges `entity not found`.
        """

    @abstractmethod
    async def update_todo(
        self, payload: Todo, context: Context, /
    ) -> Encoded | ErrorResponse | None:
        """Update a todo: `todo:update`.

        Acknowledges with no argument once the change is durable, and broadcasts the whole todo to
        the others. A todo that does not exist, or no longer, is not brought back: the
        acknowledgement is `entity not found` and nobody is told.
        """

    @abstractmethod
    async def delete_todo(
        self, payload: TodoID, context: Context, /
    ) -> Encoded | ErrorResponse | None:
        """Delete a todo: `todo:delete`.

        Acknowledges with no argument once the deletion is durable, and broadcasts the id to the
        others. An id that no todo has, malformed ones of any type included, acknowledges `entity
        not found` and nobody is told.
        """

    @abstractmethod
    async def watch_presence(self, context: Context, /) -> Encoded | PresenceData | ErrorResponse:
        """Watch who is here: `presence:watch`.

        Acknowledges how many clients are connected to this node of the service, on all of its
        workers, the client itself included. From then on the client hears `presence:changed`; one
        that has never asked does not. A client asks again on every connect.
        """

    async def connect(self, context: Context, /) -> None:
        """Let a client into `/`, or raise `asyncapi_socketio.ConnectError`."""

    async def disconnect(self, reason: str, context: Context, /) -> None:
        """React to a client that has left `/`."""


LIST_TODOS = Receive(
    id="listTodos",
    method="list_todos",
    namespace="/",
    event="todo:list",
    args=0,
    payload=None,
    unknown_keys="keep",
    convert=(),
    ack="listTodos.ack",
    ack_args=(1,),
    arity_refusal=Refusal(ack={"error": "invalid payload"}, details="errorDetails"),
    payload_refusal=Refusal(ack={"error": "invalid payload"}, details="errorDetails"),
    rate_refusal=Refusal(ack={"error": "too many events"}),
    unexpected_refusal=Refusal(ack={"error": "an unknown error has occurred"}),
    broadcasts=(),
)

CREATE_TODO = Receive(
    id="createTodo",
    method="create_todo",
    namespace="/",
    event="todo:create",
    args=1,
    payload="createTodo.payload",
    unknown_keys="drop",
    convert=("boolean",),
    ack="createTodo.ack",
    ack_args=(1,),
    arity_refusal=Refusal(ack={"error": "invalid payload"}, details="errorDetails"),
    payload_refusal=Refusal(ack={"error": "invalid payload"}, details="errorDetails"),
    rate_refusal=Refusal(ack={"error": "too many events"}),
    unexpected_refusal=Refusal(ack={"error": "an unknown error has occurred"}),
    broadcasts=("todoCreated",),
)

READ_TODO = Receive(
    id="readTodo",
    method="read_todo",
    namespace="/",
    event="todo:read",
    args=1,
    payload="readTodo.payload",
    unknown_keys="keep",
    convert=(),
    ack="readTodo.ack",
    ack_args=(1,),
    arity_refusal=Refusal(ack={"error": "invalid payload"}, details="errorDetails"),
    payload_refusal=Refusal(ack={"error": "entity not found"}),
    rate_refusal=Refusal(ack={"error": "too many events"}),
    unexpected_refusal=Refusal(ack={"error": "an unknown error has occurred"}),
    broadcasts=(),
)

UPDATE_TODO = Receive(
    id="updateTodo",
    method="update_todo",
    namespace="/",
    event="todo:update",
    args=1,
    payload="updateTodo.payload",
    unknown_keys="drop",
    convert=("boolean",),
    ack="updateTodo.ack",
    ack_args=(0, 1),
    arity_refusal=Refusal(ack={"error": "invalid payload"}, details="errorDetails"),
    payload_refusal=Refusal(ack={"error": "invalid payload"}, details="errorDetails"),
    rate_refusal=Refusal(ack={"error": "too many events"}),
    unexpected_refusal=Refusal(ack={"error": "an unknown error has occurred"}),
    broadcasts=("todoUpdated",),
)

DELETE_TODO = Receive(
    id="deleteTodo",
    method="delete_todo",
    namespace="/",
    event="todo:delete",
    args=1,
    payload="deleteTodo.payload",
    unknown_keys="keep",
    convert=(),
    ack="deleteTodo.ack",
    ack_args=(0, 1),
    arity_refusal=Refusal(ack={"error": "invalid payload"}, details="errorDetails"),
    payload_refusal=Refusal(ack={"error": "entity not found"}),
    rate_refusal=Refusal(ack={"error": "too many events"}),
    unexpected_refusal=Refusal(ack={"error": "an unknown error has occurred"}),
    broadcasts=("todoDeleted",),
)

WATCH_PRESENCE = Receive(
    id="watchPresence",
    method="watch_presence",
    namespace="/",
    event="presence:watch",
    args=0,
    payload=None,
    unknown_keys="keep",
    convert=(),
    ack="watchPresence.ack",
    ack_args=(1,),
    arity_refusal=Refusal(ack={"error": "invalid payload"}, details="errorDetails"),
    payload_refusal=Refusal(ack={"error": "invalid payload"}, details="errorDetails"),
    rate_refusal=Refusal(ack={"error": "too many events"}),
    unexpected_refusal=Refusal(ack={"error": "an unknown error has occurred"}),
    broadcasts=(),
)

TODO_CREATED = Send(
    id="todoCreated",
    namespace="/",
    event="todo:created",
    args=1,
    payload="todoCreated.payload",
    audience="others",
    ack=None,
    ack_args=(),
)

TODO_UPDATED = Send(
    id="todoUpdated",
    namespace="/",
    event="todo:updated",
    args=1,
    payload="todoUpdated.payload",
    audience="others",
    ack=None,
    ack_args=(),
)

TODO_DELETED = Send(
    id="todoDeleted",
    namespace="/",
    event="todo:deleted",
    args=1,
    payload="todoDeleted.payload",
    audience="others",
    ack=None,
    ack_args=(),
)

PRESENCE_CHANGED = Send(
    id="presenceChanged",
    namespace="/",
    event="presence:changed",
    args=1,
    payload="presenceChanged.payload",
    audience="room",
    ack=None,
    ack_args=(),
)

CONTRACT: Contract[Broadcast] = Contract(
    title="Todo service",
    version="1.2.0",
    namespaces=(Namespace(path="/", connect="connect", disconnect="disconnect"),),
    receive=(
        LIST_TODOS,
        CREATE_TODO,
        READ_TODO,
        UPDATE_TODO,
        DELETE_TODO,
        WATCH_PRESENCE,
    ),
    send=(
        TODO_CREATED,
        TODO_UPDATED,
        TODO_DELETED,
        PRESENCE_CHANGED,
    ),
    schema=schemas_of(__package__),
    context=Context,
    broadcast=Broadcast,
    handlers=Handlers,
)
