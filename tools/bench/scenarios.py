"""What is measured: each scenario with its servers, its steps, and what is counted."""

from __future__ import annotations

from dataclasses import dataclass

NODE, BUN, MEMORY, SQLITE, POSTGRES, STOCK = "node", "bun", "memory", "sqlite", "postgres", "stock"
SOURCE = "source"
NODES_1, NODES_2, NODES_4 = "1-node", "2-nodes", "4-nodes"
WORKERS_4 = "4-workers"
CLUSTER_POSTGRES, CLUSTER_REDIS = "cluster-postgres", "cluster-redis"

PEERS = frozenset({NODE, BUN, CLUSTER_POSTGRES, CLUSTER_REDIS})

_ALL = (NODE, BUN, MEMORY, SQLITE, SOURCE, POSTGRES)
_PEERS = (NODE, BUN, SQLITE)
_BOTH = (*_PEERS, SOURCE)
_NODES = (NODES_1, NODES_2, NODES_4)

ACKS, DELIVERIES = "acks/s", "deliveries/s"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """What is measured on which servers, once for each step."""

    words: str
    unit: str
    servers: tuple[str, ...]
    steps: tuple[int, ...] = (1,)
    step: str = "in flight"
    """What the steps count."""
    metric: str = "per_core"
    """Which of the load's figures is the scenario's."""
    less_is_better: bool = False
    share: float = 1.0
    """Of the seconds that a measurement lasts."""
    most: int | None = None
    """Repetitions at the most, of what takes long."""
    few: bool = False
    """Whether so few clients ask that ours admits more events of each than by default."""


ROWS = {
    "read": Scenario(
        words="reads of random todos, 64 clients", unit=ACKS, servers=_ALL, steps=(1, 8)
    ),
    "list": Scenario(
        words="lists of 1,000 todos, 64 clients",
        unit=ACKS,
        servers=(NODE, BUN, MEMORY, SQLITE, POSTGRES),
    ),
    "update": Scenario(
        words="updates, to 1,000 listeners", unit=DELIVERIES, servers=_ALL, steps=(1, 8)
    ),
    "create": Scenario(
        words="creates by 4 clients, to 200 listeners", unit=DELIVERIES, servers=_ALL, steps=(1, 8)
    ),
    "read-polling": Scenario(words="reads on long-polling, 64 clients", unit=ACKS, servers=_BOTH),
    "update-polling": Scenario(
        words="updates, to 200 listeners on long-polling", unit=DELIVERIES, servers=_PEERS
    ),
    "read-tls": Scenario(words="reads over TLS, 64 clients", unit=ACKS, servers=_PEERS),
    "connects": Scenario(
        words="connects, 2,000 at once",
        unit="connects/s",
        servers=_PEERS,
        steps=(2000,),
        step="at once",
    ),
    "idle": Scenario(
        words="memory of an idle connection",
        unit="KiB",
        servers=_PEERS,
        metric="kib",
        less_is_better=True,
    ),
    "busy": Scenario(
        words="reads by 100 clients, alone and among 10,000 connections",
        unit=ACKS,
        servers=_PEERS,
        steps=(100, 10_000),
        step="connections",
    ),
}
"""One server at a time."""

CLUSTER = {
    "creates": Scenario(
        words="creates by 16 clients on all nodes, watched by 8, per CPU second of everything",
        unit="creates/s",
        servers=(*_NODES, WORKERS_4, CLUSTER_POSTGRES, CLUSTER_REDIS),
        metric="per_cpu_second",
    ),
    "follow": Scenario(
        words="what a change costs each node that only follows",
        unit="µs",
        servers=_NODES,
        metric="others_us",
        less_is_better=True,
    ),
    "across": Scenario(
        words="updates on one node, to 1,000 listeners on all",
        unit=DELIVERIES,
        servers=(NODES_1, NODES_4),
    ),
    "heard": Scenario(
        words="from a write to its event on another node, unloaded",
        unit="ms",
        servers=(NODES_2,),
        metric="p50_ms",
        less_is_better=True,
    ),
}
"""Several nodes on one PostgreSQL."""

CURVES = {
    "connections": Scenario(
        words="reads, by connections that all read",
        unit=ACKS,
        servers=_PEERS,
        steps=(1, 10, 100, 1000, 10_000),
        step="connections",
        share=0.4,
        most=3,
        few=True,
    ),
    "listeners": Scenario(
        words="deliveries of updates, by listeners",
        unit=DELIVERIES,
        servers=_PEERS,
        steps=(1, 10, 100, 1000, 2000),
        step="listeners",
        share=0.4,
        most=3,
        few=True,
    ),
    "todos": Scenario(
        words="reads by 64 clients, by todos",
        unit=ACKS,
        servers=_PEERS,
        steps=(100, 1000, 10_000, 100_000),
        step="todos",
        share=0.4,
        most=3,
    ),
}
"""Cost against load."""

PYTHONS = {
    "pythons": Scenario(
        words="reads of random todos, 64 clients, from the sources",
        unit=ACKS,
        servers=(SOURCE,),
        steps=(1, 8),
    )
}
"""By the interpreter: the bench's own, and those that `--pythons` names."""

SCENARIOS = ROWS | CLUSTER | CURVES | PYTHONS
