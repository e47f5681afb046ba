"""The same page in Firefox: together, in the dark, without a network, and what programs can do."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.browser.firefox import ENTER, Window, running
from tests.browser.test_looks import LIGHTNESS
from tests.browser.test_offline import KEEPS, WORKS

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]

TITLES = ".todo-list label"
DONE = ".todo-list .completed label"
STATUS = "[role=status]"

DARK, LIGHT = (
    f"({LIGHTNESS})(document.querySelector('.todoapp')) {bound}" for bound in ("< 60", "> 200")
)


async def writes(someone: Window, title: str) -> None:
    """Type a new todo, and press Enter."""
    await someone.clicks(".new-todo")
    await someone.types(title + ENTER)


async def edits(someone: Window, title: str) -> None:
    """Double-click on the first todo, and type another title."""
    await someone.clicks(TITLES, times=2)
    await someone.sees("document.activeElement.className === 'edit'")
    await someone.types(title + ENTER)


async def test_two_people_one_of_them_without_a_network_for_a_while(
    url: str, tmp_path: Path
) -> None:
    async with running(tmp_path) as firefox:
        ada, bob = await Window.at(firefox, url), await Window.at(firefox, url)

        await writes(ada, "Buy milk")
        await bob.reads(TITLES, "Buy milk")
        await bob.presses("Done: Buy milk")
        await ada.reads(DONE, "Buy milk")
        await edits(ada, "Buy tea")
        await writes(bob, "Sleep")
        await ada.reads(TITLES, "Buy tea", "Sleep")
        await bob.reads(TITLES, "Buy tea", "Sleep")
        await bob.clicks(".todo-list li:last-child label", times=0)
        await bob.presses("Delete: Sleep")
        await ada.reads(TITLES, "Buy tea")

        await ada.sees(DARK)
        await ada.clicks("select")
        await ada.types("light" + ENTER)
        await ada.sees(LIGHT)

        await ada.finds(WORKS)
        await ada.reloads()
        await ada.reads(TITLES, "Buy tea")
        await ada.goes_offline()
        await ada.reads(STATUS, "Offline")
        await writes(ada, "Call Bob")
        await ada.reads(STATUS, "Offline: 1 change waits")
        await ada.finds(f"({KEEPS})(1)")
        await ada.reloads()
        await ada.reads(TITLES, "Buy tea", "Call Bob")
        await ada.reads(STATUS, "Offline: 1 change waits")
        await ada.sees(LIGHT)
        await bob.reads(TITLES, "Buy tea")
        await ada.goes_online()
        await bob.reads(TITLES, "Buy tea", "Call Bob")

        await ada.goes_to(f"{url}/docs#createTodo")
        await ada.presses("Connect")
        await ada.reads("span.status", "connected to /")
        await ada.presses("Try todo:create")
        await ada.presses("Emit")
        await bob.reads(TITLES, "Buy tea", "Call Bob", "Buy milk")
