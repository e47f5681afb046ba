"""Who serves the clients: judges them, puts them into rooms, asks them, disconnects them."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.transport.conftest import LONG, House, open_house, unharmed, until
from tests.transport.wire import POLLING, UPGRADE, WEBSOCKET, Socket, as_frame, head, read_reply

CLIENT_LEAVES = "client namespace disconnect"
SERVER_LEAVES = "server namespace disconnect"


@dataclass
class Judge:
    """Lets clients in when a test says so; `refusal` turns them away then."""

    sids: list[str] = field(default_factory=list)
    verdict: asyncio.Event = field(default_factory=asyncio.Event)
    refusal: tuple[str, Any] | None = None
    cancelled: int = 0

    async def __call__(self, sid: str, _: str, __: Any) -> tuple[str, Any] | None:
        self.sids.append(sid)
        try:
            await self.verdict.wait()
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        return self.refusal

    async def has_begun(self) -> str:
        await until(lambda: self.sids)
        return self.sids[-1]


async def connected(house: House, namespace: str = "") -> tuple[Socket, str]:
    """Connect to a namespace, and return the client's sid as well."""
    socket = await house.open_socket()
    return socket, await enter(socket, namespace)


async def enter(socket: Socket, namespace: str = "") -> str:
    """Connect to one more namespace, and return the sid."""
    socket.send(f"40{namespace}")
    answer = (await socket.hear(f"40{namespace}")).removeprefix(f"40{namespace}")
    sid: str = json.loads(answer)["sid"]
    return sid


# Connecting


async def test_a_client_that_is_being_judged_waits_and_is_let_in() -> None:
    judge = Judge()
    async with open_house(judge, **LONG) as house:
        socket = await house.open_socket()
        socket.send("40")
        sid = await judge.has_begun()
        house.server.emit("/", "too early", ())
        judge.verdict.set()
        assert json.loads((await socket.hear("40"))[2:]) == {"sid": sid}
        assert await socket.ask(1, "hello") == []
        await socket.hear('42["hello-back"]')
        await socket.closed_by_us()


async def test_a_client_that_is_being_judged_is_turned_away_and_may_try_again() -> None:
    judge = Judge(refusal=("not you", None))
    async with open_house(judge, **LONG) as house:
        socket = await house.open_socket()
        socket.send("40")
        await judge.has_begun()
        judge.verdict.set()
        assert await socket.hear() == '44{"message":"not you"}'
        judge.refusal = None
        await enter(socket)
        await socket.closed_by_us()
        await until(lambda: house.left)
        assert [sid for sid, _, _ in house.left] == judge.sids[1:]


@pytest.mark.parametrize("packet", ["40", '42["early"]', '421["early"]', "41", "431[]"])
async def test_nothing_may_come_before_the_verdict(packet: str) -> None:
    judge = Judge()
    async with open_house(judge, **LONG) as house:
        socket = await house.open_socket()
        socket.send("40", packet)
        assert await socket.closed() == 1002
        await house.is_empty()
        await until(lambda: judge.cancelled == 1)
        assert (house.left, house.received) == ([], [])


async def test_another_namespace_may_be_used_meanwhile() -> None:
    judge = Judge()

    async def only_custom(sid: str, namespace: str, auth: Any) -> tuple[str, Any] | None:
        return await judge(sid, namespace, auth) if namespace == "/custom" else None

    async with open_house(only_custom, **LONG) as house:
        socket, _ = await connected(house)
        socket.send("40/custom,", '421["hello"]')
        await socket.hear("431[]")
        await socket.hear('42["hello-back"]')
        judge.verdict.set()
        await socket.hear("40/custom,")
        await socket.closed_by_us()


async def test_a_client_that_goes_away_meanwhile_is_forgotten() -> None:
    judge = Judge()
    async with open_house(judge, **LONG) as house:
        socket = await house.open_socket()
        socket.send("40")
        sid = await judge.has_begun()
        house.server.enter("/", sid, "lobby")
        socket.cut()
        await house.is_empty()
        await until(lambda: judge.cancelled == 1)
        assert house.left == []
        assert house.server.rooms("/", sid) == frozenset()
        with pytest.raises(KeyError):
            house.server.handshake("/", sid)


async def test_a_verdict_that_takes_too_long_ends_the_session() -> None:
    judge = Judge()
    async with open_house(judge, **LONG, connect_timeout=0.2) as house:
        socket = await house.open_socket()
        socket.send("40")
        assert await socket.closed() == 1000
        await until(lambda: judge.cancelled == 1)
        assert house.server.counters["connect timeout"] == 1


async def test_who_is_turned_away_after_the_time_to_connect_is_closed() -> None:
    async def turn_away(*_: object) -> tuple[str, Any]:
        return "never", None

    async with open_house(turn_away, **LONG, connect_timeout=0.3) as house:
        socket = await house.open_socket()
        socket.send("40")
        assert await socket.hear() == '44{"message":"never"}'
        assert await socket.closed() == 1000


