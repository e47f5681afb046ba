"""Engine.IO v4 as its document says it: every rule over raw sockets, at two heartbeats."""

from __future__ import annotations

import asyncio
import json
import time

import pytest

from tests.patience import PATIENCE
from tests.transport.conftest import (
    LONG,
    ORIGIN,
    SHORT,
    House,
    open_files,
    open_house,
    unharmed,
    until,
)
from tests.transport.wire import (
    CLOSE,
    PING,
    POLLING,
    TEXT,
    UPGRADE,
    WEBSOCKET,
    Socket,
    as_frame,
    head,
    read_reply,
)

# Handshake


async def test_polling_opens_a_session(house: House) -> None:
    reply = await house.get(POLLING)
    assert reply.status == 200
    assert reply.headers["content-type"] == "text/plain; charset=utf-8"
    opening = json.loads(reply.body.removeprefix("0"))
    limits = house.server.limits
    assert opening == {
        "sid": opening["sid"],
        "upgrades": ["websocket"],
        "pingInterval": limits.ping_interval * 1000,
        "pingTimeout": limits.ping_timeout * 1000,
        "maxPayload": 1_000_000,
    }


async def test_a_web_socket_opens_a_session(house: House) -> None:
    socket = await house.open_socket()
    assert socket.handshake["upgrades"] == []
    assert socket.handshake["maxPayload"] == 1_000_000
    await socket.closed_by_us()


async def test_intervals_are_reported_to_the_millisecond() -> None:
    async with open_house(ping_interval=1.234, ping_timeout=0.567) as house:
        opening = (await house.open_polling()).handshake
        assert (opening["pingInterval"], opening["pingTimeout"]) == (1234, 567)


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("transport=polling", 5),
        ("EIO=abc&transport=polling", 5),
        ("EIO=3&transport=polling", 5),
        ("EIO=4", 0),
        ("EIO=4&transport=abc", 0),
        ("EIO=4&transport=constructor", 0),
        ("EIO=4&transport=websocket", 3),
        (f"{POLLING}&sid=unknown", 1),
        ("transport=polling&sid=", 1),
    ],
)
async def test_a_wrong_handshake_is_refused(house: House, query: str, code: int) -> None:
    reply = await house.get(query)
    assert (reply.status, json.loads(reply.body)["code"]) == (400, code)


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "HEAD"])
async def test_only_get_opens_a_session(house: House, method: str) -> None:
    assert (await house.request(method, POLLING, b"")).status == 400


@pytest.mark.parametrize("query", ["transport=websocket", "EIO=abc&transport=websocket"])
async def test_a_wrong_handshake_makes_no_web_socket(house: House, query: str) -> None:
    reply = await house.get(query, Upgrade="websocket", Connection="Upgrade")
    assert reply.status == 400


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"Sec-WebSocket-Version": "99"}, 426),
        ({"Sec-WebSocket-Version": "8"}, 426),
        ({"Sec-WebSocket-Key": "short"}, 400),
        ({"Sec-WebSocket-Key": "\ud7ff"}, 400),
        ({"Connection": "close"}, 400),
    ],
)
async def test_a_broken_upgrade_is_answered_and_forgotten(
    house: House, fields: dict[str, str], status: int
) -> None:
    good = {"Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": "A" * 22 + "=="}
    async with unharmed(house):
        reader, writer = await house.dial()
        fields = {"Upgrade": "websocket", "Connection": "Upgrade", **good, **fields}
        writer.write(head("GET", WEBSOCKET, fields))
        reply = await read_reply(reader)
        assert reply.status == status
        assert reply.headers.get("sec-websocket-version") == ("13" if status == 426 else None)
        writer.close()


async def test_a_handshake_over_http_1_0_makes_no_web_socket(house: House) -> None:
    async with unharmed(house):
        reader, writer = await house.dial()
        writer.write(head("GET", WEBSOCKET, UPGRADE).replace(b"HTTP/1.1", b"HTTP/1.0", 1))
        assert (await read_reply(reader)).status == 400
        writer.close()


@pytest.mark.parametrize(
    "request_",
    [b"\0\r\n\r\n", b"G\xffT / HTTP/1.1\r\n\r\n", b"GET /" + b"x" * 9000, b"\x16\x03\x01"],
)
async def test_what_is_not_even_http_is_answered_and_forgotten(
    house: House, request_: bytes
) -> None:
    async with unharmed(house):
        reader, writer = await house.dial()
        writer.write(request_ + b"\r\n\r\n")
        assert (await read_reply(reader)).status == 400
        writer.close()


