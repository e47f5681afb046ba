"""The TodoMVC application specification, clause by clause."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from tests.browser.screen import Screen

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]


async def test_without_todos_there_is_nothing_but_the_place_to_write_one(ada: Screen) -> None:
    await expect(ada.new).to_be_focused()
    await expect(ada.page.locator(".main")).to_have_count(0)
    await expect(ada.page.locator(".footer")).to_have_count(0)


async def test_new_todos_are_trimmed_and_go_to_the_end(ada: Screen) -> None:
    await ada.writes("Buy milk")
    await ada.writes("  Call Ada \t")
    await ada.writes("   ")
    await ada.sees("Buy milk", "Call Ada")
    await expect(ada.new).to_be_focused()
    await ada.new.press("Enter")
    await ada.sees("Buy milk", "Call Ada")


async def test_the_counter_says_how_many_are_left(ada: Screen) -> None:
    await ada.writes("Buy milk")
    await expect(ada.count).to_have_text("1 item left")
    await ada.writes("Call Ada")
    await expect(ada.count).to_have_text("2 items left")
    await ada.toggles("Buy milk")
    await ada.toggles("Call Ada")
    await expect(ada.count).to_have_text("0 items left")


async def test_a_todo_is_toggled_and_toggled_back(ada: Screen) -> None:
    await ada.writes("Buy milk")
    await ada.toggles("Buy milk")
    await ada.sees_done("Buy milk")
    await ada.toggles("Buy milk")
    await ada.sees_done()


async def test_all_are_toggled_and_the_arrow_knows_when_they_are(ada: Screen) -> None:
    everyone = ada.page.get_by_label("Mark all as complete")
    for title in ("Buy milk", "Call Ada", "Sleep"):
        await ada.writes(title)
    await ada.toggles("Call Ada")
    await expect(everyone).not_to_be_checked()
    await ada.page.get_by_text("Mark all as complete").click()
    await ada.sees_done("Buy milk", "Call Ada", "Sleep")
    await expect(everyone).to_be_checked()
    await ada.toggles("Sleep")
    await expect(everyone).not_to_be_checked()
    await ada.toggles("Sleep")
    await expect(everyone).to_be_checked()
    await ada.page.get_by_text("Mark all as complete").click()
    await ada.sees_done()


async def test_a_double_click_edits_and_enter_saves(ada: Screen) -> None:
    await ada.writes("Buy milk")
    await ada.edits("Buy milk", "Buy tea", end=None)
    await expect(ada.editor).to_be_focused()
    await expect(ada.row("Buy milk").locator(".view")).to_be_hidden()
    await ada.editor.press("Enter")
    await ada.sees("Buy tea")
    await expect(ada.editor).to_have_count(0)


async def test_leaving_the_field_saves_trimmed(ada: Screen) -> None:
    await ada.writes("Buy milk")
    await ada.edits("Buy milk", "  Buy tea  ", end=None)
    await ada.new.click()
    await ada.sees("Buy tea")


async def test_escape_keeps_the_title_as_it_was(ada: Screen) -> None:
    await ada.writes("Buy milk")
    await ada.edits("Buy milk", "Buy tea", end="Escape")
    await expect(ada.editor).to_have_count(0)
    await ada.sees("Buy milk")


@pytest.mark.parametrize("nothing", ["", "   "])
async def test_an_emptied_title_deletes(ada: Screen, nothing: str) -> None:
    await ada.writes("Buy milk")
    await ada.writes("Call Ada")
    await ada.edits("Buy milk", nothing)
    await ada.sees("Call Ada")


async def test_a_todo_is_deleted_by_its_cross(ada: Screen) -> None:
    await ada.writes("Buy milk")
    await ada.writes("Call Ada")
    await ada.deletes("Buy milk")
    await ada.sees("Call Ada")
    await ada.deletes("Call Ada")
    await expect(ada.page.locator(".footer")).to_have_count(0)


async def test_completed_todos_are_cleared_at_once(ada: Screen) -> None:
    clear = ada.page.get_by_role("button", name="Clear completed")
    for title in ("Buy milk", "Call Ada", "Sleep"):
        await ada.writes(title)
    await expect(clear).to_have_count(0)
    await ada.toggles("Buy milk")
    await ada.toggles("Sleep")
    await clear.click()
    await ada.sees("Call Ada")
    await expect(clear).to_have_count(0)


async def test_the_address_filters(ada: Screen, url: str) -> None:
    links = ada.page.locator(".filters a")
    for title in ("Buy milk", "Call Ada"):
        await ada.writes(title)
    await ada.toggles("Buy milk")
    await ada.page.get_by_role("link", name="Active").click()
    await expect(ada.page).to_have_url(f"{url}/#/active")
    await ada.sees("Call Ada")
    await expect(links.and_(ada.page.locator(".selected"))).to_have_text(["Active"])
    await ada.page.get_by_role("link", name="Completed").click()
    await ada.sees("Buy milk")
    await ada.toggles("Buy milk")
    await ada.sees()
    await ada.page.go_back()
    await ada.sees("Buy milk", "Call Ada")
    await ada.page.get_by_role("link", name="All").click()
    await expect(ada.page).to_have_url(f"{url}/#/")
    await ada.sees("Buy milk", "Call Ada")


async def test_an_address_is_where_one_starts(ada: Screen, url: str) -> None:
    await ada.writes("Buy milk")
    await ada.writes("Call Ada")
    await ada.toggles("Buy milk")
    await ada.page.goto(f"{url}/#/completed")
    await ada.page.reload()
    await ada.sees("Buy milk")
    await expect(ada.page.locator(".filters .selected")).to_have_text(["Completed"])
