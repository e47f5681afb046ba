"""A client that polls first gets its list, however long it is and whenever it asks for it."""

from __future__ import annotations

import asyncio
import json
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import uuid4

import pytest

from tests.conftest import serving
from tests.patience import PATIENCE
from todo_service.app import IN_MEMORY, open_repository

FIRST_LIST = Path(__file__).with_name("first_list.mjs")


@asynccontextmanager
async def serving_many(count: int, length: int) -> AsyncIterator[str]:
    """Serve a list of `count` todos whose titles have `length` characters."""
    todos = await open_repository(IN_MEMORY)
    for number in range(count):
        title = f"{number} ".ljust(length, "x")
        await todos.add({"id": str(uuid4()), "title": title, "completed": False})
    async with serving(todos) as url:
        yield url


@pytest.mark.slow
@pytest.mark.parametrize("moment", ["connect", "upgrading", "upgrade"])
@pytest.mark.parametrize(
    ("count", "length"), [(1_000, 20), (2_500, 50), (20_000, 50), (70_000, 200)]
)
async def test_the_official_client_gets_its_list(moment: str, count: int, length: int) -> None:
    async with serving_many(count, length) as url, asyncio.timeout(2 * PATIENCE):
        for _ in range(3):
            page = await asyncio.create_subprocess_exec(
                "node", FIRST_LIST, url, moment, stdin=DEVNULL, stdout=PIPE
            )
            said, _ = await page.communicate()
            assert json.loads(said) == {"todos": count, "heard": "Sleep"}
            count += 1
