"""A report for people at a terminal."""

from __future__ import annotations

import click

from .finding import LEVELS, Finding
from .report import Report

_COLOURS = {"error": "red", "warning": "yellow", "note": "cyan"}


def render(report: Report) -> str:
    """Return the report as lines, in colours."""
    blocks = ["\n".join(lines(finding)) for finding in report.findings]
    return "\n".join([*blocks, click.style(report.verdict, bold=True)])


def lines(finding: Finding) -> list[str]:
    """Return the lines of one finding: where and what, then its details."""
    place = f"{finding.file}:{finding.line}:{finding.column}:"
    severity = click.style(finding.severity, fg=_COLOURS[LEVELS[finding.severity]], bold=True)
    details = [f"    {line}" for detail in finding.details for line in detail.splitlines()]
    return [f"{place} {severity}: {finding.message} [{finding.rule}]", *details]
