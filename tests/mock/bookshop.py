"""A contract of books: other words, keys and places than ours, for tools that take any contract."""

from __future__ import annotations

from typing import Any


def shop(**book: Any) -> dict[str, Any]:
    """Return the contract; `book` adds properties to a book, and must say what its `book_id` is."""
    book = {
        "isbn": {"type": "string"}, "name": {"type": "string"}, "pages": {"type": "integer"},
        "added": {"type": "string", "format": "date-time"}, "note": {"type": "string"}, **book,
    }  # fmt: skip
    fields = {name: book[name] for name in ("name", "pages", "note")}
    key = {"book_id": book["book_id"]}
    schemas = {
        "Book": {**objects({**key, **book}), "required": ["book_id", "name", "added"]},
        "New": {**objects(fields), "required": ["name"]},
        "Change": {**objects({**key, **fields}), "required": ["book_id"]},
        "Which": {**objects(key), "required": ["book_id"]},
        "One": {**objects({"book": ref("Book")}), "required": ["book"]},
        "All": {"type": "array", "items": ref("Book")},
        "Fault": {
            **objects({"code": {"enum": ["bad input", "broken", "no such book"]}}),
            "required": ["code"],
        },
    }
    payloads = {
        "shelve": "New", "fetch": "Which", "mend": "Change", "burn": "Which", "all": None,
        "one": "One", "done": None, "every": "All", "fault": "Fault",
        "shelved": "One", "mended": "Change", "burnt": "Which",
    }  # fmt: skip
    messages = {name: message(name, schema) for name, schema in payloads.items()}
    messages["fault"]["x-socketio"] = {"ack": "error"}
    errors = {"payload": {"ack": {"code": "bad input"}}, "unexpected": {"ack": {"code": "broken"}}}
    asks = {"shelve": "one", "fetch": "one", "mend": "one", "burn": "done", "all": "every"}
    tells = {"shelve": "shelved", "mend": "mended", "burn": "burnt"}
    roles = {"burn": {"role": "delete"}}
    return {
        "asyncapi": "3.1.0",
        "info": {"title": "Shop", "version": "1.0.0"},
        "channels": {
            "shop": {"address": "/", "messages": messages, "x-socketio": {"errors": errors}}
        },
        "operations": {
            **{
                ask: {
                    **operation("receive", ask),
                    "reply": {"messages": [in_shop(ack), in_shop("fault")]},
                    "x-socketio": {
                        "broadcasts": [{"$ref": f"#/operations/{tells[ask]}"}]
                        if ask in tells
                        else [],
                        **roles.get(ask, {}),
                    },
                }
                for ask, ack in asks.items()
            },
            **{
                tell: {**operation("send", tell), "x-socketio": {"audience": "others"}}
                for tell in tells.values()
            },
        },
        "components": {"schemas": schemas},
    }


def objects(properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "additionalProperties": False, "properties": properties}


def ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


def message(name: str, schema: str | None) -> dict[str, Any]:
    return {"name": name, **({"payload": ref(schema)} if schema else {})}


def in_shop(name: str) -> dict[str, str]:
    return {"$ref": f"#/channels/shop/messages/{name}"}


def operation(action: str, name: str) -> dict[str, Any]:
    channel = {"$ref": "#/channels/shop"}
    return {"action": action, "channel": channel, "messages": [in_shop(name)]}
