"""What a run of the bench gives: figures of each scenario on each server, at each step."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from statistics import median
from typing import NamedTuple, TypedDict

from bench.scenarios import SCENARIOS


class Key(NamedTuple):
    """What a figure is of: a scenario on a server, at a step."""

    scenario: str
    server: str
    step: int = 1


class Figure(TypedDict):
    """What the repetitions gave."""

    scenario: str
    server: str
    step: int
    unit: str
    values: list[float]
    """The scenario's own figure, of each repetition."""
    medians: dict[str, float]
    """Of all that the load has measured: rates, waits, and what each part has had of its core."""


class Run(TypedDict):
    """One run of the bench."""

    versions: dict[str, str]
    repetitions: int
    seconds: float
    todos: int
    minutes: float
    """How long the run took."""
    again: list[str]
    """What was measured again, because a peer had cut a connection."""
    figures: list[Figure]
    limits: dict[str, float]
    """Frames per second of a bare loop, by how many go into one call."""


def figure(key: Key, repetitions: Iterable[Mapping[str, float]]) -> Figure:
    """Return what repetitions of a measurement gave."""
    measured = [*repetitions]
    scenario = SCENARIOS[key.scenario]
    return {
        "scenario": key.scenario,
        "server": key.server,
        "step": key.step,
        "unit": scenario.unit,
        "values": [repetition[scenario.metric] for repetition in measured],
        "medians": {name: median(each[name] for each in measured) for name in measured[0]},
    }


class Figures:
    """The figures of a run, by what they are of."""

    def __init__(self, run: Run) -> None:
        self._figures = {
            Key(found["scenario"], found["server"], found["step"]): found
            for found in run["figures"]
        }

    def __contains__(self, key: Key) -> bool:
        return key in self._figures

    def __getitem__(self, key: Key) -> Figure:
        return self._figures[key]

    @property
    def keys(self) -> list[Key]:
        """What there are figures of, in the order in which they were measured."""
        return [*self._figures]

    def get(self, key: Key, name: str) -> float | None:
        """Return the median of something that was measured."""
        return self._figures[key]["medians"].get(name) if key in self._figures else None

    def ratios(self, key: Key, other: Key) -> list[float]:
        """Return the ratios of two figures, of each repetition its own.

        Servers take turns, so that a slow spell of the machine hits both.
        """
        if key not in self or other not in self:
            return []
        pairs = zip(self[key]["values"], self[other]["values"], strict=True)
        return [a / b for a, b in pairs if b]


def read_run(path: Path) -> Run | None:
    """Return the run that a file keeps, or None without the file."""
    if not path.exists():
        return None
    run: Run = json.loads(path.read_text("utf-8"))
    return run
