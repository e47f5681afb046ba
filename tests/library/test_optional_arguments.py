"""Arguments that may be left out, and any number that may follow: served, mocked and tested."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from asyncapi_socketio import asyncapi
from asyncapi_socketio.mock.service import MockService
from asyncapi_socketio.testing.run import Plan, Run
from asyncapi_socketio.transport import listen
from tests.generate.test_cases import CASES
from tests.library.backends import BACKENDS, Serve, guests
from tests.library.test_cases_served import generated

CASE = CASES / "optional"


class Hall:
    """Repeats what is shouted, and adds up."""

    async def shout(self, text: str, loud: Any, mood: Any, context: Any) -> Any:
        context.broadcast.shouted(text, mood)
        return (len(text),) if loud is None else (len(text), f"{loud}")

    async def count(self, number: Any, _: Any) -> Any:
        return (-1,) if number is None else (number, "given")

    async def add(self, text: str, amounts: tuple[int, ...], context: Any) -> Any:
        context.broadcast.added(text, *amounts)
        return (bool(amounts), *amounts)

    async def any(self, words: tuple[str, ...], context: Any) -> None:
        if words == ("break",):
            context.broadcast.added("too much", 101)
        context.broadcast.added("".join(words), len(words) or 100)


@pytest.fixture(params=BACKENDS)
def serve(request: pytest.FixtureRequest) -> Serve:
    """Serve a contract on a backend."""
    return BACKENDS[request.param]


async def test_what_is_left_out_is_none_and_what_follows_is_a_tuple(serve: Serve) -> None:
    async with serve(generated(CASE).CONTRACT, Hall()) as (url, _), guests(url) as come:
        ada, bob = await come(), await come()
        assert await ada.call("shout", "hello") == 5
        assert await bob.hears() == ("shouted", "hello")
        assert await ada.call("shout", "hello", "TRUE", "glad") == (5, "True")
        assert await bob.hears() == ("shouted", "hello", "glad")
        assert await ada.call("count") == -1
        assert await ada.call("count", 7) == (7, "given")
        assert await ada.call("add", "sum") is False
        assert await bob.hears() == ("added", "sum")
        assert await ada.call("add", "sum", 1, 2, 3) == (True, 1, 2, 3)
        assert await bob.hears() == ("added", "sum", 1, 2, 3)
        await ada.client.emit("any", ())
        assert await bob.hears() == ("added", "", 100)
        await ada.client.emit("any", ("break",))
        await ada.client.emit("any", ("a", "b"))
        assert await bob.hears() == ("added", "ab", 2)


@pytest.mark.parametrize(
    ("event", "args", "error"),
    [
        ("shout", (), "arguments"),
        ("shout", ("hello", True, "glad", 1), "arguments"),
        ("shout", ("hello", "glad"), "invalid"),
        ("shout", ("hello", None), "invalid"),
        ("shout", ("",), "invalid"),
        ("count", (1, 2), "arguments"),
        ("count", (-1,), "invalid"),
        ("add", (), "arguments"),
        ("add", ("sum", 1, 101), "invalid"),
        ("add", (["sum", 1],), "invalid"),
    ],
)
async def test_what_is_not_allowed_is_refused(
    serve: Serve, event: str, args: tuple[Any, ...], error: str
) -> None:
    async with serve(generated(CASE).CONTRACT, Hall()) as (url, _), guests(url) as come:
        assert await (await come()).call(event, *args) == {"error": error}


async def test_the_mock_of_it_is_clean() -> None:
    contract = asyncapi.read((CASE / "asyncapi.yaml").read_text("utf-8"))
    service = MockService(contract, say=lambda _: None)
    runner = await listen(service.application([]), "127.0.0.1", 0)
    plan = Plan(f"http://127.0.0.1:{runner.addresses[0][1]}", max_examples=20)

    def failures() -> list[str]:
        found = [failure for _, broken in Run(contract, plan).failures() for failure in broken]
        return [f"{failure.check}: {failure.problem}" for failure in found]

    try:
        assert await asyncio.to_thread(failures) == []
    finally:
        await runner.cleanup()
