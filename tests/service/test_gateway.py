"""Handlers and stores that fail: the log says how, the client gets an ack, no harm is done."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

import pytest
from aiohttp import web
from structlog.testing import capture_logs

from asyncapi_socketio import JOI
from asyncapi_socketio.errors import ContractBroken
from asyncapi_socketio.runtime.gateway import MAX_UNKNOWN_NAMES, Gateway
from asyncapi_socketio.transport import Server
from tests.conftest import ORIGIN, serving
from tests.people import Person
from todo_service.generated.models import IdempotencyKey, NewTodo, Todo, TodoID
from todo_service.generated.operations import CONTRACT, Context
from todo_service.handlers import TodoHandlers
from todo_service.repository import InMemoryTodoRepository, StoreUnavailable

UNKNOWN = ({"error": "an unknown error has occurred"},)
MILK: NewTodo = {"title": "Buy milk", "completed": False}


@asynccontextmanager
async def two_at(create: Callable[..., Any]) -> AsyncIterator[tuple[Person, Person, Gateway]]:
    """Serve handlers whose `create_todo` is another one, and seat Ada and Bob."""

    class Handlers(TodoHandlers):
        create_todo = create

    server = Server(namespaces={"/"}, origins=[ORIGIN])
    gateway = Gateway(CONTRACT, Handlers(InMemoryTodoRepository()), server, JOI)
    app = web.Application()
    server.attach(app, gateway)
    runner = web.AppRunner(app, shutdown_timeout=0.2)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    ada, bob = await Person.at(url, ["websocket"]), await Person.at(url, ["websocket"])
    try:
        yield ada, bob, gateway
    finally:
        await ada.leave()
        await bob.leave()
        await server.stop()
        await runner.cleanup()


async def raises(_: Any, new: NewTodo, context: Context, /) -> Any:
    raise RuntimeError("the secret of the shop")


async def announces_and_raises(_: Any, new: NewTodo, context: Context, /) -> Any:
    context.broadcast.todo_created({"id": str(uuid4()), "title": "Buy milk", "completed": False})
    raise RuntimeError("the secret of the shop")


async def is_cancelled(_: Any, new: NewTodo, context: Context, /) -> Any:
    raise asyncio.CancelledError


async def acks_another_shape(_: Any, new: NewTodo, context: Context, /) -> Any:
    context.broadcast.todo_created({"id": str(uuid4()), "title": "Buy milk", "completed": False})
    return {"data": "no uuid"}


async def acks_nothing(_: Any, new: NewTodo, context: Context, /) -> Any:
    return None


async def acks_what_is_no_json(_: Any, new: NewTodo, context: Context, /) -> Any:
    return {"data": object()}


async def announces_another_shape(_: Any, new: NewTodo, context: Context, /) -> Any:
    context.broadcast.todo_created({"id": "no uuid", "title": "Buy milk", "completed": False})
    return {"data": str(uuid4())}


async def announces_what_it_must_not(_: Any, new: NewTodo, context: Context, /) -> Any:
    context.broadcast.todo_deleted(str(uuid4()))
    return {"data": str(uuid4())}


@pytest.mark.parametrize(
    "create",
    [
        raises, announces_and_raises, is_cancelled, acks_another_shape, acks_nothing,
        acks_what_is_no_json, announces_another_shape, announces_what_it_must_not,
    ],
)  # fmt: skip
async def test_a_handler_that_fails_is_logged_and_harms_nobody(
    create: Callable[..., Any],
) -> None:
    async with two_at(create) as (ada, bob, _):
        with capture_logs() as logs:
            assert await ada.ask("todo:create", dict(MILK)) == UNKNOWN
            await ada.tell("todo:create", dict(MILK))
            assert await bob.heard_nothing()
            assert await ada.lists() == []
        failures = [line for line in logs if line["log_level"] == "error"]
        assert len(failures) == 2
        assert {line["event_name"] for line in failures} == {"todo:create"}
        for line in failures:
            assert line["event"] == "contract broken" or line["exc_info"]
            assert MILK["title"] not in str(line)


async def test_a_store_that_is_gone_is_one_line_and_an_ack_for_each_who_asks() -> None:
    class Gone(InMemoryTodoRepository):
        async def add(self, todo: Todo, key: IdempotencyKey | None = None) -> TodoID | None:
            raise StoreUnavailable("disk I/O error")

    async with serving(Gone()) as url:
        ada, bob = await Person.at(url, ["websocket"]), await Person.at(url, ["websocket"])
        with capture_logs() as logs:
            for person in (ada, bob, ada):
                assert await person.ask("todo:create", dict(MILK)) == UNKNOWN
            assert await bob.heard_nothing()
        await ada.leave()
        await bob.leave()
    lines = [
        line for line in logs if line["event"] == "unavailable" and line["log_level"] != "debug"
    ]
    assert [line["reason"] for line in lines] == ["disk I/O error"]


async def test_unknown_events_are_counted_and_logged_once_a_name() -> None:
    async with two_at(TodoHandlers.create_todo) as (ada, _, gateway):
        with capture_logs() as logs:
            for event in ("todo:archive", "todo:archive", "x" * 5000):
                await ada.tell(event)
            await ada.lists()
            assert gateway.unknown == {"todo:archive": 2, "x" * 100: 1}
            for number in range(2 * MAX_UNKNOWN_NAMES):
                await ada.tell(f"unknown {number}")
            await ada.lists()
        assert len(gateway.unknown) == MAX_UNKNOWN_NAMES
        lines = [line for line in logs if line["event"] == "unknown event"]
        assert [line["event_name"] for line in lines[:2]] == ["todo:archive", "x" * 100]
        assert len(lines) == MAX_UNKNOWN_NAMES


async def test_a_refusal_is_one_line_without_the_payload() -> None:
    async with two_at(TodoHandlers.create_todo) as (ada, _, __):
        with capture_logs() as logs:
            await ada.ask("todo:create", {"title": "my secret", "completed": 1})
        (line,) = [line for line in logs if line["event"] == "event rejected"]
        assert line["event_name"] == "todo:create"
        assert line["violations"] == ["boolean.base"]
        assert line["sid"]
        assert "my secret" not in str(logs)


def test_it_does_not_start_without_every_handler() -> None:
    class Half:
        async def list_todos(self) -> Any:
            return {"data": []}

    with pytest.raises(ContractBroken) as broken:
        Gateway(CONTRACT, Half(), Server(namespaces={"/"}, origins=[]), JOI)
    assert str(broken.value).split("; ") == [
        "operations/createTodo: Half has no method 'create_todo'",
        "operations/readTodo: Half has no method 'read_todo'",
        "operations/updateTodo: Half has no method 'update_todo'",
        "operations/deleteTodo: Half has no method 'delete_todo'",
        "operations/watchPresence: Half has no method 'watch_presence'",
    ]
