"""A request for another worker's session goes there with its connection, whatever its shape."""

from __future__ import annotations

import asyncio
import json
import random
import socket
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from tests.patience import PATIENCE
from tests.transport.conftest import LONG, House, open_files, open_house, until
from tests.transport.test_proxy_protocol import TCP4, TLS, v2
from tests.transport.wire import (
    POLLING,
    TEXT,
    UPGRADE,
    WEBSOCKET,
    Address,
    Closed,
    Poller,
    Reply,
    Socket,
    as_frame,
    frame,
    head,
    read_reply,
)
from tests.workers.conftest import open_worker

UNKNOWN = '{"code": 1, "message": "Session ID unknown"}'


class Tab(Address):
    """A browser's one connection, on which requests follow each other."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    @classmethod
    async def at(cls, house: House, before: bytes = b"") -> Tab:
        reader, writer = await house.dial()
        writer.write(before)
        return cls(reader, writer)

    async def request(
        self, method: str, query: str, body: bytes | None = None, **fields: str
    ) -> Reply:
        if body is not None:
            fields["Content-Length"] = str(len(body))
        self.writer.write(head(method, query, fields) + (body or b""))
        return await read_reply(self.reader, bare=method == "HEAD")

    async def replies(self, count: int) -> list[Reply]:
        return [await read_reply(self.reader) for _ in range(count)]

    async def over(self) -> bool:
        """Wait for the end of the connection; nothing more may come."""
        async with asyncio.timeout(PATIENCE):
            return await self.reader.read() == b""


def of(address: Address, poller: Poller) -> Poller:
    """Return a session as its client has it whose requests go to this address."""
    return Poller(address, poller.handshake)


def posted(poller: Poller, body: bytes, pieces: int = 0) -> bytes:
    """Write a POST, in so many chunks."""
    if not pieces:
        return head("POST", poller.query, {"Content-Length": str(len(body))}) + body
    size = max(1, -(-len(body) // pieces))
    parts = [body[at : at + size] for at in range(0, len(body), size)]
    chunks = b"".join(b"%x;a=b\r\n%b\r\n" % (len(part), part) for part in parts)
    start = head("POST", poller.query, {"Transfer-Encoding": "chunked"})
    return start + chunks + b"0\r\nAbc: trailer\r\n\r\n"


# Requests


async def test_requests_are_answered_by_the_worker_that_has_the_session(
    ada: House, bob: House
) -> None:
    client = of(ada, await bob.open_polling())
    assert client.handshake["sid"].startswith("1.")
    await client.connect()
    assert (await client.post('42["hello",1]')).body == "ok"
    assert await client.packets() == ['42["hello-back",1]']
    assert bob.received == [("/", "hello", [1])]
    assert (ada.server.sessions, bob.server.sessions) == (0, 1)


async def test_a_connection_goes_where_each_of_its_requests_belongs(folder: Path) -> None:
    async with AsyncExitStack() as stack:
        houses = [await stack.enter_async_context(open_worker(n, folder, 3)) for n in range(3)]
        tab = await Tab.at(houses[0])
        clients = [await of(tab, await house.open_polling()).connect() for house in houses]
        for turn in range(30):
            client = clients[(turn * turn) % 3]
            assert (await client.post(f'42["hello",{turn}]')).body == "ok"
            assert await client.packets() == [f'42["hello-back",{turn}]']
        assert sum(len(house.received) for house in houses) == 30


@pytest.mark.parametrize("chunks", [0, 3])
async def test_a_request_in_pieces_of_a_byte_arrives_whole(
    ada: House, bob: House, chunks: int
) -> None:
    client = await bob.open_polling()
    tab = await Tab.at(ada)
    for byte in posted(client, b'40\x1e42["hello","\xc3\xa4"]', chunks):
        tab.writer.write(bytes([byte]))
        await asyncio.sleep(0)
    assert (await tab.replies(1))[0].body == "ok"
    assert bob.received == [("/", "hello", ["ä"])]


async def test_requests_on_the_way_together_are_answered_in_their_order(
    ada: House, bob: House
) -> None:
    own, other = await ada.open_polling(), await bob.open_polling()
    tab = await Tab.at(ada)
    requests = [
        posted(own, b"40"),
        posted(other, b"40"),
        b"\r\n" + posted(own, b'42["hello",1]', 2),
        posted(other, b'42["hello",2]', 2),
        head("GET", own.query, {}),
        head("GET", other.query, {}),
        head("GET", "", {}),
        head("GET", f"{POLLING}&sid=1.unknown", {}),
    ]
    tab.writer.write(b"".join(requests))
    *posts, polled, also_polled, bare, unknown = await tab.replies(8)
    assert [reply.body for reply in posts] == ["ok"] * 4
    assert polled.body.endswith('\x1e42["hello-back",1]')
    assert also_polled.body.endswith('\x1e42["hello-back",2]')
    assert json.loads(bare.body)["message"] == "Transport unknown"
    assert unknown.body == UNKNOWN


MUCH = {"drop_above": 64_000_000}
"""Limits for more than the system takes from us for a client that does not read."""


async def unread(house: House) -> Poller:
    """Open a session that has much to fetch."""
    client = await (await house.open_polling()).connect()
    _, writer = await house.dial()
    writer.write(posted(client, b'420["long",30000000]'))
    await until(lambda: house.queued)
    return client


async def test_a_response_is_read_before_the_request_behind_it_leaves(folder: Path) -> None:
    """Nothing of the next worker's may come between what this one has still to send."""
    async with open_worker(0, folder, **MUCH) as ada, open_worker(1, folder) as bob:
        own, other = await unread(ada), await bob.open_polling()
        tab = await Tab.at(ada)
        async with ada.one_more_request():
            tab.writer.write(head("GET", own.query, {}) + posted(other, b"40"))
        long, ok = await tab.replies(2)
        assert len(long.body) > 30_000_000
        assert ok.body == "ok"


