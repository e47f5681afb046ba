"""What the rows of a run have to reach."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from statistics import median

from bench.results import Figures, Key
from bench.scenarios import (
    BUN,
    CLUSTER_POSTGRES,
    CLUSTER_REDIS,
    NODE,
    NODES_1,
    NODES_2,
    NODES_4,
    POSTGRES,
    ROWS,
    SQLITE,
)

NAMES = {NODE: "Node", BUN: "Bun", SQLITE: "SQLite", POSTGRES: "PostgreSQL"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """A bound on something that a run has measured."""

    of: Key
    words: str
    bound: float
    at_least: bool
    measured: Callable[[Figures], float | None]
    against: str | None = None
    """The server whose own figure the bound is a multiple of."""
    unit: str = "×"

    @property
    def wanted(self) -> str:
        """The bound, as people write it."""
        return f"{'≥' if self.at_least else '≤'} {self.bound:g} {self.unit}"

    def met(self, figures: Figures) -> bool | None:
        """Return whether a run has reached it, or None where it was not measured."""
        value = self.measured(figures)
        if value is None:
            return None
        return value >= self.bound if self.at_least else value <= self.bound


def _ratio(
    scenario: str,
    of: str,
    than: str,
    *,
    step: int = 1,
    least: float | None = None,
    most: float | None = None,
) -> Goal:
    """Return a bound on the median of the repetitions' own ratios."""
    key, other = Key(scenario, of, step), Key(scenario, than, step)

    def measured(figures: Figures) -> float | None:
        ratios = figures.ratios(key, other)
        return median(ratios) if ratios else None

    bound = least if least is not None else most
    assert bound is not None
    return Goal(
        of=key,
        words=f"to {NAMES.get(than, than)}",
        bound=bound,
        at_least=least is not None,
        measured=measured,
        against=than,
    )


def _waits() -> Iterator[Goal]:
    """Yield that no wait of ours is longer than that of the better peer, in any row."""
    for name, scenario in ROWS.items():
        if name == "idle":
            continue
        for step in scenario.steps:
            yield _wait(name, step)


def _wait(name: str, step: int) -> Goal:
    def measured(figures: Figures) -> float | None:
        ours, *peers = (
            figures.get(Key(name, server, step), "p99_ms") for server in (SQLITE, NODE, BUN)
        )
        known = [peer for peer in peers if peer]
        return ours / min(known) if ours and known else None

    return Goal(
        of=Key(name, SQLITE, step),
        words="p99 to the better peer's",
        bound=1.0,
        at_least=False,
        measured=measured,
    )


def _absolute(scenario: str, of: str, name: str, most: float, words: str, unit: str) -> Goal:
    key = Key(scenario, of)
    return Goal(
        of=key,
        words=words,
        bound=most,
        at_least=False,
        measured=lambda figures: figures.get(key, name),
        unit=unit,
    )


def _among_idle(figures: Figures) -> float | None:
    first, *_, last = ROWS["busy"].steps
    ratios = figures.ratios(Key("busy", SQLITE, last), Key("busy", SQLITE, first))
    return median(ratios) if ratios else None


def database_per_node(figures: Figures) -> float | None:
    """Return what each further node costs the database per change, in µs."""
    one, four = (figures.get(Key("follow", nodes), "database_us") for nodes in (NODES_1, NODES_4))
    return (four - one) / 3 if one is not None and four is not None else None


GOALS = (
    _ratio("read", SQLITE, NODE, least=2.0),
    _ratio("read", SQLITE, BUN, least=1.2),
    _ratio("read", SQLITE, BUN, step=8, least=1.0),
    _ratio("read", POSTGRES, SQLITE, least=0.7),
    _ratio("list", SQLITE, NODE, least=2.0),
    _ratio("list", POSTGRES, NODE, least=2.0),
    _ratio("update", SQLITE, NODE, least=2.0),
    _ratio("update", SQLITE, BUN, least=1.3),
    _ratio("create", SQLITE, NODE, least=3.0),
    _ratio("create", POSTGRES, SQLITE, least=0.9),
    _ratio("read-polling", SQLITE, NODE, least=2.0),
    _ratio("update-polling", SQLITE, NODE, least=2.0),
    _ratio("read-tls", SQLITE, NODE, least=1.5),
    _ratio("connects", SQLITE, BUN, step=2000, least=1.0),
    _ratio("idle", SQLITE, NODE, most=0.3),
    Goal(
        of=Key("busy", SQLITE, 10_000),
        words="among 10,000 connections, to alone",
        bound=0.9,
        at_least=True,
        measured=_among_idle,
    ),
    *_waits(),
    _ratio("creates", NODES_4, CLUSTER_POSTGRES, least=2.0),
    _ratio("creates", NODES_4, CLUSTER_REDIS, least=2.0),
    _absolute(
        "creates", NODES_4, "disordered", 0, "events that came in another order", "per thousand"
    ),
    _absolute("follow", NODES_4, "others_us", 20, "of each further node", "µs"),
    Goal(
        of=Key("follow", NODES_4),
        words="of the database, for each further node",
        bound=20,
        at_least=False,
        measured=database_per_node,
        unit="µs",
    ),
    _ratio("across", NODES_4, NODES_1, least=round(1 / 1.2, 3)),
    _absolute("heard", NODES_2, "p50_ms", 3, "p50", "ms"),
)
