"""Machines for so many connections, and what an hour of their cores costs."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

from scale.costs import Costs

BUSY = 0.6
"""The share of a core that a node may take, so that a burst or a lost node finds room."""

PRICE = 0.04
"""What an hour of one core costs, in USD: about what clouds ask for one of a shared machine."""

CORES, GIB = 8, 32
"""Of a machine."""

NODE_GIB = 0.25
"""Of a node without clients, its list of 100,000 todos included."""

MOST_CONNECTIONS = 20_000
"""That one node admits by default."""

LEAST_COMMIT = 0.1
"""ms that a commit takes at the least."""

RECONNECT = 60.0
"""Seconds in which all clients of a lost machine come back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """What people do."""

    words: str
    watchers: int | None
    """Clients that share a list; None: all of them do."""
    changes: float
    """Per second: of the one list, or of each client where lists are many."""
    reads: float
    """Per second, of each client."""


ONE_LIST = Use(words="one list, 10 changes per second", watchers=None, changes=10.0, reads=0.01)
MANY_LISTS = Use(
    words="lists of 100 people, each changes something once per minute",
    watchers=100,
    changes=1 / 60,
    reads=0.1,
)
USES = (ONE_LIST, MANY_LISTS)


@dataclass(frozen=True, slots=True)
class Plan:
    """What so many connections need."""

    connections: int
    use: Use
    changes: float
    deliveries: float
    nodes: int
    logs: int
    """Commit streams: one per list at the most."""
    database_cores: int
    machines: int
    memory_gib: float

    @property
    def cores(self) -> int:
        """Cores that are paid for: the nodes' machines, and the database's."""
        return self.machines * CORES + self.database_cores

    @property
    def per_hour(self) -> float:
        """What an hour of the cores costs, in USD."""
        return self.cores * PRICE


def plan(costs: Costs, use: Use, connections: int) -> Plan:
    """Return what so many connections need, for one log if it bears them, or for several."""
    changes = use.changes if use.watchers is None else use.changes * connections
    watchers = connections if use.watchers is None else use.watchers
    deliveries = changes * (watchers - 1)
    logs = 1
    while (found := _nodes(costs, use, connections, changes, deliveries, logs)) is None:
        logs *= 2
    memory = found * NODE_GIB + connections * costs.kib / 2**20
    machines = max(2, ceil(found / CORES), ceil(memory / GIB))
    each = costs.database.of(_batch(costs, changes / logs))
    database = changes * (each + costs.database_follow * found / logs) / 1e6
    return Plan(
        connections=connections,
        use=use,
        changes=changes,
        deliveries=deliveries,
        nodes=found,
        logs=logs,
        database_cores=max(2, ceil(database / BUSY)),
        machines=machines,
        memory_gib=memory,
    )


def _nodes(  # noqa: PLR0913, PLR0917
    costs: Costs, use: Use, connections: int, changes: float, deliveries: float, logs: int
) -> int | None:
    """Return the fewest nodes that do it, or None where following the log takes too much of each.

    A node follows the log of its own lists: with several logs, it hears only one of them.
    """
    following = changes / logs * costs.follow / 1e6
    if _full(costs, changes / logs) or (use.watchers is not None and following > BUSY / 2):
        return None
    work = (
        changes * costs.write.of(_batch(costs, changes / logs))
        + deliveries * costs.delivery.of(1)
        + connections * use.reads * costs.read
        + connections / RECONNECT * costs.connect / 10  # a tenth of them at once
    ) / 1e6
    return max(2, ceil(work / (BUSY - following)), ceil(connections / MOST_CONNECTIONS))


def _batch(costs: Costs, changes: float) -> float:
    """Return how many of so many changes per second, of one log, share a commit."""
    return max(1.0, changes / batches_per_second(costs.commit_ms))


def _full(costs: Costs, changes: float) -> bool:
    """Return whether so many changes per second fill the core of one log's database."""
    return changes * costs.database.each / 1e6 > BUSY


def batches_per_second(commit_ms: float) -> float:
    """Return how many commits one log makes at the most, when each waits so long for its disks."""
    return 1000 / max(commit_ms, LEAST_COMMIT)
