"""The operators' page in a browser: who is connected, live, and disconnected by a click."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from tests.browser.test_reference import AXE, Reads, reads
from tests.conftest import ORIGIN
from tests.people import Person
from todo_service.app import create_admin, create_application, listen
from todo_service.repository import TodoRepository

__all__ = ["reads"]  # a fixture

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]


@pytest_asyncio.fixture(loop_scope="session")
async def served(todos: TodoRepository) -> AsyncIterator[tuple[str, str]]:
    """Yield a running service, and where its operators look at it."""
    app = create_application(todos, origins=[ORIGIN])
    runners = [await listen(app, "127.0.0.1", 0)]
    runners.append(await listen(create_admin(app), "127.0.0.1", 0, "admin"))
    url, admin = (f"http://127.0.0.1:{runner.addresses[0][1]}" for runner in runners)
    yield url, admin
    for runner in reversed(runners):
        await runner.cleanup()


async def test_it_shows_who_comes_what_they_do_and_who_goes(
    reads: Reads, served: tuple[str, str]
) -> None:
    url, admin = served
    page = await reads(f"{admin}/")
    rows = page.locator("#sessions tr")
    await expect(rows).to_have_count(0)
    ada, bob = await Person.at(url, ["websocket"]), await Person.at(url, ["polling"])
    await expect(rows).to_have_count(2)
    hers = rows.filter(has_text=ada.client.get_sid())
    await expect(hers).to_contain_text("websocket")
    await expect(rows.filter(has_text=bob.client.get_sid())).to_contain_text("polling")
    await ada.creates("Buy milk")
    await expect(page.locator("#facts div", has_text="log position")).to_contain_text("0")

    await page.get_by_role("searchbox").fill(bob.client.get_sid())
    await expect(rows).to_have_count(1)
    await page.get_by_role("searchbox").fill("")
    await expect(rows).to_have_count(2)

    await hers.get_by_role("button", name="Disconnect").click()
    await expect(page.get_by_role("status")).to_have_text("Disconnected 127.0.0.1.")
    await expect(rows).to_have_count(1)
    await bob.leave()
    await expect(rows).to_have_count(0)
    await ada.leave()


async def test_it_shows_what_was_rejected_and_that_the_service_is_away(
    browser: Browser, served: tuple[str, str]
) -> None:
    url, admin = served
    page = await browser.new_page()
    await page.goto(f"{admin}/")
    await expect(page.locator("#none")).to_be_visible()
    answer = await page.request.get(f"{url}/socket.io/?EIO=3&transport=polling")
    assert answer.status == 400
    await expect(page.locator("#rejected")).to_contain_text("Unsupported protocol version")
    await page.context.set_offline(True)
    await expect(page.get_by_role("status")).to_have_text("The service does not answer.")
    await page.context.set_offline(False)
    await expect(page.get_by_role("status")).to_have_text("")
    await page.close()


@pytest.mark.parametrize(("dark", "width"), [(False, 1200), (True, 1200), (False, 360)])
async def test_everyone_can_use_it(
    reads: Reads, served: tuple[str, str], dark: bool, width: int, tmp_path: Path
) -> None:
    url, admin = served
    ada = await Person.at(url, ["websocket"])
    page = await reads(f"{admin}/", dark=dark, width=width)
    await page.request.get(f"{url}/socket.io/?EIO=3&transport=polling")
    await expect(page.locator("#sessions tr")).to_have_count(1)
    await expect(page.locator("#rejected tr")).to_have_count(1)
    await expect(page.locator("html")).to_have_attribute("data-theme", "dark" if dark else "light")
    source = AXE.read_text("utf-8")
    # Not as a script of the page, which its policy forbids.
    session = await page.context.new_cdp_session(page)
    await session.send("Page.setBypassCSP", {"enabled": True})
    await page.evaluate(source)
    found = await page.evaluate("axe.run().then((all) => all.violations.map((one) => one.id))")
    assert found == []
    wider = await page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert wider <= 0
    await page.screenshot(path=tmp_path / "page.png")
    await ada.leave()
