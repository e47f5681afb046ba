"""One Chromium for all, a fresh service for each story, and Ada and Bob at their screens."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any, TypeAlias

import pytest
import pytest_asyncio
from playwright.async_api import Browser, async_playwright

from tests.browser import chromium
from tests.browser.screen import Screen
from tests.conftest import serving
from todo_service import page
from todo_service.app import IN_MEMORY, open_repository
from todo_service.repository import TodoRepository

Open: TypeAlias = Callable[..., Awaitable[Screen]]


def headless(*options: str) -> dict[str, Any]:
    """Return how Playwright launches our Chromium, with more of its options."""
    try:
        found = chromium.find()
    except chromium.NoChromium as error:
        pytest.fail(str(error), pytrace=False)
    return {
        "executable_path": found.program,
        "env": {**found.variables},
        "args": ["--disable-gpu", "--disable-quic", *options],
    }


@asynccontextmanager
async def launched(*options: str) -> AsyncIterator[Browser]:
    """Launch a headless Chromium, with more of its options."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(**headless(*options))
        yield browser
        await browser.close()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    """Yield a headless Chromium."""
    if not (page.BUILT / "index.html").exists():
        pytest.fail("the page is not built: run `make web`", pytrace=False)
    async with launched() as browser:
        yield browser


@pytest_asyncio.fixture(loop_scope="session")
async def todos() -> TodoRepository:
    """Return a store that forgets; the service closes it."""
    return await open_repository(IN_MEMORY)


@pytest_asyncio.fixture(loop_scope="session")
async def url(todos: TodoRepository) -> AsyncIterator[str]:
    """Yield a running service."""
    async with serving(todos) as url:
        yield url


@pytest_asyncio.fixture(loop_scope="session")
async def opens(browser: Browser) -> AsyncIterator[Open]:
    """Open pages; none may complain in its console until it is closed."""
    async with AsyncExitStack() as stack:

        async def open_page(url: str, *, phone: bool = False, **options: Any) -> Screen:
            screen = await Screen.at(browser, url, phone=phone, **options)
            stack.push_async_callback(screen.leave)
            return screen

        yield open_page


@pytest_asyncio.fixture(loop_scope="session")
async def ada(opens: Open, url: str) -> Screen:
    """Someone at a screen."""
    return await opens(url)


@pytest_asyncio.fixture(loop_scope="session")
async def bob(opens: Open, url: str) -> Screen:
    """Someone else, at another screen."""
    return await opens(url)