@pytest.mark.parametrize("waits", [False, True])
async def test_a_judge_that_fails_ends_the_session(
    *, waits: bool, quiet: list[dict[str, Any]]
) -> None:
    async def fail(*_: object) -> None:
        if waits:
            await asyncio.sleep(0)
        raise RuntimeError("no verdict")

    async with open_house(fail, **LONG) as house:
        socket = await house.open_socket()
        socket.send("40")
        assert await socket.closed() == 1011
        await house.is_empty()
    errors = [entry["event"] for entry in quiet if entry["log_level"] == "error"]
    assert errors == ["connect failed"]
    quiet.clear()


# Disconnecting


async def test_every_way_to_leave_is_told_once(house: House) -> None:
    leaves, loses, ends = [await connected(house) for _ in range(3)]
    leaves[0].send("41")
    loses[0].cut()
    ends[0].send("1")
    await until(lambda: len(house.left) == 3)
    assert sorted(house.left) == sorted(
        [
            (leaves[1], "/", CLIENT_LEAVES),
            (loses[1], "/", "transport close"),
            (ends[1], "/", "client disconnect"),
        ]
    )
    await leaves[0].closed_by_us()
    await house.is_empty()
    assert len(house.left) == 3


async def test_a_client_is_disconnected_and_told(house: House) -> None:
    socket, sid = await connected(house)
    other = await enter(socket, "/custom,")
    house.server.disconnect("/custom", other)
    assert await socket.hear() == "41/custom,"
    assert house.left == [(other, "/custom", SERVER_LEAVES)]
    house.server.disconnect("/custom", other)
    assert await socket.ask(1, "still here") == []
    await socket.hear('42["still here-back"]')
    house.server.disconnect("/", sid)
    assert await socket.hear() == "41"
    assert len(house.left) == 2
    await enter(socket)
    await socket.closed_by_us()


async def test_what_was_sent_before_it_knew_is_ignored() -> None:
    async with open_house(**LONG) as house, unharmed(house):
        socket, sid = await connected(house)
        await enter(socket, "/custom,")
        house.received.clear()
        house.server.disconnect("/", sid)
        attached = '451-["late",{"_placeholder":true,"num":0}]'
        socket.send('421["late"]', attached, b"late", "431[]", "41", '42/custom,1["kept"]')
        assert await socket.hear() == "41"
        assert await socket.hear() == "43/custom,1[]"
        assert house.received == [("/custom", "kept", [])]
        await socket.hear('42/custom,["kept-back"]')
        await enter(socket)
        assert await socket.ask(2, "again") == []
        await socket.hear('42["again-back"]')
        await socket.closed_by_us()


async def test_a_stop_waits_for_what_leaving_begins() -> None:
    finished: list[str] = []

    async with open_house(**LONG) as house:

        async def finish(sid: str) -> None:
            await asyncio.sleep(0)
            finished.append(sid)

        house.leaving = finish
        socket, sid = await connected(house)
        stopping = asyncio.ensure_future(house.server.stop())
        assert await socket.closed() == 1001
        await stopping
        assert finished == [sid]


# Rooms


async def test_a_room_hears_what_is_sent_to_it_and_nobody_else(house: House) -> None:
    (ada, ada_sid), (bob, bob_sid), (eve, eve_sid) = [await connected(house) for _ in range(3)]
    server = house.server
    for sid in (ada_sid, bob_sid):
        server.enter("/", sid, "kitchen")
    server.emit("/", "tea", (1,), room="kitchen")
    server.emit("/", "tea", (2,), room="kitchen", skip=ada_sid)
    server.emit("/", "tea", (3,), room=eve_sid)
    server.emit("/", "tea", (4,))
    assert [await ada.hear() for _ in range(2)] == ['42["tea",1]', '42["tea",4]']
    assert [await bob.hear() for _ in range(3)] == [f'42["tea",{number}]' for number in (1, 2, 4)]
    assert [await eve.hear() for _ in range(2)] == ['42["tea",3]', '42["tea",4]']
    for socket in (ada, bob, eve):
        await socket.closed_by_us()


async def test_rooms_are_entered_and_left(house: House) -> None:
    socket, sid = await connected(house)
    server = house.server
    for room in ("kitchen", "hall", "kitchen"):
        server.enter("/", sid, room)
    assert server.rooms("/", sid) == {"kitchen", "hall"}
    assert server.rooms("/custom", sid) == frozenset()
    server.leave("/", sid, "kitchen")
    server.leave("/", sid, "cellar")
    assert server.rooms("/", sid) == {"hall"}
    server.emit("/", "tea", (), room="kitchen")
    server.emit("/", "coats", (), room="hall")
    assert await socket.hear() == '42["coats"]'
    socket.send("41")
    await until(lambda: house.left)
    assert server.rooms("/", sid) == frozenset()
    server.enter("/", sid, "hall")
    assert server.rooms("/", sid) == frozenset()
    await socket.closed_by_us()


