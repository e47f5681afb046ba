"""`python -m soak`: hours in minutes: a steady load, and the slope of the service's memory.

64 clients read random todos and one updates them, each with another title, of which 100 others
hear, at a rate that is given in reads per second. Fails when memory grows by more than 1 MiB
per minute, or a traceback is logged.

With `--nodes 2` it is the load of `make chaos`, on so many nodes on one PostgreSQL, under all of
its faults but those that end processes. Fails as `make chaos` does: also when the memory, the files
or the tasks of a process grow.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from itertools import cycle, islice
from pathlib import Path
from random import Random
from statistics import linear_regression

import uvloop

from bench.client import connect, request
from bench.todos import changed, fill
from chaos.faults import ENDING, FAULTS
from chaos.report import carry_out
from chaos.verdict import Plan
from served import Served, served
from servers.postgres import VERSIONS

TODOS = 5000
READERS, LISTENERS = 64, 100
TICK = 0.02
SAMPLE = 2.0
SLOPE = 1024
"""KiB per minute."""


async def soak(service: Served, seconds: float, rate: float) -> dict[str, float]:
    """Load the service, and return what it answered, and its memory's slope after a first fifth."""
    todos = await fill(service.port, TODOS)
    writer, *others = await connect(service.port, 1 + READERS + LISTENERS)
    reads = cycle(
        request("todo:read", todo["id"])
        for todo in Random(0).sample(todos, len(todos))  # noqa: S311  # nothing secret
    )
    updates = changed(todos, "soak")
    counts = {"acks": 0, "events": 0}

    def heard(acks: int, events: int) -> None:
        counts["acks"] += acks
        counts["events"] += events

    for client in others:
        client.heard = heard
    loop = asyncio.get_running_loop()
    start = now = loop.time()
    samples: list[tuple[float, float]] = []
    sent = 0
    while now - start < seconds:
        due = int((now - start) * rate) // READERS - sent
        sent += due
        for client in others[:READERS]:
            client.transport.write(b"".join(islice(reads, due)))
        writer.transport.write(request("todo:update", next(updates)))
        if not samples or now - start - samples[-1][0] > SAMPLE:
            samples.append((now - start, service.memory()))
        await asyncio.sleep(TICK)
        now = loop.time()
    settled = samples[len(samples) // 5 :]
    slope = linear_regression(*zip(*settled, strict=True)).slope * 60
    for client in (writer, *others):
        client.close()
    return {
        "seconds": seconds,
        "acks_per_second": counts["acks"] / seconds,
        "deliveries_per_second": counts["events"] / seconds,
        "kib_at_start": settled[0][1],
        "kib_at_end": settled[-1][1],
        "kib_per_minute": slope,
    }


async def _run(seconds: float, rate: float) -> None:
    async with served() as service:
        figures = await soak(service, seconds, rate)
        print(json.dumps(figures))
        if figures["kib_per_minute"] > SLOPE:
            sys.exit("memory grows")
        if found := service.tracebacks():
            sys.exit(found[:2000])


def main() -> None:
    """Soak a service of its own."""
    parser = argparse.ArgumentParser(prog="python -m soak", description=__doc__)
    parser.add_argument("--seconds", type=float, default=300)
    parser.add_argument("--rate", type=float, default=20_000, metavar="READS_PER_SECOND")
    parser.add_argument("--nodes", type=int, help="nodes on one PostgreSQL, under faults")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, default=Path("soak-report"), metavar="FOLDER")
    options = parser.parse_args()
    if options.nodes:
        faults = [name for name in FAULTS if name not in ENDING]
        plan = Plan(options.seed, options.seconds, options.nodes, VERSIONS[-1], faults)
        sys.exit(carry_out(plan, options.out))
    uvloop.run(_run(options.seconds, options.rate))


if __name__ == "__main__":
    main()
