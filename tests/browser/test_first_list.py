"""A page on the unmodified socket.io-client, which polls first, gets a long list at each load."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import Browser

from tests.browser.screen import MILLISECONDS
from tests.service.test_first_list import serving_many

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]

ROOT = Path(__file__).parents[2]
CLIENT = ROOT / "node_modules" / "socket.io-client" / "dist" / "socket.io.min.js"

FIRST_LIST = """
async () => {
  const socket = io(location.origin);
  const list = new Promise((listed) =>
    socket.on("connect", () => socket.emit("todo:list", ({ data }) => listed(data.length))));
  const upgraded = new Promise((done) => socket.io.engine.on("upgrade", done));
  const counts = [await list];
  await upgraded;
  counts.push((await socket.emitWithAck("todo:list")).data.length);
  socket.disconnect();
  return counts;
}
"""


@pytest.mark.parametrize(("count", "length"), [(2_500, 100), (20_000, 50), (70_000, 200)])
async def test_a_page_that_polls_first_gets_its_list(
    browser: Browser, count: int, length: int
) -> None:
    async with serving_many(count, length) as url:
        context = await browser.new_context(bypass_csp=True)
        context.set_default_timeout(MILLISECONDS)
        page = await context.new_page()
        for _ in range(3):
            await page.goto(f"{url}/healthz")
            await page.add_script_tag(path=CLIENT)
            assert await page.evaluate(FIRST_LIST) == [count, count]
        await context.close()
