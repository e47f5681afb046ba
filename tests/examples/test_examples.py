"""Each example is clean: its contract, what is generated from it, and what it does when tested."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
import socketio

import asyncapi_socketio.testing
from asyncapi_socketio.backends.python_socketio import Adapter
from asyncapi_socketio.testing.checks import Phase
from asyncapi_socketio.testing.run import PHASES
from chat.app import Chat
from chat.generated.operations import CONTRACT as CHAT
from tests.generate.test_cases import ROOT, run
from tests.library.backends import BACKENDS, Serve, attached
from ticker.app import Ticker
from ticker.generated.operations import CONTRACT as TICKER

COMMAND = (sys.executable, "-m", "asyncapi_socketio")
EXAMPLES = [path.parent for path in sorted(ROOT.glob("examples/*/asyncapi.yaml"))]

example = pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.name)
backend = pytest.mark.parametrize("serve", [BACKENDS["own"], BACKENDS["aiohttp"]])


@pytest.mark.slow
@example
def test_its_contract_has_no_finding(example: Path) -> None:
    result = run(*COMMAND, "lint", cwd=example)
    assert result.stdout == "asyncapi.yaml: no findings\n"
    assert result.returncode == 0


@pytest.mark.slow
@example
def test_the_command_that_its_files_name_finds_them_fresh(example: Path, tmp_path: Path) -> None:
    (tmp_path / "python").symlink_to(example / example.name / "generated")
    fresh = ("--check", "--target", "python", "--out", tmp_path)
    result = run(*COMMAND, "generate", *fresh, cwd=example)
    assert result.returncode == 0, result.stdout


@example
def test_by_hand_it_has_less_than_150_lines_of_python(example: Path) -> None:
    by_hand = (example / example.name).glob("*.py")
    assert sum(len(path.read_text("utf-8").splitlines()) for path in by_hand) < 150


@pytest.mark.slow
@backend
async def test_the_chat_keeps_its_contract(serve: Serve) -> None:
    async with serve(CHAT, Chat()) as (url, _):
        await keeps(url, "chat", auth={"token": "mia-token"})


@pytest.mark.slow
@backend
async def test_the_ticker_keeps_its_contract_while_prices_change(serve: Serve) -> None:
    ticker = Ticker()
    async with serve(TICKER, ticker) as (url, broadcast):
        trading = asyncio.ensure_future(ticker.trade(broadcast))
        await keeps(url, "ticker")
        trading.cancel()


@pytest.mark.slow
async def test_the_namespace_that_is_tested_last_is_not_found_closed() -> None:
    sio = socketio.AsyncServer(async_mode="aiohttp", ping_interval=1, ping_timeout=1)
    Adapter(sio, CHAT, Chat())
    async with attached(sio) as url:
        await keeps(url, "chat", {"token": "mia-token"}, ["examples", "manners"])


@pytest.mark.slow
async def test_a_tick_may_come_at_any_time_but_not_in_another_shape() -> None:
    sio, wrong = socketio.AsyncServer(async_mode="aiohttp"), {"symbol": "ACME", "price": -1}

    async def watch(sid: str, *_: object) -> object:
        await sio.emit("tick", wrong, to=sid)
        return {"error": "unknown symbol"}

    sio.on("watch", watch)
    async with attached(sio) as url:
        with pytest.raises(AssertionError, match="broadcast-shape") as report:
            await keeps(url, "ticker")
    assert "broadcast-undeclared" not in str(report.value)


async def keeps(
    url: str, example: str, auth: object = None, phases: Sequence[Phase] = PHASES
) -> None:
    """Fail when `asyncapi-socketio test` finds anything."""
    await asyncio.to_thread(
        asyncapi_socketio.testing.test,
        url,
        contract=str(ROOT / "examples" / example / "asyncapi.yaml"),
        auth=auth,
        phases=phases,
        max_examples=5,
    )
