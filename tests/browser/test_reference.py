"""The reference page in a browser: offline from a file, and trying events on the service."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import TypeAlias

import pytest
import pytest_asyncio
from playwright.async_api import Browser, ConsoleMessage, Page, expect

ROOT = Path(__file__).parent.parent.parent
FILE = ROOT / "src/todo_service/generated/reference.html"
AXE = ROOT / "node_modules/axe-core/axe.min.js"

Reads: TypeAlias = Callable[..., Awaitable[Page]]

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]


@pytest_asyncio.fixture(loop_scope="session")
async def reads(browser: Browser) -> AsyncIterator[Reads]:
    """Open the page at a URL; nothing may complain in its console, or be fetched elsewhere."""
    complaints: list[str] = []

    def listen(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            complaints.append(message.text)

    async with AsyncExitStack() as stack:

        async def open_page(url: str, *, dark: bool = False, width: int = 1200) -> Page:
            context = await browser.new_context(
                color_scheme="dark" if dark else "light",
                viewport={"width": width, "height": 800},
                reduced_motion="reduce",
            )
            stack.push_async_callback(context.close)
            page = await context.new_page()
            page.on("console", listen)
            page.on("pageerror", lambda error: complaints.append(str(error)))
            await page.goto(url)
            return page

        yield open_page
    assert complaints == []


async def test_the_file_opens_offline_and_asks_for_nothing(reads: Reads) -> None:
    page = await reads("about:blank")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    await page.context.set_offline(True)
    await page.goto(FILE.as_uri())
    await expect(page.get_by_role("heading", level=1)).to_have_text("Todo service")
    assert asked == [FILE.as_uri()]


async def test_search_leaves_what_has_the_words(reads: Reads) -> None:
    page = await reads(FILE.as_uri())
    await page.keyboard.press("/")
    await page.keyboard.type("deletion durable")
    await expect(page.locator("article:visible h3").first).to_contain_text("todo:delete")
    await expect(page.locator("#found")).to_have_text("2 found")
    await expect(page.locator("nav li:visible")).to_have_count(2)
    await page.get_by_role("searchbox").fill("")
    await expect(page.locator("#createTodo")).to_be_visible()


async def test_dark_is_as_the_system_says_until_someone_chooses(reads: Reads) -> None:
    page = await reads(FILE.as_uri(), dark=True)
    root = page.locator("html")
    await expect(root).to_have_attribute("data-theme", "dark")
    await page.get_by_role("button", name="Dark").click()
    await expect(root).to_have_attribute("data-theme", "light")
    await page.reload()
    await expect(root).to_have_attribute("data-theme", "light")


async def test_every_link_leads_somewhere_on_the_page(reads: Reads) -> None:
    page = await reads(FILE.as_uri())
    lost = await page.evaluate(
        "[...document.links].map((a) => a.hash).filter((hash) => !document.querySelector(hash))"
    )
    assert lost == []


@pytest.mark.parametrize(("dark", "width"), [(False, 1200), (True, 1200), (False, 360)])
async def test_everyone_can_use_it(reads: Reads, dark: bool, width: int) -> None:
    page = await reads(FILE.as_uri(), dark=dark, width=width)
    await page.evaluate(AXE.read_text("utf-8"))
    found = await page.evaluate("axe.run().then((all) => all.violations.map((one) => one.id))")
    assert found == []
    wider = await page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert wider <= 0


async def test_two_people_try_events_on_the_service(reads: Reads, url: str) -> None:
    ada, bob = await reads(f"{url}/docs"), await reads(f"{url}/docs")
    for page in (ada, bob):
        await page.get_by_role("button", name="Connect").click()
        await expect(page.get_by_text("connected to /", exact=True)).to_be_visible()
    await ada.get_by_role("button", name="Try todo:create").click()
    await ada.get_by_role("button", name="Emit").click()
    await expect(ada.locator("#ack")).to_contain_text('"data": "')
    await expect(bob.locator("#heard li").first).to_contain_text("todo:created")
    await expect(bob.locator("#heard li").first).to_contain_text("Buy milk")
    await expect(ada.locator("#heard li")).to_have_count(0)


async def test_a_refusal_is_shown_and_what_is_no_json_is_not_sent(reads: Reads, url: str) -> None:
    ada = await reads(f"{url}/docs")
    await ada.get_by_role("button", name="Emit").click()
    await expect(ada.locator("#status")).to_contain_text("press Connect first")
    await ada.get_by_role("button", name="Connect").click()
    await expect(ada.get_by_text("connected to /", exact=True)).to_be_visible()
    await ada.get_by_role("button", name="Try todo:create").click()
    await ada.get_by_label("Argument (JSON)").fill('{"title": "<b>"}')
    await ada.get_by_role("button", name="Emit").click()
    await expect(ada.locator("#ack")).to_contain_text('"error": "invalid payload"')
    await ada.get_by_label("Argument (JSON)").fill("{")
    await ada.get_by_role("button", name="Emit").click()
    await expect(ada.locator("#status")).to_contain_text("the payload is no JSON")
