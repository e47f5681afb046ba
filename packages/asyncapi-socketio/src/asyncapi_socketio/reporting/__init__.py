"""Findings, and the formats in which a report of them is printed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Literal, TypeAlias

from . import github, json, junit, sarif, text
from .report import Report

Format: TypeAlias = Literal["text", "json", "junit", "sarif", "github"]

_RENDER: Mapping[Format, Callable[[Report], str]] = {
    "text": text.render,
    "json": json.render,
    "junit": junit.render,
    "sarif": sarif.render,
    "github": github.render,
}


def render(report: Report, form: Format) -> str:
    """Return a report as one text."""
    return _RENDER[form](report)
