"""What came of a run: everything that clients were told, judged."""

from __future__ import annotations

import time
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from .clients import FAILED, MISSING, NO_ANSWER, Ack, Record
from .history import History
from .judge import Judge, Track, Violation, agreed_after
from .nodes import Node
from .people import SETTLES_WITHIN
from .world import World

DEADLINE = 2.0
"""Seconds that an ack may take, be it an error."""

SLACK = 0.25
"""Seconds that an ack at its deadline may take on its way to a client."""

DECLARED = {"done", FAILED, MISSING, "too many events", "too many todos"}

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


async def judged(
    here: World, plan: Plan, faults: list[Happened], stalls: Stalls, began: float
) -> Outcome:
    """Judge a run that has just ended."""
    ended = time.monotonic()
    history, record = here.history, here.record
    judge = Judge(history, here.jumps, here.losses)
    tracks = judge.tracks(record.sessions)
    missing, lost = judge.writes(record.acked)
    record.counts["acknowledged writes that an asynchronous replica lacked"] = lost
    for fault in faults:
        fault.agreed_after, fault.last = agreed_after(history, tracks, fault.end)
    waits = [(ack, waited(ack, here.nodes, stalls)) for ack in record.acks]
    violations = [
        *record.violations,
        *(violation for track in tracks for violation in track.violations),
        *judge.log(),
        *missing,
        *late(waits),
        *judge.creates(),
        *judge.end(await here.tail.items()),
        *(
            Violation("traceback", ended, node.name, text)
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
    outcome = Outcome(plan, began, ended, record, history, tracks, faults, violations, {})
    outcome.figures = _figures(outcome, max((seconds for _, seconds in waits), default=0.0))
    return outcome


def late(waits: Iterable[tuple[Ack, float]]) -> list[Violation]:
    """Return acks that came too late, or said what none may say."""
    found = []
    for ack, seconds in waits:
        if ack.outcome not in DECLARED | {NO_ANSWER}:
            found.append(Violation("outcome", ack.sent_at, ack.node, ack.outcome))
        if seconds > DEADLINE + SLACK and ack.outcome != NO_ANSWER:
            what = f"{ack.event}: {ack.outcome} after {seconds:.2f} s"
            found.append(Violation("late ack", ack.sent_at, ack.node, what))
    return found


def waited(ack: Ack, nodes: Sequence[Node], stalls: Stalls) -> float:
    """Return how long an ack took while neither its node nor this program stood still."""
    if ack.seconds <= DEADLINE:
        return ack.seconds
    end = ack.sent_at + ack.seconds
    first = bisect_left(stalls, ack.sent_at, key=lambda stall: stall[1])
    last = bisect_left(stalls, end, key=lambda stall: stall[0])
    still = [
        *((w.start, w.end) for node in nodes if node.name == ack.node for w in node.frozen),
        *stalls[first:last],
    ]
    return ack.seconds - sum(
        max(0.0, min(end, stop) - max(ack.sent_at, start)) for start, stop in still
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
