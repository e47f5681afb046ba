"""Prometheus's own programs, as Debian has them."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp

from servers.ports import free_port
from tests.patience import PATIENCE
from tests.processes import launched, listening


def program(name: str) -> str:
    """Find a program; fails with what to install."""
    found = shutil.which(name)
    assert found, f"{name} is missing: apt-get install prometheus"
    return found


@asynccontextmanager
async def prometheus(folder: Path) -> AsyncIterator[str]:
    """Run Prometheus on a folder's `prometheus.yml` and `data`; inside, it answers at this URL."""
    port = free_port()
    options = (
        f"--config.file={folder}/prometheus.yml",
        f"--storage.tsdb.path={folder}/data",
        f"--web.listen-address=127.0.0.1:{port}",
    )
    async with launched(*options, program=(program("prometheus"),)):
        await listening(port)
        url = f"http://127.0.0.1:{port}"
        async with aiohttp.ClientSession() as web, asyncio.timeout(PATIENCE):
            while not await _ready(web, url):  # noqa: ASYNC110  # it tells nobody
                await asyncio.sleep(0.1)
        yield url


async def _ready(web: aiohttp.ClientSession, url: str) -> bool:
    """Tell whether it has read its storage, as it has some time after it listens."""
    async with web.get(f"{url}/-/ready") as response:
        return response.status == 200
