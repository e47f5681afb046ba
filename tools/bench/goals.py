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
    WORKERS_4,
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
    unit: str = "×"  # noqa: RUF001  # times

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


def _ratio(of: Key, than: str, bound: float, *, at_least: bool = True) -> Goal:
    """Return a bound on the median of the repetitions' own ratios to another server."""
    other = of._replace(server=than)

    def measured(figures: Figures) -> float | None:
        ratios = figures.ratios(of, other)
        return median(ratios) if ratios else None

    words = f"to {NAMES.get(than, than)}"
    return Goal(of=of, words=words, bound=bound, at_least=at_least, measured=measured, against=than)


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


def _at_most(of: Key, name: str, words: str, bound: float, unit: str) -> Goal:
    """Return a bound on the median of something that was measured."""
    return Goal(
        of=of,
        words=words,
        bound=bound,
        at_least=False,
        measured=lambda figures: figures.get(of, name),
        unit=unit,
    )


def _among_idle(figures: Figures) -> float | None:
    first, *_, last = ROWS["busy"].steps
    ratios = figures.ratios(Key("busy", SQLITE, last), Key("busy", SQLITE, first))
    return median(ratios) if ratios else None


def _delivery(figures: Figures) -> float | None:
    """Return what a delivery costs the nodes, in times of what it costs one alone."""
    ratios = figures.ratios(Key("across", NODES_1), Key("across", NODES_4))
    return median(ratios) if ratios else None


def database_per_node(figures: Figures) -> float | None:
    """Return what each further node costs the database per change, in µs."""
    one, four = (figures.get(Key("follow", nodes), "database_us") for nodes in (NODES_1, NODES_4))
    return (four - one) / 3 if one is not None and four is not None else None


GOALS = (
    _ratio(Key("read", SQLITE), NODE, 2.0),
    _ratio(Key("read", SQLITE), BUN, 1.2),
    _ratio(Key("read", SQLITE, 8), BUN, 1.0),
    _ratio(Key("read", POSTGRES), SQLITE, 0.7),
    _ratio(Key("list", SQLITE), NODE, 2.0),
    _ratio(Key("list", POSTGRES), NODE, 2.0),
    _ratio(Key("update", SQLITE), NODE, 2.0),
    _ratio(Key("update", SQLITE), BUN, 1.3),
    _ratio(Key("create", SQLITE), NODE, 3.0),
    _ratio(Key("create", POSTGRES), SQLITE, 0.9),
    _ratio(Key("read-polling", SQLITE), NODE, 2.0),
    _ratio(Key("update-polling", SQLITE), NODE, 2.0),
    _ratio(Key("read-tls", SQLITE), NODE, 1.5),
    _ratio(Key("connects", SQLITE, 2000), BUN, 1.0),
    _ratio(Key("idle", SQLITE), NODE, 0.3, at_least=False),
    Goal(
        of=Key("busy", SQLITE, 10_000),
        words="to the same clients alone",
        bound=0.9,
        at_least=True,
        measured=_among_idle,
    ),
    *_waits(),
    _ratio(Key("creates", WORKERS_4), CLUSTER_POSTGRES, 2.0),
    _ratio(Key("creates", WORKERS_4), CLUSTER_REDIS, 2.0),
    _at_most(Key("creates", WORKERS_4), "disordered", "events in another order", 0, "per thousand"),
    _at_most(Key("follow", NODES_4), "others_us", "of each further node", 20, "µs"),
    Goal(
        of=Key("follow", NODES_4),
        words="of the database, for each further node",
        bound=20,
        at_least=False,
        measured=database_per_node,
        unit="µs",
    ),
    Goal(
        of=Key("across", NODES_4),
        words="CPU of a delivery, to one node's",
        bound=1.2,
        at_least=False,
        measured=_delivery,
    ),
    _at_most(Key("heard", NODES_2), "p50_ms", "p50", 3, "ms"),
)
