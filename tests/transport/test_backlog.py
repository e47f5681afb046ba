"""What waits for clients that do not read, or never finish to send, is bounded for all together."""

from __future__ import annotations

import asyncio
import gc
import json
import struct
import time
import tracemalloc
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from aiohttp import web

from asyncapi_socketio.transport import Limits, Server, listen
from asyncapi_socketio.transport.backlog import Backlog
from tests.patience import PATIENCE
from tests.transport.conftest import LONG, ORIGIN, SHORT, Echo, House, open_house, unharmed, until
from tests.transport.wire import BINARY, TEXT, Poller, Reply, Socket, frame, head

MIB = 1024 * 1024
HUGE = 20_000_000
LARGE = f'42["large","{"x" * 60_000}"]'


async def asks_for(socket: Socket, size: int, number: int = 1) -> None:
    """Ask for a long ack, and read it whole."""
    socket.send(f'42{number}["long",{size}]')
    assert len(await socket.hear(f"43{number}[")) == size + len(f'43{number}[""]')


# Long acks


@pytest.mark.parametrize("size", [100_000, 300_000, 3_000_000, HUGE])
async def test_a_long_ack_comes_whole_on_each_transport(size: int) -> None:
    async with open_house(**LONG) as house, unharmed(house):
        socket, poller = await house.connect(), await (await house.open_polling()).connect()
        await asks_for(socket, size)
        post = asyncio.ensure_future(poller.post(f'421["long",{size}]\x1e42["after"]'))
        packets = await poller.packets()
        assert len(packets[0]) == size + len('431[""]')
        assert packets[1:] == ['42["after-back"]'] or await poller.packets() == ['42["after-back"]']
        assert (await post).body == "ok"
        assert house.queued == 0
        await socket.closed_by_us()
        await poller.post("1")


@pytest.mark.parametrize("size", [100_000, 300_000, 3_000_000, HUGE])
@pytest.mark.parametrize("moment", ["before", "during", "after"])
async def test_a_long_ack_survives_an_upgrade(size: int, moment: str) -> None:
    async with open_house(**LONG) as house, unharmed(house):
        poller = await (await house.open_polling()).connect()
        ask = f'421["long",{size}]\x1e422["small"]'
        if moment == "before":
            async with house.one_more_request():
                post = asyncio.ensure_future(poller.post(ask))
        socket = await house.web_socket(poller.upgrade_query)
        socket.send("2probe")
        assert await socket.receive() == "3probe"
        if moment == "during":
            assert (await poller.post(ask)).body == "ok"
            assert (await poller.post('423["more"]')).body == "ok"
        if moment == "before":
            assert (await post).body == "ok"
        socket.send("5")
        if moment == "after":
            socket.send(*ask.split("\x1e"))
        assert len(await socket.hear("431[")) == size + len('431[""]')
        await socket.hear("432[]")
        await socket.hear('42["small-back"]')
        if moment == "during":
            await socket.hear("433[]")
            await socket.hear('42["more-back"]')
        await socket.closed_by_us()


async def post_is_held(poller: Poller, house: House, other: Socket) -> asyncio.Future[Reply]:
    """POST an event to a choked session; it is not answered, though others are."""
    async with house.one_more_request():
        post = asyncio.ensure_future(poller.post(LARGE))
    for number in range(3):
        await other.ask(number, "quiet")
    assert not post.done()
    return post


async def test_posts_during_a_probe_have_a_bound() -> None:
    async with open_house(**LONG, payload=100_000) as house, unharmed(house):
        poller, other = await (await house.open_polling()).connect(), await house.connect()
        socket = await house.web_socket(poller.upgrade_query)
        socket.send("2probe")
        assert await socket.receive() == "3probe"
        await poller.post('421["long",300000]')
        assert [(await poller.post(LARGE)).status for _ in range(3)] == [200, 200, 200]
        held = await post_is_held(poller, house, other)
        socket.send("5")
        assert (await held).status == 200
        await socket.hear("431[")
        for _ in range(4):
            await socket.hear('42["large-back"')
        await socket.closed_by_us()
        await other.closed_by_us()