@pytest.mark.slow
async def test_a_client_that_does_not_read_holds_no_connection_for_ever(folder: Path) -> None:
    limits = {"write_timeout": 0.2, **MUCH}
    async with open_worker(0, folder, **limits) as ada, open_worker(1, folder) as bob:
        own, other = await unread(ada), await bob.open_polling()
        tab = await Tab.at(ada)
        tab.writer.write(head("GET", own.query, {}) + posted(other, b"40"))
        await until(lambda: ada.server.counters["slow reader"])
        await ada.is_empty()


@pytest.mark.parametrize("chunks", [0, 5])
@pytest.mark.parametrize(("size", "status"), [(1_000_000, 200), (1_000_001, 413)])
async def test_a_body_may_be_as_long_as_anywhere(
    ada: House, bob: House, size: int, status: int, chunks: int
) -> None:
    client = await bob.open_polling()
    await client.connect()
    tab = await Tab.at(ada)
    start, end = b'42["quiet","', b'"]'
    body = start + b"x" * (size - len(start) - len(end)) + end
    tab.writer.write(posted(client, body, chunks) + head("GET", POLLING, {}))
    assert (await tab.replies(1))[0].status == status
    assert [args for _, _, (args,) in bob.received] == [body[12:-2].decode()] * (status == 200)
    if status == 200:
        assert (await tab.replies(1))[0].body.startswith('0{"sid":"1.')


async def test_a_body_is_waited_for_by_the_worker_that_has_the_session(folder: Path) -> None:
    async with open_worker(0, folder) as ada, open_worker(1, folder, body_timeout=0.1) as bob:
        client = await bob.open_polling()
        tab = await Tab.at(ada)
        tab.writer.write(head("POST", client.query, {"Content-Length": "9"}) + b"40")
        assert (await tab.replies(1))[0].status == 408
        await bob.is_empty()


async def test_a_client_that_expects_a_go_ahead_gets_it(ada: House, bob: House) -> None:
    client = await bob.open_polling()
    tab = await Tab.at(ada)
    fields = {"Content-Length": "2", "Expect": "100-continue"}
    tab.writer.write(head("POST", client.query, fields))
    go_ahead, *_ = await tab.replies(1)
    tab.writer.write(b"40")
    assert (go_ahead.status, (await tab.replies(1))[0].body) == (100, "ok")


async def test_a_poll_that_its_client_gives_up_ends_the_session_where_it_is(
    ada: House, bob: House
) -> None:
    client = await bob.open_polling()
    tab = await Tab.at(ada)
    async with bob.one_more_request():
        tab.writer.write(head("GET", client.query, {}))
    tab.writer.transport.abort()
    await bob.is_empty()
    assert bob.server.counters["transport close"] == 1


