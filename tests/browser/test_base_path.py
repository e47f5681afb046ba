"""Below a path: the page and the reference find the service beside themselves."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from tests.browser.conftest import Open
from tests.processes import running

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]


@pytest_asyncio.fixture(loop_scope="session")
async def below() -> AsyncIterator[str]:
    """Yield a service below a path."""
    async with running("--database", "memory:", "--base-path", "/all/todos") as service:
        yield service.url


async def test_the_page_works_below_a_path(opens: Open, below: str) -> None:
    ada, bob = await opens(below), await opens(f"{below}/#/active")
    await ada.writes("Buy milk")
    await bob.sees("Buy milk")


async def test_the_reference_tries_events_below_a_path(browser: Browser, below: str) -> None:
    context = await browser.new_context()
    page = await context.new_page()
    await page.goto(f"{below}/docs")
    await expect(page.locator("#server")).to_have_value(below)
    await page.get_by_role("button", name="Connect").click()
    await expect(page.get_by_role("group", name="Client A").get_by_role("status")).to_have_text(
        "connected to /"
    )
    await page.get_by_role("button", name="Disconnect").click()
    await page.fill("#server", "localhost:3000")
    await page.get_by_role("button", name="Connect").click()
    await expect(page.get_by_role("group", name="Client A").get_by_role("status")).to_contain_text(
        "the server is not a URL"
    )
    await context.close()