async def test_posts_after_a_failed_probe_wait_again() -> None:
    async with open_house(**LONG) as house, unharmed(house):
        poller, other = await (await house.open_polling()).connect(), await house.connect()
        socket = await house.web_socket(poller.upgrade_query)
        socket.send("2probe")
        assert await socket.receive() == "3probe"
        assert (await poller.post('421["long",300000]')).status == 200
        socket.send("not an upgrade")
        assert await socket.closed() == 1002
        held = await post_is_held(poller, house, other)
        assert (await poller.packets())[0].startswith("431[")
        assert (await held).status == 200
        assert (await poller.packets())[0].startswith('42["large-back"')
        await poller.post("1")
        await other.closed_by_us()


@pytest.mark.slow
async def test_a_body_of_many_packets_costs_no_more_than_many_bodies_of_few() -> None:
    async with open_house(**LONG, payload=4_000_000, packets=2_000_000) as house:
        poller = await (await house.open_polling()).connect()
        few, many = "\x1e".join("3" * 50_000), "\x1e".join("3" * 2_000_000)
        start = time.process_time()
        for _ in range(40):
            assert (await poller.post(few)).status == 200
        middle = time.process_time()
        assert (await poller.post(many)).status == 200
        assert time.process_time() - middle < 4 * (middle - start)
        await poller.post("1")


async def test_the_packets_of_a_body_are_bounded() -> None:
    async with open_house(**LONG, packets=100) as house, unharmed(house):
        poller = await (await house.open_polling()).connect()
        assert (await poller.post("\x1e".join("3" * 100))).status == 200
        assert (await poller.post("\x1e".join("3" * 101))).status == 413
        assert house.server.sessions == 0


async def test_the_others_are_served_while_long_acks_leave() -> None:
    async with open_house(**LONG) as house:
        readers = [await house.connect() for _ in range(5)]
        other = await house.connect()
        reading = asyncio.gather(*(asks_for(reader, HUGE) for reader in readers))
        answered = 0
        while not reading.done():
            await other.ask(answered, "small")
            await other.hear('42["small-back"]')
            answered += 1
        await reading
        assert answered > 5  # had one long ack blocked the loop, each turn would have taken it all
        for socket in (*readers, other):
            await socket.closed_by_us()


async def test_long_acks_that_nobody_reads_share_their_bytes() -> None:
    async with open_house(**LONG) as house:
        deaf = [await house.connect() for _ in range(20)]
        for socket in deaf:
            socket.send(*(f'42{number}["long",{HUGE}]' for number in range(64)))
        await until(lambda: len(house.received) >= len(deaf))
        assert await (await house.connect()).ask(1, "small") == []
        assert house.queued < 5 * MIB  # a piece, and what each kernel did not take at once
        assert house.server.sessions == len(deaf) + 1
        for socket in deaf:
            socket.cut()
        await until(lambda: house.queued == 0)


# All clients together


async def test_above_the_bound_for_all_the_worst_reader_goes_first() -> None:
    async with open_house(**LONG, queued=MIB, pause_reading_above=16 * MIB) as house:
        worst, deaf = await house.connect(), await house.connect()
        speaker, listener = await house.connect(), await house.connect()
        worst.send('42["quiet"]', f'421["large","{"x" * 400_000}"]')
        sent = 0
        async with asyncio.timeout(PATIENCE):
            while not house.server.counters["slow reader"]:
                speaker.send(f'42{sent}["everyone","{sent}{"x" * 100_000}"]')
                await listener.hear('42["everyone-back"')
                await speaker.hear(f"43{sent}[")
                sent += 1
        assert house.queued <= MIB
        assert await worst.closed() is None
        await until(lambda: house.server.sessions in {2, 3})
        assert await speaker.ask(sent, "still") == []
        for socket in (deaf, speaker, listener):
            socket.cut()


