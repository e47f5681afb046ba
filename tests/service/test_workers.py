"""Two people whose sessions are with different workers of one machine, on PostgreSQL."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from tests.conftest import TRANSPORTS
from tests.patience import PATIENCE
from tests.people import Person
from tests.processes import ServiceProcess, running
from tests.workers.test_supervisor import pid_of

pytestmark = pytest.mark.slow


@pytest.fixture
async def service(database: str) -> AsyncIterator[ServiceProcess]:
    """Yield a service of two workers on a database that is new."""
    async with running("--database", database, "--workers", "2", "--node", "a") as service:
        yield service


@asynccontextmanager
async def seated(
    service: ServiceProcess, worker: str, transport: str = "upgraded"
) -> AsyncIterator[Person]:
    """Seat someone with a worker: the system chooses one, so try until it is this one."""
    async with asyncio.timeout(PATIENCE):
        person = await Person.at(service.url, TRANSPORTS[transport])
        while not person.client.eio.sid.startswith(f"a.{worker}."):
            await person.leave()
            person = await Person.at(service.url, TRANSPORTS[transport])
    try:
        yield person
    finally:
        await person.leave()


@pytest.mark.parametrize("transport", TRANSPORTS)
async def test_what_one_changes_the_other_sees(service: ServiceProcess, transport: str) -> None:
    async with (
        seated(service, "0", transport) as ada,
        seated(service, "1", transport) as bob,
    ):
        milk = await ada.creates("Buy milk")
        assert (await bob.hears("todo:created"))["id"] == milk
        bread = await bob.creates("Buy bread")
        assert (await ada.hears("todo:created"))["id"] == bread
        assert await bob.ask("todo:delete", milk) == ()
        assert await ada.hears("todo:deleted") == milk
        assert (
            await ada.lists()
            == await bob.lists()
            == [{"id": bread, "title": "Buy bread", "completed": False}]
        )


async def test_nothing_that_was_acknowledged_is_lost_with_a_worker(
    service: ServiceProcess,
) -> None:
    async with seated(service, "1") as bob:
        async with seated(service, "0") as ada:
            acked = [await ada.creates(f"{number}") for number in range(20)]
            os.kill(pid_of(service, "0"), signal.SIGKILL)
        for number in range(20):
            assert (await bob.hears("todo:created"))["title"] == f"{number}"
        assert [todo["id"] for todo in await bob.lists()] == acked
        await service.says("worker started again")
        async with seated(service, "0") as ada:
            assert await ada.lists() == await bob.lists()
            await ada.creates("Buy milk")
            assert (await bob.hears("todo:created"))["title"] == "Buy milk"
