"""An application that ends TLS itself: nothing is held back from anyone."""

from __future__ import annotations

import asyncio
import ssl
from pathlib import Path

from aiohttp import web

from bench.client import Client, connect
from bench.servers import make_certificate
from tests.patience import PATIENCE
from tests.transport.conftest import ORIGIN
from todo_service.app import create_application, open_repository

EACH = 64
"""Creates of each client: what the others hear of them is more than a socket takes at once."""


async def test_clients_that_fall_behind_over_tls_hear_everything_in_the_end(tmp_path: Path) -> None:
    certificate, key = make_certificate(tmp_path)
    secure = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    secure.load_cert_chain(certificate, key)
    app = create_application(await open_repository("memory:"), origins=[ORIGIN])
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=secure).start()
    trusting = ssl.create_default_context(cafile=certificate)
    trusting.check_hostname = False

    async with asyncio.timeout(PATIENCE):
        clients = await connect(runner.addresses[0][1], 8, secure=trusting)
        for client in clients:
            client.seen = []
        await asyncio.gather(*map(create, clients))
        others = EACH * (len(clients) - 1)
        await asyncio.gather(*(has_seen(client, others) for client in clients))

    for client in clients:
        client.close()
    await runner.cleanup()


async def create(client: Client) -> None:
    """Create todos, all in one write."""
    todo = {"title": "x" * 60, "completed": False}
    acks = await client.ask_all([("todo:create", todo)] * EACH)
    assert all("data" in ack for ack in acks)


async def has_seen(client: Client, count: int) -> None:
    """Wait until a client has heard so many events."""
    all_seen = asyncio.Event()

    def heard(_acks: int, _events: int) -> None:
        if len(client.seen or ()) >= count:
            all_seen.set()

    client.heard = heard
    heard(0, 0)
    await all_seen.wait()
