"""Without a network: the page opens all the same, and sends later what is wanted, only once."""

from __future__ import annotations

import asyncio
import json
import struct
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession
from playwright.async_api import (
    Browser,
    BrowserContext,
    Page,
    Playwright,
    WebSocketRoute,
    async_playwright,
    expect,
)

from tests.browser.chromium import ROOT
from tests.browser.conftest import headless
from tests.browser.screen import Screen
from tests.patience import PATIENCE
from tests.people import Person
from tests.processes import running

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]

PUBLIC = ROOT / "clients" / "angular" / "public"

WORKS = "navigator.serviceWorker.ready.then(({ active: { state } }) => state)"

KEEPS = """
async (count) => {
  const kept = () => new Promise((resolve) => {
    indexedDB.open("todos of /").onsuccess = ({ target: { result: database } }) => {
      database.transaction("changes").objectStore("changes").getAll().onsuccess = ({ target }) => {
        database.close();
        resolve(target.result.flat().length);
      };
    };
  });
  while (await kept() !== count) await new Promise((later) => setTimeout(later, 50));
}
"""
"""Ends when the browser keeps so many changes of all its pages."""

ICON = """<!doctype html>
<style>
  body {{ margin: 0; background: {background} }}
  svg {{ display: block; padding: {padding}px }}
</style>
{svg}
"""


async def keeps(screen: Screen, count: int) -> None:
    """Wait until the browser keeps so many changes."""
    async with asyncio.timeout(PATIENCE):
        await screen.page.evaluate(KEEPS, count)


async def titles(url: str) -> list[str]:
    """Return what the service holds."""
    eve = await Person.at(url)
    held = [todo["title"] for todo in await eve.lists()]
    await eve.leave()
    return held


async def another_tab(screen: Screen, url: str) -> Screen:
    """Open the page once more in the same browser."""
    tab = Screen(screen.context, await screen.context.new_page())
    await tab.page.goto(url)
    await expect(tab.new).to_be_visible()
    return tab


async def is_served_by_its_worker(page: Page) -> None:
    """Wait until the service worker has kept the page."""
    await page.evaluate(WORKS)
    await page.reload()
    assert await page.evaluate("navigator.serviceWorker.controller !== null")


async def test_a_reload_without_a_network_shows_the_list_and_what_waits(
    ada: Screen, bob: Screen
) -> None:
    await ada.writes("Buy milk")
    await ada.writes("Call Ada")
    await bob.sees("Buy milk", "Call Ada")
    await is_served_by_its_worker(ada.page)
    await ada.sees("Buy milk", "Call Ada")
    await ada.goes_offline()
    await ada.writes("Sleep")
    await ada.toggles("Sleep")
    await ada.edits("Buy milk", "Buy tea")
    await ada.deletes("Call Ada")
    await keeps(ada, 4)
    await ada.page.reload()
    await ada.sees("Buy tea", "Sleep")
    await ada.sees_done("Sleep")
    await expect(ada.status).to_have_text("Offline: 4 changes wait")
    await bob.sees("Buy milk", "Call Ada")
    await ada.goes_online()
    for screen in (ada, bob):
        await screen.sees("Buy tea", "Sleep")
        await screen.sees_done("Sleep")
    await keeps(ada, 0)


async def test_two_tabs_send_what_each_wanted_once(ada: Screen, bob: Screen, url: str) -> None:
    await is_served_by_its_worker(ada.page)
    other = await another_tab(ada, url)
    await ada.goes_offline()
    await expect(other.status).to_have_text("Offline")
    await ada.writes("Of one tab")
    await other.writes("Of the other")
    await keeps(ada, 2)
    await other.page.reload()
    await ada.page.reload()
    await ada.context.set_offline(False)
    for screen in (bob, ada, other):
        await expect(screen.rows).to_have_count(2)
    await keeps(ada, 0)
    assert sorted(await titles(url)) == ["Of one tab", "Of the other"]


async def test_a_tab_sends_what_a_closed_one_wanted(ada: Screen, bob: Screen, url: str) -> None:
    other = await another_tab(ada, url)
    await ada.goes_offline()
    await other.writes("Buy milk")
    await keeps(ada, 1)
    await other.page.close()
    await ada.goes_online()
    await bob.sees("Buy milk")
    await keeps(ada, 0)
    assert await titles(url) == ["Buy milk"]


