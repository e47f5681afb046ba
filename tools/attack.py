"""`python -m attack`: what one rude client costs everybody else, in figures.

`lists`: clients ask for the whole list, 64 times each, and don't read what they get: the most
memory that the service takes, and how long another's create waits meanwhile. `stop`: SIGTERM while
64 lists are on their way: the seconds until the process has ended.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import signal
import sys
from collections import deque
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, suppress
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple, TypeAlias

import uvloop

from bench.client import Client, connect, request
from bench.todos import fill, titles
from served import Served, served

LISTS = 64
"""Lists that each attacker asks for in one write."""

SECONDS = 10.0
EVERY = 0.02
"""Seconds from one create of whoever is watched to the next, whether the first is acked or not."""

READ_WITHIN = 0.1
"""Seconds after which the service has read a request for lists, and is busy with them."""

ENDS_WITHIN = 60.0
"""Seconds after which a process that was asked to end is killed."""

Figures: TypeAlias = dict[str, float | str]


class Attack(NamedTuple):
    """How many todos there are, who lists without reading, and who lists and reads."""

    todos: int
    attackers: int
    readers: int = 0

    def __str__(self) -> str:
        readers = f", {self.readers} who read" if self.readers else ""
        return f"{self.todos:,} todos, {self.attackers} times {LISTS} lists unread{readers}"


ATTACKS = (Attack(10_000, 5), Attack(100_000, 1), Attack(100_000, 1, 20))
STOPS = (10_000, 100_000)


async def lists(service: Served, attack: Attack, seconds: float = SECONDS) -> Figures:
    """Let lists pile up, and watch the service's memory and another's creates."""
    creates = int(seconds / EVERY)
    await fill(service.port, attack.todos - creates)
    watched, *others = await connect(service.port, 1 + attack.attackers + attack.readers)
    attackers, readers = others[: attack.attackers], others[attack.attackers :]
    for client in (watched, *others):
        client.may_end = True
    before = service.memory()
    service.forget_peak()
    listed: list[float] = []
    for client in attackers:
        _list_unread(client)
    reading = [asyncio.ensure_future(_list_again(client, listed)) for client in readers]
    waits = await _create_steadily(watched, creates)
    for task in reading:
        task.cancel()
    figures: Figures = {
        "attack": str(attack),
        "mib_before": before / 1024,
        "mib_at_most": service.peak() / 1024,
        "mib_after": service.memory() / 1024,
        "others_dropped": sum(client.ended.is_set() for client in (watched, *readers)),
        **_summary("create", waits),
        **(_summary("others_list", listed) if readers else {}),
    }
    for client in (watched, *others):
        client.close()
    return figures


def _list_unread(client: Client) -> None:
    client.transport.pause_reading()
    client.transport.write(request("todo:list") * LISTS)


async def _list_again(client: Client, waits: list[float]) -> None:
    now = asyncio.get_running_loop().time
    while True:
        start = now()
        await client.acks(request("todo:list"), 1)
        waits.append(now() - start)


async def _create_steadily(client: Client, count: int) -> list[float]:
    """Create todos at a steady rate, and return how long each has waited for its ack.

    When the service drops the client, those that have no ack have waited until then.
    """
    now = asyncio.get_running_loop().time
    sent: deque[float] = deque()
    waits: list[float] = []
    done = asyncio.Event()

    def heard(acks: int, _events: int) -> None:
        waits.extend(now() - sent.popleft() for _ in range(acks))
        if len(waits) == count:
            done.set()

    client.heard = heard
    for title in islice(titles("attack"), count):
        if client.ended.is_set():
            break
        sent.append(now())
        client.transport.write(request("todo:create", {"title": title, "completed": False}))
        await asyncio.sleep(EVERY)
    waiting = [asyncio.ensure_future(event.wait()) for event in (done, client.ended)]
    await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    for task in waiting:
        task.cancel()
    waits.extend(now() - start for start in sent)
    if b'[{"error"' in client.last:
        sys.exit(f"todo:create acks {client.last.decode()}")
    return waits


def _summary(name: str, waits: Iterable[float]) -> Figures:
    """Return how many waits there were, and the milliseconds of their middle and their worst."""
    ordered = sorted(waits)
    if not ordered:
        return {f"{name}s": 0}
    return {
        f"{name}s": len(ordered),
        f"{name}_p50_ms": 1000 * ordered[len(ordered) // 2],
        f"{name}_p99_ms": 1000 * ordered[int(0.99 * len(ordered))],
        f"{name}_at_most_ms": 1000 * ordered[-1],
    }


async def stop(service: Served, todos: int, *, read: bool) -> Figures:
    """Ask the service to end while lists are on their way, and take the time."""
    await fill(service.port, todos)
    [client] = await connect(service.port, 1)
    client.may_end = True
    if not read:
        client.transport.pause_reading()
    client.transport.write(request("todo:list") * LISTS)
    await asyncio.sleep(READ_WITHIN)
    now = asyncio.get_running_loop().time
    start = now()
    service.process.send_signal(signal.SIGTERM)
    with suppress(TimeoutError):
        await asyncio.wait_for(service.process.wait(), ENDS_WITHIN)
    ended = service.process.returncode
    client.close()
    return {
        "attack": f"SIGTERM, {todos:,} todos, {LISTS} lists {'read' if read else 'unread'}",
        "seconds": now() - start,
        "exit_code": "none" if ended is None else ended,
    }


@asynccontextmanager
async def on_disk() -> AsyncIterator[Served]:
    """Serve todos that are kept in a file, as by default."""
    with TemporaryDirectory() as folder:
        async with served(database=f"sqlite:///{folder}/todos.db") as service:
            yield service


async def _run(only: list[str], seconds: float) -> list[Figures]:
    found: list[Figures] = []
    if "lists" in only:
        for attack in ATTACKS:
            async with on_disk() as service:
                found.append(_printed(await lists(service, attack, seconds)))
    if "stop" in only:
        for todos in STOPS:
            for read in (True, False):
                async with on_disk() as service:
                    found.append(_printed(await stop(service, todos, read=read)))
    return found


def _printed(figures: Figures) -> Figures:
    print(figures["attack"])
    for name, value in figures.items():
        if name != "attack":
            print(
                f"  {name:<24}{value:>12,.1f}"
                if isinstance(value, float)
                else f"  {name:<24}{value:>12}"
            )
    return figures


def main() -> None:
    """Attack a service of its own, started afresh for each attack."""
    parser = argparse.ArgumentParser(prog="python -m attack", description=__doc__)
    parser.add_argument("--only", nargs="+", default=["lists", "stop"], choices=["lists", "stop"])
    parser.add_argument("--seconds", type=float, default=SECONDS, help="of each attack by lists")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there as well")
    options = parser.parse_args()
    found = uvloop.run(_run(options.only, options.seconds))
    if options.json:
        options.json.write_text(json.dumps(found, indent=2) + "\n")


if __name__ == "__main__":
    main()
