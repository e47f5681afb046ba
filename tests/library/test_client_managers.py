"""Two processes with stock servers and one Redis are one chat, as far as a client manager can."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.library.backends import Guest, guests
from tests.patience import PATIENCE
from tests.processes import ServiceProcess, launched
from tests.redis_server import Redis

pytestmark = pytest.mark.slow

ADA, BOB, MIA = ({"token": f"{name}-token"} for name in ("ada", "bob", "mia"))

CHAT = (sys.executable, "-m", "tests.library.chat_on_redis")


@dataclass
class Chats:
    """Two processes that serve the same chat, and the people there: one in each one's hall."""

    redis: Redis
    here: ServiceProcess
    there: ServiceProcess
    _stack: AsyncExitStack
    _halls: list[Guest] = field(default_factory=list)

    async def open(self) -> None:
        """Seat somebody in each hall: a manager subscribes at its first request."""
        self._halls = [await self._meet(process, ADA, "/") for process in (self.here, self.there)]
        await self.redis.heard_by(2)
        for guest in self._halls:
            await guest.call("room:join", "hall")
        await self._told()

    async def come(self, process: ServiceProcess, auth: Any, room: str = "", **asked: Any) -> Guest:
        """Let somebody into a process's chat, and into a room of it, as both processes know."""
        guest = await self._meet(process, auth, "/", **asked)
        if room:
            await guest.call("room:join", room)
            await self._told()
        return guest

    async def _told(self) -> None:
        """Wait until each process has heard all that the other has told."""
        for teller, listener in (self._halls, reversed(self._halls)):
            said = ("message:new", await says(teller, "hall", "Anything else?"))
            while await listener.hears() != said:
                pass  # who else is in the hall

    async def moderate(self, process: ServiceProcess) -> Guest:
        """Let a moderator in."""
        return await self._meet(process, MIA, "/moderators")

    async def _meet(
        self, process: ServiceProcess, auth: Any, namespace: str, **asked: Any
    ) -> Guest:
        come = await self._stack.enter_async_context(guests(process.url, namespace))
        guest: Guest = await come(auth, **asked)
        return guest


@pytest.fixture
async def chats(tmp_path: Path) -> AsyncIterator[Chats]:
    """Serve the chat by two processes that hear each other."""
    async with AsyncExitStack() as stack:
        redis = Redis(tmp_path)
        await redis.start()
        stack.push_async_callback(redis.stop)
        here = await stack.enter_async_context(one(redis))
        there = await stack.enter_async_context(one(redis))
        chats = Chats(redis, here, there, stack)
        await chats.open()
        yield chats


@asynccontextmanager
async def one(redis: Redis) -> AsyncIterator[ServiceProcess]:
    """Start a process."""
    variables = {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    async with launched(redis.url, program=CHAT, variables=variables) as process:
        process.url = (await process.says("listening on")).rpartition(" ")[2]
        yield process


async def says(guest: Guest, room: str, text: str) -> dict[str, str]:
    """Say something in a room, and return what the others there hear."""
    answer = await guest.call("message:send", {"room": room, "text": text})
    message: dict[str, str] = answer["data"]
    return message


async def test_a_room_has_its_people_in_both_processes(chats: Chats) -> None:
    ada = await chats.come(chats.here, ADA, "kitchen")
    bob = await chats.come(chats.there, BOB, "kitchen")
    eve = await chats.come(chats.there, ADA, "garden")
    assert await ada.hears() == ("room:joined", {"room": "kitchen", "member": "bob"})
    said = await says(ada, "kitchen", "Hello")
    assert await bob.hears() == ("message:new", said)
    said = await says(bob, "kitchen", "Hello, Ada")
    assert await ada.hears() == ("message:new", said)
    zoe = await chats.come(chats.here, BOB, "garden")
    assert await eve.hears() == ("room:joined", {"room": "garden", "member": "bob"})
    await bob.call("room:leave", "kitchen")
    await says(ada, "kitchen", "Still there?")
    said = await says(zoe, "garden", "Nice weather")
    assert await eve.hears() == ("message:new", said)
    assert ada.heard_nothing()
    assert bob.heard_nothing()


async def test_who_is_asked_answers_before_the_other_process_is_told(chats: Chats) -> None:
    ada = await chats.come(chats.here, ADA, "kitchen", **{"room:confirm-close": lambda _: True})
    bob = await chats.come(chats.there, BOB, "kitchen", **{"room:confirm-close": lambda _: False})
    assert await ada.hears() == ("room:joined", {"room": "kitchen", "member": "bob"})
    assert await bob.call("room:close", "kitchen") == {"error": "declined"}
    assert not await ada.call("room:close", "kitchen")
    assert await ada.hears() == await bob.hears() == ("room:closed", "kitchen")


async def test_a_namespace_hears_who_goes_and_who_is_sent_out_elsewhere(chats: Chats) -> None:
    mia = await chats.moderate(chats.here)
    gone, sent_out = await chats.moderate(chats.there), await chats.moderate(chats.there)
    await gone.client.disconnect()
    assert await mia.hears() == await sent_out.hears() == ("notice", "mia has gone")
    out = asyncio.Event()
    sent_out.client.on("disconnect", lambda _: out.set(), namespace="/moderators")
    await sent_out.call("announce", "I am leaving")
    assert await mia.hears() == ("notice", "I am leaving")
    assert await mia.hears() == ("notice", "mia has gone")
    async with asyncio.timeout(PATIENCE):
        await out.wait()
    assert mia.client.connected


async def test_the_application_of_one_process_tells_the_clients_of_both(chats: Chats) -> None:
    mia, other = await chats.moderate(chats.here), await chats.moderate(chats.there)
    chats.there.signal(signal.SIGUSR1)
    assert await mia.hears() == await other.hears() == ("notice", "From the application")


async def test_a_process_that_is_killed_leaves_the_other_as_it_was(chats: Chats) -> None:
    ada = await chats.come(chats.here, ADA, "kitchen")
    await chats.come(chats.there, BOB, "kitchen")
    assert await ada.hears() == ("room:joined", {"room": "kitchen", "member": "bob"})
    await chats.there.kill()
    bob = await chats.come(chats.here, BOB)
    await bob.call("room:join", "kitchen")
    assert await ada.hears() == ("room:joined", {"room": "kitchen", "member": "bob"})
    said = await says(bob, "kitchen", "Here I am")
    assert await ada.hears() == ("message:new", said)


async def test_without_redis_each_process_goes_on_by_itself_until_it_is_back(chats: Chats) -> None:
    ada, eve = [await chats.come(chats.here, ADA, "kitchen") for _ in range(2)]
    bob = await chats.come(chats.there, BOB, "kitchen")
    for guest, members in ((ada, ["ada", "bob"]), (eve, ["bob"])):
        for member in members:
            assert await guest.hears() == ("room:joined", {"room": "kitchen", "member": member})
    await chats.redis.stop()
    said = await says(ada, "kitchen", "Can you hear me?")
    assert await eve.hears() == ("message:new", said)
    await chats.redis.start()
    await chats.redis.heard_by(2)
    said = await says(ada, "kitchen", "And now?")
    assert await eve.hears() == await bob.hears() == ("message:new", said)
