"""One connection, two that answer on it: the transport what is plain, and aiohttp all else."""

from __future__ import annotations

import asyncio
import json

import pytest

from tests.patience import PATIENCE
from tests.transport.conftest import LONG, ORIGIN, House, open_house, until
from tests.transport.wire import (
    POLLING,
    UPGRADE,
    WEBSOCKET,
    Poller,
    Reply,
    Socket,
    as_frame,
    head,
    read_reply,
)

ODD = {"X-Odd": "é"}
"""What makes a request one that is not plain."""

PAGE = b"GET /page HTTP/1.1\r\nHost: localhost\r\n\r\n"


def get(poller: Poller) -> bytes:
    return head("GET", poller.query, {})


def post(poller: Poller, body: str) -> bytes:
    return head("POST", poller.query, {"Content-Length": str(len(body))}) + body.encode()


async def answered_by(house: House, request: bytes) -> tuple[Reply, bool]:
    """Send a request on a connection of its own; its response, and whether aiohttp has sent it."""
    reader, writer = await house.dial()
    writer.write(request)
    reply = await read_reply(reader)
    lent = bool(house.lent)
    writer.close()
    await until(lambda: not house.lent)
    return reply, lent


@pytest.mark.parametrize(
    ("query", "fields"),
    [
        (POLLING, {}),
        (POLLING, {"Origin": ORIGIN}),
        (POLLING, {"Origin": "http://elsewhere.example"}),
        (f"{POLLING}&sid=unknown", {"Origin": ORIGIN}),
        ("EIO=3&transport=polling", {}),
        ("EIO=4&transport=none", {}),
        (POLLING, UPGRADE),
        (WEBSOCKET, {}),
        (WEBSOCKET, {**UPGRADE, "Origin": ORIGIN}),
        (WEBSOCKET, {**UPGRADE, "Sec-WebSocket-Version": "8"}),
        (f"{WEBSOCKET}&sid=unknown", UPGRADE),
    ],
)
async def test_both_answer_alike(query: str, fields: dict[str, str]) -> None:
    async with open_house(**LONG) as house:
        plain, lent = await answered_by(house, head("GET", query, fields))
        assert not lent
        odd, _ = await answered_by(house, head("GET", query, {**fields, **ODD}))
        for reply in (plain, odd):
            reply.headers.pop("date")
        assert plain.headers == odd.headers
        assert plain.status == odd.status
        assert plain.body.partition('"sid"')[0] == odd.body.partition('"sid"')[0]
        counts = {name: count for name, count in house.server.counters.items() if count == 1}
        assert not counts.keys() - {"transport close"}


async def test_the_page_and_the_protocol_share_a_connection(house: House) -> None:
    poller = await house.open_polling()
    reader, writer = await house.dial()
    for _ in range(3):
        writer.write(PAGE)
        assert (await read_reply(reader)).status == 404
        assert house.lent == 1
        writer.write(post(poller, "3"))
        assert (await read_reply(reader)).body == "ok"
        assert house.lent == 0
    writer.write(head("POST", poller.query, {"Content-Length": "1"}))
    await until(lambda: house.lent)
    writer.write(b"3")
    assert (await read_reply(reader)).body == "ok"
    writer.write(post(poller, "3"))
    assert (await read_reply(reader)).body == "ok"
    assert house.lent == 0
    writer.close()


async def test_requests_on_the_way_together_are_answered_in_order(house: House) -> None:
    poller = await house.open_polling()
    reader, writer = await house.dial()
    asked = [
        post(poller, '40\x1e42["hello",1]'),
        head("OPTIONS", POLLING, {}),
        get(poller),
        PAGE,
        post(poller, '42["hello",2]'),
        get(poller),
        head("GET", "", {}),
    ]
    writer.write(b"".join(asked))
    replies = [await read_reply(reader) for _ in asked]
    assert [reply.status for reply in replies] == [200, 204, 200, 404, 200, 200, 400]
    assert replies[2].body.endswith('\x1e42["hello-back",1]')
    assert replies[5].body == '42["hello-back",2]'
    writer.close()


