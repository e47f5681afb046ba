"""Who may see the operators' page, what it is told, and what it may do."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from asyncapi_socketio import Application, Limits
from asyncapi_socketio.listeners import unix_socket
from asyncapi_socketio.metrics import admin
from chat.app import Chat
from chat.generated.operations import CONTRACT
from tests.library.backends import guests
from tests.library.test_backends import ADA, BOB
from tests.patience import PATIENCE

PAGE = ("/", "/admin.css", "/admin.js", "/reference.css", "/sessions")


@asynccontextmanager
async def operated(token: str | None = None, **limits: Any) -> AsyncIterator[tuple[str, str]]:
    """Serve the chat, and yield its URL and its operators'."""
    app = Application(CONTRACT, Chat(), limits=Limits(**limits))
    operators, _ = admin(app, "chat", token=token, facts=lambda: {"log position": 7})
    runners = [await app.listen(port=0), await app.listen(port=0, app=operators)]
    url, admin_url = (f"http://127.0.0.1:{runner.addresses[0][1]}" for runner in runners)
    yield url, admin_url
    for runner in runners:
        await runner.cleanup()


async def told(url: str, search: str = "") -> Any:
    """Return what the page is told."""
    async with aiohttp.request("GET", f"{url}/sessions", params={"search": search}) as answer:
        assert answer.status == 200
        return await answer.json()


async def until(url: str, true: Callable[[Any], bool]) -> Any:
    """Ask until something is true that nobody waits for."""
    async with asyncio.timeout(PATIENCE):
        while not true(now := await told(url)):  # noqa: ASYNC110  # it tells nobody
            await asyncio.sleep(0.02)
    return now


async def status(url: str, method: str = "GET", **options: Any) -> int:
    """Return how a request is answered."""
    async with aiohttp.request(method, url, **options) as answer:
        return answer.status


def basic(name: str, password: str) -> dict[str, str]:
    """Return what a browser sends when it was asked for a password."""
    return {"Authorization": aiohttp.encode_basic_auth(name, password)}


async def test_the_page_says_who_is_connected_and_what_was_rejected() -> None:
    async with operated() as (url, watched), guests(url) as come:
        ada = await come(ADA)
        await come(BOB)
        for _ in range(3):
            await ada.call("room:join", "kitchen")
        assert await status(f"{url}/socket.io/?EIO=3&transport=polling") == 400
        now = await until(watched, lambda now: sum(row["events"] for row in now["shown"]) == 3)
        assert now["facts"] == {"sessions": 2, "queued bytes": 0, "log position": 7}
        first, second = now["shown"]
        assert (first["events"], second["events"]) == (3, 0), "the busiest is the first"
        assert first["address"] == "127.0.0.1"
        assert first["transport"] == "websocket"
        assert first["clients"] == {"/": ada.client.get_sid()}
        assert [item["reason"] for item in now["rejected"]] == ["Unsupported protocol version"]
        found = await told(watched, ada.client.get_sid()[:8])
        assert [row["session"] for row in found["shown"]] == [first["session"]]


async def test_who_is_disconnected_does_not_come_back_by_itself() -> None:
    async with operated() as (url, watched), guests(url) as come:
        ada, bob = await come(ADA), await come(BOB)
        gone: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        ada.client.on("disconnect", gone.set_result)
        now = await told(watched)
        (session,) = (
            row["session"]
            for row in now["shown"]
            if ada.client.get_sid() in row["clients"].values()
        )
        body = {"session": session}
        assert await status(f"{watched}/disconnect", "POST", json=body) == 200
        async with asyncio.timeout(PATIENCE):
            assert await gone == ada.client.reason.SERVER_DISCONNECT
        assert await status(f"{watched}/disconnect", "POST", json=body) == 404
        now = await told(watched)
        assert [row["clients"] for row in now["shown"]] == [{"/": bob.client.get_sid()}]


@pytest.mark.parametrize("path", PAGE)
async def test_without_a_token_only_this_machine_may_and_no_other_page(path: str) -> None:
    async with operated() as (_, watched):
        port = watched.rpartition(":")[2]
        assert await status(f"{watched}{path}") == 200
        assert await status(f"http://localhost:{port}{path}") == 200
        rebound = {"Host": f"evil.example:{port}"}
        assert await status(f"{watched}{path}", headers=rebound) == 403
        assert await status(f"{watched}{path}", headers={"Origin": "http://evil.example"}) == 403
        assert await status(f"{watched}{path}", headers={"Origin": watched}) == 200
        body = {"session": "x"}
        other = {"Origin": "http://evil.example"}
        assert await status(f"{watched}/disconnect", "POST", json=body, headers=other) == 403


async def test_with_a_token_only_who_has_it_may() -> None:
    async with operated("secret") as (_, watched):
        right, wrong = basic("me", "secret"), basic("secret", "me")
        for path in PAGE:
            assert await status(f"{watched}{path}") == 401
            assert await status(f"{watched}{path}", headers=wrong) == 401
            assert await status(f"{watched}{path}", headers=right) == 200
        for given, answer in {
            "Bearer secret": 200,
            "Bearer x": 401,
            "Basic !": 401,
            "x": 401,
        }.items():
            headers = {"Authorization": given}
            assert await status(f"{watched}/sessions", headers=headers) == answer
        named = {"Host": "todos.example", "Origin": "https://todos.example"}
        assert await status(f"{watched}/sessions", headers={**named, **right}) == 200
        assert await status(f"{watched}/metrics") == 200, "Prometheus needs none"


@pytest.mark.parametrize(("token", "answer"), [(None, 403), ("secret", 200)])
async def test_what_is_no_address_of_this_machine_needs_a_token(
    tmp_path: Path, token: str | None, answer: int
) -> None:
    app = Application(CONTRACT, Chat())
    operators, _ = admin(app, token=token)
    with unix_socket(tmp_path / "admin.sock") as listener:
        runner = await app.listen(app=operators, listeners=[listener])
        connector = aiohttp.UnixConnector(str(tmp_path / "admin.sock"))
        async with aiohttp.ClientSession(connector=connector) as web:
            url = "http://localhost/sessions"
            async with web.get(url, headers=basic("me", "secret")) as answered:
                assert answered.status == answer
        await runner.cleanup()