@dataclass(eq=False)
class Deaf:
    """A reader of a backlog that never reads, and knows how often it was looked at."""

    backlog: Backlog
    messages: list[bytes] = field(default_factory=list)
    looks: int = 0
    dropped: bool = False

    @property
    def queued(self) -> int:
        self.looks += 1
        return sum(map(len, self.messages))

    def hear(self, size: int) -> None:
        self.messages.append(b"x" * size)
        self.backlog.hold(self.messages[-1])
        self.backlog.relieve()

    def give_up(self) -> None:
        self.dropped = True
        self.backlog.release(self.messages)
        self.messages.clear()

    def judge(self, now: float) -> None:
        """Stay, however slow."""


async def test_who_has_most_is_sought_once_for_many_that_go() -> None:
    backlog = Backlog(Limits(queued=100_000))
    readers = [Deaf(backlog) for _ in range(1_000)]
    for reader in readers:
        backlog.join(reader)
        reader.hear(100)
    assert not any(reader.looks for reader in readers)
    for reader in readers[:20]:
        reader.hear(100)
    assert 0 < sum(reader.dropped for reader in readers) < 100
    assert max(reader.looks for reader in readers) == 1
    assert backlog.size <= 100_000
    for reader in readers:
        backlog.leave(reader)


@pytest.mark.slow
async def test_a_web_socket_that_reads_nothing_is_dropped_in_time() -> None:
    async with open_house(**LONG, write_timeout=0.5) as house, unharmed(house):
        deaf, other = await house.connect(), await house.connect()
        deaf.send(f'421["long",{HUGE}]')
        await until(lambda: house.server.counters["slow reader"] == 1)
        assert house.queued == 0
        assert await other.ask(1, "still") == []
        await other.closed_by_us()
        deaf.cut()


