"""What whole schemas admit, as jsonschema-rs proves it from their canonical forms.

What can't be proved is left open: patterns that meet, recursion, what the canonical form lacks.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import jsonschema_rs
from jsonschema_rs import CanonicalSchema
from jsonschema_rs.canonical import (
    Cause,
    Containment,
    IncompatibleOperands,
    Satisfiability,
    UnsatisfiableReason,
    UnsupportedOperand,
    UnsupportedResult,
)

from .references import Json, at, refs, replaced, steps, walk
from .validation import without_surrogates


def covers(consumer: Json, producer: Json) -> bool:
    """Return whether it is certain that a schema takes all that another one allows.

    Both are self-contained.
    """
    taken, offered = _form(consumer), _form(producer)
    if taken is None or offered is None or _of_surrogates(consumer) != _of_surrogates(producer):
        return False
    return taken.covers(offered) is Containment.YES


def difference(producer: Json, consumer: Json) -> Json:
    """Return a schema of what one allows and the other rejects; None where it can't be said."""
    offered, taken = _form(producer), _form(consumer)
    if taken is None or offered is None:
        return None
    try:
        left = offered.subtract(taken)
    except (IncompatibleOperands, UnsupportedOperand, UnsupportedResult):
        return None
    return left.to_json_schema()


def disjoint(root: Json, *schemas: Json) -> bool:
    """Return whether it is certain that no value fits all of some schemas of a document."""
    form = _form(self_contained(root, *schemas))
    return form is not None and form.satisfiability() is Satisfiability.NO


def is_decided(schema: Json) -> bool:
    """Return whether it is certain that a value fits a self-contained schema, or that none does."""
    form = _form(schema)
    return form is not None and form.satisfiability() is not Satisfiability.UNKNOWN


def impossible(schema: Json) -> Mapping[str, str]:
    """Return why nothing fits the parts of a self-contained schema of which that is certain.

    They are named by their JSON Pointers.
    """
    form = _form(schema)
    if form is None:
        return {}
    found = jsonschema_rs.canonical.find_unsatisfiable(
        without_surrogates(schema), draft=7, validate_formats=False
    )
    reasons = {place: _reason(place, why) for place, why in found.items()}
    if form.satisfiability() is Satisfiability.NO:
        reasons.setdefault("", "what it requires never ends")
    return reasons


def self_contained(root: Json, *schemas: Json) -> Json:
    """Return the schema that all of some schemas of a document are, with what they refer to."""
    found: Json = {}
    waiting, seen = [*schemas], set()
    while waiting:
        for _, ref in refs(waiting.pop()):
            if ref not in seen:
                seen.add(ref)
                address = tuple(steps(ref))
                found = replaced(found, address, at(root, address))
                waiting.append(at(root, address))
    return {**found, "allOf": [*schemas]}


def _form(schema: Json) -> CanonicalSchema | None:
    try:
        return jsonschema_rs.canonicalize(
            without_surrogates(schema), draft=7, validate_formats=False
        )
    except (ValueError, jsonschema_rs.ReferencingError):
        return None


def _of_surrogates(schema: Json) -> set[str]:
    """Return the patterns of which the canonical form leaves a part out."""
    patterns = (
        inner["pattern"] for _, inner in walk(schema)
        if isinstance(inner, Mapping) and isinstance(inner.get("pattern"), str)
    )  # fmt: skip
    return {text for text in patterns if without_surrogates({"pattern": text})["pattern"] != text}


def _reason(place: str, why: UnsatisfiableReason) -> str:
    match why:
        case UnsatisfiableReason.Conflict(causes):
            told = [cause for cause in causes if cause.keywords != ["type"]]
            names = [name for cause in told or causes for name in _named(place, cause)]
        case UnsatisfiableReason.Empty(cause):
            names = [*_named(place, cause)]
        case _:
            return "it is false"
    if len(names) == 1:
        return f"{names[0]} allows none"
    return f"{', '.join(names[:-1])} and {names[-1]} exclude each other"


def _named(place: str, cause: Cause) -> Iterator[str]:
    """Name the keywords of a cause, those of a part with where it stands."""
    inner = cause.pointer.removeprefix(place).removeprefix("/")
    yield from (f"{inner}/{name}" if inner else name for name in cause.keywords or ["it"])
