"""Someone at a screen: the page in a browser of their own, and what can be seen and done there."""

from __future__ import annotations

from typing import Any, Self

from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Locator, Page, expect

from tests.patience import PATIENCE

MILLISECONDS = 1000 * PATIENCE
"""Playwright's measure of our patience."""

expect.set_options(timeout=MILLISECONDS)


class Screen:
    """A page with its own storage and network; nothing may complain in its console."""

    def __init__(self, context: BrowserContext, page: Page) -> None:
        self.context = context
        self.page = page
        self.complaints: list[str] = []
        page.on("console", self._listen)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    @classmethod
    async def at(cls, browser: Browser, url: str, *, phone: bool = False, **options: Any) -> Self:
        """Open the page in a window with more of Playwright's options; connected on return."""
        size = {"width": 320, "height": 568} if phone else {"width": 800, "height": 700}
        context = await browser.new_context(
            viewport={"width": size["width"], "height": size["height"]},
            has_touch=phone,
            is_mobile=phone,
            reduced_motion="reduce",
            **options,
        )
        context.set_default_timeout(MILLISECONDS)
        screen = cls(context, await context.new_page())
        await screen.page.goto(url)
        await screen.is_online()
        return screen

    async def leave(self) -> None:
        """Close the page; fails if anything complained in its console."""
        await self.context.close()
        assert self.complaints == []

    # What can be done

    async def writes(self, title: str) -> None:
        """Type a new todo, and press Enter."""
        await self.new.fill(title)
        await self.new.press("Enter")

    async def toggles(self, title: str) -> None:
        """Click on the circle before a todo."""
        await self.page.get_by_role("checkbox", name=f"Done: {title}", exact=True).click()

    async def edits(self, title: str, to: str, *, end: str | None = "Enter") -> None:
        """Double-click on a todo, type another title, and end it with a key (or not yet)."""
        await self.row(title).locator("label").dblclick()
        await self.editor.fill(to)
        if end:
            await self.editor.press(end)

    async def deletes(self, title: str) -> None:
        """Click on the cross behind a todo."""
        await self.row(title).hover()
        await self.page.get_by_role("button", name=f"Delete: {title}", exact=True).click()

    async def goes_offline(self) -> None:
        """Pull the network cable out."""
        await self.context.set_offline(True)
        await expect(self.status).to_contain_text("Offline")

    async def goes_online(self) -> None:
        """Put the network cable in again."""
        await self.context.set_offline(False)
        await self.is_online()

    # What can be seen

    @property
    def new(self) -> Locator:
        """Where new todos are typed."""
        return self.page.get_by_placeholder("What needs to be done?")

    @property
    def editor(self) -> Locator:
        """Where a title is changed."""
        return self.page.locator(".edit")

    @property
    def rows(self) -> Locator:
        """The todos, in order."""
        return self.page.locator(".todo-list li")

    @property
    def status(self) -> Locator:
        """What the page says of the connection."""
        return self.page.get_by_role("status")

    @property
    def notice(self) -> Locator:
        """What the page says went wrong."""
        return self.page.get_by_role("alert").locator("bdi")

    @property
    def undo(self) -> Locator:
        """Where the last deletion is taken back."""
        return self.page.get_by_role("button", name="Undo")

    @property
    def count(self) -> Locator:
        """How many todos are left."""
        return self.page.locator(".todo-count")

    def row(self, title: str) -> Locator:
        """Return the todo of a title."""
        return self.rows.filter(has=self.page.get_by_text(title, exact=True))

    async def is_online(self) -> None:
        """Wait until the list is there, and kept up to date."""
        await expect(self.status).to_be_empty()

    async def sees(self, *titles: str) -> None:
        """Wait until exactly these todos are shown, in this order."""
        await expect(self.rows.locator("label")).to_have_text(titles)

    async def sees_done(self, *titles: str) -> None:
        """Wait until exactly these todos are shown as done."""
        done = self.page.locator(".todo-list li.completed label")
        await expect(done).to_have_text(titles)

    def _listen(self, message: ConsoleMessage) -> None:
        # Chromium reports each failed attempt to connect; no page can keep it from that.
        if message.type in {"error", "warning"} and "net::ERR_" not in message.text:
            self.complaints.append(message.text)
