"""Five thousand todos: the page is as quick as with one, and has rows near the window only."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest
from playwright.async_api import expect

from tests.browser.conftest import Open
from tests.browser.screen import Screen
from todo_service.repository import TodoRepository

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]

MANY = 5_000

FIRST_ROW = """
window.firstRow = new Promise((painted) => {
  new MutationObserver((_, observer) => {
    if (!document.querySelector(".todo-list li")) return;
    observer.disconnect();
    requestAnimationFrame(() => setTimeout(() => painted(performance.now())));
  }).observe(document, { subtree: true, childList: true });
});
"""
"""Notes when the first rows were painted, in milliseconds since the page was asked for."""

CLICKED = """
async (selector) => {
  const start = performance.now();
  document.querySelector(selector).click();
  await new Promise(requestAnimationFrame);
  await new Promise((painted) => setTimeout(painted));
  return performance.now() - start;
}
"""
"""Milliseconds from a click to the frame that shows what it does."""

SCROLLED = """
async (pixels) => {
  const page = document.querySelector(".page");
  let made = 0;
  const observer = new MutationObserver((mutations) => {
    for (const { addedNodes } of mutations)
      for (const { nodeName } of addedNodes) made += nodeName === "LI";
  });
  observer.observe(document.querySelector(".todo-list"), { childList: true });
  for (let end = page.scrollTop + pixels; page.scrollTop < end; page.scrollTop += 100)
    await new Promise(requestAnimationFrame);
  observer.disconnect();
  return made;
}
"""
"""How many rows are made while the list is scrolled over so many pixels."""


async def fill(todos: TodoRepository, count: int) -> None:
    """Store so many todos."""
    for number in range(count):
        await todos.add({"id": str(uuid4()), "title": f"Todo {number}", "completed": False})


async def listed(screen: Screen) -> float:
    """Load the page anew, and return the milliseconds until the first rows were painted."""
    await screen.page.reload()
    return float(await screen.page.evaluate("window.firstRow"))


async def clicked(screen: Screen, selector: str) -> float:
    """Click, and return the milliseconds until it shows."""
    return float(await screen.page.evaluate(CLICKED, selector))


async def test_five_thousand_are_handled_like_one(
    ada: Screen, bob: Screen, todos: TodoRepository
) -> None:
    await ada.page.add_init_script(FIRST_ROW)
    await fill(todos, 1)
    one_listed = await listed(ada)
    one_toggled = await clicked(ada, ".toggle-all")
    await expect(ada.count).to_have_text("0 items left")

    await fill(todos, MANY - 1)
    many_listed = await listed(ada)
    await expect(ada.count).to_have_text(f"{MANY - 1} items left")
    many_toggled = await clicked(ada, ".toggle-all")
    await expect(ada.count).to_have_text("0 items left")
    await bob.page.reload()
    await expect(bob.count).to_have_text("0 items left")
    many_cleared = await clicked(ada, ".clear-completed")
    await expect(bob.rows).to_have_count(0)

    assert many_listed < max(800, 4 * one_listed)
    assert many_toggled < max(1_000, 20 * one_toggled)
    assert many_cleared < max(1_000, 20 * one_toggled)


async def test_rows_come_as_the_list_is_scrolled_and_keep_their_places(
    ada: Screen, todos: TodoRepository
) -> None:
    await fill(todos, MANY)
    await ada.page.reload()
    await expect(ada.row("Todo 0")).to_be_in_viewport()
    assert await ada.page.evaluate(SCROLLED, 60 * 100) < 150
    await ada.page.evaluate("document.querySelector('.page').scrollTop = 60 * 2500")
    await expect(ada.row("Todo 2500")).to_be_in_viewport()
    await expect(ada.row("Todo 2500")).to_have_attribute("aria-posinset", "2501")
    await expect(ada.row("Todo 0")).to_have_count(0)
    await ada.toggles("Todo 2500")
    await expect(ada.row("Todo 2500")).to_have_class(re.compile("completed"))
    await ada.page.evaluate("document.querySelector('.page').scrollTop = 1e9")
    await expect(ada.row(f"Todo {MANY - 1}")).to_be_in_viewport()
    assert await ada.rows.count() < 100


async def test_titles_of_many_lines_are_scrolled_over_to_the_end(
    ada: Screen, todos: TodoRepository
) -> None:
    for number in range(400):
        title = f"{number}: {'and so on ' * (number % 7)}".strip()
        await todos.add({"id": str(uuid4()), "title": title, "completed": False})
    await ada.page.reload()
    await expect(ada.count).to_have_text("400 items left")
    box = ada.page.locator(".page")
    last = ada.rows.filter(has_text="399: ")
    await box.evaluate(
        """async (box) => {
          for (let top = -1; box.scrollTop > top; ) {
            top = box.scrollTop;
            box.scrollTop += 500;
            await new Promise(requestAnimationFrame);
          }
        }"""
    )
    await expect(last).to_be_in_viewport()
    await box.evaluate("(box) => box.scrollTop = 0")
    await expect(ada.rows.filter(has_text="0:").first).to_be_in_viewport()


async def test_all_of_them_are_printed(opens: Open, url: str, todos: TodoRepository) -> None:
    await fill(todos, 400)
    ada = await opens(url)
    await ada.page.evaluate(
        """addEventListener("beforeprint", () =>
          window.printed = document.querySelectorAll(".todo-list li").length)"""
    )
    await ada.page.pdf()
    assert await ada.page.evaluate("window.printed") == 400
    await expect(ada.row("Todo 399")).to_have_count(0)
