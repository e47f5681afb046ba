"""Each change of a schema has a name, and breaks those whose direction it is, by an example."""

from __future__ import annotations

import copy
from typing import Any, TypeAlias

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from contract.breaking_rules import RULES
from contract.containment import escapes
from contract.values import Undrawable, corruptions, valid
from contract.witnesses import Judge
from tests.tools.small import compared, found, is_valid, small, yaml

Json: TypeAlias = Any

NARROWER = [
    ("type-removed", "{type: [string, 'null']}", "{type: string}"),
    ("type-removed", "{type: number}", "{type: integer}"),
    ("type-removed", "{}", "{type: [string, number, boolean, array, object]}"),
    ("value-removed", "{enum: [a, b, c]}", "{enum: [a, c]}"),
    ("value-removed", "{enum: [a, null]}", "{type: string, enum: [a, null]}"),
    ("value-removed", "{type: string}", "{type: string, enum: [a, b]}"),
    ("value-removed", "{type: string}", "{const: a}"),
    ("value-removed", "{type: boolean}", "{const: true}"),
    ("bound-tightened", "{type: string, maxLength: 256}", "{type: string, maxLength: 255}"),
    ("bound-tightened", "{type: string}", "{type: string, maxLength: 5000}"),
    ("bound-tightened", "{type: string}", "{type: string, minLength: 1}"),
    ("bound-tightened", "{type: integer, minimum: 1}", "{type: integer, minimum: 2}"),
    ("bound-tightened", "{type: number, minimum: 1}", "{type: number, exclusiveMinimum: 1}"),
    ("bound-tightened", "{type: integer}", "{type: integer, maximum: 100}"),
    ("bound-tightened", "{type: integer}", "{type: integer, exclusiveMaximum: 100}"),
    ("bound-tightened", "{type: integer, multipleOf: 2}", "{type: integer, multipleOf: 4}"),
    ("bound-tightened", "{type: array}", "{type: array, maxItems: 3}"),
    ("bound-tightened", "{type: array, minItems: 1}", "{type: array, minItems: 2}"),
    (
        "bound-tightened", "{type: array, items: {type: integer}}",
        "{type: array, items: {type: integer}, uniqueItems: true}",
    ),
    ("bound-tightened", "{type: object}", "{type: object, maxProperties: 2}"),
    ("bound-tightened", "{type: object}", "{type: object, minProperties: 1}"),
    ("key-required", "{type: object, required: [a]}", "{type: object, required: [a, b]}"),
    (
        "key-removed",
        "{type: object, additionalProperties: false, properties: {a: {type: string}, b: {}}}",
        "{type: object, additionalProperties: false, properties: {b: {}}}",
    ),
    (
        "key-removed",
        "{type: object, properties: {id: {type: string}}}",
        "{type: object, properties: {id: false}}",
    ),
    ("keys-closed", "{type: object}", "{type: object, additionalProperties: false}"),
    (
        "keys-closed", "{type: object, properties: {extra: {}}}",
        "{type: object, properties: {extra: {}}, additionalProperties: false}",
    ),
    (
        "type-removed", "{type: object, additionalProperties: {type: [string, integer]}}",
        "{type: object, additionalProperties: {type: string}}",
    ),
    (
        "type-removed", "{type: object, patternProperties: {'^a': {type: [string, integer]}}}",
        "{type: object, patternProperties: {'^a': {type: string}}}",
    ),
    (
        "bound-tightened", "{type: object, patternProperties: {'^a': {maxLength: 9}}}",
        "{type: object, patternProperties: {'^a': {maxLength: 9}, '^ab': {maxLength: 8}}}",
    ),
    (
        "shape-removed", "{oneOf: [{type: string}, {type: array}]}",
        "{oneOf: [{type: string}]}",
    ),
    (
        "shape-removed",
        "{anyOf: [{type: object, required: [a], properties: {a: {const: 1}}},"
        " {type: object, required: [b], properties: {b: {const: 2}}}]}",
        "{anyOf: [{type: object, required: [a], properties: {a: {const: 1}}}]}",
    ),
    (
        "bound-tightened", "{allOf: [{type: string}, {maxLength: 9}]}",
        "{allOf: [{type: string}, {maxLength: 8}]}",
    ),
    (
        "bound-tightened", "{oneOf: [{type: string}, {type: array, maxItems: 4}]}",
        "{oneOf: [{type: array, maxItems: 3}, {type: string}]}",
    ),
]  # fmt: skip
"""A rule, and two schemas of which the first allows all that the second does, and more."""

WIDER_RULE = {
    "type-removed": "type-added",
    "value-removed": "value-added",
    "bound-tightened": "bound-loosened",
    "key-required": "key-optional",
    "key-removed": "key-added",
    "keys-closed": "keys-opened",
    "shape-removed": "shape-added",
}


@pytest.mark.parametrize(("rule", "wide", "narrow"), NARROWER)
@pytest.mark.parametrize("schema", ["Sent", "Read"])
@pytest.mark.parametrize("narrows", [True, False], ids=["narrowed", "widened"])
def test_a_schema_that_changes_breaks_one_direction(
    rule: str, wide: str, narrow: str, schema: str, narrows: bool
) -> None:
    old = small({schema: yaml(wide if narrows else narrow)})
    new = small({schema: yaml(narrow if narrows else wide)})
    named = rule if narrows else WIDER_RULE[rule]

    report = compared(old, new)

    breaks = narrows == (schema == "Sent")
    assert found(report) == {named: "breaking" if breaks else "safe"}
    for example in report.facts["examples"]:
        assert is_valid(old, schema, example["value"]) == narrows
        assert is_valid(new, schema, example["value"]) != narrows
    assert report.facts["examples"]
    assert report.facts["proposedVersion"] == ("2.0.0" if breaks else "1.1.0")


BOTH_WAYS = [
    ("pattern-changed", "{type: string, pattern: '^a'}", "{type: string, pattern: '^b'}"),
    ("condition-changed", "{not: {type: string}}", "{not: {type: integer}}"),
    (
        "condition-changed",
        "{type: integer, if: {minimum: 5}, then: {multipleOf: 2}}",
        "{type: integer, if: {minimum: 5}, then: {multipleOf: 3}}",
    ),
    (
        "condition-changed",
        "{type: array, contains: {const: 1}}",
        "{type: array, contains: {const: 2}}",
    ),
    (
        "condition-changed",
        "{type: object, propertyNames: {maxLength: 3}}",
        "{type: object, propertyNames: {minLength: 3}}",
    ),
    (
        "condition-changed",
        "{type: object, properties: {a: {}, b: {}}, dependencies: {a: [b]}}",
        "{type: object, properties: {a: {}, b: {}}, dependencies: {b: [a]}}",
    ),
]
"""A rule, and two schemas of which each allows what the other does not."""


@pytest.mark.parametrize(("rule", "old", "new"), BOTH_WAYS)
@pytest.mark.parametrize("schema", ["Sent", "Read"])
def test_what_can_not_be_compared_in_words_breaks_by_an_example(
    rule: str, old: str, new: str, schema: str
) -> None:
    before, after = small({schema: yaml(old)}), small({schema: yaml(new)})
    report = compared(before, after)

    assert found(report) == {rule: "breaking"}
    (example,) = report.facts["examples"]
    assert is_valid(before, schema, example["value"]) == (schema == "Sent")
    assert is_valid(after, schema, example["value"]) == (schema == "Read")