async def test_a_preflight_and_a_refused_origin_are_answered_as_anywhere(
    ada: House, bob: House
) -> None:
    client = await bob.open_polling()
    tab = await Tab.at(ada)
    allowed = await tab.request("OPTIONS", client.query, Origin="http://localhost:4200")
    assert allowed.headers["access-control-allow-methods"] == "GET, POST"
    refused = await tab.request("POST", client.query, b"40", Origin="http://elsewhere.example")
    assert refused.status == 403
    assert (await tab.request("POST", client.query, b"40")).body == "ok"


# Names that no worker has


@pytest.mark.parametrize(
    "sid",
    ["0.x", "1.x", "2.x", "01.x", "-1.x", ".x", "1.", "1..", "1", "x", "a.1.x", "%00", "1%2Ex"],
)
async def test_a_session_that_nobody_has_is_unknown_and_the_connection_goes_on(
    ada: House, bob: House, sid: str
) -> None:
    tab = await Tab.at(ada)
    for _ in range(2):
        reply = await tab.request("POST", f"{POLLING}&sid={sid}", b"40")
        assert (reply.status, reply.body) == (400, UNKNOWN)
    assert (await tab.get(POLLING)).status == 200


async def test_the_sessions_of_a_worker_that_has_ended_are_unknown(
    ada: House, folder: Path
) -> None:
    async with open_worker(1, folder) as bob:
        client = await bob.open_polling()
    tab = await Tab.at(ada)
    for reply in (
        await tab.request("POST", client.query, b"4" * 100_000),
        await tab.request("GET", client.query),
        await tab.request("GET", client.upgrade_query, None, **UPGRADE),
    ):
        assert (reply.status, reply.body) == (400, UNKNOWN)
    async with open_worker(1, folder):
        assert (await of(tab, client).poll()).body == UNKNOWN


async def seconds_for_small_pieces(house: House, poller: Poller) -> float:
    """Measure what it costs to read a hundred thousand chunks and empty lines."""
    client = await poller.connect()
    tab = await Tab.at(house)
    body = b'42["quiet","' + b"x" * 100_000 + b'"]'
    data = posted(client, body, len(body)) + b"\r\n" * 100_000 + posted(client, body)
    began = time.process_time()
    tab.writer.write(data)
    assert [reply.body for reply in await tab.replies(2)] == ["ok", "ok"]
    return time.process_time() - began


@pytest.mark.slow
async def test_many_small_pieces_cost_little_more_than_anywhere(ada: House, bob: House) -> None:
    async with open_house(**LONG) as alone:
        usual = await seconds_for_small_pieces(alone, await alone.open_polling())
    assert await seconds_for_small_pieces(ada, await bob.open_polling()) < 8 * usual


# WebSocket

LIKE_A_HEAD = frame(TEXT, b'42["hello",\r\n\r\n1]', mask=bytes(4))
"""A frame with what ends the head of a request."""


async def test_a_session_is_upgraded_by_way_of_another_worker(ada: House, bob: House) -> None:
    client = await of(ada, await bob.open_polling()).connect()
    socket = await ada.web_socket(client.upgrade_query)
    socket.send("2probe")
    await socket.hear("3probe")
    socket.send("5", '42["hello",1]')
    await socket.hear('42["hello-back",1]')
    assert bob.received == [("/", "hello", [1])]
    extra = await ada.web_socket(client.upgrade_query)
    assert await extra.receive() == Closed(1000)
    assert (await client.post("42")).status == 400


async def test_frames_right_behind_the_handshake_are_read_first(ada: House, bob: House) -> None:
    client = await bob.open_polling()
    await client.connect()
    tab = await Tab.at(ada)
    frames = [as_frame("2probe"), as_frame("5"), LIKE_A_HEAD]
    frames += [as_frame('42["hello","' + "x" * 70_000 + '"]')]
    tab.writer.write(head("GET", client.upgrade_query, UPGRADE) + b"".join(frames))
    assert (await tab.replies(1))[0].status == 101
    socket = Socket(tab.reader, tab.writer)
    assert await socket.hear() == "3probe"
    assert await socket.hear() == '42["hello-back",1]'
    assert len(await socket.hear('42["hello-back","x')) > 70_000


