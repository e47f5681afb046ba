"""What is counted by reason has a value from the start: a rate can't see the first of something."""

from __future__ import annotations

import re
from pathlib import Path

from asyncapi_socketio import transport
from asyncapi_socketio.transport.server import ENDS, REJECTIONS
from tests.transport.conftest import House
from tests.transport.wire import POLLING

SOURCE = "\n".join(file.read_text("utf-8") for file in Path(transport.__path__[0]).glob("*.py"))


def test_every_reason_to_end_is_known() -> None:
    found = re.findall(r"\bend[(,]\s*\"([^\"]+)\"", SOURCE)
    assert {*found} == {*ENDS}


def test_every_reason_to_reject_is_known() -> None:
    found = re.findall(r"Refused\([^)\"]*\"([^\"]+)\"|bad_request\([^)\"]*\"([^\"]+)\"", SOURCE)
    found += re.findall(r"reason: str = \"(Bad request)()\"|_counters\[\"([^\"]+)\"\]", SOURCE)
    assert {reason for groups in found for reason in groups if reason} == {*REJECTIONS}


async def test_what_has_not_happened_yet_is_0(house: House) -> None:
    assert (await house.get(POLLING.replace("4", "3"))).status == 400
    await (await house.connect()).closed_by_us()
    await house.is_empty()
    figures = house.server.figures()
    assert figures.rejected == dict.fromkeys(REJECTIONS, 0) | {"Unsupported protocol version": 1}
    assert figures.ended.keys() == {*ENDS}
    assert sum(figures.ended.values()) == figures.opened == 1
