"""The page at a mock of its contract: it can't tell the difference."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from asyncapi_socketio.cli.sources import contract
from asyncapi_socketio.mock.service import MockService
from asyncapi_socketio.transport import listen
from tests.browser.conftest import Open
from tests.browser.screen import Screen
from todo_service import page

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]


@pytest_asyncio.fixture(loop_scope="session")
async def url() -> AsyncIterator[str]:
    """Yield a mock that serves the page too."""
    app = MockService(contract("asyncapi.yaml"), say=lambda _: None).application([])
    app.add_routes(page.routes())
    runner = await listen(app, "127.0.0.1", 0)
    yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()


async def test_what_one_does_the_other_sees(ada: Screen, bob: Screen) -> None:
    await ada.writes("Buy milk")
    await ada.writes("Call Ada")
    await bob.sees("Buy milk", "Call Ada")
    await bob.toggles("Buy milk")
    await ada.sees_done("Buy milk")
    await ada.edits("Call Ada", "Call Bob")
    await bob.sees("Buy milk", "Call Bob")
    await bob.deletes("Buy milk")
    await ada.sees("Call Bob")


async def test_who_comes_later_finds_everything(ada: Screen, opens: Open, url: str) -> None:
    await ada.writes("Buy milk")
    await ada.toggles("Buy milk")
    await ada.sees_done("Buy milk")
    bob = await opens(url)
    await bob.sees("Buy milk")
    await bob.sees_done("Buy milk")
