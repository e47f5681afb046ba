"""What asyncapi.yaml owes its readers: every description filled, every example there and valid."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from asyncapi_socketio import asyncapi
from asyncapi_socketio.asyncapi.document import Document, parse
from asyncapi_socketio.asyncapi.names import snake

CONTRACT = Path(__file__).parent.parent.parent / "asyncapi.yaml"


@pytest.fixture(scope="module")
def document() -> Document:
    return parse(CONTRACT.read_text("utf-8"), CONTRACT.name)


def described(root: Any) -> Iterator[tuple[str, Any]]:
    """Yield all that a reader looks up, with its address."""
    for section in ("servers", "channels", "operations"):
        for key, value in root[section].items():
            yield f"{section}/{key}", value
    for section in ("messages", "schemas"):
        for key, value in root["components"][section].items():
            yield f"components/{section}/{key}", value


def test_every_description_is_filled(document: Document) -> None:
    empty = [address for address, value in described(document.root) if not value.get("description")]
    assert empty == []


def test_every_message_and_every_schema_has_an_example(document: Document) -> None:
    components = document.root["components"]
    without = [key for key, value in components["schemas"].items() if not value.get("examples")]
    without += [
        key
        for key, value in components["messages"].items()
        if "payload" in value and not value.get("examples")
    ]
    assert without == []


def test_nothing_is_refused_and_the_operations_are_all_there() -> None:
    contract = asyncapi.read(CONTRACT.read_text("utf-8"))
    assert [operation.event for operation in contract.receives] == [
        "todo:list", "todo:create", "todo:read", "todo:update", "todo:delete",
        "presence:watch",
    ]  # fmt: skip
    assert [operation.event for operation in contract.sends] == [
        "todo:created", "todo:updated", "todo:deleted", "presence:changed",
    ]  # fmt: skip


def test_refusals_know_their_line() -> None:
    with pytest.raises(asyncapi.InvalidContract) as refused:
        asyncapi.read("asyncapi: 3.1.0\ninfo: {title: x}\n", "x.yaml")
    (refusal,) = refused.value.findings
    assert (refusal.line, refusal.column) == (2, 1)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("createTodo", "create_todo"),
        ("create-todo", "create_todo"),
        ("CreateTodo", "create_todo"),
        ("getHTTPStatus", "get_http_status"),
        ("say2All", "say_2_all"),
    ],
)
def test_names_in_python(name: str, expected: str) -> None:
    assert snake(name) == expected
