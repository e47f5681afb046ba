"""Loads of several nodes that share one database: what each more costs, and the order they keep."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from itertools import chain
from time import perf_counter

from bench.asks import Asker
from bench.client import Client, connect, request
from bench.meter import WARM_UP, Clock, Figures, Load, Meter, percentiles
from bench.todos import changed, fill, titles

WRITERS = 16
WATCHERS = 8

EVERY = 0.02
"""Seconds from one write to the next, where nodes are to be unloaded."""

QUIET = 0.5
"""Seconds without an event after which all are taken to have come."""


async def creates(load: Load) -> list[Figures]:
    """Create todos from 16 clients on all nodes, while 8 others watch: creates per second."""
    writers = await _spread(load.ports, WRITERS)
    watchers = await _spread(load.ports, WATCHERS)
    for watcher in watchers:
        watcher.seen = []
    meter = Meter(load)
    askers = [
        Asker(client, client.transport.write, _creates(f"writer {number}"), meter)
        for number, client in enumerate(writers)
    ]
    for asker in askers:
        asker.keep(1)
    figures = await meter.measure()
    for asker in askers:
        asker.keep(0)
    await _all_seen(watchers)
    for asker in askers:
        asker.check()
    return [figures | order([watcher.seen or [] for watcher in watchers])]


def order(seen: Sequence[Sequence[bytes]]) -> Figures:
    """Compare what watchers have heard, one by one, with what the first of them has.

    `disordered` are the events per thousand that came behind one that the first watcher heard
    later; `missed` those that one of the two has not heard.
    """
    first, *others = seen
    places = {event: place for place, event in enumerate(first)}
    disordered = missed = 0
    for events in others:
        heard = [places[event] for event in events if event in places]
        missed += len(events) + len(first) - 2 * len(heard)
        latest = -1
        for place in heard:
            disordered += place < latest
            latest = max(latest, place)
    judged = len(first) * len(others)
    return {"disordered": 1000 * disordered / judged, "missed": 1000 * missed / judged}


async def follow(load: Load) -> list[Figures]:
    """Create todos from 16 clients of the first node: what that costs itself, and the others.

    Nobody is connected to the others; `others_us` is what each of them takes.
    """
    meter = Meter(load)
    clients = await connect(load.port, WRITERS)
    for number, client in enumerate(clients):
        asker = Asker(client, client.transport.write, _creates(f"writer {number}"), meter)
        asker.keep(1)
    figures = await meter.measure()
    others = max(1, len(load.ports) - 1)
    return [figures | {"others_us": figures.get("others_us", 0.0) / others}]


async def heard(load: Load) -> list[Figures]:
    """Update a todo on the first node now and then, and take the time until the last hears it."""
    updates = changed(await fill(load.port, 1), "heard")
    [author] = await connect(load.port, 1)
    [listener] = await connect(load.ports[-1], 1)
    latencies: list[float] = []
    since = 0.0

    def hear(_acks: int, events: int) -> None:
        if events:
            latencies.append(perf_counter() - since)

    listener.heard = hear
    clock = Clock(load)
    end = perf_counter() + WARM_UP + load.seconds
    while perf_counter() < end:
        since = perf_counter()
        author.transport.write(request("todo:update", next(updates)))
        await asyncio.sleep(EVERY)
    return [clock.figures(len(latencies)) | percentiles(latencies)]


def _creates(seed: str) -> Iterator[bytes]:
    for title in titles(seed):
        yield request("todo:create", {"title": title, "completed": False})


async def _spread(ports: Sequence[int], count: int) -> list[Client]:
    """Connect clients to all nodes in turn; behind one port, its balancer spreads them."""
    made = [await connect(port, count // len(ports)) for port in ports]
    return [*chain.from_iterable(made)]


async def _all_seen(watchers: Sequence[Client]) -> None:
    """Wait until nobody has heard anything for a while."""
    before = -1
    while (now := sum(len(watcher.seen or ()) for watcher in watchers)) != before:
        before = now
        await asyncio.sleep(QUIET)
