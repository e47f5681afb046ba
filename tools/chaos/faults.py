"""Faults: each is done to a world, lasts a while, and is over when its function returns."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import Awaitable, Callable
from random import Random
from typing import TypeAlias

from .nodes import PATIENCE
from .world import DATABASE, World

Fault: TypeAlias = Callable[[World, Random], Awaitable[str]]
"""Returns what it was done to."""


async def node_killed(world: World, random: Random) -> str:
    """Kill a node, and start it again after a while."""
    node = random.choice(world.nodes)
    await node.kill()
    await asyncio.sleep(random.uniform(0, 2))
    await node.start()
    return node.name


async def node_stopped(world: World, random: Random) -> str:
    """Stop a node where it is, and let it go on."""
    node = random.choice(world.nodes)
    await node.freeze(random.uniform(0.5, 4))
    return node.name


async def worker_killed(world: World, random: Random) -> str:
    """Kill a worker of the node that has some; its supervisor starts another."""
    node = max(world.nodes, key=lambda node: node.workers)
    _, *workers = node.processes()
    if not workers:
        return "no node has workers"
    os.kill(random.choice(workers), signal.SIGKILL)
    async with asyncio.timeout(PATIENCE):
        while len(node.processes()) <= len(workers) or set(workers) <= {*node.processes()}:
            await asyncio.sleep(0.05)
    await node.ready()
    return node.name


async def rolling_deploy(world: World, random: Random) -> str:
    """Replace one node after the other."""
    for node in random.sample(world.nodes, len(world.nodes)):
        await node.stop()
        await node.start()
    return "every node"


async def backend_killed(world: World, random: Random) -> str:
    """Kill the database's end of some connections."""
    pids = [
        row[0]
        for row in await world.server.fetch(
            "SELECT pid FROM pg_stat_activity WHERE application_name = 'todo-service' ORDER BY pid"
        )
    ]
    some = random.sample(pids, random.randint(1, len(pids))) if pids else []
    await world.server.fetch("SELECT pg_terminate_backend(pid) FROM unnest($1::int[]) pid", some)
    return f"{len(some)} of {len(pids)} connections"


async def database_crashed(world: World, random: Random) -> str:
    """Kill all of PostgreSQL, and start it again."""
    await world.server.crash()
    await asyncio.sleep(random.uniform(0, 1))
    await world.server.start()
    return "PostgreSQL"


async def database_stopped(world: World, random: Random) -> str:
    """Stop PostgreSQL for longer than acks may wait."""
    await world.server.stop()
    await asyncio.sleep(random.uniform(1, 4))
    await world.server.start()
    return "PostgreSQL"


async def database_restarted(world: World, _: Random) -> str:
    """Stop PostgreSQL, and start it at once."""
    await world.server.restart()
    return "PostgreSQL"


async def database_frozen(world: World, random: Random) -> str:
    """Stop PostgreSQL's processes where they are, and let them go on."""
    world.server.freeze()
    await asyncio.sleep(random.uniform(0.5, 4))
    world.server.thaw()
    return "PostgreSQL"


async def black_holed(world: World, random: Random) -> str:
    """Let nothing through between some nodes and the database, without an end of connections."""
    nodes = random.sample(world.nodes, random.randint(1, len(world.nodes)))
    for node in nodes:
        node.link.hold()
    await asyncio.sleep(random.uniform(0.5, 4))
    for node in nodes:
        node.link.release()
    return ", ".join(node.name for node in nodes)


async def reset(world: World, random: Random) -> str:
    """Reset some nodes' connections, a few times."""
    nodes = random.sample(world.nodes, random.randint(1, len(world.nodes)))
    for _ in range(random.randint(1, 4)):
        for node in nodes:
            node.link.reset()
        await asyncio.sleep(random.uniform(0.05, 0.5))
    return ", ".join(node.name for node in nodes)


