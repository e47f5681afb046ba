"""How the page looks and where things are: colours, messages, paper, nothing that jumps."""

from __future__ import annotations

from typing import Any, Literal

import pytest
from playwright.async_api import Locator, expect

from tests.browser.conftest import Open
from tests.browser.screen import Screen
from todo_service.repository import TodoRepository

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]

SHIFTS = """
window.shifted = 0;
new PerformanceObserver((list) => {
  for (const { value, hadRecentInput } of list.getEntries()) if (!hadRecentInput) shifted += value;
}).observe({ type: "layout-shift", buffered: true });
"""

LIGHTNESS = """
(element) => {
  const canvas = new OffscreenCanvas(1, 1).getContext("2d");
  canvas.fillStyle = getComputedStyle(element).backgroundColor;
  canvas.fillRect(0, 0, 1, 1);
  return canvas.getImageData(0, 0, 1, 1).data[1];
}
"""
"""How much green there is in an element's background, from 0 to 255."""


async def lightness(screen: Screen) -> str:
    """Whether the list is shown on something light or dark."""
    green: int = await screen.page.locator(".todoapp").evaluate(LIGHTNESS)
    return "light" if green > 200 else "dark" if green < 60 else str(green)


async def box(locator: Locator) -> tuple[float, float]:
    """Return the top and the bottom of what must be there."""
    found = await locator.bounding_box()
    assert found
    return found["y"], found["y"] + found["height"]


@pytest.mark.parametrize("system", ["light", "dark"])
async def test_it_is_light_or_dark_as_the_system_is(
    opens: Open, url: str, system: Literal["light", "dark"]
) -> None:
    ada = await opens(url, color_scheme=system)
    assert await lightness(ada) == system


async def test_a_chosen_scheme_holds_against_the_system_and_for_the_next_time(
    ada: Screen, opens: Open, url: str
) -> None:
    colours = ada.page.get_by_label("Colours")
    await colours.select_option("dark")
    assert await lightness(ada) == "dark"
    await ada.page.reload()
    await expect(colours).to_have_value("dark")
    assert await lightness(ada) == "dark"
    await colours.select_option("system")
    assert await lightness(ada) == "light"


async def test_messages_cover_nothing(opens: Open, url: str) -> None:
    ada = await opens(url, phone=True)
    for number in range(12):
        await ada.writes(f"Todo {number}")
    await ada.page.get_by_role("button", name="Delete: Todo 3", exact=True).tap()
    await ada.writes("x" * 257)
    await expect(ada.notice).to_be_visible()
    await expect(ada.undo).to_be_visible()
    _, end_of_page = await box(ada.page.locator(".page"))
    for message in (ada.notice, ada.undo):
        top, _ = await box(message)
        assert top >= end_of_page
    await ada.page.get_by_label("Colours").scroll_into_view_if_needed()
    _, bottom = await box(ada.page.get_by_label("Colours"))
    assert bottom <= end_of_page


@pytest.mark.parametrize("count", [0, 3, 400])
async def test_nothing_jumps_while_it_is_loaded(
    ada: Screen, todos: TodoRepository, count: int
) -> None:
    for number in range(count):
        id_ = f"8c6e7a52-3f0b-4b9d-9c1e-{number:012}"
        await todos.add({"id": id_, "title": f"Todo {number}", "completed": number % 2 == 1})
    await ada.page.add_init_script(SHIFTS)
    await ada.page.reload()
    await ada.is_online()
    await expect(ada.page.get_by_label("Colours")).to_be_attached()
    await ada.page.evaluate("new Promise(requestAnimationFrame)")
    assert await ada.page.evaluate("shifted") == 0


@pytest.mark.parametrize("options", [{}, {"color_scheme": "dark"}, {"forced_colors": "active"}])
async def test_paper_carries_the_list_and_no_controls(
    opens: Open, url: str, options: dict[str, Any]
) -> None:
    ada = await opens(url, **options)
    await ada.writes("Buy milk")
    await ada.writes("Call Ada")
    await ada.deletes("Call Ada")
    await expect(ada.undo).to_be_visible()
    await ada.page.emulate_media(media="print")
    await expect(ada.row("Buy milk")).to_be_visible()
    for control in (ada.new, ada.undo, ada.page.get_by_label("Colours")):
        await expect(control).to_be_hidden()
    await expect(ada.page.get_by_role("button")).to_have_count(0)
    _, end_of_heading = await box(ada.page.locator("h1"))
    top, _ = await box(ada.row("Buy milk"))
    assert 0 <= end_of_heading <= top


async def test_forced_colours_show_what_has_the_focus_and_what_is_chosen(
    opens: Open, url: str
) -> None:
    ada = await opens(url, forced_colors="active")
    await ada.writes("Buy milk")
    await expect(ada.new).to_be_focused()
    assert await ada.new.evaluate("(field) => getComputedStyle(field).outlineStyle") == "solid"
    borders = await ada.page.locator(".filters a").evaluate_all(
        "(links) => links.map((link) => getComputedStyle(link).borderColor)"
    )
    assert borders[0] != borders[1] == borders[2]
    for name in ("Edit: Buy milk", "Delete: Buy milk"):
        button = ada.page.get_by_role("button", name=name)
        assert await button.evaluate("(button) => getComputedStyle(button).opacity") == "1"


async def test_it_leads_to_the_reference(ada: Screen, url: str) -> None:
    await ada.page.get_by_role("link", name="What programs can do here").click()
    await expect(ada.page).to_have_url(f"{url}/docs")
    await expect(ada.page.get_by_role("heading", name="Todo service", level=1)).to_be_visible()