async def test_a_request_behind_a_poll_waits_for_its_turn(house: House) -> None:
    poller = await (await house.open_polling()).connect()
    reader, writer = await house.dial()
    async with house.one_more_request():
        writer.write(get(poller) + post(poller, '42["late"]'))
    assert (await poller.post('42["early"]')).body == "ok"
    polled = await read_reply(reader)
    while polled.body == "2":  # a ping; what is behind it is asked by then
        polled = await poller.poll()
    assert (await read_reply(reader)).body == "ok"
    assert [name for _, name, _ in house.received] == ["early", "late"]
    writer.close()


async def test_a_head_in_pieces_is_read_whole(house: House) -> None:
    reader, writer = await house.dial()
    request = head("GET", POLLING, {"Origin": ORIGIN})
    middle = request.index(b"Origin")
    writer.write(request[:middle])
    await until(lambda: house.connections == 1)
    writer.write(request[middle:])
    assert (await read_reply(reader)).headers["access-control-allow-origin"] == ORIGIN
    writer.close()


async def test_a_connection_that_asks_nothing_more_is_closed() -> None:
    async with open_house(**LONG, header_timeout=0.2) as house:
        reader, writer = await house.dial()
        writer.write(head("GET", POLLING, {}))
        assert (await read_reply(reader)).status == 200
        async with asyncio.timeout(PATIENCE):
            assert await reader.read() == b""
        writer.close()


async def test_a_poll_waits_for_longer_than_a_request_may_take() -> None:
    async with open_house(**LONG, header_timeout=0.1) as house:
        poller = await (await house.open_polling()).connect()
        async with house.one_more_request():
            poll = asyncio.ensure_future(poller.poll())
        idle, writer = await house.dial()
        async with asyncio.timeout(PATIENCE):
            assert await idle.read() == b""  # longer than that
        writer.close()
        await poller.post('42["a"]')
        assert (await poll).body == '42["a-back"]'


async def test_a_large_answer_to_a_poll_that_waits_arrives_whole(house: House) -> None:
    poller = await (await house.open_polling()).connect()
    reader, writer = await house.dial()
    async with house.one_more_request():
        writer.write(get(poller))
    await poller.post('421["long",3000000]')
    polled = await read_reply(reader)
    while polled.body == "2":
        writer.write(get(poller))
        polled = await read_reply(reader)
    assert len(polled.body) > 3_000_000
    await poller.post('422["small"]')
    writer.write(get(poller))
    assert "432[]" in (await read_reply(reader)).body
    assert house.lent == 0
    writer.close()


async def test_who_polls_and_does_not_read_is_dropped() -> None:
    async with open_house(**LONG, write_timeout=0.2) as house:
        poller = await (await house.open_polling()).connect()
        _, writer = await house.dial()
        server = house.runner.server
        assert server is not None
        asked = 0

        def is_asked_or_dropped() -> bool:
            return server.requests_count > asked or house.server.counters["slow reader"] > 0

        while not house.server.counters["slow reader"]:
            assert (await poller.post('421["long",60000]')).body == "ok"
            asked = server.requests_count
            writer.write(get(poller))  # nobody reads what comes
            await until(is_asked_or_dropped)
        await until(lambda: not house.connections)
        await (await house.connect()).closed_by_us()


async def test_what_comes_right_behind_a_handshake_is_read_first() -> None:
    async with open_house(**LONG) as house:
        reader, writer = await house.dial()
        writer.write(head("GET", WEBSOCKET, UPGRADE) + as_frame("40") + as_frame('421["a"]'))
        assert (await read_reply(reader)).status == 101
        socket = Socket(reader, writer)
        assert json.loads((await socket.hear("0"))[1:])["upgrades"] == []
        await socket.hear("40")
        await socket.hear("431[]")
        await socket.hear('42["a-back"]')
        await socket.closed_by_us()


async def test_a_stop_closes_connections_that_wait_for_a_request() -> None:
    async with open_house(**LONG) as house:
        reader, writer = await house.dial()
        writer.write(head("GET", POLLING, {}))
        assert (await read_reply(reader)).status == 200
        await house.runner.cleanup()
        async with asyncio.timeout(PATIENCE):
            assert await reader.read() == b""
        writer.close()
