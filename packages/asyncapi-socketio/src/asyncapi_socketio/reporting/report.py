"""All that a command found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from ..jsonschema.references import Json
from .finding import LEVELS, Finding, Severity
from .rule import Rule


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


def counted(findings: tuple[Finding, ...]) -> str:
    """Count findings by severity: `2 errors, 1 warning`."""
    counts = Counter(finding.severity for finding in findings)
    order = [severity for severity in LEVELS if counts[severity]]
    return ", ".join(_plural(counts[severity], severity) for severity in order) or "no findings"


def _plural(count: int, severity: Severity) -> str:
    plural = count != 1 and severity in {"error", "warning", "note"}
    return f"{count} {severity}{'s' if plural else ''}"
