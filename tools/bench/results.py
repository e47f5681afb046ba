"""What a run of the bench gives: figures of each scenario on each server, and their ratios."""

from __future__ import annotations

from dataclasses import dataclass, field
from statistics import median
from typing import TypedDict

UNITS = {
    "read": "acks/s",
    "list": "acks/s",
    "update": "deliveries/s",
    "create": "deliveries/s",
    "connects": "connects/s",
    "idle": "KiB per connection",
}
"""The scenarios, and what is counted in each."""


class Figure(TypedDict):
    """What the repetitions of one scenario on one server gave, with so many requests in flight."""

    scenario: str
    server: str
    in_flight: int
    unit: str
    values: list[float]
    """Rates per core of each repetition, or KiB."""
    ratios: list[float]
    """The same by the peer's of the same repetition."""
    by_the_wall: float | None
    p50_ms: float | None
    p99_ms: float | None
    load: float | None
    """The most that the load had of its own core."""


class Run(TypedDict):
    """One run of the bench."""

    versions: dict[str, str]
    repetitions: int
    seconds: float
    todos: int
    figures: list[Figure]
    limits: dict[str, float]
    """Frames per second of a bare loop, by how many go into one call."""


@dataclass
class Result:
    """The repetitions of one scenario on one server, with so many requests in flight."""

    scenario: str
    server: str
    in_flight: int
    repetitions: list[dict[str, float]] = field(default_factory=list)

    @property
    def values(self) -> list[float]:
        """What each repetition gave."""
        name = "kib" if self.scenario == "idle" else "per_core"
        return [repetition[name] for repetition in self.repetitions]

    def figure(self, peer: Result | None) -> Figure:
        """Return the figure; its ratios are the repetitions' own.

        Each server runs soon after its peer, so that a slow spell of the machine hits both.
        """
        ratios = [a / b for a, b in zip(self.values, peer.values, strict=True)] if peer else []
        return {
            "scenario": self.scenario,
            "server": self.server,
            "in_flight": self.in_flight,
            "unit": UNITS[self.scenario],
            "values": self.values,
            "ratios": ratios,
            "by_the_wall": self._median("by_the_wall"),
            "p50_ms": self._median("p50_ms"),
            "p99_ms": self._median("p99_ms"),
            "load": max(self._all("load"), default=None),
        }

    def _all(self, name: str) -> list[float]:
        return [repetition[name] for repetition in self.repetitions if name in repetition]

    def _median(self, name: str) -> float | None:
        values = self._all(name)
        return median(values) if values else None
