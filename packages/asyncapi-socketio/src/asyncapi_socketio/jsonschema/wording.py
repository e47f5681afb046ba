"""What a violation of a schema is called: in words, where it is, and the name of its rule.

`JOI` is what the JavaScript library joi says (with `abortEarly: false`), `JSON_SCHEMA` names the
keywords of JSON Schema, in the words of the validator Ajv. Neither quotes a value.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Protocol, TypeAlias

from jsonschema import ValidationError
from typing_extensions import TypedDict

Json: TypeAlias = Any
"""A value as a JSON decoder makes it."""


class Violation(TypedDict):
    """One violation: in words, where it is (keys and indices), and the name of its rule."""

    message: str
    path: list[str | int]
    type: str


class Wording(Protocol):
    """How violations are said."""

    too_deep: Violation

    def explain(self, error: ValidationError) -> Iterator[Violation]:
        """Yield what one error of the judge says; several where it stands for several keys."""

    def arity(self, expected: int, given: int) -> Violation:
        """Return the violation of an event that has too few or too many arguments."""


def violation(path: Sequence[str | int], text: str, type_: str) -> Violation:
    """Put a violation at `path` into joi's words, `"label" text`."""
    label = "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in path)
    name = label.removeprefix(".") or "value"
    return {"message": f'"{name}" {text}', "path": list(path), "type": type_}


_TYPES = {
    "array": ("must be an array", "array.base"),
    "boolean": ("must be a boolean", "boolean.base"),
    "integer": ("must be an integer", "number.integer"),
    "null": ("must be null", "any.only"),
    "number": ("must be a number", "number.base"),
    "object": ("must be of type object", "object.base"),
    "string": ("must be a string", "string.base"),
}

_LIMITS = {
    "exclusiveMaximum": ("must be less than {}", "number.less"),
    "exclusiveMinimum": ("must be greater than {}", "number.greater"),
    "maxItems": ("must contain less than or equal to {} items", "array.max"),
    "maxLength": ("length must be less than or equal to {} characters long", "string.max"),
    "maxProperties": ("must have less than or equal to {} keys", "object.max"),
    "maximum": ("must be less than or equal to {}", "number.max"),
    "minItems": ("must contain at least {} items", "array.min"),
    "minLength": ("length must be at least {} characters long", "string.min"),
    "minProperties": ("must have at least {} keys", "object.min"),
    "minimum": ("must be greater than or equal to {}", "number.min"),
    "multipleOf": ("must be a multiple of {}", "number.multiple"),
    "pattern": ("fails to match the required pattern: /{}/", "string.pattern.base"),
    "uniqueItems": ("contains a duplicate value", "array.unique"),
}


def _explain_as_joi(error: ValidationError) -> Iterator[Violation]:
    path = [*error.absolute_path]
    schema: Json = error.schema
    match error.validator:
        case "additionalProperties" if error.validator_value is False:
            instance: Json = error.instance
            for key in instance:
                if key not in schema.get("properties", {}):
                    yield violation([*path, key], "is not allowed", "object.unknown")
        case "minLength" | "pattern" if error.instance == "":
            yield violation(path, "is not allowed to be empty", "string.empty")
        case "pattern" if schema.get("format") == "uuid":
            yield violation(path, "must be a valid GUID", "string.guid")
        case keyword:
            yield violation(path, *_rule(keyword, error.validator_value))


def _rule(keyword: Json, expected: Json) -> tuple[str, str]:
    """Return the words and the type for a keyword and its value in the schema."""
    match keyword:
        case "type" if isinstance(expected, str):
            return _TYPES[expected]
        case "type":
            return f"must be one of [{', '.join(expected)}]", "alternatives.types"
        case "enum":
            return f"must be one of [{', '.join(map(str, expected))}]", "any.only"
        case "const":
            return f"must be [{expected}]", "any.only"
        case "anyOf" | "oneOf":
            return "does not match any of the allowed types", "alternatives.match"
        case str() if keyword in _LIMITS:
            text, type_ = _LIMITS[keyword]
            return text.format(expected), type_
        case "properties":
            return "is not allowed", "any.unknown"
        case "required":
            return "is required", "any.required"
        case _:
            return "contains an invalid value", "any.invalid"


class Joi:
    """The words of joi."""

    too_deep = violation((), "is nested too deeply", "any.depth")

    def explain(self, error: ValidationError) -> Iterator[Violation]:
        return _explain_as_joi(error)

    def arity(self, expected: int, given: int) -> Violation:
        return violation((), f"takes {expected} argument(s), got {given}", "arguments.length")


JOI = Joi()

_WORDS = {
    "additionalProperties": "must NOT have additional properties",
    "anyOf": "must match a schema in anyOf",
    "const": "must be equal to constant",
    "contains": "must contain a valid item",
    "dependencies": "must have the properties that others depend on",
    "enum": "must be equal to one of the allowed values",
    "exclusiveMaximum": "must be < {}",
    "exclusiveMinimum": "must be > {}",
    "maxItems": "must NOT have more than {} items",
    "maxLength": "must NOT have more than {} characters",
    "maxProperties": "must NOT have more than {} properties",
    "maximum": "must be <= {}",
    "minItems": "must NOT have fewer than {} items",
    "minLength": "must NOT have fewer than {} characters",
    "minProperties": "must NOT have fewer than {} properties",
    "minimum": "must be >= {}",
    "multipleOf": "must be multiple of {}",
    "not": "must NOT be valid",
    "oneOf": "must match exactly one schema in oneOf",
    "pattern": 'must match pattern "{}"',
    "properties": "must NOT be there",
    "propertyNames": "must have valid property names",
    "required": "must have required property '{}'",
    "uniqueItems": "must NOT have duplicate items",
}


class JsonSchema:
    """The keywords of JSON Schema, in the words of Ajv."""

    def __init__(self) -> None:
        text = "must NOT be nested so deeply"
        self.too_deep: Violation = {"message": text, "path": [], "type": "depth"}

    def explain(self, error: ValidationError) -> Iterator[Violation]:
        path, keyword = [*error.absolute_path], str(error.validator)
        expected: Json = error.validator_value
        schema: Json = error.schema
        instance: Json = error.instance
        if keyword == "type":
            types = [expected] if isinstance(expected, str) else expected
            text = f"must be {' or '.join(types)}"
        else:
            words = _WORDS.get(keyword, "must be valid")
            text = words.format(path[-1] if keyword == "required" else expected)
        if keyword == "additionalProperties" and expected is False:
            known = schema.get("properties", {})
            for key in instance:
                if key not in known:
                    yield {"message": text, "path": [*path, key], "type": keyword}
        else:
            yield {"message": text, "path": path, "type": keyword}

    def arity(self, expected: int, given: int) -> Violation:
        return {
            "message": f"must have {expected} arguments, has {given}",
            "path": [],
            "type": "args",
        }


JSON_SCHEMA = JsonSchema()
