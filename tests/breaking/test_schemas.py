"""Each change of a schema has a name, and breaks those whose direction it is, by an example."""

from __future__ import annotations

import copy
from typing import Any, TypeAlias

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from asyncapi_socketio.breaking.rules import RULES
from asyncapi_socketio.jsonschema.containment import escapes
from asyncapi_socketio.jsonschema.counterexamples import Judge
from asyncapi_socketio.jsonschema.strategies import Undrawable, corruptions, valid
from tests.breaking.small import compared, found, is_valid, small, yaml

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
        "{anyOf: [{type: object, required: [a]}, {type: object, required: [b]}]}",
        "{anyOf: [{type: object, required: [a]}]}",
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


@pytest.mark.slow
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


@pytest.mark.slow
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


@pytest.mark.slow
@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("{type: [string, 'null']}", "{anyOf: [{type: 'null'}, {type: string}]}"),
        ("{type: boolean}", "{enum: [true, false]}"),
        ("{const: a}", "{enum: [a]}"),
        ("{enum: [a, b]}", "{type: string, enum: [b, a], description: Letters}"),
        ("{type: string, minLength: 0}", "{type: string}"),
        ("{type: integer, minimum: 1}", "{type: integer, exclusiveMinimum: 0}"),
        ("{type: integer}", "{type: integer, multipleOf: 1}"),
        ("{type: string, maxLength: 9}", "{allOf: [{type: string}, {maxLength: 9}]}"),
        ("{type: array, items: {}}", "{type: array, uniqueItems: false}"),
        ("{type: object, required: [a, b]}", "{required: [b, a], type: object, properties: {}}"),
        (
            "{oneOf: [{type: string}, {type: integer}]}",
            "{oneOf: [{type: integer}, {type: string, title: Words}]}",
        ),
        (
            "{type: object, properties: {a: {type: string}}}",
            "{type: object, properties: {a: {$ref: '#/components/schemas/Text'}}}",
        ),
        (
            "{$ref: '#/components/schemas/Tree'}",
            "{type: object, properties: {more: {$ref: '#/components/schemas/Trees'}}}",
        ),
    ],
)
@pytest.mark.parametrize("schema", ["Sent", "Read"])
def test_the_same_in_other_words_is_no_finding(old: str, new: str, schema: str) -> None:
    shared = {
        "Text": {"type": "string"},
        "Trees": {"items": {"$ref": "#/components/schemas/Tree"}, "type": "array"},
        "Tree": yaml(
            "{type: object, properties: {more: {type: array, items:"
            " {$ref: '#/components/schemas/Tree'}}}}"
        ),
    }
    report = compared(small({**shared, schema: yaml(old)}), small({**shared, schema: yaml(new)}))
    assert found(report) == {}
    assert report.facts["proposedVersion"] == "1.0.1"


def test_a_format_is_dangerous_since_not_everybody_checks_it() -> None:
    old, new = (
        small({"Sent": {"type": "string"}}),
        small({"Sent": yaml("{format: date, type: string}")}),
    )
    report = compared(old, new)
    assert found(report) == {"format-changed": "dangerous"}
    assert found(compared(new, old)) == {"format-changed": "safe"}
    assert "wants {'format': 'date'}" in report.findings[0].details[1]


def test_a_key_that_nobody_declared_is_dangerous_to_declare() -> None:
    old = small({"Sent": {"type": "object"}, "Read": {"type": "object"}})
    due = yaml("{type: object, properties: {due: {type: string}}}")
    report = compared(old, small({"Sent": due, "Read": due}))
    assert [(item.rule, item.severity, item.address[-1]) for item in report.findings[:2]] == [
        ("key-claimed", "dangerous", "due"),
        ("key-claimed", "safe", "due"),
    ]
    assert compared(small({"Read": due}), small({"Read": {"type": "object"}})).findings[0].rule == (
        "key-released"
    )


@pytest.mark.slow
def test_where_no_value_shows_it_a_difference_is_dangerous() -> None:
    old = small({"Sent": yaml("{type: string, pattern: '^[0-9]{8}$'}")})
    new = small({"Sent": yaml("{type: string, pattern: '^[0-9]{8}$', minLength: 8}")})
    report = compared(old, new)
    assert found(report) == {"bound-tightened": "dangerous"}
    assert "no value was found that shows it" in report.findings[0].details


def test_a_recursive_schema_is_compared_to_its_depth() -> None:
    def tree(least: int) -> Json:
        return {
            "type": "object",
            "required": ["name"],
            "properties": {
                "name": {"type": "string", "minLength": least},
                "children": {"type": "array", "items": {"$ref": "#/components/schemas/Sent"}},
            },
        }

    old, new = small({"Sent": tree(0)}), small({"Sent": tree(1)})
    (finding, _) = compared(old, new).findings
    assert "/".join(map(str, finding.address)) == (
        "components/schemas/Sent/properties/name/minLength"
    )
    assert found(compared(old, old)) == {}


def test_every_rule_of_a_schema_is_explained() -> None:
    explained = {rule.id for rule in RULES}
    assert {rule for rule, *_ in NARROWER} | {*WIDER_RULE.values()} <= explained
    assert len(explained) == len(RULES)


LAW = settings(
    max_examples=40, deadline=None, suppress_health_check=[*HealthCheck]
)  # keys of patterns are found by Hypothesis too
FEW = st.integers(0, 3)
PATTERNS = st.sampled_from(["^a", "b$", "^[ab]*$"])


def some(**keywords: SearchStrategy[Json]) -> SearchStrategy[Json]:
    return st.fixed_dictionaries({}, optional=keywords)


