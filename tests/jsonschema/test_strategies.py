"""The values that the property tests draw are what they claim, for the contract and any schema."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from importlib import resources
from typing import Any

import pytest
from hypothesis import Phase, find, given, settings
from hypothesis import strategies as st
from hypothesis.errors import NoSuchExample
from hypothesis.strategies import SearchStrategy
from jsonschema import Draft7Validator, ValidationError

from asyncapi_socketio.jsonschema.boundaries import beyond, boundaries
from asyncapi_socketio.jsonschema.strategies import (
    Corruption,
    Undrawable,
    corruptions,
    loosened,
    valid,
    wrong_arity,
)
from asyncapi_socketio.jsonschema.validation import Schema

FOLDER = resources.files("todo_service.generated") / "schemas"
CONTRACT = {
    file.name.removesuffix(".json"): json.loads(file.read_text("utf-8"))
    for file in FOLDER.iterdir()
}
NODE = {
    "type": "object",
    "required": ["name"],
    "additionalProperties": False,
    "properties": {
        "name": {"type": "string", "minLength": 2, "pattern": "^[a-z]+$"},
        "children": {"type": "array", "maxItems": 2, "items": {"$ref": "#/definitions/a~1node"}},
    },
}
OTHERS: dict[str, Any] = {
    "tree": {"$ref": "#/definitions/a~1node", "definitions": {"a/node": NODE}},
    "numbers": {
        "type": "object",
        "required": ["size", "share", "kind", "step"],
        "properties": {
            "size": {"type": "integer", "minimum": 1, "maximum": 9},
            "share": {"type": ["number", "null"], "exclusiveMinimum": 0, "exclusiveMaximum": 1},
            "step": {"type": "integer", "multipleOf": 5},
            "kind": {"enum": ["leaf", 1, None]},
            "version": {"const": 1},
        },
    },
    "choice": {"oneOf": [{"type": "string", "maxLength": 3}, {"type": "array", "minItems": 2}]},
    "pairs": {"type": "array", "minItems": 2, "maxItems": 3, "uniqueItems": True},
    "place": {"type": "array", "items": [{"type": "number"}, {"type": "string"}], "minItems": 2},
    "sum": {
        "allOf": [
            {"type": "object", "required": ["a"], "properties": {"a": {"minimum": 2}}},
            {"required": ["b"], "properties": {"a": {"type": "integer", "maximum": 5}}},
        ]
    },
    "judged": {
        "type": "object",
        "propertyNames": {"maxLength": 3},
        "not": {"required": ["x"]},
        "additionalProperties": {"type": "array", "contains": {"type": "boolean"}},
    },
    "nullable": {"anyOf": [{"type": "boolean"}, {"type": "null"}]},
    "anything": True,
}
TASKS = {
    "type": "object",
    "required": ["tasks"],
    "additionalProperties": False,
    "properties": {
        "tasks": {
            "type": "array",
            "items": {
                "type": "object",
                "additionalProperties": False,
                "properties": {"done": {"type": ["boolean", "null"]}, "name": {"type": "string"}},
            },
        },
    },
}
SCHEMAS = {**CONTRACT, **OTHERS}
BREAKABLE = [name for name in SCHEMAS if name != "anything"]
corruptions_of = cache(lambda name: corruptions(SCHEMAS[name]))


def judge(name: str) -> Draft7Validator:
    """jsonschema, told in Python's words that a pattern's end is the very end."""
    python = json.dumps(SCHEMAS[name]).replace('$"', '\\\\Z"')
    return Draft7Validator(json.loads(python))


def rules_broken(errors: Iterable[ValidationError]) -> Iterator[tuple[Any, tuple[Any, ...]]]:
    for error in errors:
        yield error.validator, (*error.absolute_path,)
        yield from rules_broken(error.context)


@pytest.mark.slow
@pytest.mark.parametrize("name", SCHEMAS)
@given(data=st.data())
@settings(max_examples=20)
def test_valid_values_are_valid(name: str, data: st.DataObject) -> None:
    assert judge(name).is_valid(data.draw(valid(SCHEMAS[name])))


@pytest.mark.slow
@pytest.mark.parametrize("name", BREAKABLE)
@given(data=st.data())
@settings(max_examples=25)
def test_each_corruption_breaks_the_rule_it_names_at_the_place_it_names(
    name: str, data: st.DataObject
) -> None:
    corruption: Corruption = data.draw(st.sampled_from(corruptions_of(name)))
    broken = [*rules_broken(judge(name).iter_errors(data.draw(corruption.values)))]
    match corruption.keyword:
        case "required":  # jsonschema names the object
            assert ("required", corruption.path[:-1]) in broken
        case "properties":
            assert (None, corruption.path[:-1]) in broken
        case keyword:
            assert (keyword, corruption.path) in broken


@pytest.mark.slow
@given(data=st.data())
@settings(max_examples=25)
def test_a_corruption_leaves_the_rest_of_a_value_alone(data: st.DataObject) -> None:
    todo = data.draw(valid(CONTRACT["todoCreated.payload"]))
    corruption = data.draw(
        st.sampled_from([c for c in corruptions_of("todoCreated.payload") if c.path])
    )
    key = corruption.path[0]
    if corruption.name != "without any key":
        broken = data.draw(corruption.of(todo))
        assert {**broken, key: None} == {**todo, key: None}
        assert broken != todo


def test_the_contract_is_corrupted_in_every_way_it_can_be() -> None:
    found = {str(item) for item in corruptions_of("createTodo.payload")}
    assert found == {
        "value: array", "value: boolean", "value: integer", "value: null", "value: number",
        "value: string", "value: nested deeply", "value: extra key",
        "value: in a list", "value: written as text",
        "id: forbidden",
        "title: array", "title: boolean", "title: integer", "title: null", "title: number",
        "title: object", "title: nested deeply", "title: without any key", "title: without title",
        "title: empty", "title: just too long", "title: far too long", "title: another pattern",
        "title: in a list", "title: with a newline behind",
        "title: another pattern, as in another case",
        "title: another pattern, as with more before",
        "title: another pattern, as with more behind",
        "completed: array", "completed: integer", "completed: null", "completed: number",
        "completed: object", "completed: string", "completed: nested deeply",
        "completed: without completed", "completed: in a list", "completed: written as text",
        "idempotencyKey: another pattern", "idempotencyKey: array", "idempotencyKey: boolean",
        "idempotencyKey: empty", "idempotencyKey: integer", "idempotencyKey: nested deeply",
        "idempotencyKey: null", "idempotencyKey: number", "idempotencyKey: object",
        "idempotencyKey: in a list", "idempotencyKey: with a newline behind",
        "idempotencyKey: another pattern, as in another case",
        "idempotencyKey: another pattern, as with more before",
        "idempotencyKey: another pattern, as with more behind",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("name", "places"),
    [
        ("tree", {"children/0/name: just too short", "children: just too many"}),
        ("numbers", {"size: just too small", "size: just too large", "size: number",
                     "share: just too large", "step: not a multiple", "kind: another value",
                     "version: another value"}),
        ("choice", {"value: null", "value: just too long", "value: just too few"}),
        ("pairs", {"value: empty", "value: twice the same", "value: just too many"}),
        ("sum", {"a: just too small", "a: just too large", "b: without b"}),
        ("judged", {"x: string"}),
        ("nullable", {"value: string"}),
        ("readTodo.ack", {"data/id: another pattern", "error: another value",
                          "errorDetails/0/path/0: null"}),
    ],
)  # fmt: skip
def test_corruptions_reach_every_kind_of_place(name: str, places: set[str]) -> None:
    assert places <= {str(item) for item in corruptions_of(name)}


ORDER = {
    "type": "object",
    "required": ["price"],
    "properties": {
        "price": {"type": "number", "minimum": 0.01, "maximum": 10, "multipleOf": 0.01},
        "tags": {
            "type": "array",
            "maxItems": 2,
            "uniqueItems": True,
            "items": {"type": "string", "pattern": "^[a-z]+$", "maxLength": 3},
        },
        "labels": {"type": "object", "maxProperties": 1, "additionalProperties": {"type": "null"}},
        "way": {
            "oneOf": [
                {
                    "type": "object",
                    "required": ["by"],
                    "properties": {"by": {"const": "post"}},
                },
                {
                    "type": "object",
                    "required": ["by", "floor"],
                    "properties": {"by": {"const": "hand"}, "floor": {"type": "integer"}},
                },
            ]
        },
    },
}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("price: not a multiple", {"price": 0.015}),
        ("tags: just too many", {"price": 0.01, "tags": ["a", "b", "c"]}),
        ("tags: twice the same", {"price": 0.01, "tags": ["a", "a"]}),
        ("tags/0: just too long", {"price": 0.01, "tags": ["aaaa"]}),
        ("tags/1: array", {"price": 0.01, "tags": ["a", []]}),
        ("labels: just too many keys", {"price": 0.01, "labels": {"a": None, "b": None}}),
        ("way/floor: written as text", {"price": 0.01, "way": {"by": "hand", "floor": "0"}}),
    ],
)
def test_what_is_beyond_an_edge_breaks_that_rule_alone(name: str, value: Any) -> None:
    assert [edge.value for edge in beyond(ORDER) if edge.name == name] == [value]


def test_what_may_be_left_out_has_edges_too() -> None:
    values = [edge.value for edge in boundaries(ORDER)]
    assert {"price": 0.01, "tags": ["a", "b"]} in values
    assert {"price": 0.01, "way": {"by": "hand", "floor": 0}} in values


def test_what_another_branch_takes_is_no_corruption() -> None:
    assert "value: string" not in {str(item) for item in corruptions_of("choice")}
    assert "value: null" not in {str(item) for item in corruptions_of("nullable")}


def test_what_normalising_mends_is_no_corruption() -> None:
    loose = corruptions(CONTRACT["createTodo.payload"], drop_unknown=True, booleans=True)
    assert "value: extra key" not in {str(item) for item in loose}
    (spelt,) = (item for item in loose if str(item) == "completed: string")
    assert not any_of(spelt.values, lambda sent: sent["completed"].lower() in {"true", "false"})


@pytest.mark.slow
@given(data=st.data())
@settings(max_examples=25)
def test_a_loosened_value_is_the_value_again_once_normalised(data: st.DataObject) -> None:
    value = data.draw(valid(TASKS))
    sent = data.draw(loosened(TASKS, value, drop_unknown=True, booleans=True))
    assert Schema(TASKS, drop_unknown=True, booleans=True).normalise(sent) == value


def test_values_are_loosened_all_the_way_down() -> None:
    value = {"tasks": [{"done": True}]}
    sent = loosened(TASKS, value, drop_unknown=True, booleans=True)
    assert any_of(sent, lambda it: isinstance(it["tasks"][0]["done"], str))
    assert any_of(sent, lambda it: len(it["tasks"][0]) > 1)
    assert not any_of(loosened(TASKS, value), lambda it: it != value)


@pytest.mark.slow
@given(args=wrong_arity(1))
def test_a_wrong_arity_is_wrong(args: list[Any]) -> None:
    assert len(args) != 1


@pytest.mark.parametrize(
    ("document", "address"),
    [
        (False, "#: "),
        ({"$ref": "#"}, "#: # leads back"),
        ({"$ref": "#/definitions/Gone"}, "#: #/definitions/Gone is nowhere"),
        ({"$ref": "other.json#/Todo"}, "#: other.json#/Todo is not in this document"),
        ({"type": "integer", "minimum": 3, "maximum": 2}, "#: "),
        ({"type": "string", "minLength": 3, "maxLength": 2}, "#: "),
        ({"type": "string", "pattern": "^[a-z]{4}$", "minLength": 9}, "#: "),
        ({"required": ["a"], "type": "object", "properties": {"a": False}}, "#/properties/a: "),
        ({"type": "object", "required": ["a"], "properties": {"a": {"not": {}}}},
         "#/properties/a: no valid value in "),
        ({"type": "array", "items": {"enum": []}}, "#/items: "),
        ({"$ref": "#/definitions/T", "definitions": {
            "T": {"type": "object", "required": ["t"],
                  "properties": {"t": {"$ref": "#/definitions/T"}}}}}, "#/properties/t: "),
    ],
)  # fmt: skip
def test_what_nothing_can_be_drawn_for_is_refused_with_its_address(
    document: Any, address: str
) -> None:
    with pytest.raises(Undrawable) as refused:
        find(valid(document), lambda _: True)
    assert str(refused.value).startswith(address)


def any_of(strategy: SearchStrategy[Any], holds: Callable[[Any], bool]) -> bool:
    """Return whether one of many draws is such a one."""
    some = settings(max_examples=100, database=None, phases=[Phase.generate])
    try:
        find(strategy, holds, settings=some)
    except NoSuchExample:
        return False
    return True