async def reply_lost(world: World, random: Random) -> str:
    """Lose the database's replies, each with its connection: what was asked has been done."""
    nodes = random.sample(world.nodes, random.randint(1, len(world.nodes)))
    until = time.monotonic() + random.uniform(1, 3)
    lost = 0
    while time.monotonic() < until:
        for node in nodes:
            lost += node.link.lose == 0
            node.link.lose = 1
        await asyncio.sleep(random.uniform(0.1, 0.4))
    for node in nodes:
        node.link.lose = 0
    return f"{', '.join(node.name for node in nodes)}: {lost} replies"


async def delayed(world: World, random: Random) -> str:
    """Slow some links down."""
    nodes = random.sample(world.nodes, random.randint(1, len(world.nodes)))
    for node in nodes:
        node.link.delay = random.uniform(0.02, 0.2)
    await asyncio.sleep(random.uniform(1, 4))
    for node in nodes:
        node.link.delay = 0
    return ", ".join(node.name for node in nodes)


async def notify_suppressed(world: World, random: Random) -> str:
    """Drop all notifications to some nodes."""
    nodes = random.sample(world.nodes, random.randint(1, len(world.nodes)))
    before = sum(node.link.muted for node in nodes)
    for node in nodes:
        node.link.mute = True
    await asyncio.sleep(random.uniform(1, 4))
    for node in nodes:
        node.link.mute = False
    dropped = sum(node.link.muted for node in nodes) - before
    return f"{', '.join(node.name for node in nodes)}: {dropped} notifications"


async def log_truncated(world: World, random: Random) -> str:
    """Empty the log while a node is cut off from it."""
    began = time.monotonic()
    node = random.choice(world.nodes)
    node.link.hold()
    await asyncio.sleep(random.uniform(0.5, 3))
    await world.tail.truncate()
    node.link.release()
    world.may_jump(began)
    return node.name


async def disk_full(world: World, random: Random) -> str:
    """Let the database's files grow no further."""
    said = len(world.server.log)
    await world.server.fill_disk(DATABASE)
    await asyncio.sleep(random.uniform(2, 4))
    await world.server.free_disk()
    refused = world.server.log[said:].count("could not extend file")
    return f"PostgreSQL: {refused} writes refused"


async def promoted(world: World, _: Random) -> str:
    """Kill the database under load, and promote its synchronous replica."""
    began = time.monotonic()
    replica = await world.stack.enter_async_context(world.server.replica(synchronous=True))
    await asyncio.sleep(1)
    await world.server.crash()
    await replica.promote()
    await world.turn_to(replica)
    world.may_jump(began)
    return "PostgreSQL"


async def promoted_behind(world: World, random: Random) -> str:
    """Kill the database under load, and promote a replica that was away when it wrote last."""
    began = time.monotonic()
    replica = await world.stack.enter_async_context(world.server.replica())
    await asyncio.sleep(0.5)
    away = time.monotonic()
    await replica.crash()
    await asyncio.sleep(random.uniform(0.2, 1))
    for link in [*world.links, world.pooler]:
        link.hold()
    await asyncio.sleep(0.3)  # what has arrived is committed, and its reply held
    await world.tail.catch_up()
    await world.server.crash()
    await replica.start()
    await replica.promote()
    lacking = await world.turn_to(replica)
    for link in [*world.links, world.pooler]:
        link.release()
    world.may_lose(away)
    world.may_jump(began)
    return f"PostgreSQL, without {lacking} changes"


FAULTS: dict[str, Fault] = {
    fault.__name__.replace("_", "-"): fault
    for fault in (
        node_killed,
        node_stopped,
        worker_killed,
        rolling_deploy,
        backend_killed,
        database_crashed,
        database_stopped,
        database_restarted,
        database_frozen,
        black_holed,
        reset,
        reply_lost,
        delayed,
        notify_suppressed,
        log_truncated,
        disk_full,
        promoted,
        promoted_behind,
    )
}

ENDING = {"node-killed", "worker-killed", "rolling-deploy"}
"""Faults that end processes, so that what they take can't be watched for long."""
