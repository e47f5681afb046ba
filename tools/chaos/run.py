"""One run: load, faults one after the other, and the judgement."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from random import Random

from .ablations import ABLATIONS
from .faults import FAULTS
from .footprints import Footprints
from .people import SETTLES_WITHIN, People, load
from .verdict import Happened, Outcome, Plan, Stalls, judged
from .world import World, world

STALL = 0.03
"""Seconds without a turn, where a third less was asked for, that are counted."""


async def run(plan: Plan, folder: Path) -> Outcome:
    """Run a plan; nodes log into the folder."""
    began = time.monotonic()
    ablation = ABLATIONS[plan.ablation] if plan.ablation else None
    async with world(plan.version, plan.nodes, folder, ablation) as here, _stalls() as stalls:
        started = time.monotonic()
        first = Happened("empty-database", began, started, f"{plan.nodes} nodes start at once", 0.0)
        footprints = Footprints()
        async with load(here, plan.seed) as people:
            faults = [first, *await _faults(here, plan, people, footprints)]
            await people.stop()
            here.record.violations += [*await people.agree(here), *footprints.violations()]
        outcome = await judged(here, plan, faults, stalls, began)
        outcome.figures["footprints"] = footprints.figures()
        return outcome


async def _faults(
    here: World, plan: Plan, people: People, footprints: Footprints
) -> list[Happened]:
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
        print(f"{start - footprints.began:6.1f} s: {kind}: {what}", file=sys.stderr)
        await asyncio.gather(people.settled(), _ready(here, happened[-1]))
        await footprints.take(here.nodes)
    return happened


async def _ready(here: World, fault: Happened) -> None:
    """Wait, but not for ever, until every node can write after a fault."""
    try:
        async with asyncio.timeout(SETTLES_WITHIN):
            await asyncio.gather(*(node.ready() for node in here.nodes))
    except TimeoutError:
        return
    fault.ready_after = time.monotonic() - fault.end


@asynccontextmanager
async def _stalls() -> AsyncIterator[Stalls]:
    """Collect the times in which this program had no turn: what it measured then is its own."""
    stalls: Stalls = []

    async def watch() -> None:
        before = time.monotonic()
        while True:
            await asyncio.sleep(STALL * 2 / 3)
            now = time.monotonic()
            if now - before > STALL:
                stalls.append((before, now))
            before = now

    watching = asyncio.create_task(watch())
    try:
        yield stalls
    finally:
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)
