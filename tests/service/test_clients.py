"""Unmodified clients, from npm and from PyPI: two tabs, and a service that dies and is back."""

from __future__ import annotations

import asyncio
import json
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import socketio

from tests.conftest import ORIGIN, TRANSPORTS
from tests.patience import PATIENCE
from tests.people import Person
from tests.processes import ServiceProcess, running

TWO_TABS = Path(__file__).with_name("two_tabs.mjs")


class Host:
    """A service on one port and one file, that may be served again."""

    def __init__(self, file: Path) -> None:
        self._database = f"sqlite:///{file}"
        self._port = "0"

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[ServiceProcess]:
        """Serve until the end of the block, which comes without a warning to the service."""
        async with running("--port", self._port, "--database", self._database) as service:
            self._port = str(urlsplit(service.url).port)
            yield service


@pytest.mark.slow
@pytest.mark.parametrize("transports", ["polling websocket", "websocket", "polling"])
async def test_the_client_from_npm_finds_everything_again(tmp_path: Path, transports: str) -> None:
    host = Host(tmp_path / "todos.db")
    async with host.serving() as service:
        tabs = await asyncio.create_subprocess_exec(
            "node", TWO_TABS, service.url, *transports.split(), stdin=DEVNULL, stdout=PIPE
        )
        try:
            assert tabs.stdout is not None
            left = json.loads(await asyncio.wait_for(tabs.stdout.readline(), PATIENCE))
            await service.kill()
            async with host.serving():
                back = json.loads(await asyncio.wait_for(tabs.stdout.readline(), PATIENCE))
                code = await asyncio.wait_for(tabs.wait(), PATIENCE)
        finally:
            if tabs.returncode is None:
                tabs.kill()
                await tabs.wait()

    assert [todo["title"] for todo in left] == ["Buy milk", "Pay the rent 🏠"]
    assert back == [left, left]
    assert code == 0


@pytest.mark.slow
@pytest.mark.parametrize("transport", TRANSPORTS)
async def test_the_client_from_pypi_finds_everything_again(tmp_path: Path, transport: str) -> None:
    host = Host(tmp_path / "todos.db")
    async with host.serving() as service:
        ada, bob = [Person(_tab()) for _ in range(2)]
        for tab in (ada, bob):
            await tab.client.connect(
                service.url, headers={"Origin": ORIGIN}, transports=TRANSPORTS[transport]
            )
        left = await _do_all_five(ada, bob)
        back = [asyncio.create_task(_listed_after_return(tab)) for tab in (ada, bob)]
        await service.kill()
        async with host.serving():
            assert await asyncio.gather(*back) == [left, left]
            await ada.leave()
            await bob.leave()


def _tab() -> socketio.AsyncClient:
    return socketio.AsyncClient(reconnection_delay=0.1, reconnection_delay_max=0.2)


async def _do_all_five(ada: Person, bob: Person) -> list[Any]:
    milk = await ada.creates("Buy milk")
    assert (await bob.hears("todo:created"))["id"] == milk
    call = await bob.creates("Call Ada")
    assert (await ada.hears("todo:created"))["id"] == call

    ticked = {"id": milk, "title": "Buy milk", "completed": True}
    assert await bob.ask("todo:update", ticked) == ()
    assert await ada.hears("todo:updated") == ticked
    assert await ada.ask("todo:read", milk) == ({"data": ticked},)

    assert await ada.ask("todo:delete", call) == ()
    assert await bob.hears("todo:deleted") == call

    assert await ada.lists() == await bob.lists() == [ticked]
    return [ticked]


async def _listed_after_return(tab: Person) -> list[Any]:
    """Wait until the client has lost its connection and is back by itself; what it then lists."""
    connected = asyncio.Event()
    tab.client.on("connect", connected.set)
    await asyncio.wait_for(connected.wait(), PATIENCE)
    return await tab.lists()
