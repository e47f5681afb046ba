"""The README's pictures show the page as it is; `pytest tests/browser --record` takes them anew."""

from __future__ import annotations

import base64
import struct
from collections.abc import Callable
from typing import TypeAlias

import pytest

from tests.browser.chromium import ROOT
from tests.browser.screen import Screen

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]

PICTURES = ROOT / "docs" / "images"
LARGEST = 150_000
"""Bytes that a picture may have, for whoever reads the README on a slow line."""
BLANK = 8_000
"""Bytes that a picture has at least if there is anything to be seen on it."""

TABS = """<!doctype html>
<style>
  body {{ display: flex; gap: 16px; width: max-content; margin: 0; padding: 16px }}
  html {{ background: #ddd }}
  figure {{ margin: 0; border-radius: 8px; overflow: hidden; background: #fff }}
  figcaption {{ padding: 8px 16px; background: #555; color: #fff; font: 14px/18px sans-serif }}
  img {{ display: block }}
</style>
<figure><figcaption>Ada</figcaption><img src="{}"></figure>
<figure><figcaption>Bob</figcaption><img src="{}"></figure>
"""

Keep: TypeAlias = Callable[[str, bytes], None]


@pytest.fixture
def keep(record: bool) -> Keep:
    """Record a picture, or compares it: fonts differ between machines, what is shown does not."""

    def picture(name: str, taken: bytes) -> None:
        kept = PICTURES / name
        if record:
            kept.parent.mkdir(exist_ok=True)
            kept.write_bytes(taken)
        assert size(taken) == size(kept.read_bytes())
        assert BLANK < len(taken) < LARGEST

    return picture


def size(png: bytes) -> tuple[int, int]:
    """Width and height in pixels, from the first chunk (PNG specification, IHDR)."""
    width, height = struct.unpack(">II", png[16:24])
    return width, height


def link(png: bytes) -> str:
    """Return a picture as the address of an image."""
    return f"data:image/png;base64,{base64.b64encode(png).decode()}"


async def picture_of(screen: Screen, width: int, height: int) -> bytes:
    """Take a picture of the window, with nothing under the mouse and nothing in focus."""
    await screen.page.set_viewport_size({"width": width, "height": height})
    await screen.page.mouse.move(1, 1)
    await screen.page.evaluate("document.activeElement.blur()")
    return await screen.page.screenshot(animations="disabled")


async def test_light_use(ada: Screen, keep: Keep) -> None:
    for title in ("Write the contract", "Generate the models", "Call Ada"):
        await ada.writes(title)
    await ada.toggles("Write the contract")
    await ada.sees_done("Write the contract")
    keep("light-use.png", await picture_of(ada, 680, 480))


async def test_two_tabs(ada: Screen, bob: Screen, keep: Keep) -> None:
    for title in ("Buy milk", "Call Ada"):
        await ada.writes(title)
    await ada.toggles("Buy milk")
    await bob.sees("Buy milk", "Call Ada")
    await bob.sees_done("Buy milk")
    await bob.writes("Sleep")
    await ada.sees("Buy milk", "Call Ada", "Sleep")
    frame = await ada.context.new_page()
    pictures = [link(await picture_of(screen, 420, 480)) for screen in (ada, bob)]
    await frame.set_content(TABS.format(*pictures))
    keep("two-tabs.png", await frame.locator("body").screenshot())
