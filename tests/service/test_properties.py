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
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.stage import Stage
from todo_service.generated.operations import CREATE_TODO, RECEIVE, UPDATE_TODO, Receive
from todo_service.validation import Schema
from tools.values import ANYTHING, Corruption, corruptions, valid

pytestmark = pytest.mark.slow

EXAMPLES = settings(
    max_examples=30,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],  # the stage is cleared by `play`
)


def document(operation: Receive) -> Any:
    file = resources.files("todo_service.generated") / "schemas" / f"{operation.payload}.json"
    return json.loads(file.read_text("utf-8"))


NEW, TODO = document(CREATE_TODO), document(UPDATE_TODO)


@pytest.fixture(scope="module", params=["memory", "sqlite"])
def stage(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Stage]:
    folder: Path = tmp_path_factory.mktemp("stage")
    database = "memory:" if request.param == "memory" else f"sqlite:///{folder}/todos.db"
    with Stage(database) as stage:
        yield stage


@given(new=valid(NEW))
@EXAMPLES
def test_what_is_valid_is_stored_as_sent_and_told_to_the_others(stage: Stage, new: Any) -> None:
    async def story() -> None:
        (answer,) = await stage.ada.ask("todo:create", new)
        todo = {"id": answer["data"], **new}
        assert await stage.todos.list() == [todo]
        assert await stage.bob.hears("todo:created") == todo
        assert await stage.bob.ask("todo:read", todo["id"]) == ({"data": todo},)
        assert await stage.ada.heard_nothing()

    stage.play(story)


@given(new=valid(NEW), changed=valid(TODO), extra=st.dictionaries(st.text(max_size=9), ANYTHING))
@EXAMPLES
def test_an_update_replaces_all_that_is_declared_and_drops_the_rest(
    stage: Stage, new: Any, changed: Any, extra: Any
) -> None:
    async def story() -> None:
        (answer,) = await stage.ada.ask("todo:create", new)
        await stage.bob.hears("todo:created")
        todo = {**changed, "id": answer["data"]}
        assert await stage.ada.ask("todo:update", {**extra, **todo}) == ()
        assert await stage.todos.list() == [todo]
        assert await stage.bob.hears("todo:updated") == todo

    stage.play(story)


def means_the_same(operation: Receive, corruption: Corruption) -> bool:
    """Say whether the contract lets clients send this: it is normalised before it is validated."""
    return operation.unknown_keys == "drop" and corruption.keyword == "additionalProperties"


CORRUPTIONS = [
    (operation, corruption)
    for operation in RECEIVE
    if operation.payload
    for corruption in corruptions(document(operation))
    if not means_the_same(operation, corruption)
]

TYPES: dict[str | None, set[str]] = {
    "type": {"object.base", "string.base", "boolean.base"},
    "minLength": {"string.empty"},
    "maxLength": {"string.max"},
    "pattern": {"string.empty", "string.guid", "string.pattern.base"},
    None: {"any.unknown"},
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
    schema = Schema.load(str(operation.payload), drop_unknown=True, booleans=True)
    if not schema.breaches(schema.normalise(payload)):
        return  # "true" is a boolean here

    async def story() -> None:
        todo = {"id": str(uuid4()), "title": "Buy milk", "completed": False}
        await stage.todos.add(todo)  # type: ignore[arg-type]
        (answer,) = await stage.ada.ask(operation.event, payload)
        refusal = operation.payload_refusal
        assert refusal
        assert answer["error"] == refusal.ack["error"]
        if refusal.details:
            hold(corruption, answer[refusal.details])
        assert await stage.todos.list() == [todo]
        assert await stage.bob.heard_nothing()

    stage.play(story)


def hold(corruption: Corruption, breaches: list[Any]) -> None:
    """Hold what an ack lists against the corruption that was sent."""
    if corruption.keyword == "required":
        missing = [breach["path"][-1] for breach in breaches if breach["type"] == "any.required"]
        assert corruption.name in [f"without {key}" for key in missing]
        return
    at = {breach["type"] for breach in breaches if tuple(breach["path"]) == corruption.path}
    assert at & TYPES[corruption.keyword], breaches


@pytest.mark.parametrize("operation", RECEIVE, ids=lambda operation: operation.event)
@given(args=st.lists(ANYTHING, max_size=4))
@EXAMPLES
def test_a_wrong_number_of_arguments_is_refused_whatever_they_are(
    stage: Stage, operation: Receive, args: list[Any]
) -> None:
    if len(args) == operation.args:
        args = [*args, None]

    async def story() -> None:
        (answer,) = await stage.ada.ask(operation.event, *args)
        assert answer["error"] == "invalid payload"
        assert [breach["type"] for breach in answer["errorDetails"]] == ["arguments.length"]
        assert await stage.todos.list() == []
        assert await stage.bob.heard_nothing()

    stage.play(story)
