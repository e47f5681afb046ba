"""WIRE.md, row by row, on every transport and both stores: two people at two screens."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest

from tests.people import Person
from todo_service.repository import TodoRepository

MILK = {"title": "Buy milk", "completed": False}
NOT_FOUND = {"error": "entity not found"}


def violation(message: str, path: list[str], kind: str) -> dict[str, Any]:
    return {"message": message, "path": path, "type": kind}


async def test_a_created_todo_is_acked_stored_and_seen(
    ada: Person, bob: Person, todos: TodoRepository
) -> None:
    (answer,) = await ada.ask("todo:create", MILK)

    todo = {"id": answer["data"], **MILK}
    assert UUID(answer["data"]).version == 4
    assert await todos.find(answer["data"]) == todo
    assert await bob.hears("todo:created") == todo
    assert await ada.heard_nothing()


async def test_todos_are_listed_in_the_order_of_their_creation(ada: Person, bob: Person) -> None:
    titles = [f"todo {number}" for number in range(20)]
    ids = [await (ada, bob)[number % 2].creates(title) for number, title in enumerate(titles)]
    await ada.ask("todo:update", {"id": ids[3], "title": "changed", "completed": True})
    await bob.ask("todo:delete", ids[7])

    listed = await ada.lists()

    titles[3] = "changed"
    del ids[7], titles[7]
    assert [todo["id"] for todo in listed] == ids
    assert [todo["title"] for todo in listed] == titles


async def test_a_todo_is_read_by_its_id(ada: Person, bob: Person) -> None:
    todo_id = await ada.creates("Buy milk")
    assert await bob.ask("todo:read", todo_id) == ({"data": {"id": todo_id, **MILK}},)


async def test_an_update_is_acked_without_argument_stored_and_seen(
    ada: Person, bob: Person, todos: TodoRepository
) -> None:
    todo_id = await ada.creates("Buy milk")
    await bob.hears("todo:created")
    changed = {"id": todo_id, "title": " Buy oat milk ", "completed": True}

    assert await ada.ask("todo:update", changed) == ()

    assert await todos.find(todo_id) == changed
    assert await bob.hears("todo:updated") == changed
    assert await ada.heard_nothing()


async def test_a_deletion_is_acked_without_argument_and_seen(
    ada: Person, bob: Person, todos: TodoRepository
) -> None:
    todo_id = await ada.creates("Buy milk")
    await bob.hears("todo:created")

    assert await ada.ask("todo:delete", todo_id) == ()

    assert await todos.find(todo_id) is None
    assert await bob.hears("todo:deleted") == todo_id
    assert await ada.heard_nothing()
    assert await ada.ask("todo:delete", todo_id) == (NOT_FOUND,)
    assert await bob.heard_nothing()


MALFORMED_IDS = [
    "", "nonsense", "8C6E7A52-3F0B-4B9D-9C1E-2A4F6D8B0E13",
    "{8c6e7a52-3f0b-4b9d-9c1e-2a4f6d8b0e13}", "8c6e7a523f0b4b9d9c1e2a4f6d8b0e13",
    "8c6e7a52-3f0b-1b9d-9c1e-2a4f6d8b0e13", "8c6e7a52-3f0b-4b9d-9c1e-2a4f6d8b0e13\n",
    "\ud800", "\x00", None, 7, -1.5, True, [], ["x"], {}, {"id": "x"},
]  # fmt: skip


@pytest.mark.parametrize("event", ["todo:read", "todo:delete"])
async def test_an_id_that_no_todo_has_is_not_found_whatever_its_type(
    ada: Person, bob: Person, event: str
) -> None:
    for todo_id in [str(uuid4()), *MALFORMED_IDS]:
        assert await ada.ask(event, todo_id) == (NOT_FOUND,), todo_id
    assert await bob.heard_nothing()


async def test_an_update_does_not_bring_a_deleted_todo_back(ada: Person, bob: Person) -> None:
    todo_id = await ada.creates("Buy milk")
    await bob.hears("todo:created")
    await ada.ask("todo:delete", todo_id)
    await bob.hears("todo:deleted")

    assert await ada.ask("todo:update", {"id": todo_id, **MILK}) == (NOT_FOUND,)

    assert await ada.lists() == []
    assert await bob.heard_nothing()


async def test_a_malformed_id_in_an_update_breaks_the_payload(ada: Person, bob: Person) -> None:
    todo_id = await ada.creates("Buy milk")
    await bob.hears("todo:created")
    for spelling in (todo_id.upper(), f"{{{todo_id}}}", todo_id.replace("-", "")):
        (answer,) = await ada.ask("todo:update", {"id": spelling, **MILK})
        detail = violation('"id" must be a valid GUID', ["id"], "string.guid")
        assert answer == {"error": "invalid payload", "errorDetails": [detail]}
    assert await bob.heard_nothing()


OBJECT = violation('"value" must be of type object', [], "object.base")
REQUIRED = {
    key: violation(f'"{key}" is required', [key], "any.required")
    for key in ("id", "title", "completed")
}
NOT_BOOLEAN = violation('"completed" must be a boolean', ["completed"], "boolean.base")
NOT_STRING = violation('"title" must be a string', ["title"], "string.base")
EMPTY = violation('"title" is not allowed to be empty', ["title"], "string.empty")
TOO_LONG = violation(
    '"title" length must be less than or equal to 256 characters long', ["title"], "string.max"
)
FORBIDDEN = violation('"id" is not allowed', ["id"], "any.unknown")
GUID = violation('"id" must be a valid GUID', ["id"], "string.guid")
KEY = ["idempotencyKey"]
NO_KEY = violation('"idempotencyKey" must be a string', KEY, "string.base")
EMPTY_KEY = violation('"idempotencyKey" is not allowed to be empty', KEY, "string.empty")
BAD_KEY = violation('"idempotencyKey" must be a valid GUID', KEY, "string.guid")
NOT_TEXT: list[Any] = [None, 7, True, [], {}]
BAD_KEYS = [
    "nonsense", "{8c6e7a52-3f0b-4b9d-9c1e-2a4f6d8b0e13}", "8c6e7a523f0b4b9d9c1e2a4f6d8b0e13",
    "8c6e7a52-3f0b-4b9d-9c1e-2a4f6d8b0e13\n", "8c6e7a52-3f0b-4b9d-7c1e-2a4f6d8b0e13",
    "00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff",
]  # fmt: skip

REFUSED_CREATIONS: list[tuple[Any, list[Any]]] = [
    (None, [OBJECT]),
    ([], [OBJECT]),
    (7, [OBJECT]),
    ("Buy milk", [OBJECT]),
    ({}, [REQUIRED["title"], REQUIRED["completed"]]),
    ({"completed": "false", "description": True}, [REQUIRED["title"]]),
    ({**MILK, "title": None}, [NOT_STRING]),
    ({**MILK, "title": 7}, [NOT_STRING]),
    ({**MILK, "title": ["x"]}, [NOT_STRING]),
    ({**MILK, "title": ""}, [EMPTY]),
    ({**MILK, "title": "x" * 257}, [TOO_LONG]),
    *(({**MILK, "completed": value}, [NOT_BOOLEAN]) for value in (1, 0, "yes", " true ", "", None)),
    ({**MILK, "id": None}, [FORBIDDEN]),
    ({**MILK, "id": "8c6e7a52-3f0b-4b9d-9c1e-2a4f6d8b0e13"}, [FORBIDDEN]),
    *(({**MILK, "idempotencyKey": key}, [BAD_KEY]) for key in BAD_KEYS),
    ({**MILK, "idempotencyKey": ""}, [EMPTY_KEY]),
    *(({**MILK, "idempotencyKey": key}, [NO_KEY]) for key in NOT_TEXT),
    (
        {"idempotencyKey": "x", "id": 1, "completed": "no", "title": ""},
        [FORBIDDEN, EMPTY, NOT_BOOLEAN, BAD_KEY],
    ),
]


async def test_a_creation_that_breaks_the_payload_is_refused_with_every_violation(
    ada: Person, bob: Person
) -> None:
    for payload, violations in REFUSED_CREATIONS:
        (answer,) = await ada.ask("todo:create", payload)
        assert answer == {"error": "invalid payload", "errorDetails": violations}, payload
    assert await ada.lists() == []
    assert await bob.heard_nothing()


async def test_an_update_that_breaks_the_payload_is_refused_with_every_violation(
    ada: Person, bob: Person
) -> None:
    refused: list[tuple[Any, list[Any]]] = [
        (None, [OBJECT]),
        ({}, [REQUIRED["id"], REQUIRED["title"], REQUIRED["completed"]]),
        ({"completed": 1, "title": "", "id": "x"}, [GUID, EMPTY, NOT_BOOLEAN]),
    ]
    for payload, violations in refused:
        (answer,) = await ada.ask("todo:update", payload)
        assert answer == {"error": "invalid payload", "errorDetails": violations}, payload
    assert await bob.heard_nothing()


@pytest.mark.parametrize("title", ["a\x00b", "\ud800", "a\udfff"])
async def test_text_that_no_database_keeps_faithfully_is_refused(
    ada: Person, bob: Person, title: str
) -> None:
    (answer,) = await ada.ask("todo:create", {**MILK, "title": title})
    assert answer["error"] == "invalid payload"
    assert [detail["path"] for detail in answer["errorDetails"]] == [["title"]]
    assert await bob.heard_nothing()


@pytest.mark.parametrize(
    "title", ["x", " ", "x" * 256, "\U0001f600" * 256, "<b>&amp;</b>", "é\u202e\n\t"]
)
async def test_a_title_is_kept_as_sent(ada: Person, bob: Person, title: str) -> None:
    await ada.creates(title)
    assert (await bob.hears("todo:created"))["title"] == title
    assert [todo["title"] for todo in await bob.lists()] == [title]


@pytest.mark.parametrize(
    ("text", "completed"), [("true", True), ("TRUE", True), ("False", False), ("fAlSe", False)]
)
async def test_boolean_strings_are_converted(
    ada: Person, bob: Person, text: str, completed: bool
) -> None:
    await ada.ask("todo:create", {"title": "Buy milk", "completed": text})
    assert (await bob.hears("todo:created"))["completed"] is completed


async def test_unknown_keys_are_neither_stored_nor_broadcast(
    ada: Person, bob: Person, todos: TodoRepository
) -> None:
    view = {**MILK, "editing": True, "synced": False, "nested": {"deep": [1]}}
    (created,) = await ada.ask("todo:create", view)
    assert await bob.hears("todo:created") == {"id": created["data"], **MILK}
    assert await ada.ask("todo:update", {**view, "id": created["data"]}) == ()
    assert await bob.hears("todo:updated") == {"id": created["data"], **MILK}
    assert await todos.find(created["data"]) == {"id": created["data"], **MILK}


async def test_wrong_arity_is_an_invalid_payload(ada: Person, bob: Person) -> None:
    calls = [
        ("todo:list", ({},)), ("todo:create", ()), ("todo:create", (MILK, MILK)),
        ("todo:read", ()), ("todo:read", ("x", "y")), ("todo:update", ()), ("todo:delete", ()),
        ("todo:delete", ("x", "y", "z")),
    ]  # fmt: skip
    for event, args in calls:
        (answer,) = await ada.ask(event, *args)
        assert answer["error"] == "invalid payload", (event, args)
        assert [detail["path"] for detail in answer["errorDetails"]] == [[]]
    assert await bob.heard_nothing()


async def test_an_event_without_callback_is_carried_out(ada: Person, bob: Person) -> None:
    await ada.tell("todo:create", MILK)
    todo = await bob.hears("todo:created")
    await ada.tell("todo:create", {})
    await ada.tell("todo:read")
    await ada.tell("todo:delete", todo["id"])
    assert await bob.hears("todo:deleted") == todo["id"]
    assert await ada.lists() == []


async def test_what_was_changed_without_callback_is_in_the_next_list(ada: Person) -> None:
    """No ack and no broadcast tells the client of its change: only what it asks next can."""
    for number in range(10):
        await ada.tell("todo:create", {"title": f"Buy {number}", "completed": False})
    todos = await ada.lists()
    assert [todo["title"] for todo in todos] == [f"Buy {number}" for number in range(10)]
    changed = {**todos[0], "title": "Buy milk"}
    await ada.tell("todo:update", changed)
    assert await ada.ask("todo:read", changed["id"]) == ({"data": changed},)
    for todo in todos[1:]:
        await ada.tell("todo:delete", todo["id"])
    assert await ada.lists() == [changed]


async def test_unknown_events_stay_silent(ada: Person, bob: Person) -> None:
    await ada.tell("todo:archive", 1)
    await ada.tell("", 1)
    assert await bob.heard_nothing()
    assert await ada.heard_nothing()
