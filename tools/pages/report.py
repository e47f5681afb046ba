"""The table of docs/page.md."""
from __future__ import annotations
from pathlib import Path
from typing import TypedDict
from bench.report import ROOT
FIGURES = Path(__file__).with_name("figures.json")
PAGE = ROOT / "docs/page.md"
class Run(TypedDict):
    chromium: str
    repetitions: int
    figures: dict[str, dict[str, list[dict[str, float]]]]
def filled(text, run):
    return text
