"""What a command found, each finding with its address, as text, JSON, JUnit or SARIF."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias
from xml.etree import ElementTree as ET

import click

from ..jsonschema.references import Address, Json

Format: TypeAlias = Literal["text", "json", "junit", "sarif"]
Severity: TypeAlias = Literal["error", "warning", "note", "breaking", "dangerous", "safe"]

LEVELS: Mapping[Severity, Literal["error", "warning", "note"]] = {
    "error": "error",
    "breaking": "error",
    "warning": "warning",
    "dangerous": "warning",
    "note": "note",
    "safe": "note",
}
"""The level that SARIF (2.1.0, section 3.27.10) has for each severity."""

_COLOURS = {"error": "red", "warning": "yellow", "note": "cyan"}


@dataclass(frozen=True, slots=True)
class Rule:
    """What is looked for: a line that says what must hold, and a paragraph that says why."""

    id: str
    severity: Severity
    summary: str
    reason: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One breach of a rule, at a place of a document; lines and columns count from 1.

    `details` are further lines: an example, who breaks, how to see it again. `check` is what found
    it, where that is more than its rule.
    """

    rule: str
    severity: Severity
    file: str
    address: Address
    problem: str
    way_out: str = ""
    line: int = 1
    column: int = 1
    details: tuple[str, ...] = ()
    check: str = ""

    @property
    def message(self) -> str:
        """The address, the problem and the way out, in one line."""
        where = "/".join(map(str, self.address))
        return ": ".join(part for part in (where, self.problem, self.way_out) if part)


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

    def render(self, form: Format) -> str:
        """Give the report as one text."""
        return {"text": _text, "json": _json, "junit": _junit, "sarif": _sarif}[form](self)


def counted(findings: tuple[Finding, ...]) -> str:
    """Count findings by severity: `2 errors, 1 warning`."""
    counts = Counter(finding.severity for finding in findings)
    order = [severity for severity in LEVELS if counts[severity]]
    return ", ".join(_plural(counts[severity], severity) for severity in order) or "no findings"


def _plural(count: int, severity: Severity) -> str:
    plural = count != 1 and severity in {"error", "warning", "note"}
    return f"{count} {severity}{'s' if plural else ''}"


def _text(report: Report) -> str:
    blocks = ["\n".join(_lines(finding)) for finding in report.findings]
    return "\n".join([*blocks, click.style(report.verdict, bold=True)])


def _lines(finding: Finding) -> list[str]:
    place = f"{finding.file}:{finding.line}:{finding.column}:"
    severity = click.style(finding.severity, fg=_COLOURS[LEVELS[finding.severity]], bold=True)
    details = [f"    {line}" for detail in finding.details for line in detail.splitlines()]
    return [f"{place} {severity}: {finding.message} [{finding.rule}]", *details]


def _json(report: Report) -> str:
    return json.dumps(
        {
            "command": report.command,
            "verdict": report.verdict,
            "failed": report.failed,
            **report.facts,
            "findings": [
                {
                    "rule": finding.rule,
                    "check": finding.check or finding.rule,
                    "severity": finding.severity,
                    "file": finding.file,
                    "line": finding.line,
                    "column": finding.column,
                    "address": "/".join(map(str, finding.address)),
                    "problem": finding.problem,
                    "wayOut": finding.way_out,
                    "details": [*finding.details],
                }
                for finding in report.findings
            ],
        },
        indent=2,
    )


def _junit(report: Report) -> str:
    """Make a test case of each check, or rule: failed if it found more than notes."""
    found: dict[str, list[Finding]] = {}
    for finding in report.findings:
        if LEVELS[finding.severity] != "note":
            found.setdefault(finding.check or finding.rule, []).append(finding)
    names = report.checks or [rule.id for rule in report.rules]
    suite = ET.Element("testsuite", name=f"asyncapi-socketio {report.command}")
    suite.set("tests", str(len(names)))
    suite.set("failures", str(len(found)))
    for name in names:
        case = ET.SubElement(
            suite, "testcase", classname=f"asyncapi-socketio.{report.command}", name=name
        )
        if name in found:
            failure = ET.SubElement(case, "failure", message=_printable(found[name][0].message))
            lines = [line for finding in found[name] for line in _lines(finding)]
            failure.text = _printable(click.unstyle("\n".join(lines)))
    ET.indent(suite)
    return ET.tostring(suite, encoding="unicode", xml_declaration=True)


_UNPRINTABLE = re.compile("[^\\t\\n\\x20-\\ud7ff\\ue000-\\ufffd\\U00010000-\\U0010ffff]")
"""What XML 1.0 (section 2.2) can't hold."""


def _printable(text: str) -> str:
    return _UNPRINTABLE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def _sarif(report: Report) -> str:
    """Follow SARIF 2.1.0 (OASIS standard)."""
    rules = [
        {
            "id": rule.id,
            "shortDescription": {"text": rule.summary},
            "fullDescription": {"text": rule.reason},
            "defaultConfiguration": {"level": LEVELS[rule.severity]},
        }
        for rule in report.rules
    ]
    driver = {"name": f"asyncapi-socketio {report.command}", "rules": rules}
    run = {"tool": {"driver": driver}, "results": [*map(_result, report.findings)]}
    schema = "https://json.schemastore.org/sarif-2.1.0.json"
    return json.dumps({"$schema": schema, "version": "2.1.0", "runs": [run]}, indent=2)


def _result(finding: Finding) -> Json:
    return {
        "ruleId": finding.rule,
        "level": LEVELS[finding.severity],
        "message": {"text": "\n".join([finding.message, *finding.details])},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": finding.file},
                    "region": {"startLine": finding.line, "startColumn": finding.column},
                },
                "logicalLocations": [{"fullyQualifiedName": "/".join(map(str, finding.address))}],
            }
        ],
    }


def page(title: str, rules: tuple[Rule, ...]) -> str:
    """Explain each rule, as Markdown."""
    sections = [f"## {r.id}\n\n*{r.severity}* {r.summary}\n\n{r.reason}\n" for r in rules]
    return "\n".join([f"# {title}\n", *sections])
