"""What the service does for each operation; knows neither Socket.IO nor the database."""

from __future__ import annotations

from uuid import uuid4

from asyncapi_socketio import Encoded

from . import presence
from .generated import Context, Handlers
from .generated.models import (
    ErrorResponse,
    NewTodo,
    PresenceData,
    Todo,
    TodoData,
    TodoID,
    TodoIDData,
)
from .repository import TodoRepository


class TodoHandlers(Handlers):
    """Carries out the operations on a repository.

    No handler waits between its write and its broadcast: that keeps the order of the commits.
    """

    def __init__(self, todos: TodoRepository, clients: presence.Counter | None = None) -> None:
        self._todos = todos
        self._clients = clients or presence.Counter(presence.alone)

    async def list_todos(self, _: Context, /) -> Encoded:
        return (await self._todos.list()).under("data")

    async def create_todo(self, new: NewTodo, context: Context, /) -> TodoIDData | ErrorResponse:
        todo: Todo = {"id": str(uuid4()), "title": new["title"], "completed": new["completed"]}
        key = new.get("idempotencyKey")
        stored = await self._todos.add(todo, key and key.lower())
        if stored is None:
            return {"error": "too many todos"}
        if stored == todo["id"]:
            context.broadcast.todo_created(todo)
        return {"data": stored}

    async def read_todo(self, todo_id: TodoID, _: Context, /) -> TodoData | ErrorResponse:
        todo = await self._todos.find(todo_id)
        return {"data": todo} if todo else _not_found()

    async def update_todo(self, todo: Todo, context: Context, /) -> ErrorResponse | None:
        if not await self._todos.replace(todo):
            return _not_found()
        context.broadcast.todo_updated(todo)
        return None

    async def delete_todo(self, todo_id: TodoID, context: Context, /) -> ErrorResponse | None:
        if not await self._todos.remove(todo_id):
            return _not_found()
        context.broadcast.todo_deleted(todo_id)
        return None

    async def watch_presence(self, context: Context, /) -> PresenceData:
        context.enter(presence.ROOM)
        return {"data": await self._clients.watch()}


def _not_found() -> ErrorResponse:
    return {"error": "entity not found"}
