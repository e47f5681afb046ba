"""The table of docs/page.md, and what it says, from the figures of a run."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import NamedTuple, TypedDict

from bench.report import ROOT, number, spread, table
from pages.clients import OURS, REACTS, SVELTES, TUTORIALS

FIGURES = Path(__file__).with_name("figures.json")
PAGE = ROOT / "docs/page.md"

FEW, MANY = 10, 5_000
"""Todos of a short list, and of a long one."""

NAMES = {
    OURS: "this page",
    TUTORIALS: "the tutorial's",
    REACTS: "TodoMVC's in React",
    SVELTES: "TodoMVC's in Svelte",
}


class Run(TypedDict):
    """What was measured: by client and number of todos, a figure of each kind per repetition."""

    versions: dict[str, str]
    repetitions: int
    figures: dict[str, dict[str, list[dict[str, float]]]]


class Row(NamedTuple):
    """A row of the table: what it is called, with how many todos, and which figure it has."""

    title: str
    todos: int
    figure: str
    digits: Callable[[float], str] = number


ROWS = (
    Row("JavaScript and CSS, KiB", FEW, "raw_kib"),
    Row("the same by gzip, KiB", FEW, "gzip_kib"),
    Row(f"first rows of {FEW} todos, ms", FEW, "listed_ms"),
    Row(f"first rows of {MANY:,}, ms", MANY, "listed_ms"),
    Row(f"JavaScript's heap with {MANY:,}, MiB", MANY, "heap_mib"),
    Row(f"memory of the process with {MANY:,}, MiB", MANY, "process_mib"),
    Row(f"rows in the document with {MANY:,}", MANY, "rows", "{:,.0f}".format),
    Row(f"toggling one of {MANY:,}, ms", MANY, "toggled_ms"),
)


def read_run() -> Run:
    """Return the run that is kept."""
    run: Run = json.loads(FIGURES.read_text("utf-8"))
    return run


def filled(page: str, run: Run) -> str:
    """Return a page with what a run gave between its marks."""
    body = f"{_table(run)}\n\n{_said(run)}"
    marks = r"(<!-- pages -->\n).*?(\n<!-- /pages -->)"
    return re.sub(marks, lambda found: f"{found[1]}{body}{found[2]}", page, flags=re.DOTALL)


def _table(run: Run) -> str:
    rows = [
        [row.title, *(spread(_values(run, name, row), row.digits) for name in NAMES)]
        for row in ROWS
    ]
    return table(["", *NAMES.values()], rows)


def _said(run: Run) -> str:
    """Say on which rows another client has less, and what was run."""
    others = {row.title: _less(run, row) for row in ROWS}
    lines = [f"- {title}: {', '.join(names)}" for title, names in others.items() if names]
    versions = ", ".join(f"{name} {version}" for name, version in run["versions"].items())
    said = f"Median of {run['repetitions']}, with the least and the most; {versions}."
    return "\n".join(
        [said, "", "Where another has less than this page:", "", *(lines or ["- nowhere"]), ""]
    )


def _less(run: Run, row: Row) -> list[str]:
    medians = {name: median(_values(run, name, row)) for name in NAMES}
    return [NAMES[name] for name, value in medians.items() if value < medians[OURS]]


def _values(run: Run, name: str, row: Row) -> list[float]:
    return [found[row.figure] for found in run["figures"][name][str(row.todos)]]
