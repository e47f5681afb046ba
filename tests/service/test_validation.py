"""The compiled validator and the judge say the same of everything, violations in joi's words."""

from __future__ import annotations

import json
from functools import cache
from importlib import resources
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft7Validator

from asyncapi_socketio.jsonschema.strategies import ANYTHING, SCALARS, corruptions, valid
from asyncapi_socketio.jsonschema.validation import Schema
from todo_service.generated.operations import CONTRACT

NAMES = sorted(
    file.name.removesuffix(".json")
    for file in (resources.files("todo_service.generated") / "schemas").iterdir()
)
SCHEMAS = {name: Schema(CONTRACT.schema(name)) for name in NAMES}
UUID = "8c6e7a52-3f0b-4b9d-9c1e-2a4f6d8b0e13"
TODO = {"id": UUID, "title": "Buy milk", "completed": False}


def document(name: str) -> Any:
    file = resources.files("todo_service.generated") / "schemas" / f"{name}.json"
    return json.loads(file.read_text("utf-8"))


def nested(depth: int) -> Any:
    value: Any = 0
    for _ in range(depth):
        value = [value]
    return value


corruptions_of = cache(lambda name: corruptions(document(name)))
NASTY = st.sampled_from([
    "\ud800", "a\udfff", "\x00", "\uff11", UUID + "\n", UUID.upper(), "x" * 256, "x" * 257,
    "\U0001f600" * 256, "\U0001f600" * 257, float("nan"), float("inf"), -float("inf"),
    json.loads("1e400"), 10**30, 10**400, 2**53 + 1, 1e308, -0.0, 1.0, True, False, 0, 1, None,
    {}, [],
]) | st.sampled_from([300, 2000]).map(nested)  # fmt: skip
VALUES = ANYTHING | NASTY
TODOS = st.fixed_dictionaries({}, optional=dict.fromkeys((*TODO, "data", "error", "x"), VALUES))


def agree(schema: Schema, value: Any) -> None:
    assert schema.accepts(value) is (schema.violations(value) == [])


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
@given(data=st.data())
@settings(max_examples=15)
def test_both_validators_accept_what_is_valid(name: str, data: st.DataObject) -> None:
    value = data.draw(valid(document(name)))
    assert SCHEMAS[name].accepts(value)
    assert SCHEMAS[name].violations(value) == []


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
@given(data=st.data())
@settings(max_examples=15)
def test_both_validators_refuse_each_corruption(name: str, data: st.DataObject) -> None:
    corruption = data.draw(st.sampled_from(corruptions_of(name)))
    value = data.draw(corruption.values)
    assert not SCHEMAS[name].accepts(value)
    assert SCHEMAS[name].violations(value) != []


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
@given(value=VALUES | TODOS)
@settings(max_examples=30)
def test_both_validators_say_the_same_of_anything(name: str, value: Any) -> None:
    agree(SCHEMAS[name], value)


@pytest.mark.slow
@pytest.mark.parametrize("key", [*TODO])
@given(value=VALUES)
@settings(max_examples=30)
def test_both_validators_say_the_same_of_a_todo_with_one_odd_value(key: str, value: Any) -> None:
    agree(SCHEMAS["updateTodo.payload"], {**TODO, key: value})


EVERY_KEYWORD: list[Any] = [
    True, False, {}, {"type": ["integer", "null"]}, {"type": "number", "minimum": 0, "maximum": 1},
    {"type": "integer"}, {"type": "number"}, {"maximum": 10**30},
    {"exclusiveMinimum": 0, "exclusiveMaximum": 1}, {"multipleOf": 2}, {"multipleOf": 0.1},
    {"enum": [1, "a", None]}, {"enum": [True, 0]}, {"const": {"a": [1]}}, {"const": 1.0},
    {"minLength": 2, "maxLength": 3}, {"pattern": r"^\d+$"}, {"pattern": "[$]|a$"},
    {"pattern": r"^\w+$"}, {"format": "uuid"}, {"format": "email"}, {"format": "date-time"},
    {"items": {"type": "boolean"}, "minItems": 1, "maxItems": 2, "uniqueItems": True},
    {"items": [{"type": "integer"}], "additionalItems": False}, {"contains": {"const": 1}},
    {"required": ["a"], "properties": {"a": False}}, {"additionalProperties": {"type": "string"}},
    {"patternProperties": {"^a": {"type": "string"}}, "additionalProperties": False},
    {"propertyNames": {"maxLength": 1}}, {"dependencies": {"a": ["b"]}},
    {"minProperties": 1, "maxProperties": 1}, {"not": {"type": "null"}},
    {"anyOf": [{"type": "string"}, {"type": "array"}]}, {"allOf": [{"minimum": 1}, {"maximum": 2}]},
    {"oneOf": [{"type": "integer"}, {"minimum": 2}]},
    {"if": {"type": "string"}, "then": {"minLength": 1}, "else": {"minimum": 0}},
    {"items": {"$ref": "#"}, "type": "array"},
]  # fmt: skip
ODD = st.sampled_from(["\u0661", "\u00b2", "\u017f", "\u2028", "a\n", "1\n", "aa", "$", -3, 2, 0.3])
KEYS = st.sampled_from(["a", "b", "ab", "\ud800"])
STRUCTURES = st.recursive(
    SCALARS | NASTY | ODD,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=5,
)


@pytest.mark.slow
@pytest.mark.parametrize("schema", EVERY_KEYWORD, ids=str)
@given(value=STRUCTURES)
@settings(max_examples=50)
def test_both_validators_say_the_same_of_every_keyword(schema: Any, value: Any) -> None:
    agree(Schema(schema), value)


