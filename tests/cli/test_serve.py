"""`serve MODULE:APP`: an application of one's own, from its folder."""

from __future__ import annotations

import signal
import socket
import sys
from pathlib import Path

import aiohttp
import pytest
import socketio

from tests.generate.test_cases import ROOT, run
from tests.patience import PATIENCE
from tests.processes import launched

SERVE = (sys.executable, "-m", "asyncapi_socketio", "serve")
TICKER = ROOT / "examples" / "ticker"


@pytest.mark.slow
async def test_an_application_is_served_until_it_is_told_to_stop() -> None:
    program = (*SERVE, "ticker.app:app", "--port", "0", "--admin-port", "0")
    async with launched(program=program, directory=TICKER) as ticker:
        said = await ticker.says("ticker.app:app on http://127.0.0.1:")
        url = said.rpartition(" ")[2]
        async with aiohttp.request("GET", f"{url}/docs") as page:
            assert "<title>Ticker" in await page.text()
        async with socketio.AsyncSimpleClient() as ada:
            await ada.connect(url)
            await ada.call("watch", "ACME", timeout=PATIENCE)
            event, tick = await ada.receive(timeout=PATIENCE)
            assert (event, tick["symbol"]) == ("tick", "ACME")
        admin = (await ticker.says("admin on http://127.0.0.1:")).rpartition(" ")[2]
        async with aiohttp.request("GET", f"{admin}/metrics") as page:
            metrics = await page.text()
        watched = 'socketio_events_total{event="watch",namespace="/",outcome="acknowledged"} 1.0'
        assert watched in metrics.splitlines()
        ticker.signal(signal.SIGTERM)
        assert await ticker.end() == 0


@pytest.mark.slow
@pytest.mark.parametrize(
    ("place", "problem"),
    [
        ("nowhere:app", "nowhere:app: No module named 'nowhere'"),
        ("ticker.app", "ticker.app: not of the form MODULE:APP, as chat.app:app is"),
        ("ticker/app.py:app", "ticker/app.py:app: not of the form MODULE:APP, as chat.app:app is"),
        ("ticker.app:clock", "ticker.app:clock: module 'ticker.app' has no attribute 'clock'"),
        ("ticker:__doc__", "ticker:__doc__: a str, not an asyncapi_socketio.Application"),
    ],
)
def test_what_is_no_application_is_one_line(place: str, problem: str) -> None:
    result = run(*SERVE, place, cwd=TICKER)
    assert result.stderr == f"Error: {problem}\n"
    assert result.returncode == 2


def test_an_application_without_a_handler_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "shop.py").write_text(
        "from asyncapi_socketio import Application\n"
        "from ticker.generated.operations import CONTRACT, Handlers\n"
        "class Shop(Handlers): pass\n"
        "app = Application(CONTRACT, Shop())\n"
    )
    result = run(*SERVE, "shop:app", cwd=tmp_path, PYTHONPATH=str(TICKER))
    assert result.stderr == "Error: shop:app: operations/watch: Shop has no method 'watch'\n"
    assert result.returncode == 2


@pytest.mark.slow
def test_a_module_that_fails_shows_where(tmp_path: Path) -> None:
    (tmp_path / "shop.py").write_text("import ticker.app\napp = ticker.app.ap\n")
    result = run(*SERVE, "shop:app", cwd=tmp_path, PYTHONPATH=str(TICKER))
    assert 'shop.py", line 2' in result.stderr
    assert "AttributeError: module 'ticker.app' has no attribute 'ap'" in result.stderr


@pytest.mark.slow
async def test_a_background_task_that_fails_is_logged_and_events_go_on(tmp_path: Path) -> None:
    (tmp_path / "shop.py").write_text(
        "from asyncapi_socketio import Application\n"
        "from ticker.app import Ticker\n"
        "from ticker.generated.operations import CONTRACT\n"
        "async def trade(broadcast): raise LookupError\n"
        "app = Application(CONTRACT, Ticker(), background=trade)\n"
    )
    program, variables = (*SERVE, "shop:app", "--port", "0"), {"PYTHONPATH": str(TICKER)}
    async with launched(program=program, directory=tmp_path, variables=variables) as shop:
        said = await shop.says("shop:app on http://127.0.0.1:")
        await shop.says("background task failed")
        async with socketio.AsyncSimpleClient() as ada:
            await ada.connect(said.rpartition(" ")[2])
            assert await ada.call("watch", "ACME", timeout=PATIENCE) == {
                "symbol": "ACME",
                "price": 10.0,
            }


@pytest.mark.slow
def test_a_busy_port_is_one_line() -> None:
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        port = busy.getsockname()[1]
        result = run(*SERVE, "ticker.app:app", "--port", port, cwd=TICKER)
    assert result.returncode == 2
    assert result.stderr == (
        f"Error: can't listen on 127.0.0.1:{port}: Address already in use: "
        "choose another with --port\n"
    )
