"""PostgreSQL for tests: servers that stay while they run, and an empty database for each."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager

import pytest

from servers.postgres import VERSIONS, Postgres, create

DATABASE = "postgres"

END_OTHERS = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
)
EMPTY = (
    END_OTHERS,
    "DROP SCHEMA public CASCADE",
    "CREATE SCHEMA public AUTHORIZATION pg_database_owner",
    "GRANT USAGE ON SCHEMA public TO PUBLIC",
)
"""What leaves a database as a new one is, in a tenth of the time that a new one takes."""


@contextmanager
def started(version: str) -> Iterator[Postgres]:
    """Run a server while the tests run; what it has written outlives it, but not the machine."""
    server = asyncio.run(create(version, fsync="off"))
    try:
        asyncio.run(server.start())
        yield server
    finally:
        server.remove()


async def emptied(server: Postgres) -> None:
    """Leave a server's first database as a new one is."""
    for statement in EMPTY:
        await server.fetch(statement)


@pytest.fixture(scope="session", params=VERSIONS)
def postgres(request: pytest.FixtureRequest) -> Iterator[Postgres]:
    """Yield a server of each version, that every test leaves running."""
    with started(request.param) as server:
        yield server


@pytest.fixture
async def database(postgres: Postgres) -> AsyncIterator[str]:
    """Yield the URL of a database that is empty, and nobody else's meanwhile."""
    yield postgres.url
    await emptied(postgres)


@pytest.fixture(
    scope="session", params=["15", pytest.param("18", marks=pytest.mark.thorough)]
)  # chaos has an 18
def mortal(request: pytest.FixtureRequest) -> Iterator[Postgres]:
    """Yield a server that may end, and is started again."""
    with started(request.param) as server:
        yield server


@pytest.fixture
async def own(mortal: Postgres) -> AsyncIterator[Postgres]:
    """Yield an empty server that the test may stop, crash and freeze."""
    yield mortal
    mortal.thaw()
    if not mortal.alive():
        await mortal.start()
    await mortal.set(synchronous_standby_names="")
    await emptied(mortal)