def of_type(types: SearchStrategy[str], **keywords: SearchStrategy[Json]) -> SearchStrategy[Json]:
    return st.builds(lambda name, more: {"type": name, **more}, types, some(**keywords))


BOUNDS = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum")
LEAVES: SearchStrategy[Json] = st.one_of(
    st.just({}),
    st.just(True),
    st.just({"$ref": "#/definitions/Name"}),
    of_type(st.just("string"), minLength=FEW, maxLength=FEW, pattern=PATTERNS),
    of_type(
        st.sampled_from(["integer", "number"]),
        multipleOf=st.integers(1, 3),
        **dict.fromkeys(BOUNDS, FEW),
    ),
    st.lists(
        st.sampled_from(["string", "integer", "null", "boolean"]), min_size=1, unique=True
    ).map(lambda names: {"type": names}),
    st.lists(st.sampled_from(["a", "", 1, None]), min_size=1, unique=True).map(
        lambda values: {"enum": values}
    ),
    st.sampled_from(["a", 1, None]).map(lambda value: {"const": value}),
)


def larger(inner: SearchStrategy[Json]) -> SearchStrategy[Json]:
    keys = st.sampled_from("ab")
    branches = st.lists(inner, min_size=1, max_size=2)
    combinators = st.sampled_from(["anyOf", "oneOf", "allOf"])
    return st.one_of(
        of_type(
            st.just("object"),
            properties=st.dictionaries(keys, inner | st.just(False), max_size=2),
            required=st.lists(keys, max_size=2, unique=True),
            additionalProperties=st.booleans() | inner,
            patternProperties=st.dictionaries(st.sampled_from(["^a", "^x"]), inner, max_size=1),
            minProperties=FEW,
            maxProperties=FEW,
        ),
        of_type(
            st.just("array"), items=inner, minItems=FEW, maxItems=FEW, uniqueItems=st.booleans()
        ),
        st.builds(lambda keyword, parts: {keyword: parts}, combinators, branches),
        inner.map(lambda part: {"not": part}),
        st.fixed_dictionaries({"if": inner, "then": inner, "else": inner}),
    )


SCHEMAS = st.recursive(LEAVES, larger, max_leaves=5)
NAMES = LEAVES.filter(lambda schema: schema is not True and "$ref" not in schema)


Place: TypeAlias = tuple[str | int, ...]


def parts(schema: Json) -> list[Place]:
    """List where schemas stand right inside a schema."""
    if not isinstance(schema, dict):
        return []
    single = ("items", "additionalProperties", "not", "if", "then", "else")
    found: list[Place] = [(key,) for key in single if key in schema]
    found += [(k, name) for k in ("properties", "patternProperties") for name in schema.get(k, {})]
    found += [(k, i) for k in ("anyOf", "oneOf", "allOf") for i in range(len(schema.get(k, ())))]
    return found


def places(schema: Json) -> list[Place]:
    """List where schemas stand in a schema, itself first."""
    inside = [(*part, *rest) for part in parts(schema) for rest in places(at(schema, part))]
    return [(), *inside]


def at(schema: Json, place: Place) -> Json:
    for key in place:
        schema = schema[key]
    return schema


@st.composite
def edited(draw: DrawFn, schema: Json) -> Json:
    """Draw a schema that differs in one place, mostly."""
    whole = {"whole": copy.deepcopy(schema)}
    place = draw(st.sampled_from(places(whole["whole"])))
    part, fresh = at(whole["whole"], place), draw(SCHEMAS)
    if isinstance(part, dict) and part and draw(st.booleans()):
        part.pop(draw(st.sampled_from(sorted(part))))
    elif isinstance(part, dict) and isinstance(fresh, dict) and draw(st.booleans()):
        part.update(fresh)
    else:
        path = ("whole", *place)
        at(whole, path[:-1])[path[-1]] = fresh
    return whole["whole"]


def judge(schema: Json, name: Json) -> Judge:
    return Judge({"allOf": [schema], "definitions": {"Name": name}})


@pytest.mark.slow
@given(
    name=NAMES,
    schemas=SCHEMAS.flatmap(lambda one: st.tuples(st.just(one), edited(one))),
    data=st.data(),
)
@LAW
def test_where_nothing_is_found_no_value_tells_them_apart(
    name: Json, schemas: tuple[Json, Json], data: st.DataObject
) -> None:
    one, other = (judge(schema, name) for schema in schemas)
    for producer, consumer in ((one, other), (other, one)):
        if escapes(producer.top, consumer.top):
            continue
        for draw in (valid, lambda document: st.one_of(*(c.values for c in corruptions(document)))):
            document = producer.document if draw is valid else consumer.document
            try:
                value = data.draw(draw(document))
            except Undrawable:
                continue
            assert not producer.accepts(value) or consumer.accepts(value)


def rewritten(schema: Json, name: Json) -> Json:
    """Say the same in other words: refs written out, keys turned round, descriptions, a sum."""
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return rewritten(name, name)
    new = dict(reversed(copy.deepcopy(schema).items()))
    for part in parts(schema):
        at(new, part[:-1])[part[-1]] = rewritten(at(schema, part), name)
    return {"allOf": [{**new, "description": "The same."}]}


@pytest.mark.slow
@given(name=NAMES, schema=SCHEMAS)
@LAW
def test_what_is_only_written_otherwise_lets_nothing_out(name: Json, schema: Json) -> None:
    one, other = judge(schema, name), judge(rewritten(schema, name), name)
    assert escapes(one.top, other.top) == []
    assert escapes(other.top, one.top) == []
