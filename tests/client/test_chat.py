"""The generated clients of the chat: who is let in, what is heard, asked and answered, and cuts."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
import socketio

from asyncapi_socketio import Application
from chat.app import Chat
from chat.generated import CONTRACT
from chat.generated.client import (
    Client,
    LobbyConnectError,
    ModeratorsClient,
    ModeratorsConnectError,
    Refused,
)
from chat.generated.models import Message, Token
from servers.ports import free_port
from tests.library.backends import own
from tests.patience import PATIENCE

ADA: Token = {"token": "ada-token"}
BOB: Token = {"token": "bob-token"}
MIA: Token = {"token": "mia-token"}


@pytest.fixture
async def url() -> AsyncIterator[str]:
    """Yield a served chat."""
    async with own(CONTRACT, Chat()) as (url, _):
        yield url


async def test_bob_hears_what_ada_says(url: str) -> None:
    heard: asyncio.Queue[Message] = asyncio.Queue()
    async with Client(url, auth=ADA) as ada, Client(url, auth=BOB) as bob:
        bob.on_message_new(heard.put_nowait)
        assert await bob.join_room("kitchen") == {"members": ["bob"]}
        assert await ada.join_room("kitchen") == {"members": ["ada", "bob"]}

        said = await ada.send_message({"room": "kitchen", "text": "Hello"})

        async with asyncio.timeout(PATIENCE):
            assert await heard.get() == said["data"]
        with pytest.raises(Refused) as outside:
            await ada.send_message({"room": "attic", "text": "Hello"})
        assert outside.value.ack["error"] == "not in the room"


async def test_the_server_asks_and_the_client_answers(url: str) -> None:
    asked: list[str] = []
    async with Client(url, auth=ADA) as ada:

        @ada.on_confirm_close
        async def confirm(room: str) -> bool:
            asked.append(room)
            return len(asked) > 1

        await ada.join_room("kitchen")
        with pytest.raises(Refused, match="declined"):
            await ada.close_room("kitchen")
        await ada.close_room("kitchen")
    assert asked == ["kitchen", "kitchen"]


async def test_a_namespace_has_a_client_of_its_own(url: str) -> None:
    heard: asyncio.Queue[str] = asyncio.Queue()
    async with ModeratorsClient(url, auth=MIA) as one, ModeratorsClient(url, auth=MIA) as other:
        other.on_noticed(heard.put_nowait)
        await one.announce("Lunch is ready")
        async with asyncio.timeout(PATIENCE):
            assert await heard.get() == "Lunch is ready"


async def test_who_is_not_let_in_gets_the_declared_data(url: str) -> None:
    with pytest.raises(LobbyConnectError, match="unknown token") as unknown:
        await Client(url, auth={"token": "eve-token"}).connect()
    assert unknown.value.data == {"code": 401}
    with pytest.raises(ModeratorsConnectError, match="moderators only") as plain:
        await ModeratorsClient(url, auth=ADA).connect()
    assert plain.value.data == {"code": 403}


async def test_where_nobody_listens_it_says_so() -> None:
    with pytest.raises(ConnectionError, match="does it run there"):
        await Client(f"http://127.0.0.1:{free_port()}", auth=ADA).connect()


async def test_who_is_not_connected_is_told_to_connect(url: str) -> None:
    with pytest.raises(ConnectionError, match=r"^room:join: not connected to .*: wait"):
        await Client(url, auth=ADA).join_room("kitchen")


async def test_after_a_cut_it_comes_back_and_joins_anew() -> None:
    tokens, joined = [ADA, BOB], asyncio.Event()
    port = free_port()
    ended: asyncio.Queue[str] = asyncio.Queue()
    quick = socketio.AsyncClient(reconnection_delay=0.02, randomization_factor=0)
    ada = Client(f"http://127.0.0.1:{port}", auth=lambda: tokens.pop(0), socket=quick)

    @ada.on_connect
    async def enter() -> None:
        await ada.join_room("kitchen")
        joined.set()

    ada.on_disconnect(ended.put_nowait)
    runner = await Application(CONTRACT, Chat()).listen(port=port)
    await ada.connect()
    async with asyncio.timeout(PATIENCE):
        await joined.wait()
        joined.clear()
        await runner.cleanup()
        assert await ended.get()
        runner = await Application(CONTRACT, Chat()).listen(port=port)
        await joined.wait()
    said = await ada.send_message({"room": "kitchen", "text": "Back"})
    assert said["data"]["author"] == "bob", "the payload was asked for again"
    await ada.disconnect()
    await runner.cleanup()


async def test_who_leaves_while_it_is_cut_off_does_not_come_back() -> None:
    port = free_port()
    ended: asyncio.Queue[str] = asyncio.Queue()
    ada = Client(f"http://127.0.0.1:{port}", auth=ADA)
    ada.on_disconnect(ended.put_nowait)
    runner = await Application(CONTRACT, Chat()).listen(port=port)
    await ada.connect()
    await runner.cleanup()
    async with asyncio.timeout(PATIENCE):
        await ended.get()
        await ada.disconnect()
    assert not ada.socket.connected
