"""What the contract allows is stored as sent; what breaks it is refused and leaves no trace.

All values are drawn from the contract's own schemas, and travel over real sockets.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from importlib import resources
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from asyncapi_socketio.jsonschema.strategies import (
    ANYTHING,
    Corruption,
    corruptions,
    loosened,
    valid,
    wrong_arity,
)
from asyncapi_socketio.runtime.operations import Receive
from tests.stage import Stage
from tests.stores import listed
from todo_service.generated.models import Todo
from todo_service.generated.operations import CONTRACT, CREATE_TODO, UPDATE_TODO

pytestmark = pytest.mark.slow

EXAMPLES = settings(max_examples=20)


def document(operation: Receive) -> Any:
    file = resources.files("todo_service.generated") / "schemas" / f"{operation.payload}.json"
    return json.loads(file.read_text("utf-8"))


def leniency(operation: Receive) -> dict[str, bool]:
    """Return what an operation's `x-socketio` lets clients send, as `contract.values` says it."""
    return {
        "drop_unknown": operation.unknown_keys == "drop",
        "booleans": "boolean" in operation.convert,
    }


NEW, TODO = document(CREATE_TODO), document(UPDATE_TODO)
NEW_TODOS = valid(NEW).map(lambda new: {**new, "idempotencyKey": str(uuid4())})
"""Valid todos to create; each with a key of its own, for one that is sent again stores nothing."""

MILK: Todo = {
    "id": "8c6e7a52-3f0b-4b9d-9c1e-2a4f6d8b0e13", "title": "Buy milk", "completed": False
}  # fmt: skip


def as_stored(todo_id: str, new: Any) -> Any:
    """Return what is stored of a todo to create."""
    return {"id": todo_id, "title": new["title"], "completed": new["completed"]}


@pytest.fixture(scope="module", params=["memory", "sqlite"])
def stage(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Stage]:
    folder: Path = tmp_path_factory.mktemp("stage")
    database = "memory:" if request.param == "memory" else f"sqlite:///{folder}/todos.db"
    with Stage(database) as stage:
        yield stage


@given(new=NEW_TODOS)
@EXAMPLES
def test_what_is_valid_is_stored_as_sent_and_told_to_the_others(stage: Stage, new: Any) -> None:
    async def story() -> None:
        (answer,) = await stage.ada.ask("todo:create", new)
        todo = as_stored(answer["data"], new)
        assert await listed(stage.todos) == [todo]
        assert await stage.bob.hears("todo:created") == todo
        assert await stage.bob.ask("todo:read", todo["id"]) == ({"data": todo},)
        assert await stage.ada.heard_nothing()

    stage.play(story)


@given(new=NEW_TODOS, changed=valid(TODO), extra=st.dictionaries(st.text(max_size=9), ANYTHING))
@EXAMPLES
def test_an_update_replaces_all_that_is_declared_and_drops_the_rest(
    stage: Stage, new: Any, changed: Any, extra: Any
) -> None:
    async def story() -> None:
        (answer,) = await stage.ada.ask("todo:create", new)
        await stage.bob.hears("todo:created")
        todo = {**changed, "id": answer["data"]}
        assert await stage.ada.ask("todo:update", {**extra, **todo}) == ()
        assert await listed(stage.todos) == [todo]
        assert await stage.bob.hears("todo:updated") == todo

    stage.play(story)


@given(data=st.data())
@EXAMPLES
def test_what_is_sent_loosely_is_stored_as_it_is_meant(stage: Stage, data: st.DataObject) -> None:
    new = data.draw(NEW_TODOS)
    sent = data.draw(loosened(NEW, new, **leniency(CREATE_TODO)))

    async def story() -> None:
        (answer,) = await stage.ada.ask("todo:create", sent)
        todo = as_stored(answer["data"], new)
        assert await listed(stage.todos) == [todo]
        assert await stage.bob.hears("todo:created") == todo

    stage.play(story)


@given(new=NEW_TODOS)
@EXAMPLES
def test_what_is_deleted_is_gone_for_everyone(stage: Stage, new: Any) -> None:
    async def story() -> None:
        (answer,) = await stage.ada.ask("todo:create", new)
        await stage.bob.hears("todo:created")
        assert await stage.bob.ask("todo:delete", answer["data"]) == ()
        assert await stage.ada.hears("todo:deleted") == answer["data"]
        assert await listed(stage.todos) == []
        assert await stage.ada.ask("todo:read", answer["data"]) == ({"error": "entity not found"},)
        assert await stage.bob.heard_nothing()

    stage.play(story)


CORRUPTIONS = [
    (operation, corruption)
    for operation in CONTRACT.receive
    if operation.payload
    for corruption in corruptions(document(operation), **leniency(operation))
]

JOI = {
    "type": {"object.base", "string.base", "boolean.base"},
    "required": {"any.required"},
    "properties": {"any.unknown"},
    "minLength": {"string.empty"},
    "maxLength": {"string.max"},
    "pattern": {"string.empty", "string.guid", "string.pattern.base"},
}
"""What a broken keyword is called in the ack (WIRE.md, "Payload rules")."""


@pytest.mark.parametrize(
    ("operation", "corruption"), CORRUPTIONS, ids=[f"{o.event} {c}" for o, c in CORRUPTIONS]
)
@given(data=st.data())
@settings(EXAMPLES, max_examples=5)
def test_each_corruption_is_refused_stores_nothing_and_tells_nobody(
    stage: Stage, operation: Receive, corruption: Corruption, data: st.DataObject
) -> None:
    payload = data.draw(corruption.values)
    refusal = operation.payload_refusal
    assert refusal

    async def story() -> None:
        await stage.todos.add(MILK)
        (answer,) = await stage.ada.ask(operation.event, payload)
        assert answer["error"] == refusal.ack["error"]
        details = answer.get(refusal.details, [])
        if refusal.details:
            kinds = {item["type"] for item in details if item["path"] == [*corruption.path]}
            assert kinds & JOI[corruption.keyword], details
        else:
            assert answer == refusal.ack
        assert await listed(stage.todos) == [MILK]
        assert await stage.bob.heard_nothing()

    stage.play(story)


@pytest.mark.parametrize("operation", CONTRACT.receive, ids=lambda operation: operation.event)
@given(data=st.data())
@EXAMPLES
def test_a_wrong_number_of_arguments_is_refused_whatever_they_are(
    stage: Stage, operation: Receive, data: st.DataObject
) -> None:
    args = data.draw(wrong_arity(operation.args))

    async def story() -> None:
        (answer,) = await stage.ada.ask(operation.event, *args)
        assert answer["error"] == "invalid payload"
        assert [violation["type"] for violation in answer["errorDetails"]] == ["arguments.length"]
        assert await listed(stage.todos) == []
        assert await stage.bob.heard_nothing()

    stage.play(story)
