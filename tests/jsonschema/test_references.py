"""Where values stand and where refs lead: one traversal, one resolver."""

from __future__ import annotations

import pytest

from asyncapi_socketio.jsonschema.references import at, refs, replaced, resolved, target

DOCUMENT = {
    "definitions": {
        "Title": {"type": "string"},
        "Alias": {"$ref": "#/definitions/Title"},
        "a/b": {"items": [{"type": "null"}]},
        "Loop": {"$ref": "#/definitions/Loop"},
    }
}


@pytest.mark.parametrize(
    ("ref", "address"),
    [
        ("#/definitions/Title", ("definitions", "Title")),
        ("#/definitions/Alias", ("definitions", "Title")),
        ("#/definitions/Alias/type", ("definitions", "Title", "type")),
        ("#/definitions/a~1b/items/0", ("definitions", "a/b", "items", "0")),
        ("#", ()),
    ],
)
def test_a_ref_leads_to_an_address_past_further_refs(
    ref: str, address: tuple[str | int, ...]
) -> None:
    assert target(DOCUMENT, ref) == address
    assert resolved(DOCUMENT, {"$ref": ref}) == at(DOCUMENT, address)


@pytest.mark.parametrize(
    ("ref", "problem"),
    [
        ("#/definitions/Gone", "is nowhere in the document"),
        ("#/definitions/a~1b/items/9", "is nowhere in the document"),
        ("#/definitions/a~1b/items/x", "is not an index of a list"),
        ("#/definitions/Loop", "leads back to itself"),
        ("other.json#/Title", "is not in this document"),
    ],
)
def test_what_a_ref_can_not_lead_to_is_said(ref: str, problem: str) -> None:
    with pytest.raises(LookupError, match=problem):
        resolved(DOCUMENT, {"$ref": ref})


def test_refs_are_found_under_every_name_and_not_in_quoted_values() -> None:
    schema = {
        "properties": {"default": {"$ref": "#/a"}, "items": {"items": [{"$ref": "#/b"}]}},
        "default": {"$ref": "not a ref"},
        "examples": [{"$ref": "not a ref"}],
    }
    assert [*refs(schema)] == [
        (("properties", "default"), "#/a"),
        (("properties", "items", "items", 0), "#/b"),
    ]


def test_a_copy_has_something_else_at_an_address() -> None:
    value = {"ids": [1, 2]}
    assert replaced(value, ("ids", 1), 3) == {"ids": [1, 3]}
    assert replaced(value, ("new", "key"), 3) == {"ids": [1, 2], "new": {"key": 3}}
    assert value == {"ids": [1, 2]}
