"""What developers of the page run: `npm test`, and `npm start` beside a service on port 3000."""

from __future__ import annotations

import asyncio
import fcntl
import json
import os
import re
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress

import pytest

from tests.browser.chromium import ROOT
from tests.browser.conftest import Open, launched
from tests.browser.screen import Screen
from tests.conftest import ORIGIN
from tests.generate.test_cases import run
from tests.processes import running

ANGULAR = ROOT / "clients" / "angular"
BUILDS_WITHIN = 900.0
"""Seconds for a test that builds the page, and may wait for another that does."""
STARTS_WITHIN = 120.0
"""Seconds after which a development server that has not started counts as hanging."""


@pytest.fixture
def alone() -> Iterator[None]:
    """One Angular build at a time, whichever process of the tests wants it."""
    with (ANGULAR / "angular.json").open() as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@asynccontextmanager
async def developing() -> AsyncIterator[str]:
    """Run `npm start` on a free port; gives the page's URL."""
    process = await asyncio.create_subprocess_exec(
        *("npm", "start", "--", "--port", "0"),
        cwd=ANGULAR,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        start_new_session=True,
    )
    assert process.stdout is not None
    try:
        said = b""
        async with asyncio.timeout(STARTS_WITHIN):
            while not (url := re.search(rb"http://localhost:\d+", said)):
                line = await process.stdout.readline()
                assert line, f"ended with {said.decode()}"
                said += line
        yield url[0].decode()
    finally:
        with suppress(ProcessLookupError):  # it has ended, and that was said
            os.killpg(process.pid, signal.SIGKILL)  # npm, its shell and the server
        await process.wait()


@pytest.mark.slow
@pytest.mark.timeout(BUILDS_WITHIN)
def test_its_unit_specs_hold(alone: None) -> None:
    result = run("npm", "test", cwd=ANGULAR)
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.slow
@pytest.mark.timeout(BUILDS_WITHIN)
@pytest.mark.asyncio(loop_scope="session")
async def test_it_can_be_developed_beside_a_service_on_port_3000(alone: None, opens: Open) -> None:
    async with developing() as page, running("--database", "memory:", "--origin", page) as service:
        port = service.url.rpartition(":")[2]
        async with launched(
            f"--host-resolver-rules=MAP localhost:3000 127.0.0.1:{port}"
        ) as browser:
            ada, bob = await Screen.at(browser, page), await opens(service.url)
            await ada.writes("Buy milk")
            await bob.sees("Buy milk")
            await bob.toggles("Buy milk")
            await ada.sees_done("Buy milk")
            await ada.leave()


def test_it_is_developed_where_the_service_lets_it_in() -> None:
    workspace = json.loads((ANGULAR / "angular.json").read_text("utf-8"))
    (project,) = workspace["projects"].values()
    port = project["architect"]["serve"]["options"]["port"]
    assert f"http://localhost:{port}" == ORIGIN