@pytest.mark.parametrize("schema", EVERY_KEYWORD, ids=str)
def test_the_hand_picked_schemas_are_draft_7(schema: Any) -> None:
    Draft7Validator.check_schema(schema)


WORDS: list[tuple[Any, Any, str, str]] = [
    ({"type": "array"}, 1, '"value" must be an array', "array.base"),
    ({"type": "boolean"}, 1, '"value" must be a boolean', "boolean.base"),
    ({"type": "integer"}, 1.5, '"value" must be an integer', "number.integer"),
    ({"type": "null"}, 1, '"value" must be null', "any.only"),
    ({"type": "number"}, "1", '"value" must be a number', "number.base"),
    ({"type": "object"}, 1, '"value" must be of type object', "object.base"),
    ({"type": "string"}, 1, '"value" must be a string', "string.base"),
    ({"type": ["string", "null"]}, 1, '"value" must be one of [string, null]',
     "alternatives.types"),
    ({"exclusiveMaximum": 1}, 1, '"value" must be less than 1', "number.less"),
    ({"exclusiveMinimum": 1}, 1, '"value" must be greater than 1', "number.greater"),
    ({"maximum": 1}, 2, '"value" must be less than or equal to 1', "number.max"),
    ({"minimum": 1}, 0, '"value" must be greater than or equal to 1', "number.min"),
    ({"multipleOf": 2}, 3, '"value" must be a multiple of 2', "number.multiple"),
    ({"multipleOf": 0.1}, 0.25, '"value" must be a multiple of 0.1', "number.multiple"),
    ({"maxItems": 0}, [1], '"value" must contain less than or equal to 0 items', "array.max"),
    ({"minItems": 2}, [1], '"value" must contain at least 2 items', "array.min"),
    ({"uniqueItems": True}, [1, 1], '"value" contains a duplicate value', "array.unique"),
    ({"maxProperties": 0}, {"a": 1}, '"value" must have less than or equal to 0 keys',
     "object.max"),
    ({"minProperties": 1}, {}, '"value" must have at least 1 keys', "object.min"),
    ({"minLength": 2}, "", '"value" is not allowed to be empty', "string.empty"),
    ({"minLength": 2}, "a", '"value" length must be at least 2 characters long', "string.min"),
    ({"pattern": "^a$"}, "b", '"value" fails to match the required pattern: /^a$/',
     "string.pattern.base"),
    ({"pattern": "^a$", "format": "uuid"}, "b", '"value" must be a valid GUID', "string.guid"),
    ({"enum": ["a", 1]}, "b", '"value" must be one of [a, 1]', "any.only"),
    ({"const": 1}, 2, '"value" must be [1]', "any.only"),
    ({"anyOf": [{"type": "null"}]}, 1, '"value" does not match any of the allowed types',
     "alternatives.match"),
    ({"not": {}}, 1, '"value" contains an invalid value', "any.invalid"),
]  # fmt: skip


@pytest.mark.parametrize(("schema", "value", "message", "kind"), WORDS, ids=str)
def test_a_breach_is_said_in_joi_s_words(schema: Any, value: Any, message: str, kind: str) -> None:
    assert Schema(schema).violations(value) == [{"message": message, "path": [], "type": kind}]


def test_multiples_are_counted_in_decimals_however_large() -> None:
    cents = Schema({"multipleOf": 0.01})
    assert cents.accepts(19.99)
    assert cents.accepts(10**400)
    assert not cents.accepts(19.999)
    assert Schema({"multipleOf": 3}).violations(10**400)


def test_violations_come_in_the_order_of_the_schema_with_their_paths() -> None:
    item = {
        "type": "object",
        "required": ["b", "a"],
        "properties": {"b": {"type": "string"}, "a": {"type": "string"}, "no": False},
        "additionalProperties": False,
    }
    schema = Schema({"type": "object", "properties": {"list": {"type": "array", "items": item}}})
    violations = schema.violations({"list": [{"b": "x", "a": 1}, {"z": 1, "no": 1, "a": 2}]})
    assert [(violation["path"], violation["type"]) for violation in violations] == [
        (["list", 0, "a"], "string.base"),
        (["list", 1, "b"], "any.required"),
        (["list", 1, "a"], "string.base"),
        (["list", 1, "no"], "any.unknown"),
        (["list", 1, "z"], "object.unknown"),
    ]
    assert violations[0]["message"] == '"list[0].a" must be a string'


def test_normalising_drops_and_converts_all_the_way_down_and_leaves_the_value_alone() -> None:
    node: Any = {"type": "object", "properties": {"done": {"type": "boolean"}}}
    node["properties"]["children"] = {"type": "array", "items": {"$ref": "#/definitions/Node"}}
    document = {"$ref": "#/definitions/Node", "definitions": {"Node": node}}
    value = {"done": "TRUE", "x": 1, "children": [{"done": "false", "y": 2}, 7]}
    before = json.dumps(value)

    both = Schema(document, drop_unknown=True, booleans=True).normalise(value)
    assert both == {"done": True, "children": [{"done": False}, 7]}
    kept = Schema(document, booleans=True).normalise(value)
    assert kept == {"done": True, "x": 1, "children": [{"done": False, "y": 2}, 7]}
    assert Schema(document).normalise(value) == value
    assert json.dumps(value) == before


def test_what_is_nested_too_deeply_is_refused_and_does_no_harm() -> None:
    tree = Schema(
        {"definitions": {"T": {"type": "array", "items": {"$ref": "#/definitions/T"}}},
         "allOf": [{"$ref": "#/definitions/T"}]},
        drop_unknown=True,
    )  # fmt: skip
    deep = nested(2_000)
    assert not tree.accepts(tree.normalise(deep))
    assert tree.violations(deep) == [
        {"message": '"value" is nested too deeply', "path": [], "type": "any.depth"}
    ]
