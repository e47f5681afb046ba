"""Nobody takes more than a client's share, and the others never wait for one who does."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack, suppress
from typing import Any

import pytest
import uvloop

from asyncapi_socketio.transport.websocket import WebSocket
from tests.patience import PATIENCE
from tests.transport.conftest import LONG, SHORT, House, open_house, unharmed, until
from tests.transport.wire import PING, POLLING, WEBSOCKET, Reply, frame, head, read_reply

LARGE = "x" * 10_000
MANY = 1_000_000
"""Events per second that no test comes near."""


@pytest.mark.slow
async def test_a_client_that_reads_no_answers_is_not_read() -> None:
    async with open_house(**LONG) as house:
        socket = await house.connect()
        asked = 3000
        for number in range(asked):
            socket.send(f'42{number}["large","{LARGE}"]')
        await until(lambda: len(house.received) > 20)
        other = await house.connect()
        for number in range(20):
            assert await other.ask(number, "small") == []
            await other.hear('42["small-back"]')
        assert len(house.received) < asked
        acks = 0
        async with asyncio.timeout(PATIENCE):
            while acks < asked:
                message = await socket.hear()
                if message.startswith("43"):
                    assert message.startswith(f"43{acks}[")
                    acks += 1
        await socket.closed_by_us()
        await other.closed_by_us()


@pytest.mark.slow
@pytest.mark.parametrize("transport", ["websocket", "polling"])
async def test_a_client_that_reads_no_broadcasts_is_dropped(transport: str) -> None:
    async with open_house(**LONG, events_per_second=MANY) as house, unharmed(house):
        if transport == "websocket":
            deaf = await house.connect()
        else:
            await (await house.open_polling()).connect()
        speaker, listener = await house.connect(), await house.connect()
        sent = 0
        async with asyncio.timeout(PATIENCE):
            while not house.server.counters["slow reader"]:
                speaker.send(f'42["everyone",{sent},"{LARGE}"]')
                await listener.hear(f'42["everyone-back",{sent},')
                sent += 1
        assert house.server.counters["slow reader"] == 1
        assert house.server.sessions == 2
        await speaker.closed_by_us()
        await listener.closed_by_us()
        if transport == "websocket":
            deaf.cut()


async def test_a_post_that_waits_for_its_client_to_read_is_the_only_one() -> None:
    async with open_house(**LONG) as house, unharmed(house):
        poller = await (await house.open_polling()).connect()
        events = "\x1e".join(f'42["large","{LARGE}"]' for _ in range(28))  # a little too much
        assert (await poller.post(events)).status == 200
        async with house.one_more_request():
            held = asyncio.ensure_future(poller.post(events))
        assert (await poller.post(events)).status == 400
        assert (await held).status == 400


async def test_a_large_ack_drops_nobody() -> None:
    async with open_house(**LONG, payload=9_000_000) as house:
        socket, speaker = await house.connect(), await house.connect()
        socket.send('421["quiet","' + "x" * 8_000_000 + '"]')
        await until(lambda: house.received)
        for number in range(50):
            speaker.send(f'42["everyone",{number}]')
        assert len(await socket.hear("431[")) > 8_000_000
        for number in range(50):
            assert await socket.hear() == f'42["everyone-back",{number}]'
        await socket.closed_by_us()
        await speaker.closed_by_us()


async def test_events_in_flight_are_bounded() -> None:
    async with open_house(**LONG, events_in_flight=10) as house:
        socket = await house.connect()
        socket.send(*(f'42{number}["wait"]' for number in range(50)))
        await until(lambda: house.waiting == 10)
        other = await house.connect()
        assert await other.ask(1, "quick") == []
        assert house.waiting == 10
        house.gate.set()
        async with asyncio.timeout(PATIENCE):
            heard = {await socket.hear() for _ in range(100)}
        assert {f"43{number}[]" for number in range(50)} <= heard
        await socket.closed_by_us()
        await other.closed_by_us()


async def test_a_client_that_never_connects_is_closed() -> None:
    async with open_house(**LONG, connect_timeout=0.3) as house, unharmed(house):
        socket = await house.open_socket()
        assert await socket.closed() == 1000
        await house.open_polling()
        await house.is_empty()
        assert house.server.counters["connect timeout"] == 2


async def test_slow_headers_are_cut_off() -> None:
    async with open_house(**LONG, header_timeout=0.2) as house, unharmed(house):
        reader, writer = await house.dial()
        writer.write(head("GET", POLLING, {})[:-2])
        async with asyncio.timeout(PATIENCE):
            assert await reader.read() == b""
        writer.close()


async def test_slow_bodies_are_cut_off() -> None:
    async with open_house(**LONG, body_timeout=0.1) as house, unharmed(house):
        poller = await (await house.open_polling()).connect()
        reader, writer = await house.dial()
        writer.write(head("POST", poller.query, {"Content-Length": "100"}) + b"42")
        assert (await read_reply(reader)).status == 408
        writer.close()
        assert house.server.sessions == 0


@pytest.mark.parametrize(
    ("limit", "status"), [("connections", 503), ("connections_per_address", 429)]
)
async def test_connections_are_bounded(limit: str, status: int) -> None:
    async with open_house(**LONG, **{limit: 2}) as house:

        async def attempts() -> list[Reply]:
            upgrade = {"Upgrade": "websocket", "Connection": "Upgrade"}
            return [await house.get(POLLING), await house.get(WEBSOCKET, **upgrade)]

        socket = await house.connect()
        poller = await house.open_polling()
        assert [reply.status for reply in await attempts()] == [status, status]
        await poller.post("1")
        await until(lambda: house.server.sessions == 1)
        await (await house.connect()).closed_by_us()
        await socket.closed_by_us()


@pytest.mark.parametrize("limit", ["connections", "connections_per_address"])
async def test_connections_that_say_nothing_are_bounded_too(limit: str) -> None:
    async with open_house(**LONG, **{limit: 3}) as house:
        silent = [await house.dial() for _ in range(3)]
        reader, writer = await house.dial()
        async with asyncio.timeout(PATIENCE):
            with suppress(ConnectionResetError):
                assert await reader.read() == b""
        writer.close()
        assert house.server.counters["too many TCP connections"] == 1
        for _, writer in silent:
            writer.close()
            await writer.wait_closed()
        await until(lambda: not house.connections)
        await (await house.connect()).closed_by_us()


async def test_events_of_a_second_are_bounded_and_the_others_answered() -> None:
    async with open_house(**LONG, events_per_second=50) as house:
        socket = await house.connect()
        socket.send(*(f'42{number}["a"]' for number in range(80)), '42["b"]')
        acks: list[str] = []
        async with asyncio.timeout(PATIENCE):
            while len(acks) < 80:
                acks += [m for m in [await socket.hear()] if m.startswith("43")]
        assert acks[:50] == [f"43{number}[]" for number in range(50)]
        assert acks[50:] == [f'43{number}["too many","a"]' for number in range(50, 80)]
        assert house.server.counters["too many events"] >= 30
        await socket.closed_by_us()


async def test_a_dead_peer_with_a_full_window_is_freed() -> None:
    async with open_house(**SHORT) as house, unharmed(house):
        deaf, speaker = await house.connect(), await house.connect()
        for number in range(300):
            speaker.send(f'42{number}["everyone","{LARGE}"]')
            await speaker.hear(f"43{number}[")
        answering_pings = asyncio.ensure_future(speaker.hear())
        await until(lambda: house.server.sessions == 1)
        speaker.send('42["alive"]')
        assert await answering_pings == '42["alive-back"]'
        deaf.cut()
        await speaker.closed_by_us()


async def test_one_client_that_pipelines_does_not_delay_the_others(house: House) -> None:
    greedy, other = await house.connect(), await house.connect()
    greedy.send(*(f'42{number}["a","{"x" * 100}"]' for number in range(2000)))
    ahead: list[int] = []
    for number in range(20):
        before = len(house.received)
        assert await other.ask(1, "b", number) == [number]
        await other.hear(f'42["b-back",{number}]')
        ahead.append(house.received.index(("/", "b", [number])) - before)
    assert max(ahead) <= 4 * house.server.limits.events_in_flight
    greedy.cut()
    await other.closed_by_us()


async def test_a_stop_answers_what_was_begun_and_closes_everyone_with_1001() -> None:
    async with AsyncExitStack() as stack:
        house = await stack.enter_async_context(open_house(**LONG))
        sockets = [await house.connect() for _ in range(20)]
        poller = await (await house.open_polling()).connect()
        for socket in sockets:
            socket.send('421["wait"]')
        await until(lambda: house.waiting == 20)
        async with house.one_more_request():
            poll = asyncio.ensure_future(poller.poll())
        stopping = asyncio.ensure_future(house.server.stop())
        house.gate.set()
        for socket in sockets:
            await socket.hear("431[]")
            await socket.hear('42["wait-back"]')
            assert await socket.closed() == 1001
        await stopping
        assert (await poll).body == "1"
        assert (await house.get(POLLING)).status == 503


@pytest.mark.slow
async def test_a_stop_waits_for_nobody_who_does_not_answer() -> None:
    async with open_house(**LONG) as house:
        sockets = [await house.connect() for _ in range(5)]
        for socket in sockets:
            socket.send('421["wait"]')
        await until(lambda: house.waiting == 5)
        async with asyncio.timeout(PATIENCE):
            await house.server.stop()
        for socket in sockets:
            assert await socket.closed() == 1001


async def test_a_turn_is_over_after_a_few_large_events() -> None:
    async with open_house(**LONG) as house:
        socket = await house.connect()
        (session,) = house.server._engine.sessions.values()  # noqa: SLF001
        begun: list[int] = []
        loop = asyncio.get_running_loop()
        events: list[str | bytes] = [f'42["quiet","{LARGE}"]'] * 60
        loop.call_soon(session.accept, events)
        loop.call_soon(lambda: begun.append(len(house.received)))
        await until(lambda: len(house.received) == 60)
        assert 0 < begun[0] < 10
        await socket.closed_by_us()


def test_one_client_is_read_once_in_a_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    uvloop.run(read_in_turns(monkeypatch))  # left alone, it reads one connection 32 times in a row


async def read_in_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    loop = asyncio.get_running_loop()
    reads: list[int] = [0]
    receive = WebSocket.data_received

    def turn() -> None:
        reads.append(0)
        ticking.append(loop.call_soon(turn))

    def counted(self: WebSocket, data: bytes) -> None:
        reads[-1] += 1
        receive(self, data)

    ticking: list[asyncio.Handle] = [loop.call_soon(turn)]
    monkeypatch.setattr(WebSocket, "data_received", counted)
    async with open_house(**LONG) as house:
        socket = await house.connect()
        socket.send(*[f'42["quiet","{900_000 * "x"}"]'] * 20)
        await until(lambda: len(house.received) == 20)
        assert sum(reads) > 20  # no event came in one read
        assert max(reads) == 1
        ticking[-1].cancel()
        await socket.closed_by_us()


async def test_of_many_pings_the_last_is_answered(house: House) -> None:
    async with unharmed(house):
        socket = await house.connect()
        socket.writer.write(b"".join(frame(PING, b"%d" % number) for number in range(40_000)))
        while await socket.receive() != b"pong:39999":
            pass
        await socket.closed_by_us()


async def test_events_are_counted_beyond_the_second_that_bounds_them() -> None:
    async with open_house(events_per_second=2) as house:
        socket = await house.connect()
        count, answer, refused = 0, list[Any](), False
        async with asyncio.timeout(PATIENCE):
            while not (refused and answer == [7]):
                refused |= answer == ["too many", "quiet"]
                count += 1
                answer = await socket.ask(count, "quiet", 7)
        (seen,) = house.server.connected()
        assert (seen.events, seen.transport, [*seen.clients]) == (count, "websocket", ["/"])
        await socket.closed_by_us()
