"""Socket.IO v5 as its document says it: every rule over raw sockets, at two heartbeats."""

from __future__ import annotations

import asyncio
import json

import pytest

from tests.transport.conftest import LONG, SHORT, House, open_house, unharmed, until

# Connecting


async def test_connecting_to_the_main_namespace(house: House) -> None:
    socket = await house.open_socket()
    socket.send("40")
    answer = await socket.hear("40")
    assert list(json.loads(answer[2:])) == ["sid"]
    await socket.closed_by_us()


@pytest.mark.parametrize("packet", ['40{"token":"123"}', "40/custom,", '40/custom,{"token":1}'])
async def test_connecting_with_a_payload_and_to_another_namespace(
    house: House, packet: str
) -> None:
    socket = await house.open_socket()
    socket.send(packet)
    start = "40/custom," if "custom" in packet else "40"
    assert list(json.loads((await socket.hear(start))[len(start) :])) == ["sid"]
    await socket.closed_by_us()


async def test_a_namespace_without_comma_and_with_a_query(house: House) -> None:
    socket = await house.open_socket()
    socket.send("40/custom?token=1,")
    await socket.hear('40/custom,{"sid":')
    await socket.closed_by_us()


async def test_an_unknown_namespace_is_refused_and_the_session_lives(house: House) -> None:
    socket = await house.open_socket()
    socket.send("40/random")
    assert await socket.hear() == '44/random,{"message":"Invalid namespace"}'
    socket.send("40")
    await socket.hear("40{")
    await socket.closed_by_us()


async def test_the_sid_of_a_namespace_is_not_that_of_the_session(house: House) -> None:
    socket = await house.open_socket()
    socket.send("40", "40/custom")
    main = json.loads((await socket.hear("40"))[2:])["sid"]
    custom = json.loads((await socket.hear("40/custom,"))[10:])["sid"]
    assert len({main, custom, socket.handshake["sid"]}) == 3
    await socket.closed_by_us()


async def test_connect_is_answered_before_any_broadcast(house: House) -> None:
    other = await house.connect()
    for _ in range(20):
        socket = await house.open_socket()
        socket.send("40")
        other.send('42["everyone"]')
        await socket.hear("40{")
        await socket.closed_by_us()
    await other.closed_by_us()


# Disconnecting


@pytest.mark.parametrize("namespace", ["", "/custom,"])
async def test_leaving_the_last_namespace_leaves_the_session_open(namespace: str) -> None:
    async with open_house(**SHORT) as house, unharmed(house):
        socket = await house.connect(namespace)
        socket.send(f"41{namespace}")
        for _ in range(3):
            assert await socket.receive() == "2"
            socket.send("3")
        socket.send(f"40{namespace}")
        await socket.hear(f"40{namespace}")
        socket.send(f'42{namespace}1["back"]')
        await socket.hear(f"43{namespace}1[]")
        await socket.closed_by_us()


async def test_leaving_one_namespace_of_two(house: House) -> None:
    socket = await house.connect()
    socket.send("40/custom,")
    await socket.hear("40/custom,")
    socket.send("41/custom,", '42["message","to main"]')
    assert await socket.hear() == '42["message-back","to main"]'
    await socket.closed_by_us()


# Events and acks


async def test_an_event(house: House) -> None:
    socket = await house.connect()
    socket.send('42["message",1,"2",{"3":[true]}]')
    assert await socket.hear() == '42["message-back",1,"2",{"3":[true]}]'
    await socket.closed_by_us()


async def test_an_event_in_another_namespace(house: House) -> None:
    socket = await house.connect("/custom,")
    socket.send('42/custom,7["message",1]')
    assert await socket.hear() == "43/custom,7[1]"
    assert await socket.hear() == '42/custom,["message-back",1]'
    await socket.closed_by_us()


@pytest.mark.parametrize(("sent", "acked"), [("0", "0"), ("456", "456"), ("9" * 15, "9" * 15)])
async def test_an_ack_carries_the_id(house: House, sent: str, acked: str) -> None:
    socket = await house.connect()
    socket.send(f'42{sent}["message",1,"2"]')
    assert await socket.hear() == f'43{acked}[1,"2"]'
    await socket.closed_by_us()


async def test_attachments_in_an_event_and_its_ack(house: House) -> None:
    socket = await house.connect()
    socket.send(
        '452-5["bin",{"_placeholder":true,"num":1},[{"_placeholder":true,"num":0}]]', b"a", b"b"
    )
    assert await socket.hear() == (
        '462-5[{"_placeholder":true,"num":0},[{"_placeholder":true,"num":1}]]'
    )
    assert [await socket.receive() for _ in range(2)] == [b"b", b"a"]
    await socket.hear("452-")
    await socket.closed_by_us()


