"""Changes that were judged by hand: whoever sends or reads such values is told the same."""

from __future__ import annotations

from pathlib import Path
from typing import Any, TypeAlias

import pytest

from asyncapi_socketio.breaking.rules import RULES
from asyncapi_socketio.reporting.report import Report
from tests.breaking.small import compared, found, small, yaml

Json: TypeAlias = Any

HERE = Path(__file__).parent
PAIRS: list[Json] = yaml((HERE / "pairs.yaml").read_text("utf-8"))
SEVERITIES = ("breaking", "dangerous", "safe")


def severest(report: Report) -> str:
    """Return the severity of the worst that was found, the version's aside."""
    found = {item.severity for item in report.findings if item.rule != "version-not-bumped"}
    return next((severity for severity in SEVERITIES if severity in found), "same")


@pytest.mark.parametrize("schema", ["sent", "read"])
@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair["why"])
def test_a_change_of_a_schema_is_what_it_was_judged_to_be(pair: Json, schema: str) -> None:
    name = schema.capitalize()
    report = compared(small({name: pair["old"]}), small({name: pair["new"]}))
    assert severest(report) == pair[schema], report.findings


FACTS: list[Json] = yaml((HERE / "facts.yaml").read_text("utf-8"))
CONNECTED = """
servers:
  a:
    host: a.example
    pathname: /socket.io/
    protocol: wss
    security: [{$ref: '#/components/securitySchemes/key'}]
  spare: {host: spare.example, protocol: wss, x-socketio: {protocol: 5, engine: 4}}
components:
  securitySchemes:
    key: {type: apiKey, in: password}
"""


def connected() -> Json:
    """Return the small contract with servers, of which one asks for a key."""
    document, more = small(), yaml(CONNECTED)
    document["components"] |= more["components"]
    return {**document, "servers": more["servers"]}


@pytest.mark.parametrize("pair", FACTS, ids=lambda pair: pair["why"])
def test_a_change_around_the_schemas_is_what_it_was_judged_to_be(pair: Json) -> None:
    changed = connected()
    for address, value in pair["change"].items():
        *way, last = address.split("/")
        holder = changed
        for key in way:
            holder = holder.setdefault(key, {})
        holder[last] = value
        if value is None:
            del holder[last]
    assert found(compared(connected(), changed)) == pair["found"]


def test_what_was_judged_is_enough_and_about_everything() -> None:
    assert len(PAIRS) + len(FACTS) >= 90
    told = {rule for pair in FACTS for rule in pair["found"]}
    assert told >= {
        rule.id for rule in RULES if rule.id.startswith(("server", "security", "content"))
    }
