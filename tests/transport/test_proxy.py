"""Behind a proxy: whose word counts, whom the limits count, and which page is the service's own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress

import pytest
from structlog.testing import capture_logs

from tests.patience import PATIENCE
from tests.transport.conftest import LONG, House, open_house
from tests.transport.test_proxy_protocol import ADA, BOB, PORTS, TLS, v2
from tests.transport.wire import POLLING, UPGRADE, Reply, Socket, head, read_reply

US = ["127.0.0.1"]
"""All tests come from here, so here stands the proxy."""

ADA_V1 = b"PROXY TCP4 203.0.113.7 192.0.2.1 56324 443\r\n"
HER_PAGE = {"Host": "todos.example", "Origin": "https://todos.example"}


@pytest.fixture
async def proxied() -> AsyncIterator[House]:
    """Yield a service that trusts us as its proxy, and lets two sessions in per address."""
    async with open_house(trusted=US, connections_per_address=2, **LONG) as house:
        yield house


@pytest.fixture
async def public() -> AsyncIterator[House]:
    """Yield a service that trusts some other proxy."""
    async with open_house(trusted=["10.0.0.0/8"], **LONG) as house:
        yield house


def request(headers: dict[str, str], query: str = POLLING) -> bytes:
    """Write a request whose `Host` is one of the headers."""
    return head("GET", query, headers).replace(b"Host: localhost\r\n", b"", "Host" in headers)


async def answer(house: House, *pieces: bytes) -> Reply | None:
    """Send bytes, piece by piece, and read the response; None when there comes none."""
    reader, writer = await house.dial()
    try:
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(0)
        return await read_reply(reader)
    except (asyncio.IncompleteReadError, ConnectionError):
        return None
    finally:
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()


async def status(house: House, *pieces: bytes) -> int | None:
    reply = await answer(house, *pieces)
    return reply.status if reply else None


# X-Forwarded-*


async def test_sessions_are_counted_by_the_client_that_the_proxy_names(proxied: House) -> None:
    ada = {"X-Forwarded-For": "203.0.113.7"}
    assert [await status(proxied, request(ada)) for _ in range(3)] == [200, 200, 429]
    assert await status(proxied, request({"X-Forwarded-For": "203.0.113.8"})) == 200


async def test_who_has_a_64_of_ipv6_has_one_share_for_all_of_its_addresses(proxied: House) -> None:
    hers = ["2001:db8::1", "2001:db8::2", "2001:db8:0:0:ffff:ffff:ffff:ffff"]
    answers = [await status(proxied, request({"X-Forwarded-For": address})) for address in hers]
    assert answers == [200, 200, 429]
    assert await status(proxied, request({"X-Forwarded-For": "2001:db8:0:1::1"})) == 200


@pytest.mark.parametrize(
    ("forwarded", "client"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("198.51.100.1, 203.0.113.7", "203.0.113.7"),
        ("198.51.100.1,203.0.113.7 , 127.0.0.1", "203.0.113.7"),
        ("203.0.113.7:5132", "203.0.113.7"),
        ("[2001:DB8::7]:5132", "2001:db8::7"),
        ("2001:db8:0::7", "2001:db8::7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("203.0.113.7, unknown", "127.0.0.1"),
        ("203.0.113.7, fe80::1%ed, 127.0.0.1", "127.0.0.1"),
        ("127.0.0.1", "127.0.0.1"),
        ("", "127.0.0.1"),
    ],
)
async def test_the_client_is_the_last_that_is_no_trusted_proxy(
    proxied: House, forwarded: str, client: str
) -> None:
    with capture_logs() as logs:
        await status(proxied, request({"X-Forwarded-For": forwarded}, "EIO=4&transport=none"))
    assert [entry["address"] for entry in logs] == [client]


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Forwarded-Proto": "https"},
        {"X-Forwarded-Proto": "wss"},
        {"X-Forwarded-Proto": "http, HTTPS"},
        {
            "X-Forwarded-Proto": "https",
            "Host": "10.0.0.7:3000",
            "X-Forwarded-Host": "todos.example",
        },
        {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "evil.example, todos.example"},
        {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "Todos.Example:443"},
    ],
)
async def test_the_page_is_let_in_by_the_name_that_its_certificate_proves(
    proxied: House, headers: dict[str, str]
) -> None:
    assert await status(proxied, request({**HER_PAGE, **headers})) == 200


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-Forwarded-Proto": "http"},
        {"X-Forwarded-Proto": "gopher"},
        {"X-Forwarded-Proto": "https", "Origin": "http://todos.example"},
        {"X-Forwarded-Proto": "https", "Origin": "https://evil.example"},
        {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "evil.example"},
        {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "todos.example, evil.example"},
        {"X-Forwarded-Proto": "https", "Host": "[", "Origin": "https://["},
        # A name that its owner points here without a certificate (DNS rebinding)
        {"X-Forwarded-Proto": "http", "Origin": "http://todos.example"},
        {"Host": "todos.example", "Origin": "http://todos.example"},
    ],
)
async def test_no_other_page_is_let_in(proxied: House, headers: dict[str, str]) -> None:
    assert await status(proxied, request({**HER_PAGE, **headers})) == 403


async def test_nobody_believes_a_stranger(public: House) -> None:
    lies = {
        "X-Forwarded-For": "203.0.113.7",
        "X-Forwarded-Proto": "https",
        "X-Forwarded-Host": "todos.example",
    }
    with capture_logs() as logs:
        assert await status(public, request({**HER_PAGE, **lies})) == 403
    assert [entry["address"] for entry in logs] == ["127.0.0.1"]


async def test_a_stranger_s_proxy_header_is_malformed_http(public: House) -> None:
    assert await status(public, ADA_V1, request({})) == 400
    assert await status(public, v2(ADA + BOB + PORTS), request({})) == 400


async def test_a_malformed_request_through_a_proxy_is_answered(proxied: House) -> None:
    assert await status(proxied, request({"X-Forwarded-For": "\x7f"})) == 400
    assert await status(proxied, ADA_V1, b"nonsense\r\n\r\n") == 400


async def test_a_refused_page_is_logged_with_the_option_that_lets_it_in(proxied: House) -> None:
    with capture_logs() as logs:
        await status(proxied, request(HER_PAGE))
        await status(proxied, request({"Origin": "https://" + "a" * 1000}))
        await status(proxied, request({"Origin": "https://a.example --origin *"}))
    shown, long, crafted = [(entry["origin"], entry["admit_by"]) for entry in logs]
    assert shown == ("https://todos.example", "--origin https://todos.example")
    assert len(long[0]) == 200
    assert crafted == ("https://a.example --origin *", "")


# The PROXY protocol


async def test_connections_are_counted_by_the_client_that_a_header_names(proxied: House) -> None:
    tabs = [await proxied.dial() for _ in range(4)]
    for number, (_, writer) in enumerate(tabs):
        ada_or_bob = ADA_V1 if number < 3 else ADA_V1.replace(b"113.7", b"113.8")
        writer.write(ada_or_bob + request({}, "EIO=4&transport=none"))
    replies = await asyncio.gather(
        *(read_reply(reader) for reader, _ in tabs), return_exceptions=True
    )
    for _, writer in tabs:
        writer.close()
    statuses = [reply.status if isinstance(reply, Reply) else None for reply in replies]
    assert sorted(statuses[:3], key=str) == [400, 400, None]
    assert statuses[3] == 400
    assert proxied.server.counters["too many TCP connections"] == 1


@pytest.mark.parametrize("header", [ADA_V1, v2(ADA + BOB + PORTS)])
async def test_sessions_are_counted_by_the_client_that_a_header_names(
    proxied: House, header: bytes
) -> None:
    statuses = [await status(proxied, header + request({})) for _ in range(3)]
    assert statuses == [200, 200, 429]


@pytest.mark.parametrize("header", [ADA_V1, v2(ADA + BOB + PORTS + TLS)])
async def test_a_header_may_come_byte_by_byte(proxied: House, header: bytes) -> None:
    pieces = [bytes([byte]) for byte in header + request({})]
    assert await status(proxied, *pieces) == 200


async def test_a_proxy_without_a_header_is_served(proxied: House) -> None:
    assert await status(proxied, request({})) == 200
    assert await status(proxied, v2(b"", command=0x20, family=0), request({})) == 200


async def test_a_web_socket_opens_behind_a_header(proxied: House) -> None:
    reader, writer = await proxied.dial()
    writer.write(ADA_V1 + head("GET", "EIO=4&transport=websocket", UPGRADE))
    assert (await read_reply(reader)).status == 101
    socket = Socket(reader, writer)
    assert str(await socket.receive()).startswith("0")
    await socket.closed_by_us()


async def test_tls_that_a_header_tells_of_makes_the_page_the_service_s_own(proxied: House) -> None:
    assert await status(proxied, v2(ADA + BOB + PORTS + TLS), request(HER_PAGE)) == 200
    assert await status(proxied, v2(ADA + BOB + PORTS), request(HER_PAGE)) == 403
    assert await status(proxied, ADA_V1, request(HER_PAGE)) == 403


@pytest.mark.parametrize("header", [ADA_V1, b"PROXY UNKNOWN\r\n"])
async def test_whom_a_header_names_is_not_trusted_for_it(proxied: House, header: bytes) -> None:
    lies = {"X-Forwarded-For": "198.51.100.1", "X-Forwarded-Proto": "https"}
    with capture_logs() as logs:
        assert await status(proxied, header, request({**HER_PAGE, **lies})) == 403
    assert [entry["address"] for entry in logs] == [
        "203.0.113.7" if b"TCP4" in header else "unknown"
    ]


@pytest.mark.parametrize("header", [b"PROXY TCP4 x y 1 2\r\n", v2(ADA)])
async def test_a_malformed_header_ends_the_connection(proxied: House, header: bytes) -> None:
    with capture_logs() as logs:
        assert await status(proxied, header, request({})) is None
    assert [entry["event"] for entry in logs] == ["malformed PROXY header"]


async def test_a_header_that_does_not_end_is_not_waited_for_for_ever() -> None:
    async with open_house(trusted=US, header_timeout=0.2, **LONG) as house:
        reader, writer = await house.dial()
        writer.write(ADA_V1[:20])
        async with asyncio.timeout(PATIENCE):
            assert await reader.read() == b""
        writer.close()
