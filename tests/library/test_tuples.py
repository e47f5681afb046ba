"""Events and acks with several arguments, served, mocked and tested."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from structlog.testing import capture_logs

from asyncapi_socketio import asyncapi
from asyncapi_socketio.mock.service import MockService
from asyncapi_socketio.testing.run import Plan, Run
from asyncapi_socketio.testing.runner import Failure
from asyncapi_socketio.transport import listen
from tests.generate.test_cases import CASES
from tests.library.backends import BACKENDS, Serve, guests, own
from tests.library.test_cases_served import generated
from tests.patience import PATIENCE

CASE = CASES / "tuples"
HERE = {"x": 1, "y": 2}


class Board:
    """Moves what clients move, and tells those in the room."""

    async def move(self, to: Any, fast: bool, speed: float, context: Any) -> Any:
        if speed > 100:
            return {"error": "too fast"}
        if speed == 7:
            return ({"x": "nowhere"}, "broken")
        context.enter("board")
        context.broadcast.moved("board", to, fast)
        return (to, type(fast).__name__)

    async def say(self, text: str, context: Any) -> None:
        context.session["said"] = text

    async def leave(self, context: Any) -> None:
        context.leave("board")

    async def ping(self, number: int, context: Any) -> None:
        context.session["pinged"] = number

    async def pair(self, pair: list[float], context: Any) -> None:
        context.session["pair"] = pair


@pytest.fixture(params=BACKENDS)
def serve(request: pytest.FixtureRequest) -> Serve:
    """Serve a contract on a backend."""
    return BACKENDS[request.param]


@asynccontextmanager
async def at_the_board(serve: Serve, board: object) -> AsyncIterator[Callable[..., Any]]:
    async with serve(generated(CASE).CONTRACT, board) as (url, _), guests(url) as come:
        yield come


async def test_each_argument_comes_by_itself_and_so_does_each_of_an_ack(serve: Serve) -> None:
    async with at_the_board(serve, Board()) as come:
        ada, bob = await come(), await come()
        assert await bob.call("move", HERE, False, 1) == (HERE, "bool")
        assert await ada.call("move", HERE, "TRUE", 3) == (HERE, "bool")
        assert await bob.hears() == ("moved", HERE, True)
        assert await ada.call("move", HERE, True, 101) == {"error": "too fast"}
        assert ada.heard_nothing()


@pytest.mark.parametrize(
    ("args", "error"),
    [
        ((HERE, True), "wrong"),
        ((HERE, True, 1, 2), "wrong"),
        (([HERE, True, 1],), "wrong"),
        ((HERE, "yes", 1), "wrong"),
        ((HERE, True, -1), "wrong"),
        ((HERE, True, 7), "failed"),
    ],
)
async def test_what_is_not_the_tuple_is_refused(
    serve: Serve, args: tuple[Any, ...], error: str
) -> None:
    async with at_the_board(serve, Board()) as come:
        assert await (await come()).call("move", *args) == {"error": error}


async def test_arguments_that_may_follow_are_left_out(serve: Serve) -> None:
    pinged: asyncio.Queue[tuple[Any, ...]] = asyncio.Queue()

    class Pinged(Board):
        async def ping(self, *args: Any) -> None:
            pinged.put_nowait(args[:-1])

    async with at_the_board(serve, Pinged()) as come, asyncio.timeout(PATIENCE):
        ada = await come()
        await ada.client.emit("ping", (1, "more", {"and": "more"}))
        await ada.client.emit("ping", ())
        await ada.client.emit("ping", 2)
        assert [await pinged.get(), await pinged.get()] == [(1,), (2,)]


@pytest.mark.parametrize(("answer", "asked"), [((HERE, "here"), (HERE, "here")), ((), None)])
async def test_an_answer_of_several_arguments_is_a_tuple(
    serve: Serve, answer: tuple[Any, ...], asked: Any
) -> None:
    told: asyncio.Queue[Any] = asyncio.Queue()

    class Asking(Board):
        async def say(self, _: str, context: Any) -> None:
            told.put_nowait(await context.ask.where(within=PATIENCE))

    async with at_the_board(serve, Asking()) as come, asyncio.timeout(PATIENCE):
        ada = await come(where=lambda: answer)
        await ada.client.emit("say", "Where am I?")
        assert await told.get() == asked


async def test_a_mock_acks_and_sends_several() -> None:
    contract = asyncapi.read((CASE / "asyncapi.yaml").read_text("utf-8"))
    service = MockService(contract, say=lambda _: None)
    runner = await listen(service.application([]), "127.0.0.1", 0)
    async with guests(f"http://127.0.0.1:{runner.addresses[0][1]}") as come:
        ada = await come()
        point, where = await ada.call("move", HERE, True, 3)
        assert {*point} == {"x", "y"}
        assert isinstance(where, str)
        assert await ada.call("move", HERE) == {"error": "wrong"}
    await runner.cleanup()


def failures(url: str) -> list[Failure]:
    """Test a live board against its contract."""
    contract = asyncapi.read((CASE / "asyncapi.yaml").read_text("utf-8"))
    run = Run(contract, Plan(url, max_examples=12, timeout=PATIENCE))
    return [failure for _, found in run.failures() for failure in found]


class Sound(Board):
    """Acks as its contract says, whatever it is given."""

    async def move(self, to: Any, fast: bool, speed: float, context: Any) -> Any:
        return (to, type(fast).__name__) if speed < 100 else {"error": "too fast"}


class Swapped(Sound):
    """Mixes up the arguments of its ack."""

    async def move(self, to: Any, fast: bool, speed: float, context: Any) -> Any:
        return {"error": ["no text"]} if speed > 1 else (to, "here")


@pytest.mark.slow
async def test_a_sound_board_is_clean_when_it_is_tested() -> None:
    with capture_logs():
        async with own(generated(CASE).CONTRACT, Sound()) as (url, _):
            assert await asyncio.to_thread(failures, url) == []


@pytest.mark.slow
async def test_an_ack_that_breaks_the_contract_is_found() -> None:
    with capture_logs():
        async with own(generated(CASE).CONTRACT, Swapped()) as (url, _):
            found = await asyncio.to_thread(failures, url)
    assert {failure.rule for failure in found} == {"unexpected-error"}
