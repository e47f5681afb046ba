"""`python -m fuzz`: send frames of nonsense to a served service, and see what is left of it.

Fails, and names the seed, when the service dies, logs a traceback, or keeps sessions, files or
memory. What it finds becomes a test.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import sys
from contextlib import suppress
from random import Random

from bench.client import UPGRADE, connect
from fuzz.frames import Nonsense
from served import Served, served

CLIENTS = 20
FRAMES_A_CONNECTION = 10
SETTLE = 30.0
"""Seconds that the service has to let a client in afterwards, and to close what is left."""
GROWTH = 30 * 1024
"""KiB that the service may have grown by."""


class Broken(Exception):
    """The service has not stood the nonsense; the message says what it did, and the seed."""


async def fuzz(service: Served, frames: int, seed: int) -> None:
    """Send frames from some clients at a time; raises `Broken`."""
    await visit(service, Nonsense(seed), FRAMES_A_CONNECTION * CLIENTS)
    (await connect(service.port, 1))[0].close()
    await asyncio.sleep(0.5)
    files, memory = service.files(), service.memory()
    seeds = Random(seed)  # noqa: S311  # has to be the same again
    shares = [frames // CLIENTS + 1] * CLIENTS
    await asyncio.gather(*(visit(service, Nonsense(seeds.getrandbits(32)), n) for n in shares))
    [survivor] = await asyncio.wait_for(connect(service.port, 1), SETTLE)
    await _settled(service, files)
    grown, left = service.memory() - memory, service.files() - files - 1
    wrong = {
        f"it has died with {service.process.returncode}": not service.alive(),
        f"{left} files are left open": left > 0,
        f"memory has grown by {grown} KiB": grown > GROWTH,
        service.tracebacks()[:2000]: service.tracebacks(),
    }
    if complaints := [complaint for complaint, true in wrong.items() if true]:
        raise Broken("\n".join([f"seed {seed}", *complaints]))
    survivor.close()
    print(json.dumps({"seed": seed, "frames": frames, "grown_kib": grown, "files": files}))


async def _settled(service: Served, files: int) -> None:
    """Wait until only the one connection that is still open is left."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + SETTLE
    while service.files() > files + 1 and loop.time() < deadline:
        await asyncio.sleep(0.1)


async def visit(service: Served, nonsense: Nonsense, frames: int) -> None:
    """Send frames over connections of all kinds, one after the other."""
    sent = 0
    while sent < frames:
        with suppress(ConnectionError, TimeoutError, asyncio.IncompleteReadError):
            async with asyncio.timeout(5):
                if nonsense.chance(0.6):
                    await _by_web_socket(service, nonsense)
                else:
                    await _by_polling(service, nonsense)
        sent += FRAMES_A_CONNECTION


async def _by_web_socket(service: Served, nonsense: Nonsense) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", service.port)
    try:
        writer.write(UPGRADE)
        if nonsense.chance(0.9):
            writer.write(b"\x81\x82\0\0\0\x0040")
        for _ in range(FRAMES_A_CONNECTION):
            writer.write(nonsense.frame())
            if nonsense.chance(0.3):
                await asyncio.sleep(0)
        await writer.drain()
        if nonsense.chance(0.7):
            await reader.readuntil(b"\r\n\r\n")
            with suppress(TimeoutError):
                async with asyncio.timeout(0.02):
                    await reader.read()
    finally:
        _leave(writer, nonsense)


async def _by_polling(service: Served, nonsense: Nonsense) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", service.port)
    try:
        writer.write(b"GET /socket.io/?EIO=4&transport=polling HTTP/1.1\r\nHost: x\r\n\r\n")
        await reader.readuntil(b"\r\n\r\n")
        opening = await reader.readuntil(b"}")
        sid = json.loads(opening[1:])["sid"]
        for _ in range(FRAMES_A_CONNECTION):
            writer.write(nonsense.request(sid))
            with suppress(TimeoutError):
                async with asyncio.timeout(0.02):
                    await reader.read(1000)
    finally:
        _leave(writer, nonsense)


def _leave(writer: asyncio.StreamWriter, nonsense: Nonsense) -> None:
    if nonsense.chance(0.5):
        writer.transport.abort()
    else:
        writer.close()


async def _run(frames: int, seed: int) -> None:
    async with served() as service:
        await fuzz(service, frames, seed)


def main() -> None:
    """Fuzz a service of its own."""
    parser = argparse.ArgumentParser(prog="python -m fuzz", description=__doc__)
    parser.add_argument("frames", type=int, nargs="?", default=100_000)
    parser.add_argument("--seed", type=int, default=Random().getrandbits(32))  # noqa: S311
    options = parser.parse_args()
    logging.getLogger("asyncio").setLevel(logging.CRITICAL)  # what it writes may be cut off
    try:
        asyncio.run(_run(options.frames, options.seed))
    except Broken as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