# Origins


async def test_a_listed_origin_may_do_everything(house: House) -> None:
    reply = await house.get(POLLING, Origin=ORIGIN)
    assert reply.headers["access-control-allow-origin"] == ORIGIN
    assert reply.headers["access-control-allow-credentials"] == "true"
    preflight = await house.request("OPTIONS", POLLING, Origin=ORIGIN)
    assert preflight.status == 204
    assert preflight.headers["access-control-allow-methods"] == "GET, POST"


@pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS"])
@pytest.mark.parametrize("query", [POLLING, WEBSOCKET])
@pytest.mark.parametrize("origin", ["http://evil.example", "null", "", f"{ORIGIN}.evil.example"])
async def test_another_origin_may_do_nothing(
    house: House, method: str, query: str, origin: str
) -> None:
    reply = await house.request(method, query, Origin=origin, Upgrade="websocket")
    assert reply.status == 403
    assert "access-control-allow-origin" not in reply.headers


# Messages, by polling


async def test_a_payload_of_one_packet(house: House) -> None:
    poller = await (await house.open_polling()).connect()
    reply = await poller.post('42["hello","é"]')
    assert (reply.status, reply.body) == (200, "ok")
    assert await poller.packets() == ['42["hello-back","é"]']


async def test_a_payload_of_more_than_sixteen_packets_is_read_whole(house: House) -> None:
    poller = await (await house.open_polling()).connect()
    assert (await poller.post("\x1e".join(f'42["n",{n}]' for n in range(40)))).body == "ok"
    heard: list[str] = []
    while len(heard) < 40:
        heard += await poller.packets()
    assert heard == [f'42["n-back",{n}]' for n in range(40)]


async def test_a_payload_with_binary_packets(house: House) -> None:
    poller = await (await house.open_polling()).connect()
    await poller.post('451-["bin",{"_placeholder":true,"num":0}]\x1ebAQIDBA==')
    assert house.received == [("/", "bin", [b"\1\2\3\4"])]
    back = '451-["bin-back",{"_placeholder":true,"num":0}]'
    assert await poller.packets() == [back, "bAQIDBA=="]


async def test_a_body_of_many_segments_is_read_whole(house: House) -> None:
    poller = await (await house.open_polling()).connect()
    body = json.dumps(["long", "x" * 900_000]).encode()
    reader, writer = await house.dial()
    writer.write(head("POST", poller.query, {"Content-Length": str(len(body) + 2)}) + b"42")
    for at in range(0, len(body), 100_000):
        await asyncio.sleep(0)
        writer.write(body[at : at + 100_000])
    assert (await read_reply(reader)).body == "ok"
    writer.close()
    assert house.received == [("/", "long", ["x" * 900_000])]


async def test_a_chunked_body_is_read_whole(house: House) -> None:
    poller = await (await house.open_polling()).connect()
    reader, writer = await house.dial()
    writer.write(head("POST", poller.query, {"Transfer-Encoding": "chunked"}))
    for chunk in (b'42["a"', b",1]\x1e42", b'["b",2]'):
        writer.write(b"%x\r\n%b\r\n" % (len(chunk), chunk))
        await asyncio.sleep(0.001)
    writer.write(b"0\r\n\r\n")
    assert (await read_reply(reader)).body == "ok"
    writer.close()
    assert [event for _, event, _ in house.received] == ["a", "b"]


@pytest.mark.parametrize("chunked", [False, True])
async def test_a_body_over_the_limit_closes_the_session_at_once(*, chunked: bool) -> None:
    async with open_house(**LONG, payload=1000, close_timeout=0.1) as house, unharmed(house):
        poller = await (await house.open_polling()).connect()
        reader, writer = await house.dial()
        length = {"Transfer-Encoding": "chunked"} if chunked else {"Content-Length": "2000"}
        writer.write(head("POST", poller.query, length))
        if chunked:
            writer.write(b"7d0\r\n" + b"x" * 2000 + b"\r\n0\r\n\r\n")
        assert (await read_reply(reader)).status == 413
        writer.close()
        assert house.server.sessions == 0


@pytest.mark.parametrize(
    "body",
    [
        "abc",
        "",
        "4",
        "42",
        "2",
        "2probe",
        "5",
        "6",
        "0{}",
        "9",
        '42["a"]\x1e',
        "b!!",
        "bAAA",
        b"\xff",
    ],
)
async def test_a_malformed_packet_closes_the_session(house: House, body: str | bytes) -> None:
    async with unharmed(house):
        poller = await (await house.open_polling()).connect()
        assert (await poller.post(body)).status == 400
        assert (await poller.poll()).status == 400


