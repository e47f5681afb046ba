"""A report as workflow commands of GitHub Actions, which annotate a change.

Source: docs.github.com, "Workflow commands for GitHub Actions", setting messages.
"""

from __future__ import annotations

from collections.abc import Mapping

import click

from .finding import LEVELS, Finding
from .report import Report

_COMMANDS: Mapping[str, str] = {"error": "error", "warning": "warning", "note": "notice"}


def render(report: Report) -> str:
    """Return an annotation per finding, and the verdict as a line of the log."""
    return "\n".join([*map(_annotation, report.findings), click.unstyle(report.verdict)])


def _annotation(finding: Finding) -> str:
    place = {"title": finding.rule}
    text = "\n".join([finding.message, *finding.details])
    if finding.file.startswith("git:") or finding.file == "stdin":
        text = f"{finding.file}: {text}"
    else:
        position = {"line": str(finding.line), "col": str(finding.column)}
        place = {"file": finding.file, **position, **place}
    properties = ",".join(f"{key}={_property(value)}" for key, value in place.items())
    return f"::{_COMMANDS[LEVELS[finding.severity]]} {properties}::{_message(text)}"


def _message(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _message(text).replace(":", "%3A").replace(",", "%2C")
