"""JSON Schema draft 7 as it is judged here, by whoever judges: the gateway, testers, lint, a mock.

`jsonschema` with the patterns of ECMA 262, exact multiples, and numbers that JSON can write.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from functools import cache
from math import isfinite
from typing import TypeAlias

from jsonschema import Draft7Validator, ValidationError
from jsonschema.exceptions import UnknownType, best_match
from jsonschema.validators import extend

from .references import Json

Validator: TypeAlias = Draft7Validator
Violation: TypeAlias = ValidationError

_DOLLAR = re.compile(r"(\\.|\[(?:\\.|[^\]\\])*\])|\$")


@cache
def ecma(pattern: str) -> re.Pattern[str]:
    r"""Compile a pattern with ECMA 262's meaning (JSON Schema draft 7, validation, 4.3).

    There `$` is the very end, which Python's is not before a last newline, and `\d` is ASCII.
    """
    return re.compile(_DOLLAR.sub(lambda match: match[1] or r"\Z", pattern), re.ASCII)


def _pattern(_: object, pattern: str, value: Json, __: object) -> Iterator[ValidationError]:
    if isinstance(value, str) and not ecma(pattern).search(value):
        yield ValidationError(f"{value!r} does not match {pattern!r}")


def _multiple(_: object, step: Json, value: Json, __: object) -> Iterator[ValidationError]:
    """Divide decimals as they are written: floats are too coarse for it, and overflow."""
    if is_number(_, value) and Fraction(str(value)) % Fraction(str(step)):
        yield ValidationError(f"{value!r} is not a multiple of {step}")


def is_number(_: object, value: Json) -> bool:
    """Leave out infinity and NaN, which decoders make of `1e400` and JSON can't write."""
    if isinstance(value, float):
        return isfinite(value)
    return isinstance(value, int) and not isinstance(value, bool)


Draft7: type[Draft7Validator] = extend(  # type: ignore[no-untyped-call]
    Draft7Validator,
    {"multipleOf": _multiple, "pattern": _pattern},
    type_checker=Draft7Validator.TYPE_CHECKER.redefine("number", is_number),
)
"""The validator class: what is valid, and a `ValidationError` per violation."""


def first_violation(validator: Validator, value: Json) -> Violation | None:
    """Return the first violation of a schema; None too of one that is not a schema itself."""
    try:
        return next(validator.iter_errors(value), None)
    except (UnknownType, TypeError, re.error):
        return None


def deepest(violation: Violation) -> Violation:
    """Return what of a violation says most: that of the nearest branch of an `anyOf`."""
    return best_match([violation]) or violation
