"""Two people talk in the example chat, each at a terminal of their own."""

from __future__ import annotations

import asyncio
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager

import pytest

from chat.app import Chat
from chat.generated.operations import CONTRACT
from tests.generate.test_cases import ROOT
from tests.library.backends import own
from tests.patience import PATIENCE


class Terminal:
    """A terminal client as a process: what is typed, and what it shows."""

    def __init__(self, process: Process) -> None:
        assert process.stdin
        assert process.stdout
        self._process, self._keyboard, self._screen = process, process.stdin, process.stdout

    def types(self, line: str) -> None:
        """Type a line."""
        self._keyboard.write(f"{line}\n".encode())

    async def shows(self) -> str:
        """Wait for the next line on the screen."""
        async with asyncio.timeout(PATIENCE):
            return (await self._screen.readline()).decode().rstrip("\n")

    async def ends(self) -> int:
        """End the input, and return the exit code."""
        self._keyboard.close()
        async with asyncio.timeout(PATIENCE):
            return await self._process.wait()

    async def leave(self) -> None:
        """End the process, if it has not ended."""
        if self._process.returncode is None:
            self._process.kill()
        await self._process.communicate()


@asynccontextmanager
async def kitchen() -> AsyncIterator[Callable[[str], Awaitable[Terminal]]]:
    """Serve the chat; what is yielded opens a terminal in the kitchen with a token."""
    async with own(CONTRACT, Chat()) as (url, _), AsyncExitStack() as stack:

        async def opened(token: str) -> Terminal:
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "chat.terminal", token, "kitchen", url,
                cwd=ROOT / "examples" / "chat", stdin=PIPE, stdout=PIPE, stderr=PIPE,
            )  # fmt: skip
            terminal = Terminal(process)
            stack.push_async_callback(terminal.leave)
            return terminal

        yield opened


@pytest.mark.slow
async def test_two_people_talk_until_one_closes_the_room() -> None:
    async with kitchen() as opened:
        ada = await opened("ada-token")
        assert await ada.shows() == "in kitchen: ada"
        bob = await opened("bob-token")
        assert await bob.shows() == "in kitchen: ada, bob"
        assert await ada.shows() == "bob has joined kitchen"

        ada.types("Hello")
        assert await bob.shows() == "ada: Hello"
        bob.types("Hello, Ada")
        assert await ada.shows() == "bob: Hello, Ada"

        ada.types("/close")
        assert await ada.shows() == "Close kitchen? yes or no"
        ada.types("no")
        assert await ada.shows() == "declined"
        ada.types("/close")
        assert await ada.shows() == "Close kitchen? yes or no"
        ada.types("yes")
        assert await ada.shows() == "kitchen was closed"
        assert await bob.shows() == "kitchen was closed"
        assert [await ada.ends(), await bob.ends()] == [0, 0]


@pytest.mark.slow
async def test_who_has_no_valid_token_is_told_so() -> None:
    async with kitchen() as opened:
        eve = await opened("eve-token")
        assert "unknown token" in await eve.shows()
        assert await eve.ends() == 1