async def test_a_second_poll_closes_the_session(house: House) -> None:
    async with unharmed(house):
        poller = await (await house.open_polling()).connect()
        async with house.one_more_request():
            first = asyncio.ensure_future(poller.poll())
        assert (await poller.poll()).status == 400
        reply = await first
        assert (reply.status, reply.body) == (200, "1")
        assert (await poller.poll()).status == 400


async def test_a_second_post_closes_the_session(house: House) -> None:
    async with unharmed(house):
        poller = await (await house.open_polling()).connect()
        reader, writer = await house.dial()
        async with house.one_more_request():
            writer.write(head("POST", poller.query, {"Content-Length": "8"}) + b"42")
        assert (await poller.post('42["a"]')).status == 400
        writer.write(b'["b",1]')
        assert (await read_reply(reader)).status == 400
        writer.close()
    assert house.received[-1][1] == "hello"


async def test_an_aborted_poll_swallows_no_event(house: House) -> None:
    """Nobody can tell what the client got: the session is over, and the client knows."""
    async with unharmed(house):
        poller = await (await house.open_polling()).connect()
        _, writer = await house.dial()
        async with house.one_more_request():
            writer.write(head("GET", poller.query, {}))
        writer.transport.abort()
        await house.is_empty()
        assert (await poller.poll()).status == 400


async def test_an_aborted_post_ends_the_session(house: House) -> None:
    async with unharmed(house):
        poller = await (await house.open_polling()).connect()
        _, writer = await house.dial()
        async with house.one_more_request():
            writer.write(head("POST", poller.query, {"Content-Length": "100"}) + b"42")
        writer.transport.abort()
        await house.is_empty()


# Messages, by WebSocket


async def test_text_and_binary_messages(house: House) -> None:
    socket = await house.connect()
    socket.send('451-["bin",{"_placeholder":true,"num":0}]', b"\1\2")
    assert await socket.hear() == '451-["bin-back",{"_placeholder":true,"num":0}]'
    assert await socket.receive() == b"\1\2"
    await socket.closed_by_us()


async def test_a_message_in_fragments_with_a_ping_between(house: House) -> None:
    socket = await house.connect()
    socket.send_frame(TEXT, b'42["hel', final=False)
    socket.send_frame(PING, b"?")
    socket.send_frame(0, b'lo"]')
    assert await socket.receive() == b"pong:?"
    assert await socket.hear() == '42["hello-back"]'
    await socket.closed_by_us()


async def test_frames_cut_anywhere(house: House) -> None:
    socket = await house.connect()
    for byte in as_frame('42["hello","' + "x" * 200 + '"]'):
        socket.writer.write(bytes((byte,)))
        await asyncio.sleep(0)
    await socket.hear('42["hello-back","xxx')
    await socket.closed_by_us()


async def test_frames_behind_the_upgrade_request_are_not_lost(house: House) -> None:
    reader, writer = await house.dial()
    writer.write(head("GET", WEBSOCKET, UPGRADE) + as_frame("40") + as_frame('42["early"]'))
    assert (await read_reply(reader)).status == 101
    socket = Socket(reader, writer)
    await socket.hear("0")
    await socket.hear("40")
    assert await socket.hear() == '42["early-back"]'
    await socket.closed_by_us()


@pytest.mark.parametrize("message", ["abc", "", "2", "2probe", "5", "6", "0", "7", "11", "3probe"])
async def test_a_malformed_message_closes_the_web_socket(house: House, message: str) -> None:
    async with unharmed(house):
        socket = await house.connect()
        socket.send(message)
        assert await socket.closed() == 1002


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"\xf1\x80abcd", 1002),  # reserved bits
        (b"\x83\x80abcd", 1002),  # an unknown opcode
        (b"\x80\x80abcd", 1002),  # a continuation of nothing
        (b"\x09\x80abcd", 1002),  # a control frame in fragments
        (b"\x89\xfe\x00\x7eabcd", 1002),  # a control frame that is too long
        (b"\x81\xff" + b"\xff" * 8, 1009),  # longer than memory
        (b"\x81\x82\0\0\0\0\xff\xfe", 1007),  # not UTF-8
        (b"\x88\x81\0\0\0\0x", 1002),  # half a close code
    ],
)
async def test_a_broken_frame_closes_the_web_socket(house: House, raw: bytes, code: int) -> None:
    async with unharmed(house):
        socket = await house.connect()
        socket.writer.write(raw)
        assert await socket.closed() == code


