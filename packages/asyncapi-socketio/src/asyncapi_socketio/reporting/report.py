"""All that a command found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from importlib.metadata import version
from typing import Literal, TypeAlias

from ..jsonschema.references import Json
from .finding import LEVELS, Finding, Severity
from .rule import Rule

TOOL = "asyncapi-socketio"
VERSION = version(TOOL)
"""What made a report."""

Severities: TypeAlias = "Mapping[str, Severity | Literal['off']]"
"""What a project sets for rules, by their ids."""


@dataclass(frozen=True, slots=True)
class Report:
    """All that a command found; `verdict` is its last word, `failed` its exit code.

    `facts` are what a program may want to know beyond the findings, `checks` the names of what was
    tried, where that is more than the rules.
    """

    command: str
    rules: tuple[Rule, ...]
    findings: tuple[Finding, ...]
    verdict: str
    failed: bool
    facts: Mapping[str, Json] = field(default_factory=dict)
    checks: tuple[str, ...] = ()


_CHANGES: tuple[Severity, ...] = ("breaking", "dangerous", "safe", "note")
"""From the severest on; a waived change is a note."""


def adjusted(findings: Iterable[Finding], severities: Severities) -> tuple[Finding, ...]:
    """Return findings as severe as a project takes those of their rules; what is off is left out.

    A change is at most as severe as that: one that is safe in its direction stays so.
    """
    return tuple(
        _adjusted(finding, severity) if severity else finding
        for finding in findings
        if (severity := severities.get(finding.rule)) != "off"
    )


def _adjusted(finding: Finding, severity: Severity) -> Finding:
    if severity in _CHANGES[:-1]:
        severity = max(severity, finding.severity, key=_CHANGES.index)
    return replace(finding, severity=severity)


def counted(findings: tuple[Finding, ...]) -> str:
    """Count findings by severity: `2 errors, 1 warning`."""
    counts = Counter(finding.severity for finding in findings)
    order = [severity for severity in LEVELS if counts[severity]]
    return ", ".join(_plural(counts[severity], severity) for severity in order) or "no findings"


def _plural(count: int, severity: Severity) -> str:
    plural = count != 1 and severity in {"error", "warning", "note"}
    return f"{count} {severity}{'s' if plural else ''}"
