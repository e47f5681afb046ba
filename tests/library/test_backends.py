"""A chat behaves the same on the library's own transport and on python-socketio's servers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
import socketio

from asyncapi_socketio import ContractBroken
from chat.app import Chat
from chat.generated.operations import CONTRACT
from tests.library.backends import BACKENDS, Serve, guests
from tests.patience import PATIENCE
from ticker.app import Ticker
from ticker.generated.operations import CONTRACT as PRICES

ADA, BOB, MIA = ({"token": f"{name}-token"} for name in ("ada", "bob", "mia"))


@pytest.fixture(params=BACKENDS)
def serve(request: pytest.FixtureRequest) -> Serve:
    """Serve a contract on a backend."""
    return BACKENDS[request.param]


@asynccontextmanager
async def chatting(serve: Serve) -> AsyncIterator[Callable[..., Any]]:
    """Serve the chat, and let people in."""
    async with serve(CONTRACT, Chat()) as (url, _), guests(url) as come:
        yield come


async def refused(url: str, auth: Any, namespace: str = "/") -> Any:
    """Return the connect error of a client."""
    client = socketio.AsyncClient(reconnection=False)
    told: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
    client.on("connect_error", told.set_result, namespace=namespace)
    with pytest.raises(socketio.exceptions.ConnectionError):
        await client.connect(url, auth=auth, namespaces=[namespace], wait_timeout=PATIENCE)
    await client.disconnect()
    return told.result()


async def test_a_room_hears_what_is_said_in_it_and_nobody_else(serve: Serve) -> None:
    async with chatting(serve) as come:
        ada, bob, eve = await come(ADA), await come(BOB), await come(ADA)
        assert await ada.call("room:join", "kitchen") == {"members": ["ada"]}
        assert await bob.call("room:join", "kitchen") == {"members": ["ada", "bob"]}
        assert await ada.hears() == ("room:joined", {"room": "kitchen", "member": "bob"})
        said = {"room": "kitchen", "author": "ada", "text": "Hello"}
        answer = await ada.call("message:send", {"room": "kitchen", "text": "Hello", "x": 1})
        assert answer == {"data": said}
        assert await bob.hears() == ("message:new", said)
        assert await eve.call("message:send", {"room": "kitchen", "text": "Psst"}) == {
            "error": "not in the room"
        }
        assert not await bob.call("room:leave", "kitchen")
        await ada.call("message:send", {"room": "kitchen", "text": "Still there?"})
        assert await bob.call("room:join", "garden") == {"members": ["bob"]}
        assert ada.heard_nothing()
        assert bob.heard_nothing()
        assert eve.heard_nothing()


async def test_violations_are_acked_with_all_that_is_wrong(serve: Serve) -> None:
    async with chatting(serve) as come:
        ada = await come(ADA)
        assert await ada.call("message:send", {"room": "No Room", "text": ""}) == {
            "error": "invalid payload",
            "details": [
                {
                    "message": 'must match pattern "^[a-z0-9-]+$"',
                    "path": ["room"],
                    "type": "pattern",
                },
                {
                    "message": "must NOT have fewer than 1 characters",
                    "path": ["text"],
                    "type": "minLength",
                },
            ],
        }
        assert (await ada.call("room:join"))["error"] == "invalid payload"
        assert (await ada.call("room:join", "a", "b"))["details"] == [
            {"message": "must have 1 arguments, has 2", "path": [], "type": "args"}
        ]


@pytest.mark.parametrize("answer", [True, False])
async def test_a_client_is_asked_and_its_answer_counts(serve: Serve, answer: bool) -> None:
    async with chatting(serve) as come:
        ada = await come(ADA, **{"room:confirm-close": lambda room: answer})
        bob = await come(BOB)
        for guest in (ada, bob):
            await guest.call("room:join", "kitchen")
        assert await ada.hears() == ("room:joined", {"room": "kitchen", "member": "bob"})
        closed = await ada.call("room:close", "kitchen")
        if answer:
            assert not closed
            assert await bob.hears() == await ada.hears() == ("room:closed", "kitchen")
        else:
            assert closed == {"error": "declined"}
            assert bob.heard_nothing()


async def test_an_answer_that_breaks_the_contract_counts_as_none(serve: Serve) -> None:
    async with chatting(serve) as come:
        ada = await come(ADA, **{"room:confirm-close": lambda room: "yes"})
        await ada.call("room:join", "kitchen")
        assert await ada.call("room:close", "kitchen") == {"error": "declined"}


async def test_who_may_not_come_in_is_told_why(serve: Serve) -> None:
    async with serve(CONTRACT, Chat()) as (url, _):
        unknown = await refused(url, {"token": "nobody"})
        assert unknown == {"message": "unknown token", "data": {"code": 401}}
        missing = await refused(url, None)
        assert missing == {
            "message": "must have required property 'token'",
            "data": {"code": 401},
        }
        no_moderator = await refused(url, ADA, "/moderators")
        assert no_moderator == {"message": "moderators only", "data": {"code": 403}}


async def test_namespaces_are_apart(serve: Serve) -> None:
    async with (
        serve(CONTRACT, Chat()) as (url, _),
        guests(url) as come,
        guests(url, "/moderators") as moderate,
    ):
        ada, mia, other = await come(ADA), await moderate(MIA), await moderate(MIA)
        assert not await mia.call("announce", "Lunch is ready")
        assert await other.hears() == ("notice", "Lunch is ready")
        assert mia.heard_nothing()
        assert ada.heard_nothing()


async def test_who_goes_is_forgotten(serve: Serve) -> None:
    handlers = Chat()
    async with serve(CONTRACT, handlers) as (url, _), guests(url) as come:
        ada, bob = await come(ADA), await come(BOB)
        await bob.call("room:join", "kitchen")
        await bob.client.disconnect()
        async with asyncio.timeout(PATIENCE):
            while (await ada.call("room:join", "kitchen"))["members"] != ["ada"]:  # noqa: ASYNC110
                await asyncio.sleep(0.01)  # nobody tells who has gone


async def test_the_application_tells_whoever_watches(serve: Serve) -> None:
    async with serve(PRICES, Ticker()) as (url, broadcast), guests(url) as come:
        ada, bob = await come(), await come()
        assert await ada.call("watch", "ACME") == {"symbol": "ACME", "price": 10.0}
        assert await ada.call("watch", "NONE") == {"error": "unknown symbol"}
        broadcast.tick("ACME", {"symbol": "ACME", "price": 12.5})
        assert await ada.hears() == ("tick", {"symbol": "ACME", "price": 12.5})
        assert bob.heard_nothing()
        with pytest.raises(ContractBroken, match=r"tick: minimum at price"):
            broadcast.tick("ACME", {"symbol": "ACME", "price": -1})
