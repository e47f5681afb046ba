"""Whether a value is found that is valid under a schema, where that can't be proved."""

from __future__ import annotations

import hypothesis.errors
from hypothesis import HealthCheck, Phase, find, settings

from .dialect import Draft7
from .references import Json
from .strategies import Undrawable, valid


def has_example(whole: Json, schema: Json) -> bool:
    """Return whether a value is found: an example that is valid, or one that is drawn.

    `whole` is the schema with what it refers to.
    """
    judge = Draft7(whole)
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
