"""Two people at two screens: each sees at once what the other does."""

from __future__ import annotations

import time
from collections.abc import Awaitable
from statistics import median

import pytest
from playwright.async_api import Route, expect

from tests.browser.conftest import Open
from tests.browser.screen import Screen

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]

MARKUP = "<img src=x onerror=alert(1)><b>bold</b> & {{ 1 + 1 }} &amp;"

NO_WEBSOCKET = """
WebSocket = class {
  constructor() { queueMicrotask(() => this.onerror()); }
  close() {}
};
"""


async def seconds(*acts: Awaitable[object]) -> float:
    """Measure how long a few things take, one after another."""
    start = time.perf_counter()
    for act in acts:
        await act
    return time.perf_counter() - start


async def test_the_other_sees_every_change_within_a_second(ada: Screen, bob: Screen) -> None:
    own, other = [], []
    for _ in range(3):
        own.append(await seconds(ada.writes("Buy milk"), ada.sees("Buy milk")))
        other.append(await seconds(bob.sees("Buy milk")))
        own.append(await seconds(bob.toggles("Buy milk"), bob.sees_done("Buy milk")))
        other.append(await seconds(ada.sees_done("Buy milk")))
        own.append(await seconds(ada.edits("Buy milk", "Buy tea"), ada.sees("Buy tea")))
        other.append(await seconds(bob.sees("Buy tea")))
        own.append(await seconds(bob.deletes("Buy tea"), bob.sees()))
        other.append(await seconds(ada.sees()))
    assert median(other) < 1
    assert max(other) < max(1, 2 * max(own))


async def test_all_and_completed_are_changed_for_the_other_too(ada: Screen, bob: Screen) -> None:
    for title in ("Buy milk", "Call Ada", "Sleep"):
        await ada.writes(title)
    await bob.sees("Buy milk", "Call Ada", "Sleep")
    await bob.page.get_by_text("Mark all as complete").click()
    await ada.sees_done("Buy milk", "Call Ada", "Sleep")
    await bob.toggles("Call Ada")
    await expect(ada.count).to_have_text("1 item left")
    await ada.page.get_by_role("button", name="Clear completed").click()
    await bob.sees("Call Ada")


async def test_each_knows_how_many_others_are_here(ada: Screen, opens: Open, url: str) -> None:
    here = ada.page.locator(".here")
    await expect(here).to_have_text("Nobody else is here")
    bob, eve = await opens(url), await opens(url)
    for screen in (ada, bob, eve):
        await expect(screen.page.locator(".here")).to_have_text("2 others are here")
    await eve.page.close()
    await expect(here).to_have_text("One other is here")


async def test_who_comes_later_finds_everything(ada: Screen, opens: Open, url: str) -> None:
    await ada.writes("Buy milk")
    await ada.writes("Call Ada")
    await ada.toggles("Buy milk")
    await ada.sees_done("Buy milk")
    eve = await opens(url)
    await eve.sees("Buy milk", "Call Ada")
    await eve.sees_done("Buy milk")


async def test_an_edit_goes_on_while_the_other_changes_things(ada: Screen, bob: Screen) -> None:
    await ada.writes("Buy milk")
    await bob.sees("Buy milk")
    await ada.edits("Buy milk", "Buy oat milk", end=None)
    await bob.toggles("Buy milk")
    await bob.writes("Call Ada")
    await expect(ada.rows).to_have_count(2)
    await expect(ada.editor).to_have_value("Buy oat milk")
    await ada.editor.press("Enter")
    await bob.sees("Buy oat milk", "Call Ada")
    await bob.sees_done("Buy oat milk")


async def test_markup_stays_text(ada: Screen, bob: Screen) -> None:
    await ada.writes(MARKUP)
    await ada.sees(MARKUP)
    await bob.sees(MARKUP)
    await expect(bob.rows.locator("label *")).to_have_count(0)


async def test_an_ack_and_a_broadcast_that_come_in_one_go_are_taken_in_order(ada: Screen) -> None:
    """Without WebSocket, one answer carries many packets; the page must not mix them up."""
    answers = iter(
        [
            '0{"sid":"a","upgrades":[],"pingInterval":25000,"pingTimeout":20000,"maxPayload":1e6}',
            '40{"sid":"b"}',
            '430[{"data":[]}]\x1e42["todo:created",{"id":"c","title":"Late","completed":false}]',
        ]
    )

    async def answer(route: Route) -> None:
        if route.request.method == "POST":
            await route.fulfill(body="ok")
        elif (body := next(answers, None)) is not None:
            await route.fulfill(body=body)

    await ada.context.add_init_script(NO_WEBSOCKET)
    await ada.context.route("**/socket.io/**", answer)
    await ada.page.reload()
    await ada.is_online()
    await ada.sees("Late")