@pytest.mark.parametrize("pieces", [[b"\x81\x0240"], [b"\x81", b"\x0240"]])
async def test_a_client_that_does_not_mask_is_closed(house: House, pieces: list[bytes]) -> None:
    async with unharmed(house):
        socket = await house.open_socket()
        for piece in pieces:
            socket.writer.write(piece)
        assert await socket.closed() == 1002


async def test_a_message_over_the_limit_closes_the_web_socket() -> None:
    async with open_house(**LONG, payload=1000, close_timeout=0.1) as house, unharmed(house):
        socket = await house.connect()
        socket.send('42["a","' + "x" * (1000 - 10) + '"]')
        await socket.hear("42")
        socket.send('42["a","' + "x" * (1001 - 10) + '"]')
        assert await socket.closed() == 1009


# Heartbeat


async def test_pings_come_at_the_interval_by_web_socket() -> None:
    async with open_house(**SHORT) as house:
        start = time.monotonic()
        socket = await house.connect()
        for _ in range(3):
            assert await socket.receive() == "2"
            socket.send("3")
        assert time.monotonic() - start > 0.85
        await socket.closed_by_us()


async def test_pings_come_at_the_interval_by_polling() -> None:
    async with open_house(**SHORT) as house:
        poller = await (await house.open_polling()).connect()
        for _ in range(3):
            assert (await poller.poll()).body == "2"
            assert (await poller.post("3")).body == "ok"


async def test_silence_closes_a_web_socket_in_time() -> None:
    async with open_house(**SHORT) as house, unharmed(house):
        start = time.monotonic()
        socket = await house.connect()
        socket.answers_pings = False
        await socket.closed()
        assert 0.45 < time.monotonic() - start < 5


async def test_silence_closes_a_polling_session_in_time() -> None:
    async with open_house(**SHORT) as house, unharmed(house):
        await (await house.open_polling()).connect()
        await house.is_empty()


async def test_any_packet_counts_as_life() -> None:
    async with open_house(**SHORT) as house:
        socket = await house.connect()
        for number in range(3):
            assert await socket.receive() == "2"
            assert await socket.ask(number, "alive") == []
            await socket.hear('42["alive-back"]')
        await socket.closed_by_us()


# Close


async def test_a_close_packet_wakes_the_poll(house: House) -> None:
    async with unharmed(house):
        poller = await (await house.open_polling()).connect()
        async with house.one_more_request():
            poll = asyncio.ensure_future(poller.poll())
        assert (await poller.post("1")).body == "ok"
        assert (await poll).body == "6"
        assert (await poller.poll()).status == 400


async def test_a_close_packet_closes_the_web_socket(house: House) -> None:
    async with unharmed(house):
        socket = await house.connect()
        socket.send("1")
        assert await socket.closed() == 1000


async def test_what_came_before_a_closing_handshake_is_handled(house: House) -> None:
    async with unharmed(house):
        socket = await house.connect()
        socket.writer.write(as_frame('42["last"]') + b"\x88\x80abcd")
        await socket.closed()
    assert ("/", "last", []) in house.received


async def test_a_client_that_never_answers_a_closing_handshake_is_cut_off() -> None:
    async with open_house(**LONG, close_timeout=0.1) as house, unharmed(house):
        socket = await house.connect()
        socket.send("abc")
        async with asyncio.timeout(PATIENCE):
            while await socket.reader.read(1000):
                pass
        socket.writer.close()


# Upgrade


async def test_an_upgrade(house: House) -> None:
    poller = await (await house.open_polling()).connect()
    poll = asyncio.ensure_future(poller.poll())
    socket = await house.web_socket(poller.upgrade_query)
    socket.send("2probe")
    assert await socket.receive() == "3probe"
    assert (await poll).body in {"6", "2"}
    socket.send("5", '42["hello"]')
    assert await socket.hear() == '42["hello-back"]'
    await socket.closed_by_us()


async def test_nothing_stray_comes_after_an_upgrade() -> None:
    async with open_house(**LONG) as house:
        poller = await (await house.open_polling()).connect()
        socket = await house.web_socket(poller.upgrade_query)
        socket.send("2probe", "5", '42["a"]')
        assert [await socket.receive() for _ in range(2)] == ["3probe", '42["a-back"]']
        await socket.closed_by_us()


