"""Links: who makes, shows, changes and removes the same things is read off the schemas."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from asyncapi_socketio import asyncapi
from asyncapi_socketio.asyncapi.resources import Link, Resource, resources
from asyncapi_socketio.cli.sources import contract
from asyncapi_socketio.jsonschema.references import at, replaced


def find(document: dict[str, Any]) -> tuple[Resource, ...]:
    return resources(asyncapi.read(json.dumps(document)))


def shop(**schemas: Any) -> dict[str, Any]:
    """Return a contract of books: strings for keys, a whole book in each ack, keys in objects."""
    book = {
        "type": "object",
        "required": ["isbn_id", "name"],
        "properties": {"isbn_id": {"type": "string"}, "name": {"type": "string"}},
    }
    new = {"type": "object", "required": ["name"], "properties": {"name": {"type": "string"}}}
    which = {"type": "object", "properties": {"isbn_id": {"type": "string"}}}
    books = {"type": "object", "properties": {"books": {"type": "array", "items": ref("Book")}}}
    one = {"type": "object", "required": ["book"], "properties": {"book": ref("Book")}}
    payloads = {
        "shelve": ref("New"), "fetch": ref("Which"), "burn": ref("Which"), "all": None,
        "shelved": ref("One"), "fetched": ref("One"), "burnt": None, "listed": ref("Books"),
    }  # fmt: skip
    messages = {
        key: {"name": key, **({"payload": payload} if payload else {})}
        for key, payload in payloads.items()
    }
    asks = {"shelve": "shelved", "fetch": "fetched", "burn": "burnt", "all": "listed"}
    return {
        "asyncapi": "3.1.0",
        "info": {"title": "Shop", "version": "1.0.0"},
        "channels": {"shop": {"address": "/", "messages": messages}},
        "operations": {
            f"{ask}Book": {
                "action": "receive",
                "channel": {"$ref": "#/channels/shop"},
                "messages": [{"$ref": f"#/channels/shop/messages/{ask}"}],
                "reply": {"messages": [{"$ref": f"#/channels/shop/messages/{ack}"}]},
            }
            for ask, ack in asks.items()
        },
        "components": {
            "schemas": {"Book": book, "New": new, "Which": which, "Books": books, "One": one}
            | schemas
        },
    }


def ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


def links(resource: Resource) -> dict[str, Link | None]:
    return {
        role: getattr(resource, role) for role in ("create", "read", "update", "delete", "list")
    }


def test_our_todos_are_found() -> None:
    (todos,) = resources(contract("asyncapi.yaml"))
    assert (todos.schema, todos.key) == ("Todo", "id")
    found = {role: link and link.operation.id for role, link in links(todos).items()}
    assert found == {
        "create": "createTodo",
        "read": "readTodo",
        "update": "updateTodo",
        "delete": "deleteTodo",
        "list": "listTodos",
    }
    assert todos.create.key_out == ("data",)
    assert todos.list
    assert todos.list.thing_out == ("data",)


def test_keys_in_objects_and_things_in_acks_are_found() -> None:
    (books,) = find(shop())
    assert books.create.operation.event == "shelve"
    assert books.create.key_out == ("book", "isbn_id")
    assert books.read
    assert (books.read.key_in, books.read.thing_out) == (("isbn_id",), ("book",))
    assert books.update is None
    assert books.delete is None  # nothing says that `burn` deletes


def test_what_is_declared_comes_first() -> None:
    document = shop()
    document["operations"]["burnBook"]["x-socketio"] = {"role": "delete"}
    (books,) = find(document)
    assert books.delete
    assert books.delete.operation.event == "burn"


def test_a_contract_without_keys_has_no_things() -> None:
    cases = Path("tests/generate/cases")
    for case in ("arguments", "asks", "namespaces", "shapes"):
        assert resources(contract(str(cases / case / "asyncapi.yaml"))) == ()


def test_a_path_leads_into_a_value_and_back() -> None:
    value = {"data": {"id": 1, "title": "Buy milk"}}
    assert at(value, ("data", "id")) == 1
    assert replaced(value, ("data", "id"), 2) == {"data": {"id": 2, "title": "Buy milk"}}
    assert replaced(value, (), 3) == 3
    assert replaced({"ids": [1, 2]}, ("ids", 1), 3) == {"ids": [1, 3]}