@pytest.mark.slow
async def test_a_slow_reader_that_keeps_the_least_rate_stays() -> None:
    async with open_house(**LONG, write_timeout=1.0, least_rate=1000) as house, unharmed(house):
        slow = await house.connect()
        slow.send(f'421["long",{HUGE}]')
        read = 0
        async with asyncio.timeout(PATIENCE):
            while read < HUGE:
                chunk = await slow.reader.read(HUGE // 30)
                read += len(chunk)
                await asyncio.sleep(0.05)  # a slow line: about 2 seconds for all of it
        assert house.server.counters["slow reader"] == 0
        slow.cut()


@pytest.mark.slow
async def test_a_poll_whose_answer_is_not_read_is_given_up() -> None:
    async with open_house(**LONG, write_timeout=0.5) as house, unharmed(house):
        poller = await (await house.open_polling()).connect()
        _, writer = await house.dial()
        writer.write(head("GET", poller.query, {}))
        await poller.post(f'421["long",{HUGE}]')
        await until(lambda: house.server.counters["slow reader"] == 1)
        await house.is_empty()
        assert house.queued == 0
        writer.close()


async def test_a_poll_that_is_given_up_leaves_nothing_behind() -> None:
    async with open_house(**LONG) as house, unharmed(house):
        poller, speaker = await (await house.open_polling()).connect(), await house.connect()
        _, writer = await house.dial()
        async with house.one_more_request():
            writer.write(head("GET", poller.query, {}))
        writer.transport.abort()
        await until(lambda: house.server.sessions == 1)
        assert house.queued == 0
        await speaker.closed_by_us()


@pytest.mark.slow
async def test_a_file_that_is_not_read_is_given_up() -> None:
    limits = Limits(write_timeout=0.5)
    server = Server(namespaces=["/"], origins=[ORIGIN], limits=limits)
    body = b"x" * HUGE

    async def send(_: web.Request) -> web.Response:
        return web.Response(body=body)

    app = web.Application()
    app.add_routes([web.get("/file", send)])
    server.attach(app, Echo(House(0, server, None)))  # type: ignore[arg-type]
    runner = await listen(app, "127.0.0.1", 0, limits=limits)
    _, writer = await asyncio.open_connection(*runner.addresses[0][:2])
    writer.write(b"GET /file HTTP/1.1\r\nHost: localhost\r\n\r\n")
    await until(lambda: server.counters["slow reader"] == 1)
    writer.close()
    await runner.cleanup()


# What is not finished


@pytest.mark.parametrize("part", ["frame", "message", "attachment", "event"])
async def test_what_is_never_finished_has_a_bound_for_all(part: str) -> None:
    async with open_house(**LONG, unfinished=3_000_000) as house, unharmed(house):
        greedy = [await house.connect() for _ in range(5)]
        for socket in greedy:
            match part:
                case "frame":
                    socket.writer.write(frame(TEXT, b"x" * 900_000)[:-1])
                case "message":
                    socket.send_frame(TEXT, b"x" * 900_000, final=False)
                case "event":
                    socket.send(f'451-["a",{{"_placeholder":true,"num":0}},"{"x" * 900_000}"]')
                case _:
                    attachment = frame(BINARY, b"x" * 900_000)
                    event = '452-["a",{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}]'
                    socket.send(event)
                    socket.writer.write(attachment)
        await until(lambda: house.server.counters["too much unfinished"] >= 2)
        assert house.unfinished <= 3_000_000
        other = await house.connect()
        assert await other.ask(1, "small") == []
        await other.closed_by_us()
        for socket in greedy:
            socket.cut()
        await until(lambda: house.unfinished == 0)


async def test_bodies_that_never_end_have_a_bound_for_all() -> None:
    async with open_house(**LONG, unfinished=3_000_000) as house, unharmed(house):
        writers = []
        for _ in range(5):
            poller = await (await house.open_polling()).connect()
            _, writer = await house.dial()
            fields = {"Content-Length": "900001"}
            writer.write(head("POST", poller.query, fields) + b"x" * 900_000)
            writers.append(writer)
        await until(lambda: house.server.counters["too much unfinished"] >= 2)
        assert house.unfinished <= 3_000_000
        for writer in writers:
            writer.close()
        await until(lambda: house.unfinished == 0)


async def test_what_waits_for_slow_readers_has_a_bound_for_all() -> None:
    async with open_house(**LONG, unfinished=3_000_000) as house, unharmed(house):
        body = f'421["long",300000]\x1e42["a","{"x" * 900_000}"]'
        posts = []
        for _ in range(5):
            poller = await (await house.open_polling()).connect()
            posts.append(asyncio.ensure_future(poller.post(body)))
        await until(lambda: house.server.counters["too much unfinished"] >= 2)
        assert house.unfinished <= 3_000_000
        other = await house.connect()
        assert await other.ask(1, "small") == []
        await other.closed_by_us()
        for session in [*house.server._engine.sessions.values()]:  # noqa: SLF001
            session.end("over")
        assert {reply.status for reply in await asyncio.gather(*posts)} == {400}
        await until(lambda: house.unfinished == 0)


# What is over


@asynccontextmanager
async def nothing_kept(house: House) -> AsyncIterator[None]:
    """Check that what clients sent inside goes with them, before any collection of cycles."""
    await (await house.connect()).closed_by_us()
    await house.is_empty()
    gc.collect()
    gc.disable()
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        yield
        await house.is_empty()
        await until(lambda: tracemalloc.get_traced_memory()[0] < before + MIB)
    finally:
        tracemalloc.stop()
        gc.enable()


@pytest.mark.parametrize("part", ["frame", "message", "no text", "event", "choked"])
async def test_what_a_client_sent_goes_with_it(part: str) -> None:
    async with open_house(**LONG) as house, nothing_kept(house):
        for _ in range(4):
            socket = await house.connect()
            match part:
                case "frame":
                    socket.writer.write(frame(TEXT, b"x" * 900_000)[:-1])
                case "message":
                    socket.send_frame(TEXT, b"x" * 900_000, final=False)
                case "no text":
                    socket.send_frame(TEXT, b"x" * 900_000 + b"\xff")
                case "event":
                    socket.send(f'451-["a",{{"_placeholder":true,"num":0}},"{"x" * 900_000}"]')
                case "choked":
                    socket.send(*['421["long",300000]', f'42["a","{"x" * 900_000}"]'] * 2)
            await socket.writer.drain()
            await until(lambda: house.unfinished or part in {"no text", "choked"})
            socket.cut()


@pytest.mark.slow
async def test_a_body_that_waits_goes_with_its_client() -> None:
    async with open_house(**SHORT) as house, nothing_kept(house):
        for _ in range(4):
            poller = await (await house.open_polling()).connect()
            body = f'421["long",300000]\x1e42["a","{"x" * 900_000}"]'.encode()
            _, writer = await house.dial()
            async with house.one_more_request():
                writer.write(head("POST", poller.query, {"Content-Length": str(len(body))}) + body)
            writer.transport.abort()


@pytest.mark.parametrize("answered", [True, False], ids=["answered", "cut"])
async def test_what_is_no_request_goes_with_its_connection(
    answered: bool, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("WARNING")  # as a service that logs little; an error is no longer kept then
    async with open_house(**LONG) as house, nothing_kept(house):
        for _ in range(4):
            reader, writer = await house.dial()
            writer.write(b"\x00" * 5 * MIB)
            if answered:
                with suppress(ConnectionError):
                    await reader.read()
            writer.transport.abort()


# What breaks the protocol


async def test_every_frame_must_be_masked(house: House) -> None:
    async with unharmed(house):
        socket = await house.connect()
        assert await socket.ask(1, "masked") == []
        unmasked = b'422["not masked"]'
        masked = frame(TEXT, b'423["masked"]')
        socket.writer.write(masked + bytes((0x81, len(unmasked))) + unmasked)
        assert await socket.closed() == 1002
    assert ("/", "not masked", []) not in house.received


@pytest.mark.parametrize(
    ("code", "answer"),
    [
        (1000, 1000), (1001, 1001), (3000, 3000), (4999, 4999), (0, 1002), (999, 1002),
        (1004, 1002), (1005, 1002), (1006, 1002), (1015, 1002), (1016, 1002), (2999, 1002),
        (5000, 1002),
    ],
)  # fmt: skip
async def test_a_close_code_that_may_not_be_sent_breaks_the_protocol(
    house: House, code: int, answer: int
) -> None:
    async with unharmed(house):
        socket = await house.connect()
        socket.send_frame(8, struct.pack("!H", code))
        assert await socket.closed() == answer


MSGPACK = Path(__file__).with_name("msgpack.mjs")


@pytest.mark.parametrize("transport", ["websocket", "polling"])
@pytest.mark.parametrize("namespace", ["/", "/custom", "/" + "n" * 100])
async def test_a_client_with_another_parser_is_told(transport: str, namespace: str) -> None:
    async with open_house(**LONG) as house, unharmed(house):
        url = f"http://127.0.0.1:{house.port}{namespace}"
        client = await asyncio.create_subprocess_exec(
            "node", MSGPACK, url, transport, stdin=DEVNULL, stdout=PIPE
        )
        async with asyncio.timeout(PATIENCE):
            said, _ = await client.communicate()
        assert json.loads(said) == "this server takes packets of socket.io's default parser only"


async def test_a_binary_first_packet_that_no_parser_makes_breaks_the_protocol(house: House) -> None:
    async with unharmed(house):
        for packet in (b"", b"\x83", b"\x80\xa4type\x02", bytes(range(256))):
            socket = await house.open_socket()
            socket.send(packet)
            assert await socket.closed() == 1002
