"""What everything costs, from the figures of the bench: µs of a core, KiB, ms."""

from __future__ import annotations

from dataclasses import dataclass

from bench.broadcasts import FEWER_LISTENERS, WRITERS
from bench.goals import database_per_node
from bench.results import Figures, Key, Run
from bench.scenarios import NODES_2, NODES_4, POSTGRES, SQLITE


class NotMeasured(Exception):
    """A run lacks a figure. The message says which."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What a turn costs: once, and for each that shares it."""

    once: float
    each: float

    def of(self, shared: float) -> float:
        """Return what one of so many costs."""
        return self.each + self.once / shared


@dataclass(frozen=True, slots=True, kw_only=True)
class Costs:
    """µs of a core, unless they say otherwise."""

    read: float
    list_all: float
    """A list of 1,000."""
    connect: float
    kib: float
    """Memory of an idle connection."""
    delivery: Cost
    """To one client: a system call, and each frame in it."""
    write: Cost
    """On the node that its client is connected to: a commit, and each change in it."""
    database: Cost
    """The same on the database."""
    follow: float
    """A change of another node, on a node without clients."""
    database_follow: float
    """The same on the database, for each node."""
    commit_ms: float
    """What a commit waits for the disk, and the rest that takes time without a core."""


def costs(run: Run) -> Costs:
    """Read the costs off a run. Raises `NotMeasured`."""
    figures = Figures(run)

    def measured(scenario: str, server: str, name: str = "server_us", step: int = 1) -> float:
        found = figures.get(Key(scenario, server, step), name)
        if found is None:
            raise NotMeasured(f"{scenario} on {server}")
        return found

    def shared(scenario: str, name: str, per: int, turns: tuple[int, int]) -> Cost:
        """Return the cost that explains what one and eight in flight have cost."""
        few, many = (per * measured(scenario, POSTGRES, name, step) for step in (1, 8))
        once = max(0.0, (few - many) / (1 / turns[0] - 1 / turns[1]))
        return Cost(once=once, each=max(0.0, few - once / turns[0]))

    delivery = shared("update", "server_us", 1, (1, 8))
    batches = (WRITERS, 8 * WRITERS)
    whole = shared("create", "server_us", FEWER_LISTENERS, batches)
    write = Cost(
        once=max(0.0, whole.once - FEWER_LISTENERS * delivery.once),
        each=max(0.0, whole.each - FEWER_LISTENERS * delivery.each),
    )
    database = shared("create", "database_us", FEWER_LISTENERS, batches)
    follow = measured("follow", NODES_4, "others_us")
    on_a_core = write.of(1) + database.of(1) + follow + delivery.of(1)
    return Costs(
        read=measured("read", POSTGRES),
        list_all=measured("list", POSTGRES),
        connect=measured("connects", SQLITE, step=2000),
        kib=measured("idle", SQLITE, "kib"),
        delivery=delivery,
        write=write,
        database=database,
        follow=follow,
        database_follow=max(0.0, database_per_node(figures) or 0.0),
        commit_ms=max(0.0, measured("heard", NODES_2, "p50_ms") - on_a_core / 1000),
    )
