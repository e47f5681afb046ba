"""What a contract can be generated from with, and should not have: one function a rule."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import resources
from itertools import combinations

import hypothesis.errors
from hypothesis import HealthCheck, Phase, find, settings
from jsonschema import Draft7Validator
from jsonschema.exceptions import ValidationError, best_match

from codegen.contract import payload_address
from codegen.disjoint import disjoint
from codegen.document import Address, Document, Json, Refusal, steps
from codegen.refusals import LISTS, event_and_replies, parts
from codegen.schemas import local

from . import semver
from .values import Undrawable, valid

_ACCEPTED = ("additionalProperties", "else", "items", "then")
_SIZED = {"date", "date-time", "idn-hostname", "hostname", "ipv4", "ipv6", "time", "uuid"}
"""Formats whose values are short by their own rules (JSON Schema draft 7, validation, 7.3)."""


def asyncapi_schema(document: Document) -> Iterator[Refusal]:
    """Hold the document against AsyncAPI's own JSON Schema of 3.1 (of which 3.0 is a part)."""
    current = {**document.root, "asyncapi": "3.1.0"}
    for error in _asyncapi().iter_errors(current):
        deepest = best_match([error]) or error
        address = (*deepest.absolute_path,)
        yield document.refuse(
            "asyncapi-schema", address, _short(deepest), "see what AsyncAPI 3.1 says of it"
        )


@cache
def _asyncapi() -> Draft7Validator:
    """Load the schema that the npm package `@asyncapi/specs` publishes (Apache-2.0)."""
    text = (resources.files(__package__) / "asyncapi-3.1.0.json").read_text("utf-8")
    return Draft7Validator(json.loads(text))


def _short(error: ValidationError) -> str:
    value = json.dumps(error.instance, default=str)
    return error.message if len(error.message) < 200 else f"{error.validator} fails: {value[:100]}…"  # noqa: PLR2004


def version_semver(document: Document) -> Iterator[Refusal]:
    """Want a version that says what a change means to clients."""
    version = str(document.root["info"]["version"])
    if semver.version(version) is None:
        yield document.refuse(
            "version-semver",
            ("info", "version"),
            f"'{version}' is no semantic version",
            "say 1.0.0",
        )


def no_ack(document: Document) -> Iterator[Refusal]:
    """Want an ack of everything that a client emits."""
    for address, operation in _operations(document, "receive"):
        if not operation.get("reply"):
            yield document.refuse(
                "no-ack", address, "is never acknowledged", "add a reply, if only of errors"
            )


def error_kinds(document: Document) -> Iterator[Refusal]:
    """Want it said what is acknowledged when the server itself refuses."""
    for address, operation in _operations(document, "receive"):
        channel = document.at(document.follow((*address, "channel")))
        kinds = {
            kind
            for place in (channel, operation)
            for kind in place.get("x-socketio", {}).get("errors", {})
        }
        missing = [kind for kind in ("arity", "payload", "unexpected") if kind not in kinds]
        if operation.get("reply") and missing:
            yield document.refuse(
                "error-kinds",
                address,
                f"does not say what is acknowledged for {', '.join(missing)}",
                "declare x-socketio errors, once for the channel",
            )


def loose_send(document: Document) -> Iterator[Refusal]:
    """Want each event of the server tied to what causes it."""
    tied = {
        document.target(ref["$ref"])
        for _, operation in _operations(document, "receive")
        for ref in operation.get("x-socketio", {}).get("broadcasts", [])
    }
    for address, _ in _operations(document, "send"):
        if address not in tied:
            yield document.refuse(
                "loose-send",
                address,
                "no operation says that it sends this",
                "name it in the x-socketio broadcasts of its cause",
            )


def unbounded(document: Document) -> Iterator[Refusal]:
    """Want a bound on every string and array that a client may send."""
    for address in _inbound(document):
        schema = document.at(address)
        if schema is True or schema == {}:
            yield document.refuse("unbounded", address, "takes anything", "say what it is")
        if not isinstance(schema, dict) or "enum" in schema or "const" in schema:
            continue
        types = _types(schema)
        if "string" in types and "maxLength" not in schema and schema.get("format") not in _SIZED:
            yield document.refuse("unbounded", address, "a string of any length", "add maxLength")
        if "array" in types and "maxItems" not in schema:
            yield document.refuse("unbounded", address, "an array of any length", "add maxItems")


