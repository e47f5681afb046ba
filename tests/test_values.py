"""The values that the property tests draw are what they claim, for the contract and any schema."""

from __future__ import annotations

import json
from importlib import resources
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft7Validator

from tools.values import Corruption, corruptions, valid

FOLDER = resources.files("todo_service.generated") / "schemas"
CONTRACT = {
    file.name.removesuffix(".json"): json.loads(file.read_text("utf-8"))
    for file in FOLDER.iterdir()
}
OTHERS: dict[str, Any] = {
    "tree": {
        "$ref": "#/definitions/Tree",
        "definitions": {
            "Tree": {
                "type": "object",
                "required": ["name"],
                "properties": {
                    "name": {"type": "string", "minLength": 2, "pattern": "^[a-z]+$"},
                    "size": {"type": "integer", "minimum": 1, "maximum": 9},
                    "share": {"type": ["number", "null"], "minimum": 0, "maximum": 1},
                    "kind": {"enum": ["leaf", "branch"]},
                    "version": {"const": 1},
                    "children": {
                        "type": "array", "maxItems": 2, "items": {"$ref": "#/definitions/Tree"},
                    },
                },
            }
        },
    },
    "choice": {"oneOf": [{"type": "string", "maxLength": 3}, {"type": "array", "minItems": 1}]},
    "pairs": {"type": "array", "minItems": 2, "maxItems": 3, "uniqueItems": True},
}  # fmt: skip
SCHEMAS = {**CONTRACT, **OTHERS}


@pytest.mark.parametrize("name", SCHEMAS)
@given(data=st.data())
@settings(max_examples=20)
def test_valid_values_are_valid(name: str, data: st.DataObject) -> None:
    assert Draft7Validator(SCHEMAS[name]).is_valid(data.draw(valid(SCHEMAS[name])))


EVERY = [(name, item) for name in SCHEMAS for item in corruptions(SCHEMAS[name])]


@pytest.mark.parametrize(
    ("name", "corruption"), EVERY, ids=[f"{name} {item}" for name, item in EVERY]
)
@given(data=st.data())
@settings(max_examples=5)
def test_corrupted_values_are_broken_where_they_say(
    name: str, corruption: Corruption, data: st.DataObject
) -> None:
    errors = Draft7Validator(SCHEMAS[name]).iter_errors(data.draw(corruption.values))
    assert corruption.keyword in {error.validator for error in errors}


def test_the_contract_is_corrupted_in_every_way_it_can_be() -> None:
    found = {str(item) for item in corruptions(CONTRACT["createTodo.payload"])}
    assert {
        "value: array", "value: null", "value: string", "value: without title", "value: extra key",
        "id: forbidden", "title: null", "title: integer", "title: too short", "title: too long",
        "title: another pattern", "completed: null", "completed: string", "completed: integer",
    } <= found  # fmt: skip