async def test_what_was_sent_without_an_ack_is_there_once_after_a_reload(
    ada: Screen, bob: Screen, url: str
) -> None:
    await ada.page.route_web_socket("**/socket.io/**", _swallow_acks)
    await ada.page.reload()
    await ada.is_online()
    await ada.writes("Buy milk")
    await bob.sees("Buy milk")
    await keeps(ada, 1)
    await ada.page.unroute_all()
    again = await another_tab(ada, url)
    await ada.page.close()
    await again.sees("Buy milk")
    await again.page.reload()
    await keeps(again, 0)
    assert await titles(url) == ["Buy milk"]


async def test_a_restarted_browser_sends_what_waited(tmp_path: Path) -> None:
    database = ("--database", f"sqlite:///{tmp_path}/todos.db")
    async with running(*database) as service:
        url = service.url
        async with async_playwright() as playwright:
            async with await _at_home(playwright, tmp_path) as context:
                ada = Screen(context, context.pages[0])
                await ada.page.goto(url)
                await ada.is_online()
                await ada.writes("Buy milk")
                await is_served_by_its_worker(ada.page)
                await ada.sees("Buy milk")
                await service.kill()
                await ada.writes("Call Ada")
                await ada.toggles("Buy milk")
                await keeps(ada, 2)
            async with await _at_home(playwright, tmp_path) as context:
                ada = Screen(context, context.pages[0])
                await ada.page.goto(url)
                await ada.sees("Buy milk", "Call Ada")
                await ada.sees_done("Buy milk")
                await expect(ada.status).to_have_text("Offline: 2 changes wait")
                async with running(*database, "--port", url.rpartition(":")[2]):
                    await ada.is_online()
                    await keeps(ada, 0)
                    assert await titles(url) == ["Buy milk", "Call Ada"]


async def test_it_has_all_that_browsers_want_of_what_they_install(ada: Screen, url: str) -> None:
    await is_served_by_its_worker(ada.page)
    devtools = await ada.context.new_cdp_session(ada.page)
    found = await devtools.send("Page.getAppManifest")
    assert found["errors"] == []
    manifest = json.loads(found["data"])
    assert manifest["name"]
    assert manifest["display"] == "standalone"
    assert {"192x192", "512x512"} <= {icon["sizes"] for icon in manifest["icons"]}
    async with ClientSession(url) as session:
        for address in (manifest["start_url"], *(icon["src"] for icon in manifest["icons"])):
            async with session.get(f"/{address}") as answer:
                assert answer.status == 200


@pytest.mark.parametrize(
    ("name", "size", "padding", "background"),
    [
        ("icon-192.png", 192, 0, "transparent"),
        ("icon-512.png", 512, 0, "transparent"),
        ("icon-maskable.png", 512, 80, "#f5f5f5"),
    ],
)
async def test_the_icons_are_the_favicon(
    browser: Browser, *, record: bool, name: str, size: int, padding: int, background: str
) -> None:
    page = await browser.new_page(viewport={"width": size, "height": size})
    svg = (PUBLIC / "favicon.svg").read_text("utf-8")
    inner = size - 2 * padding
    svg = svg.replace("<svg ", f'<svg width="{inner}" height="{inner}" ')
    await page.set_content(ICON.format(svg=svg, padding=padding, background=background))
    taken = await page.screenshot(omit_background=True)
    await page.close()
    if record:
        (PUBLIC / name).write_bytes(taken)
    width, height = struct.unpack(">II", (PUBLIC / name).read_bytes()[16:24])
    assert (width, height) == (size, size)
    icons: list[dict[str, Any]] = json.loads((PUBLIC / "manifest.webmanifest").read_text())["icons"]
    assert f"{size}x{size}" in next(icon["sizes"] for icon in icons if icon["src"] == name)


async def _at_home(playwright: Playwright, tmp_path: Path) -> BrowserContext:
    """Open a browser that remembers what it has seen."""
    return await playwright.chromium.launch_persistent_context(tmp_path / "profile", **headless())


def _swallow_acks(page: WebSocketRoute) -> None:
    """Keep the ids of new todos from a page."""
    service = page.connect_to_server()

    def pass_on(message: str | bytes) -> None:
        if not (isinstance(message, str) and message.startswith("43") and '"data":"' in message):
            page.send(message)

    service.on_message(pass_on)
