"""What schemas say that a validator of draft 7 passes over, and examples that don't fit them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from ..asyncapi import index
from ..asyncapi.document import Document
from ..asyncapi.index import described
from ..asyncapi.named_schemas import NamedSchemas
from ..asyncapi.rules import judge, written_schemas
from ..jsonschema import canonical
from ..jsonschema.dialect import Validator, first_violation
from ..jsonschema.references import Address, Json, pointer
from ..reporting.finding import Finding

_KEYWORDS = {
    "$comment", "$id", "$ref", "$schema", "additionalItems", "additionalProperties", "allOf",
    "anyOf", "const", "contains", "contentEncoding", "contentMediaType", "default", "definitions",
    "dependencies", "deprecated", "description", "discriminator", "else", "enum", "example",
    "examples", "exclusiveMaximum", "exclusiveMinimum", "externalDocs", "format", "if", "items",
    "maxItems", "maxLength", "maxProperties", "maximum", "minItems", "minLength", "minProperties",
    "minimum", "multipleOf", "not", "oneOf", "pattern", "patternProperties", "properties",
    "propertyNames", "readOnly", "required", "then", "title", "type", "uniqueItems", "writeOnly",
}  # fmt: skip
"""The keywords of JSON Schema draft 7 and of AsyncAPI's Schema Object, and `example`."""

_WAYS_OUT = {
    "prefixItems": "make a list of 'items'",
    "unevaluatedProperties": "use additionalProperties",
    "unevaluatedItems": "use additionalItems",
    "dependentRequired": "use dependencies",
    "dependentSchemas": "use dependencies",
    "$defs": "move the schemas to components/schemas",
    "nullable": "add 'null' to the type",
    "$anchor": "refer to schemas by #/components/schemas/NAME",
    "$dynamicRef": "use $ref",
    "$recursiveRef": "use $ref",
}


def keywords(document: Document) -> Iterator[Finding]:
    """Find keywords that draft 7 does not know."""
    for address in written_schemas(document):
        schema = document.at(address)
        if not isinstance(schema, dict) or "$ref" in schema:
            continue
        for key in schema:
            if key not in _KEYWORDS and not key.startswith("x-"):
                yield document.finding(
                    "keyword",
                    address,
                    f"'{key}' says nothing in JSON Schema draft 7",
                    _WAYS_OUT.get(key, "use a keyword of draft 7"),
                )


def patterns(document: Document) -> Iterator[Finding]:
    """Find patterns that Python and ECMA 262 read differently, or not at all."""
    for address in written_schemas(document):
        schema = document.at(address)
        pattern = schema.get("pattern") if isinstance(schema, dict) else None
        if isinstance(pattern, str) and (way_out := _way_out(pattern)):
            yield document.finding(
                "pattern",
                (*address, "pattern"),
                "means something else in Python than in ECMA 262",
                way_out,
            )


_ONE_TONGUE = re.compile(r"\\[AZzGQEXKRNhHvVpPkgl]|\(\?(?![:=!]|<[=!])|[*+?}]\+|\[\[:")


def _way_out(pattern: str) -> str | None:
    """Return how to write a pattern so that Python and ECMA 262 both take it, and alike."""
    if found := _ONE_TONGUE.search(pattern):
        return f"write it without '{found[0]}'"
    try:
        re.compile(pattern)
    except re.error as error:
        return f"correct it: {error}"
    return None


def formats(document: Document) -> Iterator[Finding]:
    """Find payloads in another language than JSON Schema, each format once."""
    seen: set[str] = set()
    places = [place.address for place in index.messages(document)]
    payloads = [index.payload_address(document, message) for message in places]
    named = (document.root.get("components") or {}).get("schemas") or {}
    for address in (*payloads, *(("components", "schemas", key) for key in named)):
        if address is None:
            continue
        place = index.unwrapped(document, address)
        form = index.foreign_format(document, address) or index.foreign_format(document, place)
        if form and form not in seen:
            seen.add(form)
            yield document.finding(
                "schema-format",
                address,
                f"'{form}' is not read: such a payload may be anything",
                "write it as AsyncAPI's Schema Object (JSON Schema draft 7)",
            )


def examples(document: Document) -> Iterator[Finding]:
    """Find examples that don't fit their schema."""
    schemas = NamedSchemas(document)
    for place in index.messages(document):
        payload = index.payload_address(document, place.address)
        if payload is None:
            continue
        judged = judge(schemas, payload)
        for number, example in enumerate(described(document, place.address).get("examples") or []):
            if isinstance(example, dict) and "payload" in example:
                where = (*place.address, "examples", number, "payload")
                yield from _example(document, judged, where, example["payload"])
    for address in written_schemas(document):
        schema = document.at(address)
        if isinstance(schema, dict) and {"example", "examples"} & schema.keys():
            judged = judge(schemas, address)
            for where, example in _examples_of(schema, address):
                yield from _example(document, judged, where, example)


def _examples_of(schema: Json, address: Address) -> Iterator[tuple[Address, Json]]:
    listed = schema.get("examples")
    for number, example in enumerate(listed if isinstance(listed, list) else []):
        yield (*address, "examples", number), example
    if "example" in schema:
        yield (*address, "example"), schema["example"]


def _example(
    document: Document, judged: Validator, address: Address, example: Json
) -> Iterator[Finding]:
    error = first_violation(judged, example)
    if error is not None:
        where = (*address, *error.absolute_path)
        yield document.finding(
            "example", where, f"does not fit its schema: {error.message}", "correct one of them"
        )


def unsatisfiable(document: Document) -> Iterator[Finding]:
    """Find schemas without any valid value: proved, or, where that can't be, not drawn either."""
    schemas = NamedSchemas(document)
    known: dict[Address, Mapping[str, str]] = {}
    for address in written_schemas(document):
        outer = next((end for end in range(len(address)) if address[:end] in known), len(address))
        if outer == len(address):
            known[address] = _impossible(schemas, address)
        if document.at(address) is False and _is_key(address):
            continue
        reason = known[address[:outer]].get(pointer(address[outer:]))
        if reason is not None:
            problem = f"no value is valid: {reason}"
            yield document.finding("unsatisfiable", address, problem, "loosen it")


def _impossible(schemas: NamedSchemas, address: Address) -> Mapping[str, str]:
    """Return why nothing fits a schema, or the parts of it."""
    schema = schemas.copied(address)
    whole = canonical.self_contained({"components": {"schemas": schemas.named}}, schema)
    here = pointer(("allOf", 0))
    reasons = canonical.impossible(whole)
    found = {place.removeprefix(here): why for place, why in reasons.items() if place}
    if "" in reasons:
        found.setdefault("", reasons[""])
    if "" not in found and not canonical.is_decided(whole):
        from ..jsonschema.satisfiability import has_example  # noqa: PLC0415 - it is rarely needed

        if not has_example(whole, schema):
            found[""] = "no value was found"
    return found


def _is_key(address: Address) -> bool:
    """Return whether a schema is a property's or of further ones: `false` there forbids keys."""
    return address[-2] == "properties" or address[-1] == "additionalProperties"
