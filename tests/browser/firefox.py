"""Debian's Firefox, driven by its own WebDriver BiDi; Playwright asks for a newer one."""

from __future__ import annotations

import asyncio
import json
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path
from typing import Any, Self

from aiohttp import ClientSession, ClientWebSocketResponse

from tests.patience import PATIENCE
from tests.processes import launched

SETTINGS = """
user_pref("ui.systemUsesDarkTheme", 1);
user_pref("ui.prefersReducedMotion", 1);
"""

INTO_VIEW = "(element) => element.scrollIntoView({ block: 'center', behavior: 'instant' })"

ENTER = "\ue007"


class Firefox:
    """A running Firefox: commands out, answers in, and what its pages have said in the console."""

    def __init__(self, socket: ClientWebSocketResponse) -> None:
        self._socket = socket
        self._ids = count()
        self._answers: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self.complaints: list[str] = []

    async def command(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Run a command, and return its result."""
        number = next(self._ids)
        answer = self._answers[number] = asyncio.get_running_loop().create_future()
        await self._socket.send_json({"id": number, "method": method, "params": parameters})
        async with asyncio.timeout(PATIENCE):
            result: dict[str, Any] = await answer
        return result

    async def listen(self) -> None:
        """Take in what it says, until it is closed."""
        async for message in self._socket:
            said = message.json()
            if said.get("method") == "log.entryAdded":
                self._note(said["params"])
            elif said["type"] == "success":
                self._answers.pop(said["id"]).set_result(said["result"])
            elif said["type"] == "error":
                self._answers.pop(said["id"]).set_exception(AssertionError(said["message"]))

    def _note(self, entry: dict[str, Any]) -> None:
        # Firefox reports each failed attempt to connect; no page can keep it from that.
        if entry["level"] in {"error", "warn"} and "/socket.io/" not in entry["text"]:
            self.complaints.append(entry["text"])


@asynccontextmanager
async def running(profile: Path) -> AsyncIterator[Firefox]:
    """Run a Firefox whose system is dark; fails if anything complained in its console."""
    program = shutil.which("firefox-esr") or shutil.which("firefox")
    assert program, "firefox-esr is missing: apt-get install firefox-esr"
    (profile / "user.js").write_text(SETTINGS, "utf-8")
    options = ("--headless", "--no-remote", "--profile", str(profile), "--remote-debugging-port=0")
    async with launched(*options, program=(program,)) as process, ClientSession() as session:
        url = (await process.says("BiDi listening on")).split()[-1]
        async with session.ws_connect(f"{url}/session", max_msg_size=0) as socket:
            firefox = Firefox(socket)
            listening = asyncio.create_task(firefox.listen())
            await firefox.command("session.new", capabilities={})
            await firefox.command("session.subscribe", events=["log.entryAdded"])
            yield firefox
            await firefox.command("browser.close")
            await listening
    assert firefox.complaints == []


class Window:
    """Someone at a screen in Firefox: a window with its own storage and network."""

    def __init__(self, firefox: Firefox, user: str, context: str) -> None:
        self._firefox, self._user, self._context = firefox, user, context

    @classmethod
    async def at(cls, firefox: Firefox, url: str) -> Self:
        """Open a page in a window."""
        user = (await firefox.command("browser.createUserContext"))["userContext"]
        opened = await firefox.command("browsingContext.create", type="window", userContext=user)
        window = cls(firefox, user, opened["context"])
        await window.goes_to(url)
        return window

    # What can be done

    async def goes_to(self, url: str) -> None:
        """Open another page."""
        await self._run("browsingContext.navigate", url=url, wait="complete")

    async def reloads(self) -> None:
        """Load the page once more."""
        await self._run("browsingContext.reload", wait="complete")

    async def goes_offline(self) -> None:
        """Pull the network cable out."""
        await self._has_network({"type": "offline"})

    async def goes_online(self) -> None:
        """Put the network cable in again."""
        await self._has_network(None)

    async def clicks(self, css: str, *, times: int = 1) -> None:
        """Move the mouse to the first element of a selector, and click."""
        await self._point({"type": "css", "value": css}, times)

    async def presses(self, name: str) -> None:
        """Click on the button, or the box, of a name."""
        found = f"//*[@aria-label='{name}'] | //button[normalize-space()='{name}']"
        await self._point({"type": "xpath", "value": found}, 1)

    async def types(self, text: str) -> None:
        """Press keys."""
        strokes = [
            {"type": stroke, "value": key} for key in text for stroke in ("keyDown", "keyUp")
        ]
        await self._act({"type": "key", "id": "keyboard", "actions": strokes})

    # What can be seen

    async def finds(self, expression: str) -> Any:
        """Evaluate an expression of JavaScript on the page."""
        found = await self._firefox.command(
            "script.evaluate",
            expression=expression,
            target={"context": self._context},
            awaitPromise=True,
        )
        assert found["type"] == "success", found["exceptionDetails"]["text"]
        return found["result"].get("value")

    async def sees(self, expression: str) -> None:
        """Wait until an expression of JavaScript holds on the page."""
        async with asyncio.timeout(PATIENCE):
            while not await self.finds(expression):  # noqa: ASYNC110
                await asyncio.sleep(0.05)

    async def reads(self, css: str, *texts: str) -> None:
        """Wait until the elements of a selector have exactly these texts."""
        every = f"[...document.querySelectorAll({json.dumps(css)})].map((each) => each.textContent)"
        await self.sees(f"JSON.stringify({every}) === JSON.stringify({json.dumps(texts)})")

    async def _run(self, method: str, **parameters: Any) -> dict[str, Any]:
        return await self._firefox.command(method, context=self._context, **parameters)

    async def _has_network(self, conditions: dict[str, str] | None) -> None:
        await self._firefox.command(
            "emulation.setNetworkConditions",
            networkConditions=conditions,
            userContexts=[self._user],
        )

    async def _point(self, locator: dict[str, Any], clicks: int) -> None:
        async with asyncio.timeout(PATIENCE):
            while not (nodes := await self._locate(locator)):  # noqa: ASYNC110
                await asyncio.sleep(0.05)
        node = {"sharedId": nodes[0]["sharedId"]}
        await self._firefox.command(
            "script.callFunction",
            functionDeclaration=INTO_VIEW,
            arguments=[node],
            target={"context": self._context},
            awaitPromise=False,
        )
        element = {"type": "element", "element": node}
        press = [{"type": "pointerDown", "button": 0}, {"type": "pointerUp", "button": 0}]
        moves = [{"type": "pointerMove", "x": 0, "y": 0, "origin": element}, *press * clicks]
        await self._act({"type": "pointer", "id": "mouse", "actions": moves})

    async def _locate(self, locator: dict[str, Any]) -> list[dict[str, Any]]:
        found = await self._run("browsingContext.locateNodes", locator=locator)
        nodes: list[dict[str, Any]] = found["nodes"]
        return nodes

    async def _act(self, source: dict[str, Any]) -> None:
        await self._run("input.performActions", actions=[source])