async def test_a_placeholder_in_a_plain_event_is_plain_data(house: House) -> None:
    socket = await house.connect()
    socket.send('42["x",{"_placeholder":true,"num":0}]')
    assert await socket.hear() == '42["x-back",{"_placeholder":true,"num":0}]'
    await socket.closed_by_us()


@pytest.mark.parametrize(
    "value", ['"\\ud800"', "1e400", "123456789012345678901234567890", '"\\u0000"']
)
async def test_what_json_allows_reaches_the_handler_and_goes_back(house: House, value: str) -> None:
    """Lone surrogates and numbers that overflow are the contract's to refuse (WIRE.md, 4)."""
    async with unharmed(house):
        socket = await house.connect()
        socket.send(f'42["odd",{value}]')
        await socket.hear('42["odd-back",')
        await socket.closed_by_us()


async def test_a_broadcast_reaches_everyone_but_its_cause_in_order(house: House) -> None:
    speaker, *others = [await house.connect() for _ in range(4)]
    speaker.send(*(f'42["everyone",{number}]' for number in range(100)))
    for other in others:
        assert [await other.hear() for _ in range(100)] == [
            f'42["everyone-back",{number}]' for number in range(100)
        ]
    assert await speaker.ask(1, "done") == []
    for socket in others:
        await socket.closed_by_us()
    await speaker.hear()
    await speaker.closed_by_us()


async def test_acks_come_in_the_order_of_the_outcomes(house: House) -> None:
    socket = await house.connect()
    socket.send('421["wait"]', '422["quick"]')
    await socket.hear("432[]")
    await socket.hear('42["quick-back"]')
    house.gate.set()
    await socket.hear("431[]")
    await socket.hear('42["wait-back"]')
    await socket.closed_by_us()


async def test_a_client_acks_what_asks_for_it(house: House) -> None:
    socket, other = await house.connect(), await house.connect("/custom")
    socket.send('42["question","tea?"]')
    other.send('42/custom,["question"]')
    assert await socket.hear("42") == '421["question","tea?"]'
    assert await other.hear("42") == '42/custom,1["question"]'
    socket.send('431["yes",2]', '431["late"]')
    assert await socket.ask(1, "hello") == []
    assert house.answers == [["yes", 2]]
    other.send("43/custom,1[]", '42/custom,7["hello"]')
    assert await other.hear("43") == "43/custom,7[]"
    assert house.answers == [["yes", 2], []]
    socket.send('432["to what?"]')
    assert await socket.closed() == 1002
    await other.closed_by_us()


async def test_unanswered_questions_are_given_up_above_a_share() -> None:
    async with open_house(**LONG, events_in_flight=2) as house:
        socket = await house.connect()
        socket.send(*(f'42["question",{number}]' for number in range(3)))
        for number in range(3):
            assert await socket.hear("42") == f'42{number + 1}["question",{number}]'
        socket.send("431[0]", "432[1]", "433[2]")
        assert await socket.ask(1, "hello") == []
        assert house.answers == [None, [1], [2]]
        await socket.closed_by_us()


async def test_nobody_is_asked_who_has_gone(house: House) -> None:
    house.server.ask("/", "nobody", "question", (), house.answers.append)
    assert house.answers == [None]


@pytest.mark.parametrize("packet", ['40{"token":1}', "40"])
async def test_who_is_not_admitted_may_try_again(packet: str) -> None:
    judged: list[object] = []

    async def judge(_: str, namespace: str, auth: object) -> tuple[str, object] | None:
        judged.append((namespace, auth))
        return ("not yet", {"again": True}) if len(judged) == 1 else None

    async with open_house(judge, **LONG) as house:
        socket = await house.open_socket()
        socket.send(packet)
        assert await socket.hear() == '44{"message":"not yet","data":{"again":true}}'
        socket.send(packet)
        await socket.hear("40{")
        assert judged == [("/", {"token": 1} if "token" in packet else None)] * 2
        await socket.closed_by_us()


# What the protocol does not allow

