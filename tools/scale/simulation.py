"""Nodes on one database, turn by turn: clients create again when they have their ack."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from statistics import median

from scale.costs import Costs

CREATES = 4000
"""Creates that are simulated, after half as many that are not counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What is simulated."""

    nodes: int
    writers: int
    """Clients that create, on all nodes together."""
    listeners: int
    """Clients that hear each create, on all nodes together."""
    one_core: bool = False
    """Whether the nodes and the database share one core, as in the bench."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came out: µs of a core per create, creates per second, their batch, their ack."""

    node_us: float
    database_us: float
    per_second: float
    batch: float
    p50_ms: float

    @property
    def per_cpu_second(self) -> float:
        """Creates per second that all cores together are busy."""
        return 1e6 / (self.node_us + self.database_us)


@dataclass(slots=True)
class _Core:
    free_at: float = 0.0
    busy: float = 0.0


@dataclass(slots=True)
class _Node:
    core: _Core
    waiting: list[float] = field(default_factory=list)
    """When the creates that wait were sent."""
    committing: bool = False


class _Simulation:
    """One run; times are µs."""

    def __init__(self, costs: Costs, setting: Setting) -> None:
        self._costs, self._setting = costs, setting
        self._now = 0.0
        self._events: list[tuple[float, int, Callable[[], None]]] = []
        self._number = count()
        self._database = _Core()
        self._lock_free_at = 0.0
        self._nodes = [
            _Node(self._database if setting.one_core else _Core()) for _ in range(setting.nodes)
        ]
        self._node_us = self._database_us = 0.0
        self._batches: list[int] = []
        self._acks: list[float] = []

    def run(self) -> Outcome:
        """Simulate until enough is counted."""
        for writer in range(self._setting.writers):
            self._create(self._nodes[writer % len(self._nodes)])
        since = 0.0
        counting = False
        while len(self._acks) < CREATES:
            self._now, _, happen = heapq.heappop(self._events)
            happen()
            if not counting and len(self._acks) >= CREATES // 2:
                counting, since = True, self._now
                self._node_us = self._database_us = 0.0
                self._batches, self._acks = [], []
        creates = len(self._acks)
        return Outcome(
            node_us=self._node_us / creates,
            database_us=self._database_us / creates,
            per_second=1e6 * creates / (self._now - since),
            batch=sum(self._batches) / len(self._batches),
            p50_ms=median(self._acks) / 1000,
        )

    def _at(self, when: float, happen: Callable[[], None]) -> None:
        heapq.heappush(self._events, (when, next(self._number), happen))

    def _work(self, core: _Core, cost: float) -> float:
        """Have a core work, after all that it has to do already; when it is done."""
        core.free_at = max(core.free_at, self._now) + cost
        return core.free_at

    def _create(self, node: _Node) -> None:
        node.waiting.append(self._now)
        self._commit(node)

    def _commit(self, node: _Node) -> None:
        """Begin a commit of all that waits, unless one is on its way."""
        if node.waiting and not node.committing:
            node.committing = True
            self._at(self._now, lambda: self._send(node))

    def _send(self, node: _Node) -> None:
        batch, node.waiting = node.waiting, []
        cost = self._costs.write.once + self._costs.write.each * len(batch)
        self._node_us += cost
        self._at(self._work(node.core, cost), lambda: self._lock(node, batch))

    def _lock(self, node: _Node, batch: list[float]) -> None:
        """Wait for the turn, and hold it until the disk has the batch."""
        if self._lock_free_at > self._now:
            self._at(self._lock_free_at, lambda: self._lock(node, batch))
            return
        costs = self._costs
        others = self._setting.nodes - 1
        each = costs.database.each + costs.database_follow * others
        cost = costs.database.once + each * len(batch)
        self._database_us += cost
        self._lock_free_at = self._work(self._database, cost) + 1000 * costs.commit_ms
        self._at(self._lock_free_at, lambda: self._committed(node, batch))

    def _committed(self, node: _Node, batch: list[float]) -> None:
        self._batches.append(len(batch))
        for each in self._nodes:
            cost = self._delivered(len(batch))
            if each is not node:
                cost += self._costs.follow * len(batch)
            self._node_us += cost
            done = self._work(each.core, cost)
            if each is node:
                self._at(done, lambda: self._acked(node, batch))

    def _delivered(self, batch: int) -> float:
        delivery = self._costs.delivery
        clients = self._setting.listeners / len(self._nodes)
        return clients * (delivery.once + delivery.each * batch)

    def _acked(self, node: _Node, batch: list[float]) -> None:
        node.committing = False
        for sent in batch:
            self._acks.append(self._now - sent)
            self._create(node)
        self._commit(node)


def simulated(costs: Costs, setting: Setting) -> Outcome:
    """Return what so many nodes do."""
    return _Simulation(costs, setting).run()
