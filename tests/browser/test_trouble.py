"""What the page makes of a dead service, a dead network, and changes that are refused."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.browser.conftest import Open
from tests.browser.screen import Screen
from tests.processes import running

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]


async def test_a_service_that_dies_is_missed_and_found_again(opens: Open, tmp_path: Path) -> None:
    database = ("--database", f"sqlite:///{tmp_path}/todos.db")
    async with running(*database) as service:
        url = service.url
        ada, bob = await opens(url), await opens(url)
        await ada.writes("Buy milk")
        await bob.sees("Buy milk")
        await service.kill()
        await expect(ada.status).to_have_text("Offline")
        await ada.writes("Call Ada")
        await ada.toggles("Call Ada")
        await bob.toggles("Buy milk")
        await expect(ada.status).to_have_text("Offline: 2 changes wait")
        await expect(bob.status).to_have_text("Offline: 1 change waits")
    async with running(*database, "--port", url.rpartition(":")[2]):
        await ada.is_online()
        await bob.is_online()
        for screen in (ada, bob):
            await screen.sees("Buy milk", "Call Ada")
            await screen.sees_done("Buy milk", "Call Ada")
        await ada.page.reload()
        await ada.sees("Buy milk", "Call Ada")
        await ada.sees_done("Buy milk", "Call Ada")


async def test_an_edit_made_offline_arrives_later(ada: Screen, bob: Screen) -> None:
    await ada.writes("Buy milk")
    await bob.sees("Buy milk")
    await ada.goes_offline()
    await ada.edits("Buy milk", "Buy oat milk")
    await ada.sees("Buy oat milk")
    await bob.toggles("Buy milk")
    await bob.sees_done("Buy milk")
    await ada.goes_online()
    await bob.sees("Buy oat milk")
    await ada.sees_done("Buy oat milk")
    await bob.sees_done("Buy oat milk")


async def test_an_edit_of_what_is_gone_by_then_is_rolled_back(ada: Screen, bob: Screen) -> None:
    await ada.writes("Buy milk")
    await ada.writes("Call Ada")
    await bob.sees("Buy milk", "Call Ada")
    await ada.goes_offline()
    await ada.edits("Buy milk", "Buy oat milk")
    await bob.deletes("Buy milk")
    await bob.sees("Call Ada")
    await ada.goes_online()
    await ada.sees("Call Ada")
    await expect(ada.notice).to_have_text("“Buy oat milk” was not saved: someone has deleted it.")
    await ada.page.get_by_role("button", name="Dismiss").click()
    await expect(ada.notice).to_have_count(0)


async def test_what_is_deleted_under_an_edit_is_said(ada: Screen, bob: Screen) -> None:
    await ada.writes("Buy milk")
    await bob.sees("Buy milk")
    await ada.edits("Buy milk", "Buy oat milk", end=None)
    await bob.deletes("Buy milk")
    await ada.sees()
    await expect(ada.notice).to_have_text("“Buy oat milk” was not saved: someone has deleted it.")


async def test_a_refused_change_is_rolled_back_with_its_reason(ada: Screen, bob: Screen) -> None:
    await ada.writes("Buy milk")
    await ada.edits("Buy milk", "NUL \0 is refused")
    await expect(ada.notice).to_contain_text('was not saved: "title"')
    await ada.sees("Buy milk")
    await bob.sees("Buy milk")


async def test_a_title_that_is_too_long_stays_where_it_is_typed(ada: Screen, bob: Screen) -> None:
    longest = "🐄" * 256
    await ada.writes(longest + "!")
    await expect(ada.notice).to_have_text("A title has at most 256 characters; this one has 257.")
    await expect(ada.new).to_have_value(longest + "!")
    await ada.writes(longest)
    await expect(ada.notice).to_have_count(0)
    await bob.sees(longest)
    await bob.edits(longest, longest + "!")
    await expect(bob.notice).to_have_text("A title has at most 256 characters; this one has 257.")
    await bob.editor.press("Escape")
    await bob.sees(longest)