async def test_a_room_that_is_entered_while_judged_hears_nothing_before_the_verdict() -> None:
    judge = Judge()
    async with open_house(judge, **LONG) as house:
        socket = await house.open_socket()
        socket.send("40")
        sid = await judge.has_begun()
        house.server.enter("/", sid, "lobby")
        assert house.server.rooms("/", sid) == {"lobby"}
        house.server.emit("/", "early", (), room="lobby")
        house.server.emit("/", "early", (), room=sid)
        judge.verdict.set()
        await socket.hear("40")
        house.server.emit("/", "late", (), room="lobby")
        assert await socket.hear() == '42["late"]'
        await socket.closed_by_us()


# Asking


async def test_who_leaves_before_it_answers_is_known_to_have_gone(house: House) -> None:
    (stays, _), (leaves, leaves_sid), (cut, cut_sid) = [await connected(house) for _ in range(3)]
    custom = await enter(leaves, "/custom,")
    house.server.ask("/", leaves_sid, "question", (), house.answers.append)
    house.server.ask("/custom", custom, "question", (), house.answers.append)
    house.server.ask("/", cut_sid, "question", (), house.answers.append)
    for question in ('421["question"]', '42/custom,2["question"]'):
        assert await leaves.hear() == question
    leaves.send("41", '43/custom,2["yes"]')
    await until(lambda: len(house.answers) == 2)
    assert house.answers == [None, ["yes"]]
    cut.cut()
    await until(lambda: len(house.answers) == 3)
    assert house.answers[2] is None
    await stays.closed_by_us()
    await leaves.closed_by_us()


async def test_an_answer_from_another_namespace_breaks_the_protocol(house: House) -> None:
    socket, sid = await connected(house)
    await enter(socket, "/custom,")
    house.server.ask("/", sid, "question", (), house.answers.append)
    await socket.hear('421["question"]')
    socket.send("43/custom,1[]")
    assert await socket.closed() == 1002
    await until(lambda: house.answers == [None])


# Handshake


async def test_the_request_that_opened_the_session_is_kept(house: House) -> None:
    reader, writer = await house.dial()
    fields = {**UPGRADE, "X-Name": "Grüße", "Cookie": "a=1:2", "authorization": "Bearer x"}
    writer.write(head("GET", WEBSOCKET, fields) + as_frame("40"))
    assert (await read_reply(reader)).status == 101
    socket = Socket(reader, writer)
    await socket.hear("0")
    sid = json.loads((await socket.hear("40"))[2:])["sid"]
    address, headers = house.server.handshake("/", sid)
    assert address == "127.0.0.1"
    assert dict(headers) == {
        "Host": "localhost",
        "X-Name": "Grüße",
        "Cookie": "a=1:2",
        "authorization": "Bearer x",
    }
    assert headers["Authorization"] == headers["AUTHORIZATION"] == "Bearer x"
    await socket.closed_by_us()
    await house.is_empty()
    with pytest.raises(KeyError):
        house.server.handshake("/", sid)


async def test_a_session_keeps_the_client_that_a_proxy_names() -> None:
    async with open_house(trusted=["127.0.0.1"], **LONG) as house:
        reply = await house.get(POLLING, **{"X-Forwarded-For": "203.0.113.7"})
        query = f"{POLLING}&sid={json.loads(reply.body[1:])['sid']}"
        await house.request("POST", query, b"40")
        sid = json.loads((await house.get(query)).body[2:])["sid"]
        handshake = house.server.handshake("/", sid)
        assert handshake.address == "203.0.113.7"
        assert handshake.headers["X-Forwarded-For"] == "203.0.113.7"


async def test_the_headers_of_a_session_are_bounded() -> None:
    async with open_house(**LONG, headers=1000) as house:
        assert (await house.get(POLLING, Cookie="x" * 1000)).status == 431
        assert (await house.get(POLLING, Cookie="x" * 500)).status == 200


async def test_a_judge_may_look_at_the_handshake() -> None:
    seen: list[str] = []

    async def judge(sid: str, namespace: str, _: Any) -> None:
        seen.append(house.server.handshake(namespace, sid).headers["host"])

    async with open_house(judge, **LONG) as house:
        await (await house.connect()).closed_by_us()
    assert seen == ["localhost"]


@pytest.mark.parametrize("waits", [False, True])
async def test_a_receiver_that_fails_when_a_client_leaves_is_logged(
    *, waits: bool, quiet: list[dict[str, Any]]
) -> None:
    async def fail(_: str) -> None:
        if waits:
            await asyncio.sleep(0)
        raise RuntimeError("no farewell")

    async with open_house(**LONG) as house:
        house.leaving = fail
        await (await house.connect()).closed_by_us()
        await house.is_empty()
        await until(lambda: any(entry["event"] == "disconnect failed" for entry in quiet))
    quiet.clear()
