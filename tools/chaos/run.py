"""One run: load, faults one after the other, and the judgement."""

from __future__ import annotations

import asyncio
import sys
import time
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any, TypeAlias

from .ablations import ABLATIONS
from .clients import FAILED, MISSING, NO_ANSWER, Ack, Client, Record, Retrier, Seat, Watcher, Writer
from .faults import FAULTS
from .history import History
from .judge import Judge, Track, Violation, agreed_after
from .nodes import Node
from .tail import LOST
from .world import World, world

DEADLINE = 2.0
"""Seconds that an ack may take, be it an error."""

SLACK = 0.25
"""Seconds that an ack at its deadline may take on its way to a client."""

DECLARED = {"done", FAILED, MISSING, "too many events", "too many todos"}

SETTLES_WITHIN = 20.0
"""Seconds until all watchers have to agree again after a fault."""

TODOS = 150
"""Todos that writers keep the list near."""


Stalls: TypeAlias = list[tuple[float, float]]
"""Times in which this program had no turn, from a start to an end."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run does."""

    seed: int
    seconds: float
    nodes: int
    version: str
    faults: Sequence[str]
    ablation: str | None = None


@dataclass(slots=True)
class Happened:
    """A fault, on the clock of the run; `agreed_after` counts from its end."""

    kind: str
    start: float
    end: float
    what: str
    ready_after: float | None = None
    agreed_after: float | None = None
    last: str = ""


@dataclass(slots=True)
class Outcome:
    """What came of a run; every time is on the same clock, on which it began at `began`."""

    plan: Plan
    began: float
    ended: float
    record: Record
    history: History
    tracks: list[Track]
    faults: list[Happened]
    violations: list[Violation]
    figures: dict[str, Any]


async def run(plan: Plan, folder: Path) -> Outcome:
    """Run a plan; nodes log into the folder."""
    began = time.monotonic()
    ablation = ABLATIONS[plan.ablation] if plan.ablation else None
    async with world(plan.version, plan.nodes, folder, ablation) as here, _stalls() as stalls:
        started = time.monotonic()
        first = Happened("empty-database", began, started, f"{plan.nodes} nodes start at once", 0.0)
        async with _load(here, plan) as people:
            faults = [first, *await _faults(here, plan, people, began)]
            await people.stop()
            late = await people.agree(here)
        ended = time.monotonic()
        outcome = await _judged(here, plan, faults)
        outcome.began, outcome.ended = began, ended
        acks = here.record.acks
        outcome.violations += late + _late(acks, here.nodes, stalls)
        slowest = max((_waited(ack, here.nodes, stalls) for ack in acks), default=0.0)
        outcome.figures = _figures(outcome, slowest)
        return outcome


class _People:
    """The clients of a run."""

    def __init__(self, here: World, plan: Plan) -> None:
        record, again = here.record, asyncio.Queue[dict[str, Any]]()
        self.watchers: list[Watcher] = []
        self.writers: list[Writer] = []
        self.again = again
        for number, node in enumerate(here.nodes, 1):
            for transport in ("websocket", "polling"):
                seat = Seat(f"watcher {number} {transport}", node.name, node.url, transport)
                self.watchers.append(Watcher(seat, record))
            transport = "polling" if number % 3 == 0 else "websocket"
            seat = Seat(f"writer {number} {transport}", node.name, node.url, transport)
            self.writers.append(Writer(seat, record, again))
        retrier = Retrier(Seat("retrier", node.name, node.url, "websocket"), record)

        def random(client: Client) -> Random:
            return Random(f"{plan.seed} {client.name}")  # noqa: S311  # nothing secret

        pause = 0.012 * plan.nodes
        self._writing = [
            asyncio.create_task(w.write(random(w), pause, TODOS, 3)) for w in self.writers
        ]
        self._others = [
            *(asyncio.create_task(w.watch(random(w))) for w in self.watchers),
            asyncio.create_task(retrier.retry(again)),
            asyncio.create_task(here.tail.follow()),
        ]

    async def settled(self) -> None:
        """Wait, but not for ever, until every watcher is there."""
        deadline = time.monotonic() + SETTLES_WITHIN
        while not all(w.listed for w in self.watchers) and time.monotonic() < deadline:
            self.check()
            await asyncio.sleep(0.05)

    def check(self) -> None:
        """Raise what has ended a client."""
        for task in (*self._writing, *self._others):
            if task.done():
                task.result()

    async def stop(self) -> None:
        """Let writers finish, and creates without an answer be sent again."""
        for writer in self.writers:
            writer.stopping = True
        await asyncio.wait(self._writing, timeout=SETTLES_WITHIN)
        await asyncio.wait([asyncio.ensure_future(self.again.join())], timeout=SETTLES_WITHIN)

    async def agree(self, here: World) -> list[Violation]:
        """Wait until everyone's view is what is stored; returns who never got there."""
        deadline = time.monotonic() + SETTLES_WITHIN
        while True:
            self.check_watchers()
            try:
                items = [*(await here.tail.items()).values()]
            except LOST:
                items = []
            wrong = [w for w in self.watchers if not w.listed or [*w.view.values()] != items]
            now = time.monotonic()
            if not wrong or now > deadline:
                await here.tail.catch_up()
                return [Violation("view", now, w.name, "not what is stored") for w in wrong]
            await asyncio.sleep(0.1)

    def check_watchers(self) -> None:
        """Raise what has ended a watcher."""
        for task in self._others:
            if task.done():
                task.result()

    async def leave(self) -> None:
        """End everything."""
        for task in (*self._writing, *self._others):
            task.cancel()
        await asyncio.gather(*self._writing, *self._others, return_exceptions=True)


