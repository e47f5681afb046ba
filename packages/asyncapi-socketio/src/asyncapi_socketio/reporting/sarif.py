"""A report as SARIF 2.1.0 (OASIS standard), for code hosts."""

from __future__ import annotations

import json

from ..jsonschema.references import Json
from .finding import LEVELS, Finding
from .report import TOOL, VERSION, Report


def render(report: Report) -> str:
    """Return the report as one SARIF run."""
    rules = [
        {
            "id": rule.id,
            "shortDescription": {"text": rule.summary},
            "fullDescription": {"text": rule.reason},
            "defaultConfiguration": {"level": LEVELS[rule.severity]},
        }
        for rule in report.rules
    ]
    driver = {"name": f"{TOOL} {report.command}", "version": VERSION, "rules": rules}
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
