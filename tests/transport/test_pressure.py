"""When a process opens no sessions, and when it does again."""

from __future__ import annotations

import time
from typing import Any

import pytest

from asyncapi_socketio.transport.pressure import QUEUED, Switch
from tests.transport.conftest import open_house, until
from tests.transport.wire import POLLING, UPGRADE, WEBSOCKET


@pytest.mark.parametrize(
    ("values", "on"),
    [
        ([9, 9], False),
        ([9, 1, 9, 9], False),
        ([9, 9, 9], True),
        ([9, 9, 9, 1, 1, 9, 1, 1], True),
        ([9, 9, 9, 4, 4, 4], True),
        ([9, 9, 9, 1, 1, 1], False),
        ([9, 9, 9, 1, 1, 1, 9, 9], False),
    ],
)
def test_it_takes_several_values_in_a_row_to_switch(values: list[float], on: bool) -> None:
    switch = Switch(above=5, below=3, times=3)
    for value in values:
        switch.see(value)
    assert switch.on is on


async def test_one_long_turn_is_not_too_much_to_do(quiet: list[Any]) -> None:
    async with open_house(lag=0.05) as house:
        ada = await house.connect()
        for _ in range(3):
            time.sleep(0.2)  # noqa: ASYNC251  # what it is about
            assert await ada.ask(1, "quiet") == []
        await (await house.connect()).closed_by_us()
        await ada.closed_by_us()
    assert not [line for line in quiet if "overloaded" in line["event"]]


async def test_nobody_is_let_in_while_too_much_waits_for_slow_readers(quiet: list[Any]) -> None:
    async with open_house(queued=2_000_000, pause_reading_above=4_000_000) as house:
        deaf, ada = await house.connect("/custom,"), await house.connect()
        size = 0
        while house.queued < 2_000_000 * QUEUED:
            size += 1
            house.server.emit("/custom", "news", ("x" * 200_000, size))
            assert await ada.ask(1, "quiet") == []
        await until(lambda: house.server.figures().overloaded["queued"])
        for query, headers in ((POLLING, {}), (WEBSOCKET, UPGRADE)):
            reply = await house.get(query, **headers)
            assert (reply.status, reply.headers["retry-after"]) == (503, "5")
            assert "Overloaded" in reply.body
        assert await ada.ask(2, "quiet") == [], "who is connected is served"
        deaf.cut()
        await until(lambda: not any(house.server.figures().overloaded.values()))
        await (await house.connect()).closed_by_us()
        await ada.closed_by_us()
    said = [line["event"] for line in quiet if "cause" in line]
    assert said == ["overloaded: no sessions are opened", "sessions are opened again"]