def description(document: Document) -> Iterator[Refusal]:
    """Want everything said in words too."""
    for address in sorted({*_described(document)}, key=document.position):
        value = document.at(address)
        if isinstance(value, dict) and not str(value.get("description", "")).strip():
            yield document.refuse("description", address, "has no description", "add one")


def missing_example(document: Document) -> Iterator[Refusal]:
    """Want an example of each message with a payload."""
    for address in _messages(document):
        message = document.at(address)
        if "payload" in message and not message.get("examples"):
            yield document.refuse("missing-example", address, "has no example", "add one")


def unused_component(document: Document) -> Iterator[Refusal]:
    """Want no component that nothing refers to."""
    root = document.root
    used: set[Address] = set()
    waiting: list[Address] = [(key,) for key in root if key != "components"]
    while waiting:
        for _, ref in document.refs(waiting.pop()):
            path = steps(ref)
            component: Address = (*path[:3],) if path[0] == "components" else (*path,)
            if component not in used:
                used.add(component)
                waiting.append(component)
    for kind, components in root.get("components", {}).items():
        for name in components if isinstance(components, dict) else ():
            if ("components", kind, name) not in used:
                yield document.refuse(
                    "unused-component",
                    ("components", kind, name),
                    "nothing refers to it",
                    "remove it, or refer to it",
                )


def unsatisfiable(document: Document) -> Iterator[Refusal]:
    """Want a value for each schema: by its keywords, else by one that is drawn."""
    for address in _schemas(document):
        schema = document.at(address)
        if schema is False and _is_key(address):
            continue
        reason = _impossible(document, schema, ())
        if reason is None and len(address) == 3 and not _drawable(document, schema):  # noqa: PLR2004
            reason = "no value was found"
        if reason is not None:
            yield document.refuse(
                "unsatisfiable", address, f"no value is valid: {reason}", "loosen it"
            )


def _is_key(address: Address) -> bool:
    """Say whether a schema is a property's or of further ones: `false` there forbids keys."""
    return address[-2] == "properties" or address[-1] == "additionalProperties"


def _impossible(document: Document, schema: Json, refs: tuple[str, ...]) -> str | None:
    """Say why no value can fit, if keywords prove it."""
    if schema is False:
        return "it is false"
    if not isinstance(schema, dict):
        return None
    if ref := schema.get("$ref"):
        if ref in refs:
            return f"it needs itself, by {ref}"
        return _impossible(document, document.at(document.target(ref)), (*refs, ref))
    reasons = [_impossible_type(document, schema, name, refs) for name in _types(schema)]
    if reasons and None not in reasons:
        return reasons[0]
    return _impossible_values(document, schema) or _impossible_parts(document, schema, refs)


def _impossible_values(document: Document, schema: Json) -> str | None:
    listed = [schema["const"]] if "const" in schema else schema.get("enum")
    judge = Draft7Validator(_self_contained(document, schema))
    if listed is None or any(judge.is_valid(value) for value in listed):
        return None
    return f"{'const' if 'const' in schema else 'enum'} breaks the other keywords"


def _impossible_parts(document: Document, schema: Json, refs: tuple[str, ...]) -> str | None:
    rest = {key: value for key, value in schema.items() if key not in LISTS}
    parts = [*schema.get("allOf", []), *([rest] if rest.keys() - {"description", "title"} else [])]
    for part in schema.get("allOf", []):
        if reason := _impossible(document, part, refs):
            return reason
    if any(disjoint(document, one, other) for one, other in combinations(parts, 2)):
        return "parts of allOf exclude each other"
    for keyword in ("anyOf", "oneOf"):
        branches = [_impossible(document, branch, refs) for branch in schema.get(keyword, [])]
        if branches and None not in branches:
            return branches[0]
    return None


def _impossible_type(
    document: Document, schema: Json, name: str, refs: tuple[str, ...]
) -> str | None:
    pairs = {
        "string": ("minLength", "maxLength"),
        "array": ("minItems", "maxItems"),
        "object": ("minProperties", "maxProperties"),
    }
    if name in pairs and _crossed(schema, *pairs[name]):
        return f"{pairs[name][0]} is above {pairs[name][1]}"
    if name in {"integer", "number"} and _no_number(schema, whole=name == "integer"):
        return "no number is between its bounds"
    if name == "array" and schema.get("minItems", 0) > 0:
        return _impossible(document, schema.get("items", True), refs)
    return _impossible_object(document, schema, refs) if name == "object" else None


def _crossed(schema: Json, least: str, most: str) -> bool:
    return least in schema and most in schema and schema[least] > schema[most]