async def test_frames_right_behind_the_handshake_of_ones_own_are_read_first(ada: House) -> None:
    tab = await Tab.at(ada)
    frames = [as_frame("40"), LIKE_A_HEAD]
    tab.writer.write(head("GET", WEBSOCKET, UPGRADE) + b"".join(frames))
    assert (await tab.replies(1))[0].status == 101
    socket = Socket(tab.reader, tab.writer)
    await socket.hear("0")
    await socket.hear("40")
    assert await socket.hear() == '42["hello-back",1]'


async def test_a_request_behind_a_refused_upgrade_goes_where_it_belongs(
    ada: House, bob: House
) -> None:
    own, other = await ada.open_polling(), await bob.open_polling()
    tab = await Tab.at(ada)
    old = {**UPGRADE, "Sec-WebSocket-Version": "8"}
    tab.writer.write(
        head("GET", own.upgrade_query, old)
        + posted(other, b"40")
        + head("GET", other.upgrade_query, old)
        + posted(own, b"40")
    )
    assert [reply.status for reply in await tab.replies(4)] == [426, 200, 426, 200]


# Who it is


async def test_the_client_that_a_proxy_names_is_known_where_its_connection_goes(
    folder: Path,
) -> None:
    trusted = {"trusted": ["127.0.0.1"], "connections_per_address": 1}
    async with open_worker(0, folder, **trusted) as ada, open_worker(1, folder, **trusted) as bob:
        other = await bob.open_polling()
        tab = await Tab.at(ada, v2(TCP4 + TLS))
        tab.writer.write(posted(other, b"40") + head("GET", POLLING, {}) * 2)
        ok, opened, refused = await tab.replies(3)
        assert (ok.body, refused.status) == ("ok", 429)
        sid = json.loads(opened.body[1:])["sid"]
        session = bob.server._engine.sessions[sid]  # noqa: SLF001
        assert session.address == "203.0.113.7"


async def test_a_proxys_headers_count_on_each_request_wherever_it_is_answered(
    folder: Path,
) -> None:
    trusted = {"trusted": ["127.0.0.1"], "connections_per_address": 1}
    async with open_worker(0, folder, **trusted) as ada, open_worker(1, folder, **trusted) as bob:
        other = await bob.open_polling()
        tab = await Tab.at(ada)
        assert (await tab.request("POST", other.query, b"40")).body == "ok"
        statuses = [
            (await tab.get(POLLING, **{"X-Forwarded-For": client})).status
            for client in ("203.0.113.7", "203.0.113.7", "203.0.113.8")
        ]
        assert statuses == [200, 429, 200]


async def test_a_connection_counts_where_it_is(folder: Path) -> None:
    one = {"connections_per_address": 1}
    async with open_worker(0, folder) as ada, open_worker(1, folder, **one) as bob:
        client = await bob.open_polling()
        await until(lambda: not bob.runner.server.connections)  # type: ignore[union-attr]
        tab = await Tab.at(ada)
        assert (await tab.request("POST", client.query, b"40")).body == "ok"
        second = await Tab.at(ada)
        with pytest.raises((asyncio.IncompleteReadError, ConnectionError)):
            await second.request("GET", client.query)
        assert bob.server.counters["too many TCP connections"] == 1
        tab.writer.close()
        await until(lambda: not bob.runner.server.connections)  # type: ignore[union-attr]
        assert (await (await Tab.at(ada)).request("GET", client.query)).status == 200


# What is not valid


@pytest.mark.parametrize(
    "nonsense",
    [
        b"GET\r\n\r\n",
        b"\x16\x03\x01\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"x" * 9_000 + b"\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"GET / HTTP/1.1\r\nX: " + b"x" * 70_000,
    ],
)
async def test_nonsense_behind_a_request_is_refused_by_whoever_has_the_connection(
    ada: House, bob: House, nonsense: bytes
) -> None:
    own, other = await ada.open_polling(), await bob.open_polling()
    for client in own, other:
        tab = await Tab.at(ada)
        tab.writer.write(posted(client, b"40") + nonsense)
        ok, refused = await tab.replies(2)
        assert (ok.status, refused.status) == (200, 400)
        assert await tab.over()


