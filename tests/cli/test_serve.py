"""`serve MODULE:APP`: an application of one's own, from its folder."""

from __future__ import annotations

import signal
import socket
import sys

import pytest
import socketio

from tests.generate.test_cases import ROOT, run
from tests.processes import launched

SERVE = (sys.executable, "-m", "asyncapi_socketio", "serve")
TICKER = ROOT / "examples" / "ticker"


async def test_an_application_is_served_until_it_is_told_to_stop() -> None:
    program = (*SERVE, "ticker.app:app", "--port", "0")
    async with launched(program=program, directory=TICKER) as ticker:
        said = await ticker.says("ticker.app:app on http://127.0.0.1:")
        async with socketio.AsyncSimpleClient() as ada:
            await ada.connect(said.rpartition(" ")[2])
        ticker.signal(signal.SIGTERM)
        assert await ticker.end() == 0


@pytest.mark.parametrize(
    ("place", "problem"),
    [
        ("nowhere:app", "nowhere:app: No module named 'nowhere'"),
        ("ticker.app", "ticker.app: module 'ticker.app' has no attribute ''"),
        ("ticker.app:clock", "ticker.app:clock: module 'ticker.app' has no attribute 'clock'"),
        ("ticker:__doc__", "ticker:__doc__: a str, not an asyncapi_socketio.Application"),
    ],
)
def test_what_is_no_application_is_one_line(place: str, problem: str) -> None:
    result = run(*SERVE, place, cwd=TICKER)
    assert result.stderr == f"Error: {problem}\n"
    assert result.returncode == 2


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