async def test_what_waited_for_a_poll_comes_first_after_an_upgrade() -> None:
    async with open_house(**LONG) as house:
        poller = await (await house.open_polling()).connect()
        socket = await house.web_socket(poller.upgrade_query)
        await poller.post('42["a"]\x1e42["b"]')
        socket.send("2probe")
        assert await socket.receive() == "3probe"
        socket.send("5", '42["c"]')
        assert [await socket.hear() for _ in range(3)] == [f'42["{x}-back"]' for x in "abc"]
        await socket.closed_by_us()


async def test_order_holds_through_an_upgrade_under_load() -> None:
    async with open_house(**LONG) as house:
        poller = await (await house.open_polling()).connect()
        other = await house.connect()
        heard: list[str] = []

        async def tell() -> None:
            for number in range(400):
                other.send(f'42["everyone",{number}]')
                await asyncio.sleep(0)

        telling = asyncio.ensure_future(tell())
        heard += await poller.packets()
        socket = await house.web_socket(poller.upgrade_query)
        socket.send("2probe")
        assert await socket.receive() == "3probe"
        heard += [packet for packet in (await poller.poll()).body.split("\x1e") if packet != "6"]
        socket.send("5")
        while len(heard) < 400:
            heard.append(await socket.hear())
        await telling
        assert heard == [f'42["everyone-back",{number}]' for number in range(400)]
        await socket.closed_by_us()
        await other.closed_by_us()


async def test_after_an_upgrade_polls_and_posts_are_turned_away(house: House) -> None:
    poller = await (await house.open_polling()).connect()
    socket = await house.web_socket(poller.upgrade_query)
    socket.send("2probe", "5")
    assert await socket.receive() == "3probe"
    assert await socket.ask(1, "a") == []
    assert (await poller.poll()).status == 400
    assert (await poller.post('42["b"]')).status == 400
    await socket.hear('42["a-back"]')
    assert await socket.ask(2, "c") == []
    await socket.hear('42["c-back"]')
    await socket.closed_by_us()


@pytest.mark.parametrize("steps", [(), ("2probe",), ("2probe", "5")])
async def test_a_second_web_socket_is_turned_away(house: House, steps: tuple[str, ...]) -> None:
    poller = await (await house.open_polling()).connect()
    socket = await house.web_socket(poller.upgrade_query)
    socket.send(*steps)
    if steps:
        assert await socket.receive() == "3probe"
    second = await house.web_socket(poller.upgrade_query)
    assert await second.closed() == 1000
    if steps == ("2probe", "5"):
        assert await socket.ask(1, "still") == []
    socket.cut()


@pytest.mark.parametrize("steps", [("5",), ("hello",), ("2",), ("2probe", "2probe"), (b"2probe",)])
async def test_a_failed_upgrade_leaves_the_session_to_polling(
    house: House, steps: tuple[str | bytes, ...]
) -> None:
    poller = await (await house.open_polling()).connect()
    socket = await house.web_socket(poller.upgrade_query)
    socket.send(*steps)
    assert await socket.closed() == 1002
    await poller.post('42["still"]')
    assert await poller.packets() == ['42["still-back"]']


async def test_a_probe_that_is_cut_leaves_the_session_to_polling(house: House) -> None:
    poller = await (await house.open_polling()).connect()
    files = open_files()
    for _ in range(2):
        socket = await house.web_socket(poller.upgrade_query)
        socket.send("2probe")
        assert await socket.receive() == "3probe"
        socket.cut()
        await until(lambda: open_files() <= files)
    await poller.post('42["still"]')
    assert await poller.packets() == ['42["still-back"]']


async def test_an_upgrade_that_never_ends_is_given_up() -> None:
    async with open_house(**LONG, upgrade_timeout=0.1) as house:
        poller = await (await house.open_polling()).connect()
        socket = await house.web_socket(poller.upgrade_query)
        await socket.closed()
        await poller.post('42["still"]')
        assert await poller.packets() == ['42["still-back"]']


async def test_a_session_that_ends_takes_its_probe_with_it(house: House) -> None:
    async with unharmed(house):
        poller = await (await house.open_polling()).connect()
        socket = await house.web_socket(poller.upgrade_query)
        await poller.post("1")
        await socket.closed()


async def test_a_close_frame_without_a_code_is_answered(house: House) -> None:
    async with unharmed(house):
        socket = await house.connect()
        socket.send_frame(CLOSE, b"")
        assert await socket.closed() == 1000
