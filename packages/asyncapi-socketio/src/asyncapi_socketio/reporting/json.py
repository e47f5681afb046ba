"""A report as JSON, for programs."""

from __future__ import annotations

import json

from .report import VERSION, Report


def render(report: Report) -> str:
    """Return the report as one JSON object."""
    return json.dumps(
        {
            "command": report.command,
            "version": VERSION,
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