def _no_number(schema: Json, *, whole: bool) -> bool:
    step = 1 if whole else 0
    least = max(schema.get("minimum", -1e999), schema.get("exclusiveMinimum", -1e999) + step)
    most = min(schema.get("maximum", 1e999), schema.get("exclusiveMaximum", 1e999) - step)
    strict = not whole and ("exclusiveMinimum" in schema or "exclusiveMaximum" in schema)
    return bool(least > most or (strict and least == most))


def _impossible_object(document: Document, schema: Json, refs: tuple[str, ...]) -> str | None:
    properties = schema.get("properties", {})
    closed = schema.get("additionalProperties") is False and "patternProperties" not in schema
    for key in schema.get("required", []):
        if closed and key not in properties:
            return f"'{key}' is required and not allowed"
        if reason := _impossible(document, properties.get(key, True), refs):
            return f"'{key}' is required, and {reason}"
    if len(schema.get("required", [])) > schema.get("maxProperties", 1e999):
        return "more keys are required than maxProperties allows"
    return None


def _drawable(document: Document, schema: Json) -> bool:
    """Say whether a value is found: an example that fits, or one that is drawn."""
    whole = _self_contained(document, schema)
    judge = Draft7Validator(whole)
    examples = schema.get("examples", []) if isinstance(schema, dict) else []
    if any(judge.is_valid(example) for example in examples):
        return True
    frugal = settings(
        max_examples=50,
        phases=[Phase.generate],
        database=None,
        derandomize=True,
        suppress_health_check=[*HealthCheck],
    )
    try:
        find(valid(whole), lambda _: True, settings=frugal)
    except (Undrawable, hypothesis.errors.HypothesisException):
        return False
    return True


def _self_contained(document: Document, schema: Json) -> Json:
    schemas = document.root.get("components", {}).get("schemas", {})
    definitions = {name: local(inner) for name, inner in schemas.items()}
    return {"allOf": [local(schema)], "definitions": definitions}


def _types(schema: Mapping[str, Json]) -> list[str]:
    declared = schema.get("type", [])
    return [declared] if isinstance(declared, str) else [*declared]


def _operations(document: Document, action: str) -> Iterator[tuple[Address, Json]]:
    for key in document.root.get("operations", {}):
        address: Address = document.follow(("operations", key))
        if document.at(address)["action"] == action:
            yield address, document.at(address)


def _messages(document: Document) -> list[Address]:
    """Give the address of every message that an operation has, each once."""
    operations = [*_operations(document, "receive"), *_operations(document, "send")]
    found = [
        message for address, _ in operations for message in event_and_replies(document, address)
    ]
    return [*dict.fromkeys(found)]


def _inbound(document: Document) -> list[Address]:
    """Give the address of every schema, and part of one, that judges what clients send."""
    messages = [
        *(event_and_replies(document, item)[0] for item, _ in _operations(document, "receive")),
        *(
            m
            for item, _ in _operations(document, "send")
            for m in event_and_replies(document, item)[1:]
        ),
    ]
    found: dict[Address, None] = {}
    for message in messages:
        if "payload" in document.at(message):
            _reach(document, payload_address(document, message), found)
    return sorted(found, key=document.position)


def _reach(document: Document, address: Address, found: dict[Address, None]) -> None:
    address = document.follow(address)
    if address in found:
        return
    found[address] = None
    for inner in parts(document, address, _ACCEPTED):
        if document.at(inner) is not True or inner[-1] != "additionalProperties":
            _reach(document, inner, found)


def _schemas(document: Document) -> Iterator[Address]:
    """Yield the address of every schema that is written in the document, and of its parts."""
    named = document.root.get("components", {}).get("schemas", {})
    inline = [item for item in _messages(document) if "payload" in document.at(item)]
    waiting: list[Address] = [payload_address(document, message) for message in inline]
    waiting += [("components", "schemas", name) for name in named]
    while waiting:
        address = waiting.pop()
        if document.follow(address) == address:
            yield address
            waiting += parts(document, address)


def _described(document: Document) -> Iterator[Address]:
    root = document.root
    yield ("info",)
    for section in ("servers", "channels", "operations"):
        yield from (document.follow((section, key)) for key in root.get(section, {}))
    yield from _messages(document)
    yield from (("components", "schemas", k) for k in root.get("components", {}).get("schemas", {}))
    for address in _schemas(document):
        schema = document.at(address)
        for key in schema.get("properties", {}) if isinstance(schema, dict) else ():
            yield document.follow((*address, "properties", key))