BROKEN = [
    '42["connect"]',
    '42["connect_error"]',
    '42["disconnect","forged"]',
    '42["disconnecting"]',
    '42["newListener"]',
    '42["removeListener"]',
    "4",
    "4abc",
    "42",
    "42[]",
    "42[1]",
    "42[null]",
    '42{"a":1}',
    '42"a"',
    "42null",
    '42["a"',
    '42["a"]]',
    '42["a",NaN]',
    '42["a",Infinity]',
    '42["a",-Infinity]',
    '42-1["a"]',
    '42+1["a"]',
    '421_0["a"]',
    '42\u0661["a"]',
    '42\u00b2["a"]',
    "42" + "1" * 17 + '["a"]',
    '42/unknown,["a"]',
    '42/custom,["a"]',
    '421-["a"]',
    "40",
    "40[]",
    "40null",
    '40"a"',
    "401",
    "41{}",
    "41/custom,",
    "43[]",
    "431[]",
    "431{}",
    "44",
    '44{"message":"x"}',
    "45",
    '45["a"]',
    '45-["a"]',
    '45-1-["a"]',
    '4517-["a"]',
    '4599999-["a"]',
    '45\u0661-["a"]',
    '451-/custom,["a"]',
    '461-1["a"]',
    "47",
    "49[]",
]


@pytest.mark.parametrize("packet", BROKEN)
async def test_a_broken_packet_closes_the_session(house: House, packet: str) -> None:
    async with unharmed(house):
        socket = await house.connect()
        socket.send(packet, '42["after"]')
        assert await socket.closed() == 1002
    assert ("/", "after", []) not in house.received


@pytest.mark.parametrize("packet", BROKEN)
async def test_a_broken_packet_closes_a_polling_session(packet: str) -> None:
    async with open_house(**LONG) as house, unharmed(house):
        poller = await (await house.open_polling()).connect()
        assert (await poller.post(f'{packet}\x1e42["after"]')).status == 400
        assert (await poller.poll()).status == 400


@pytest.mark.parametrize("packet", ['42["a"]', '421["a"]', "41", '451-["a"]', "431[]"])
async def test_nothing_but_connect_comes_first(house: House, packet: str) -> None:
    async with unharmed(house):
        socket = await house.open_socket()
        socket.send(packet)
        assert await socket.closed() == 1002


@pytest.mark.parametrize("number", ['"0"', "-1", "1", "0.0", "true", "null", "[]"])
async def test_a_wrong_placeholder_closes_the_session(house: House, number: str) -> None:
    async with unharmed(house):
        socket = await house.connect()
        socket.send(f'451-["a",{{"_placeholder":true,"num":{number}}}]', b"x")
        assert await socket.closed() == 1002


async def test_text_in_place_of_an_attachment_closes_the_session(house: House) -> None:
    async with unharmed(house):
        socket = await house.connect()
        socket.send('451-["a",{"_placeholder":true,"num":0}]', '42["b"]')
        assert await socket.closed() == 1002


async def test_an_attachment_of_nothing_closes_the_session(house: House) -> None:
    async with unharmed(house):
        socket = await house.connect()
        socket.send(b"x")
        assert await socket.closed() == 1002


async def test_attachments_are_bounded_in_bytes() -> None:
    async with open_house(**LONG, payload=1000) as house, unharmed(house):
        socket = await house.connect()
        socket.send('453-["a",{"_placeholder":true,"num":0}]', b"x" * 600, b"x" * 600)
        assert await socket.closed() == 1002


@pytest.mark.parametrize("opening", ["[", '{"a":', '["x",{"y":'])
@pytest.mark.parametrize("kind", ["42", "421", "451-"])
async def test_json_nested_without_end_leaves_no_ghost(
    house: House, kind: str, opening: str
) -> None:
    async with unharmed(house):
        socket = await house.connect()
        socket.send(f'{kind}["deep",{opening * 50_000}')
        assert await socket.closed() == 1002


@pytest.mark.parametrize(("depth", "code"), [(249, 1000), (250, 1002), (990, 1002), (5000, 1002)])
async def test_json_is_taken_down_to_a_depth(depth: int, code: int) -> None:
    async with open_house(**LONG) as house, unharmed(house):
        socket = await house.connect()
        deep = "[" * depth + "]" * depth
        socket.send(f'42["deep",{deep}]'.replace("[]", f'["{"x" * 500}"]'), "1")
        assert await socket.closed() == code


async def test_an_event_after_the_end_is_not_carried_out(house: House) -> None:
    async with unharmed(house):
        socket = await house.connect()
        socket.send("41", '42["after"]')
        assert await socket.closed() == 1002
    assert ("/", "after", []) not in house.received


async def test_a_handler_that_outlives_its_client_acks_nobody(house: House) -> None:
    async with unharmed(house):
        socket = await house.connect()
        socket.send('421["wait"]')
        await until(lambda: house.waiting == 1)
        socket.cut()
        await house.is_empty()
        house.gate.set()
        await asyncio.sleep(0)
