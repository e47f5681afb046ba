"""What is read here of a request's head, aiohttp's parser reads alike; what it can't, we don't."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from aiohttp.http_parser import HttpRequestParser
from hypothesis import example, given
from hypothesis import strategies as st

from asyncapi_socketio.transport.heads import END, Head, read_head
from asyncapi_socketio.transport.proxy import Client
from tests.transport.wire import POLLING, UPGRADE, WEBSOCKET, head

HERE = Client("192.0.2.1")

TARGETS = [f"/socket.io/?{query}" for query in (POLLING, WEBSOCKET, "", "a=%41", "a=b+c", "a&b")]
FIRST = [
    *(f"{method} {target} HTTP/1.1" for method in ("GET", "POST", "PUT") for target in TARGETS),
    f"GET {TARGETS[0]} HTTP/1.0",
    f"GET  {TARGETS[0]} HTTP/1.1",
    f"GET {TARGETS[0]}&sid=a.b~c_d-e&t=x HTTP/1.1",
    f"GET {TARGETS[0]}&sid=a&sid=b HTTP/1.1",
    f"GET {TARGETS[0]}#a HTTP/1.1",
]
LINES = [
    "Host: localhost",
    "host:localhost",
    "Host : localhost",
    "Origin: http://localhost:4200",
    "Content-Length: 5",
    "Content-Length: 05",
    "Content-Length: +5",
    "Content-Length: 5, 5",
    "Content_Length: 5",
    "Content-Length:",
    "Transfer-Encoding: chunked",
    "Content-Encoding: gzip",
    "Expect: 100-continue",
    "Connection: close",
    "Connection: Keep-Alive",
    "Connection: keep-alive, Upgrade",
    "Connection: Upgrade",
    "Connection: Upgrade, close",
    "Upgrade: websocket",
    "Upgrade: WebSocket",
    "Upgrade: h2c",
    " goes: on",
    "no colon",
    ": no name",
    "X:  spaces  around  ",
    "X: \ttab",
    "X: \x01",
    "X: é",
    "X: bare\rreturn",
    "X: bare\nnewline",
    "Cookie: a=1; b=2",
    "",
]


def read(data: bytes) -> Head | None:
    end = data.find(END)
    return read_head(data, end, HERE)


@given(st.sampled_from(FIRST), st.lists(st.sampled_from(LINES), max_size=5))
@example(FIRST[0], ["Host: localhost"])
@example(FIRST[1], ["Host: localhost", "Connection: Upgrade", "Upgrade: websocket"])
def test_what_is_read_is_what_aiohttp_reads(first: str, lines: list[str]) -> None:
    data = "\r\n".join([first, *lines, "", ""]).encode()
    ours = read(data)
    if ours is not None:
        theirs = parsed(data[: data.find(END) + len(END)])
        assert (ours.method, ours.query) == (theirs.method, dict(theirs.url.query))
        assert ours.headers == {name.lower(): value for name, value in theirs.headers.items()}
        assert ours.length == int(theirs.headers.get("Content-Length", 0))
        assert (ours.upgrades, ours.closes) == (theirs.upgrade, theirs.should_close)
        assert (theirs.version, theirs.chunked, theirs.compression) == ((1, 1), False, None)


def parsed(data: bytes) -> Any:
    """Read a head as aiohttp does."""
    loop = asyncio.new_event_loop()
    try:
        protocol: Any = asyncio.Protocol()
        parser = HttpRequestParser(protocol, loop, 2**16, auto_decompress=False)
        [(message, _)], _, rest = parser.feed_data(data)
    finally:
        loop.close()
    assert rest == b""
    return message


@pytest.mark.parametrize(
    "fields",
    [{}, {"Origin": "http://localhost:4200", "Cookie": "a=1"}, {"Connection": "close"}, UPGRADE],
)
def test_what_clients_send_is_plain(fields: dict[str, str]) -> None:
    found = read(head("GET", POLLING, fields))
    assert found is not None
    assert found.host == "localhost"
    assert found.remote == "192.0.2.1"


def test_a_session_keeps_the_fields_that_tell_of_its_client() -> None:
    found = read(head("GET", WEBSOCKET, {**UPGRADE, "Origin": "http://a", "Cookie": "b=c"}))
    assert found is not None
    assert found.lines() == b"host:localhost\norigin:http://a\ncookie:b=c"
