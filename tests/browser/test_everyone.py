"""Whoever uses it: by keyboard, by ear, on a phone, in any script."""

from __future__ import annotations

from typing import Any, Literal
from uuid import uuid4

import pytest
from playwright.async_api import expect

from tests.browser.chromium import ROOT
from tests.browser.conftest import Open
from tests.browser.screen import Screen
from todo_service.repository import TodoRepository

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]

AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"


LOADED = """
performance.getEntriesByType("resource").filter(({ name }) => /\\.(js|css)$/.test(name))
  .map(({ transferSize, encodedBodySize, decodedBodySize }) =>
    [transferSize, encodedBodySize, decodedBodySize])
"""


async def offences(screen: Screen) -> list[str]:
    """Let axe look at the page; what it finds, in words."""
    await screen.page.evaluate(AXE.read_text("utf-8"))
    found: dict[str, Any] = await screen.page.evaluate("axe.run()")
    return [f"{one['id']}: {node['html']}" for one in found["violations"] for node in one["nodes"]]


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_axe_finds_nothing_in_any_state(
    opens: Open, url: str, scheme: Literal["light", "dark"]
) -> None:
    ada = await opens(url, color_scheme=scheme)
    assert await offences(ada) == []
    for title in ("Buy milk", "Call Ada", "Sleep"):
        await ada.writes(title)
    await ada.toggles("Buy milk")
    await ada.sees_done("Buy milk")
    await ada.deletes("Sleep")
    await expect(ada.undo).to_be_visible()
    assert await offences(ada) == []
    await ada.edits("Call Ada", "Call Eve", end=None)
    assert await offences(ada) == []
    await ada.goes_offline()
    await ada.writes("x" * 257)
    await expect(ada.notice).to_be_visible()
    assert await offences(ada) == []


async def test_axe_finds_nothing_in_a_long_list(ada: Screen, todos: TodoRepository) -> None:
    for number in range(400):
        await todos.add({"id": str(uuid4()), "title": f"Todo {number}", "completed": False})
    await ada.page.reload()
    await expect(ada.count).to_have_text("400 items left")
    assert await offences(ada) == []


async def test_the_arrow_that_toggles_all_is_not_read_out(ada: Screen) -> None:
    await ada.writes("Buy milk")
    snapshot = await ada.page.locator(".main").aria_snapshot()
    assert '- checkbox "Mark all as complete"\n' in snapshot


async def test_everything_can_be_done_by_keyboard(ada: Screen) -> None:
    keys = ada.page.keyboard
    await keys.type("Buy milk")
    await keys.press("Enter")
    await ada.sees("Buy milk")
    await keys.press("Tab")
    await expect(ada.page.get_by_label("Mark all as complete")).to_be_focused()
    await keys.press("Tab")
    await keys.press("Space")
    await ada.sees_done("Buy milk")
    await keys.press("Tab")
    await keys.press("Enter")
    await expect(ada.editor).to_be_focused()
    await keys.type("Buy tea")
    await keys.press("Enter")
    await ada.sees("Buy tea")
    await expect(ada.page.get_by_role("button", name="Edit: Buy tea")).to_be_focused()
    await keys.press("Tab")
    await keys.press("Enter")
    await ada.sees()
    await expect(ada.new).to_be_focused()


async def test_a_finger_edits_by_the_pencil(opens: Open, url: str) -> None:
    ada = await opens(url, phone=True)
    await ada.writes("Buy milk")
    await ada.page.get_by_role("button", name="Edit: Buy milk").tap()
    await expect(ada.editor).to_be_focused()
    await ada.editor.fill("Buy tea")
    await ada.editor.press("Enter")
    await ada.sees("Buy tea")


async def test_a_mouse_edits_by_the_pencil_too(ada: Screen) -> None:
    await ada.writes("Buy milk")
    await ada.row("Buy milk").hover()
    await ada.page.get_by_role("button", name="Edit: Buy milk").click()
    await ada.editor.fill("Buy tea")
    await ada.editor.press("Enter")
    await ada.sees("Buy tea")


async def test_a_deletion_is_undone(ada: Screen, bob: Screen) -> None:
    await ada.writes("Buy milk")
    await ada.toggles("Buy milk")
    await bob.sees_done("Buy milk")
    await ada.deletes("Buy milk")
    await bob.sees()
    await ada.undo.click()
    await bob.sees_done("Buy milk")
    await expect(ada.undo).to_have_count(0)


async def test_what_was_cleared_comes_back_by_keyboard(ada: Screen, bob: Screen) -> None:
    for title in ("Buy milk", "Call Ada", "Sleep"):
        await ada.writes(title)
    await ada.toggles("Call Ada")
    await ada.toggles("Sleep")
    await ada.page.get_by_role("button", name="Clear completed").press("Enter")
    await bob.sees("Buy milk")
    await ada.undo.focus()
    await ada.page.keyboard.press("Enter")
    await bob.sees_done("Call Ada", "Sleep")


async def test_it_fits_a_phone_whatever_the_title(opens: Open, url: str) -> None:
    titles = ("W" * 256, "לקנות חלב (2 ליטר)", "שלום world")
    ada = await opens(url, phone=True)
    for title in titles:
        await ada.writes(title)
    await ada.sees(*titles)
    width = await ada.page.evaluate("document.documentElement.scrollWidth")
    assert width == 320
    hebrew = ada.row(titles[2]).locator("label")
    assert await hebrew.evaluate("label => getComputedStyle(label).direction") == "rtl"
    await ada.page.get_by_role("button", name=f"Delete: {titles[2]}", exact=True).tap()
    await ada.sees(*titles[:2])


async def test_the_page_comes_compressed_and_only_once(ada: Screen) -> None:
    first = await ada.page.evaluate(LOADED)
    assert len(first) == 2
    assert all(packed < whole / 2 for _, packed, whole in first)
    assert sum(transferred for transferred, _, _ in first) < 150_000
    await ada.page.reload()
    await ada.is_online()
    assert [transferred for transferred, _, _ in await ada.page.evaluate(LOADED)] == [0, 0]
