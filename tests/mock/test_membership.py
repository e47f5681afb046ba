"""The mock knows who has called what: preconditions and their rooms, tokens, one room of many."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from socketio.exceptions import ConnectionError as NotConnected

from tests.library.backends import guests
from tests.mock.test_mock import CASES, ROOT, mocked, read

CHAT = read(Path(__file__).parent.parent / "testing" / "servers" / "chat.yaml")
EXAMPLE = read(ROOT / "examples" / "chat" / "asyncapi.yaml")
DYNAMIC = read(CASES / "dynamic" / "asyncapi.yaml")
TOKEN = {"token": "anything"}


def said(room: str) -> dict[str, Any]:
    return {"room": room, "text": "hello"}


async def test_who_has_not_come_in_neither_speaks_nor_hears() -> None:
    async with mocked(CHAT) as (url, _), guests(url) as come:
        ada, bob, eve = await come(TOKEN), await come(TOKEN), await come(TOKEN)
        assert "error" in await ada.call("message:send", said("kitchen"))
        await bob.call("room:join", {"room": "kitchen"})
        await eve.call("room:join", {"room": "hall"})
        await ada.call("room:join", {"room": "kitchen"})
        assert (await bob.hears())[0] == "member:joined"
        assert "id" in await ada.call("message:send", said("kitchen"))
        assert (await bob.hears())[0] == "message:new"
        assert "error" in await ada.call("message:send", said("hall"))
        await ada.call("room:leave", {"room": "kitchen"})
        assert "error" in await ada.call("message:send", said("kitchen"))
        assert eve.heard_nothing()


async def test_tokens_that_are_no_examples_are_not_let_in() -> None:
    async with mocked(EXAMPLE) as (url, lines), guests(url) as come:
        await come({"token": "ada-token"})
        with pytest.raises(NotConnected):
            await come({"token": "another-token"})
        assert await lines.get() == "/: connect rejected: 'unknown token'"


async def test_one_room_of_many_is_by_itself() -> None:
    async with (
        mocked(DYNAMIC) as (url, _),
        guests(url, "/rooms/kitchen") as into_kitchen,
        guests(url, "/rooms/hall") as into_hall,
    ):
        ada, bob = await into_kitchen(), await into_kitchen()
        eve = await into_hall(sure=lambda: True)
        assert await ada.call("say", "soup") is None
        assert await bob.hears() == ("said", "soup")
        assert await eve.call("say", "chair") is None
        assert await ada.call("say", "salt") is None
        assert await bob.hears() == ("said", "salt")
        assert eve.heard_nothing()


@pytest.mark.parametrize("floor", ["ground", "third"])
async def test_a_parameter_is_one_of_its_values(floor: str) -> None:
    async with mocked(DYNAMIC) as (url, _), guests(url, f"/{floor}/seats/7") as come:
        if floor == "ground":
            await come({"name": "ada"})
            return
        with pytest.raises(NotConnected):
            await come({"name": "ada"})
