"""Servers of PostgreSQL: what is committed outlives every end, and replicas follow."""

from __future__ import annotations

import asyncio

import asyncpg
import pytest

from servers.pgbouncer import pgbouncer
from servers.postgres import Postgres
from tests.patience import PATIENCE

pytestmark = pytest.mark.slow


@pytest.fixture
async def server(own: Postgres) -> Postgres:
    await own.fetch("CREATE TABLE kept (title text)")
    return own


async def kept(server: Postgres) -> list[str]:
    return [row["title"] for row in await server.fetch("SELECT title FROM kept ORDER BY title")]


async def test_what_is_committed_outlives_a_stop_and_a_crash(server: Postgres) -> None:
    await server.fetch("INSERT INTO kept VALUES ('stop')")
    await server.stop()
    assert not server.alive()
    await server.start()
    await server.fetch("INSERT INTO kept VALUES ('crash')")
    await server.crash()
    assert not server.alive()
    await server.start()
    assert await kept(server) == ["crash", "stop"]


async def test_a_frozen_server_is_silent_and_goes_on_when_it_thaws(server: Postgres) -> None:
    server.freeze()
    insertion = asyncio.create_task(server.fetch("INSERT INTO kept VALUES ('frozen')"))
    done, _ = await asyncio.wait([insertion], timeout=0.5)
    server.thaw()
    async with asyncio.timeout(PATIENCE):
        await insertion
    assert not done
    assert await kept(server) == ["frozen"]


@pytest.mark.parametrize("synchronous", [False, True])
async def test_a_replica_follows_and_is_promoted(server: Postgres, synchronous: bool) -> None:
    await server.fetch("INSERT INTO kept VALUES ('before')")
    async with server.replica(synchronous=synchronous) as replica:
        await server.fetch("INSERT INTO kept VALUES ('after')")
        with pytest.raises(asyncpg.ReadOnlySQLTransactionError):
            await replica.fetch("INSERT INTO kept VALUES ('too early')")
        if not synchronous:
            await server.stop()  # it sends the rest first
        else:
            await server.crash()
        await replica.promote()
        await replica.fetch("INSERT INTO kept VALUES ('promoted')")
        assert await kept(replica) == ["after", "before", "promoted"]


async def test_nobody_waits_for_a_synchronous_replica_that_was_removed(server: Postgres) -> None:
    async with server.replica(synchronous=True):
        await server.fetch("INSERT INTO kept VALUES ('before')")
    await server.fetch("INSERT INTO kept VALUES ('after')")
    assert await kept(server) == ["after", "before"]


async def test_a_full_disk_refuses_writes_until_there_is_room(server: Postgres) -> None:
    insertion = "INSERT INTO kept SELECT 'kept' FROM generate_series(1, 50000)"
    await server.fetch(insertion)
    await server.fill_disk("postgres")
    with pytest.raises(asyncpg.PostgresError, match="could not extend file"):
        await server.fetch(insertion)
    await server.free_disk()
    await server.fetch(insertion)
    assert len(await kept(server)) == 100_000


async def test_a_setting_holds_without_a_restart(server: Postgres) -> None:
    await server.set(max_connections="60", log_min_messages="error")
    assert (await server.fetch("SHOW log_min_messages"))[0][0] == "error"


async def test_each_test_has_an_empty_database(database: str) -> None:
    connection = await asyncpg.connect(database)
    try:
        tables = await connection.fetch("SELECT 1 FROM pg_tables WHERE schemaname = 'public'")
    finally:
        await connection.close()
    assert tables == []


async def test_a_pooler_stands_in_front(server: Postgres) -> None:
    async with pgbouncer(server.port) as port:
        connection = await asyncpg.connect(
            f"postgresql://postgres@127.0.0.1:{port}/postgres", statement_cache_size=0
        )
        try:
            await connection.execute("INSERT INTO kept VALUES ('pooled')")
        finally:
            await connection.close()
    assert await kept(server) == ["pooled"]
