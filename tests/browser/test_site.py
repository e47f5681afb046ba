"""The documentation as a site: built as `make site` does, and read in a browser."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from tests.docs.pages import ROOT
from tests.files import served

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]


@pytest.fixture
def site(tmp_path: Path) -> Iterator[str]:
    """Build the site, and yield where it is served."""
    command = [sys.executable, "-m", "website", "--out", str(tmp_path)]
    run = subprocess.run(
        command, cwd=ROOT, env={"PYTHONPATH": "tools"}, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr
    with served(tmp_path / "html") as url:
        yield url


async def test_ada_finds_a_key_and_an_event_by_the_search(browser: Browser, site: str) -> None:
    async with await browser.new_context() as context:
        page = await context.new_page()
        asked: list[str] = []
        complaints: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))

        await page.goto(f"{site}/index.html")
        await page.get_by_role("button", name="Search").click()
        await page.get_by_placeholder("Search").fill("idempotencyKey")
        found = page.get_by_role("link").filter(has=page.get_by_role("heading", level=2))
        await found.filter(has_text="x-socketio").first.click()
        await expect(page.get_by_role("heading", level=1)).to_contain_text("x-socketio")

        await page.get_by_role("button", name="Search").click()
        await page.get_by_placeholder("Search").fill("todo:created")
        await found.filter(has_text="Events of Todo service").first.click()
        await page.get_by_role("link", name="todoCreated in the reference").click()
        await expect(page.locator("#todoCreated")).to_be_in_viewport()

        assert complaints == []
        assert {url for url in asked if not url.startswith((site, "blob:", "data:"))} == set()