@asynccontextmanager
async def _load(here: World, plan: Plan) -> AsyncIterator[_People]:
    people = _People(here, plan)
    try:
        await people.settled()
        yield people
    finally:
        await people.leave()


async def _faults(here: World, plan: Plan, people: _People, began: float) -> list[Happened]:
    """Do one fault after the other, each kind as often as the others, until the time is over.

    Each kind has its turn, however long that takes.
    """
    random = Random(plan.seed)  # noqa: S311  # nothing secret
    until = time.monotonic() + plan.seconds
    happened: list[Happened] = []
    bag: list[str] = []
    while len(happened) < len(plan.faults) or time.monotonic() < until:
        await asyncio.sleep(random.uniform(0.4, 1.2))
        people.check()
        bag = bag or random.sample(plan.faults, len(plan.faults))
        kind = bag.pop()
        start = time.monotonic()
        what = await FAULTS[kind](here, random)
        happened.append(Happened(kind, start, time.monotonic(), what))
        print(f"{start - began:6.1f} s: {kind}: {what}", file=sys.stderr)
        await asyncio.gather(people.settled(), _ready(here, happened[-1]))
    return happened


async def _ready(here: World, fault: Happened) -> None:
    """Wait, but not for ever, until every node can write after a fault."""
    try:
        async with asyncio.timeout(SETTLES_WITHIN):
            await asyncio.gather(*(node.ready() for node in here.nodes))
    except TimeoutError:
        return
    fault.ready_after = time.monotonic() - fault.end


async def _judged(here: World, plan: Plan, faults: list[Happened]) -> Outcome:
    history, record = here.history, here.record
    judge = Judge(history, here.jumps, here.losses)
    tracks = judge.tracks(record.sessions)
    missing, lost = judge.writes(record.acked)
    record.counts["acknowledged writes that an asynchronous replica lacked"] = lost
    for fault in faults:
        fault.agreed_after, fault.last = agreed_after(history, tracks, fault.end)
    violations = [
        *record.violations,
        *(violation for track in tracks for violation in track.violations),
        *judge.log(),
        *missing,
        *judge.creates(),
        *judge.end(await here.tail.items()),
        *(
            Violation("traceback", 0.0, node.name, text)
            for node in here.nodes
            for text in node.tracebacks()
        ),
        *(
            Violation("readiness", fault.end, fault.kind, "a node is not ready in time")
            for fault in faults
            if fault.ready_after is None
        ),
        *(
            Violation("agreement", fault.end, fault.kind, f"{fault.last} has not seen all in time")
            for fault in faults
            if fault.agreed_after is None or fault.agreed_after > SETTLES_WITHIN
        ),
    ]
    return Outcome(plan, 0, 0, record, history, tracks, faults, violations, {})


def _late(acks: Sequence[Ack], nodes: Sequence[Node], stalls: Stalls) -> list[Violation]:
    """Return acks that came too late, or said what none may say."""
    found = []
    for ack in acks:
        if ack.outcome not in DECLARED | {NO_ANSWER}:
            found.append(Violation("outcome", ack.sent_at, ack.node, ack.outcome))
        seconds = _waited(ack, nodes, stalls)
        if seconds > DEADLINE + SLACK and ack.outcome != NO_ANSWER:
            what = f"{ack.event}: {ack.outcome} after {seconds:.2f} s"
            found.append(Violation("late ack", ack.sent_at, ack.node, what))
    return found


def _waited(ack: Ack, nodes: Sequence[Node], stalls: Stalls) -> float:
    """Return how long an ack took while neither its node nor this program stood still."""
    if ack.seconds <= DEADLINE:
        return ack.seconds
    end = ack.sent_at + ack.seconds
    frozen = [(w.start, w.end) for node in nodes if node.name == ack.node for w in node.frozen]
    return ack.seconds - sum(
        max(0.0, min(end, stop) - max(ack.sent_at, start)) for start, stop in [*frozen, *stalls]
    )


def _figures(outcome: Outcome, slowest: float) -> dict[str, Any]:
    """Return what a run comes down to."""
    record, history = outcome.record, outcome.history
    agreed, ready = defaultdict[str, float](float), defaultdict[str, float](float)
    for fault in outcome.faults:
        agreed[fault.kind] = max(agreed[fault.kind], fault.agreed_after or 0)
        ready[fault.kind] = max(ready[fault.kind], fault.ready_after or 0)
    return {
        "seed": outcome.plan.seed,
        "nodes": outcome.plan.nodes,
        "seconds": round(outcome.ended - outcome.began, 1),
        "changes": sum(len(line) - line.since for line in history.lines),
        "changes judged at clients": sum(len(session.changes) for session in record.sessions),
        "sessions judged": len(record.sessions),
        **{name: record.counts[name] for name in sorted(record.counts)},
        "acks": dict(Counter(ack.outcome for ack in record.acks).most_common()),
        "slowest ack": round(slowest, 3),
        "faults": dict(Counter(fault.kind for fault in outcome.faults)),
        "longest until all agree": {kind: round(agreed[kind], 2) for kind in sorted(agreed)},
        "longest until all are ready": {kind: round(ready[kind], 2) for kind in sorted(ready)},
        "violations": dict(Counter(v.rule for v in outcome.violations)),
    }


@asynccontextmanager
async def _stalls() -> AsyncIterator[Stalls]:
    """Collect the times in which this program had no turn: what it measured then is its own."""
    stalls: Stalls = []

    async def watch() -> None:
        before = time.monotonic()
        while True:
            await asyncio.sleep(0.02)
            now = time.monotonic()
            if now - before > 0.03:  # noqa: PLR2004
                stalls.append((before, now))
            before = now

    watching = asyncio.create_task(watch())
    try:
        yield stalls
    finally:
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)
