"""Generated clients of several arguments, of paths with parameters, and of a careless server."""

from __future__ import annotations

import asyncio
import importlib
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
import socketio

from asyncapi_socketio import ConnectError, ContractBroken
from tests.generate.test_cases import CASES, run
from tests.library.backends import attached, own
from tests.library.test_cases_served import generated
from tests.library.test_dynamic_namespaces import Building
from tests.library.test_optional_arguments import Hall
from tests.library.test_tuples import HERE, Board
from tests.patience import PATIENCE


def module(case: str) -> Any:
    """Import the client that a case's contract became."""
    name, _, _ = generated(CASES / case).__name__.rpartition(".")
    return importlib.import_module(f"{name}.client")


@asynccontextmanager
async def two(case: str, handlers: object) -> AsyncIterator[tuple[Any, Any]]:
    """Serve a case, and yield Ada and Bob, its clients."""
    client = module(case).Client
    async with (
        own(generated(CASES / case).CONTRACT, handlers) as (url, _),
        client(url) as ada,
        client(url) as bob,
    ):
        yield ada, bob


async def test_several_arguments_are_parameters_and_several_of_an_ack_a_tuple() -> None:
    heard: asyncio.Queue[Any] = asyncio.Queue()
    async with two("tuples", Board()) as (ada, bob):
        bob.on_moved(lambda to, fast: heard.put_nowait((to, fast)))
        assert await bob.move(HERE, False, 1) == (HERE, "bool")
        await ada.move(HERE, True, 3)
        async with asyncio.timeout(PATIENCE):
            assert await heard.get() == (HERE, True)
        with pytest.raises(module("tuples").Lost) as lost:
            await ada.move(HERE, True, 101)
        assert lost.value.ack == {"error": "too fast"}


async def test_what_is_left_out_is_none_and_what_follows_is_a_tuple() -> None:
    heard: asyncio.Queue[Any] = asyncio.Queue()
    async with two("optional", Hall()) as (ada, bob):
        bob.on_shouted(lambda *args: heard.put_nowait(args))
        bob.on_added(lambda *args: heard.put_nowait(args))
        assert await ada.shout("hello") == (5,)
        assert await ada.shout("hi", True, "glad") == (2, "True")
        assert await ada.count() == (-1,)
        assert await ada.add("sum", 1, 2) == (True, 1, 2)
        async with asyncio.timeout(PATIENCE):
            assert await heard.get() == ("hello", None)
            assert await heard.get() == ("hi", "glad")
            assert await heard.get() == ("sum", (1, 2))


async def test_parameters_fill_the_path_of_a_namespace() -> None:
    heard: asyncio.Queue[str] = asyncio.Queue()
    clients = module("dynamic")
    async with own(generated(CASES / "dynamic").CONTRACT, Building()) as (url, _):
        with pytest.raises(ConnectError, match="closed"):
            await clients.RoomClient(url, {"id": "cellar"}).connect()
        with pytest.raises(ValueError, match="needs a value of id"):
            clients.RoomClient(url, {"id": "not/a/room"})
        async with (
            clients.RoomClient(url, {"id": "kitchen"}) as ada,
            clients.RoomClient(url, {"id": "kitchen"}) as bob,
        ):
            bob.on_said(heard.put_nowait)
            ada.on_sure(lambda: True)
            await ada.say("sure?")
            async with asyncio.timeout(PATIENCE):
                assert await heard.get() == "kitchen: True"


@asynccontextmanager
async def careless() -> AsyncIterator[str]:
    """Serve tuples without a contract, which answers with nonsense."""
    sio = socketio.AsyncServer(async_mode="aiohttp")

    async def move(sid: str, *args: Any) -> Any:
        await sio.emit("moved", ("nowhere",), to=sid)
        await sio.emit("moved", (HERE, True), to=sid)
        return ("nowhere", 1)

    sio.on("move", move)
    async with attached(sio) as url:
        yield url


async def test_what_breaks_the_contract_is_not_handled(caplog: pytest.LogCaptureFixture) -> None:
    heard: asyncio.Queue[Any] = asyncio.Queue()
    async with careless() as url, module("tuples").Client(url) as ada:
        ada.on_moved(lambda *args: heard.put_nowait(args))
        with pytest.raises(ContractBroken, match="operations/move: the ack of move breaks its"):
            await ada.move(HERE, True, 1)
        async with asyncio.timeout(PATIENCE):
            assert await heard.get() == (HERE, True)
    assert "operations/moved: moved breaks its schema: not handled" in caplog.text


async def test_who_does_not_validate_takes_what_comes() -> None:
    heard: asyncio.Queue[Any] = asyncio.Queue()
    async with careless() as url, module("tuples").Client(url, validate=False) as ada:
        ada.on_moved(lambda *args: heard.put_nowait(args))
        assert await ada.move(HERE, True, 1) == ("nowhere", 1)
        async with asyncio.timeout(PATIENCE):
            assert await heard.get() == ("nowhere", None)


async def test_a_call_has_a_deadline_and_ends_with_its_connection() -> None:
    waiting = asyncio.Event()
    sio = socketio.AsyncServer(async_mode="aiohttp")

    async def move(sid: str, *_: Any) -> None:
        waiting.set()
        await asyncio.Event().wait()

    sio.on("move", move)
    async with attached(sio) as url, module("tuples").Client(url) as ada:
        with pytest.raises(TimeoutError, match=r"move: no ack within 0.01 s; it may have been"):
            await ada.move(HERE, True, 1, within=0.01)
        waiting.clear()
        async with asyncio.timeout(PATIENCE):
            moved = asyncio.ensure_future(ada.move(HERE, True, 1, within=PATIENCE))
            await waiting.wait()
            await ada.disconnect()
            with pytest.raises(ConnectionError, match="before the ack came"):
                await moved


@pytest.mark.parametrize("case", ["asks", "found", "namespaces", "plain_json", "shapes"])
def test_every_case_has_clients(case: str) -> None:
    clients = [item for item in vars(module(case)) if item.endswith("Client")]
    contract = generated(CASES / case).CONTRACT
    assert len(clients) == len(contract.namespaces)


def test_the_names_of_every_client_are_kept_free() -> None:
    methods = vars(module("found").Client)
    assert not {"connect", "disconnect", "on_connect", "socket"} & methods.keys()


def test_without_its_extra_a_client_says_what_to_install() -> None:
    program = "import sys; sys.modules['socketio'] = None; import asyncapi_socketio.client"
    result = run(sys.executable, "-c", program)
    assert result.stderr.endswith(
        "clients need python-socketio: pip install 'asyncapi-socketio[client]'\n"
    )