@pytest.mark.slow
@pytest.mark.parametrize("size", [b"xyz", b"", b"0x10", b"fffffffffffffffffff"])
async def test_a_chunk_whose_size_is_not_valid_is_refused(folder: Path, size: bytes) -> None:
    """With its session; aiohttp tells of a broken body only that it does not come."""
    limits = {"body_timeout": 0.1}
    async with open_worker(0, folder, **limits) as ada, open_worker(1, folder, **limits) as bob:
        for house in ada, bob:
            client = await house.open_polling()
            tab = await Tab.at(ada)
            start = head("POST", client.query, {"Transfer-Encoding": "chunked"})
            tab.writer.write(start + b"2\r\n40\r\n" + size + b"\r\nx\r\n0\r\n\r\n")
            assert (await tab.replies(1))[0].status in {400, 408}
            assert await tab.over()
            await house.is_empty()


async def test_a_long_head_is_read_all_the_same(ada: House) -> None:
    """It is longer than what is looked through; its connection stays where it is."""
    fields = {f"X-{number}": "x" * 8_000 for number in range(9)}
    tab = await Tab.at(ada)
    for _ in range(2):
        assert (await tab.request("GET", "", None, **fields)).status == 400
    assert (await tab.get(POLLING)).status == 200


async def test_half_a_request_is_not_waited_for_longer_than_anywhere(folder: Path) -> None:
    async with open_worker(0, folder, header_timeout=0.1) as ada:
        tab = await Tab.at(ada)
        tab.writer.write(b"GET /socket.io/")
        assert await tab.over()


@pytest.mark.parametrize("message", [b"[", b"[5,null]", b"[5,null]\n", b"[5,null]\n1234"])
async def test_a_worker_that_ends_while_it_hands_over_leaves_nothing(
    ada: House, bob: House, folder: Path, message: bytes
) -> None:
    client = await bob.open_polling()
    files, tasks = open_files(), len(asyncio.all_tasks())
    ours, theirs = socket.socketpair()
    with socket.socket(socket.AF_UNIX) as line, ours, theirs:
        line.connect(str(folder / "1"))
        socket.send_fds(line, [message], [theirs.fileno()])
    await until(lambda: open_files() <= files)
    await until(lambda: len(asyncio.all_tasks()) <= tasks)
    assert (await of(ada, client).post("40")).body == "ok"


# All together


@pytest.fixture
async def three(folder: Path) -> AsyncIterator[list[House]]:
    """Yield three workers."""
    async with AsyncExitStack() as stack:
        yield [await stack.enter_async_context(open_worker(n, folder, 3)) for n in range(3)]


def pieces(random: random.Random, data: bytes) -> Iterator[bytes]:
    """Cut bytes into pieces of any size."""
    while data:
        size = random.choice([1, 2, 7, 100, 1_000, 10_000, len(data)])
        yield data[:size]
        data = data[size:]


@pytest.mark.parametrize("seed", range(20))
async def test_whatever_is_sent_in_whatever_pieces_is_answered_in_order(
    three: list[House], seed: int
) -> None:
    choose = random.Random(seed)
    clients = [await (await house.open_polling()).connect() for house in three]
    sent, expected = [], []
    for number in range(60):
        match choose.randrange(6):
            case 0:
                sent.append(head("GET", f"{POLLING}&sid={choose.randrange(5)}.none", {}))
                expected.append(UNKNOWN)
            case 1:
                sent.append(head("OPTIONS", choose.choice(clients).query, {}))
                expected.append("")
            case _:
                text = "x" * choose.choice([0, 1, 100, 20_000])
                body = f'42["quiet",{number},"{text}"]'.encode()
                sent.append(posted(choose.choice(clients), body, choose.randrange(4)))
                expected.append("ok")
    files, tasks = open_files(), len(asyncio.all_tasks())
    tab = await Tab.at(choose.choice(three))
    for piece in pieces(choose, b"".join(sent)):
        tab.writer.write(piece)
        await tab.writer.drain()
    assert [reply.body for reply in await tab.replies(len(expected))] == expected
    for house in three:
        numbers = [args[0] for _, _, args in house.received]
        assert numbers == sorted(numbers)
    assert sum(len(house.received) for house in three) == expected.count("ok")
    tab.writer.close()
    await until(lambda: open_files() <= files)
    await until(lambda: len(asyncio.all_tasks()) <= tasks)
