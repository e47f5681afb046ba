"""PostgreSQL for tests: one server of each version while they run, a new database for each test."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Iterator

import pytest

from servers.postgres import VERSIONS, Postgres, create


@pytest.fixture(scope="session", params=VERSIONS)
def postgres(request: pytest.FixtureRequest) -> Iterator[Postgres]:
    """Yield a server of each version, that every test leaves running."""
    server = asyncio.run(create(request.param))
    try:
        asyncio.run(server.start())
        yield server
    finally:
        server.remove()


@pytest.fixture
async def database(postgres: Postgres) -> str:
    """Return the URL of a database that is new and empty."""
    return await postgres.database(f"test_{uuid.uuid4().hex}")
