"""What a store holds, as values again."""

from __future__ import annotations

from typing import Any

import orjson

from asyncapi_socketio.encoded import Encoded
from todo_service.generated.models import Todo
from todo_service.repository import TodoRepository


def decoded(value: Encoded) -> Any:
    """Return the value that was encoded."""
    return orjson.loads(b"".join(value.pieces))


async def listed(todos: TodoRepository) -> list[Todo]:
    """List what a repository holds."""
    found: list[Todo] = decoded(await todos.list())
    return found
