"""Loads of connections as such."""

from __future__ import annotations

import asyncio
from time import perf_counter

from bench.client import Client, connect
from bench.meter import Clock, Figures, Load, percentiles, resident

IDLE = 5000


async def connects(load: Load) -> list[Figures]:
    """Connect as many clients as the step says, all at once: connects per second."""
    [count] = load.steps
    loop = asyncio.get_running_loop()
    latencies: list[float] = []

    async def connected() -> Client:
        began = perf_counter()
        [client] = await connect(load.port, 1)
        latencies.append(perf_counter() - began)
        return client

    clock = Clock(load)
    clients = await asyncio.gather(*(loop.create_task(connected()) for _ in range(count)))
    return [clock.figures(len(clients)) | percentiles(latencies)]


async def idle(load: Load) -> list[Figures]:
    """Return the KiB of the server's memory that each of 5,000 idle connections takes."""
    [server] = load.processes["server"]
    before = resident(server)
    await connect(load.port, IDLE)
    return [{"kib": (resident(server) - before) / IDLE}]
