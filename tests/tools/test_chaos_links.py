"""The proxy of `make chaos`, between a real client and a real PostgreSQL."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest

from chaos.links import Link
from servers.postgres import Postgres
from tests.patience import PATIENCE

pytestmark = pytest.mark.slow


@pytest.fixture
async def link(postgres: Postgres) -> AsyncIterator[Link]:
    async with Link(postgres.port) as link:
        yield link


@pytest.fixture
async def connection(link: Link) -> AsyncIterator[Any]:
    connection = await connected(link)
    yield connection
    connection.terminate()


async def connected(link: Link) -> Any:
    url = f"postgresql://postgres@127.0.0.1:{link.port}/postgres"
    return await asyncpg.connect(url, timeout=PATIENCE, command_timeout=PATIENCE)


async def test_it_forwards(connection: Any) -> None:
    assert await connection.fetchval("SELECT repeat('x', 1000000)") == "x" * 1_000_000


async def test_a_black_hole_holds_what_is_sent_and_forwards_it_later(
    link: Link, connection: Any
) -> None:
    link.hold()
    asked = asyncio.create_task(connection.fetchval("SELECT 1"))
    other = asyncio.create_task(connected(link))
    done, _ = await asyncio.wait([asked, other], timeout=0.3)
    link.release()
    async with asyncio.timeout(PATIENCE):
        assert await asked == 1
        (await other).terminate()
    assert not done


async def test_a_reset_ends_every_connection(link: Link, connection: Any) -> None:
    asked = asyncio.create_task(connection.fetchval("SELECT pg_sleep(1000)"))
    await asyncio.sleep(0)
    assert link.reset() == 1
    with pytest.raises((asyncpg.PostgresConnectionError, OSError)):
        await asked


async def test_a_delay_is_that_of_each_way(link: Link, connection: Any) -> None:
    link.delay = 0.1
    began = time.monotonic()
    assert await connection.fetchval("SELECT 1") == 1
    assert time.monotonic() - began >= 0.2


async def test_notifications_are_dropped_and_nothing_else(link: Link, connection: Any) -> None:
    heard: list[str] = []
    await connection.add_listener("news", lambda *args: heard.append(args[3]))
    link.mute = True
    await connection.execute("NOTIFY news, 'muted'")
    link.mute = False
    await connection.execute("NOTIFY news, 'heard'")
    assert await connection.fetchval("SELECT 1") == 1
    assert (heard, link.muted) == (["heard"], 1)


async def test_a_lost_reply_is_to_what_was_done(
    link: Link, connection: Any, postgres: Postgres
) -> None:
    await connection.execute("CREATE SEQUENCE asked")
    link.lose = 1
    with pytest.raises((asyncpg.PostgresConnectionError, OSError)):
        await connection.fetchval("SELECT nextval('asked')")
    assert (await postgres.fetch("SELECT last_value, is_called FROM asked"))[0] == (1, True)
    assert link.lose == 0
    await postgres.fetch("DROP SEQUENCE asked")


async def test_another_server_takes_over(link: Link, postgres: Postgres) -> None:
    link.target = 1  # nothing listens there
    with pytest.raises((asyncpg.PostgresConnectionError, OSError)):
        await connected(link)
    link.target = postgres.port
    (await connected(link)).terminate()
