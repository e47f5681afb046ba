"""HTTP itself: whatever a request is like, it is answered, and logs one line at most."""

from __future__ import annotations

import gzip
import time
from collections.abc import AsyncIterator
from contextlib import suppress
from urllib.parse import urlsplit

import pytest
import pytest_asyncio

from tests.conftest import serving
from tests.transport.wire import POLLING, Address, Reply, read_reply
from todo_service.app import open_repository

PATHS = (
    "/healthz",
    "/",
    "/docs",
    "/none",
    f"/socket.io/?{POLLING}",
    f"/socket.io/?{POLLING}&sid=1",
)


def bodied(path: str, fields: str, body: bytes = b"nope", method: str = "POST") -> bytes:
    """Write a request with a body."""
    length = f"Content-Length: {len(body)}"
    return f"{method} {path} HTTP/1.1\r\nHost: a\r\n{fields}\r\n{length}\r\n\r\n".encode() + body


def bare(path: str, fields: str = "Host: a", method: str = "GET") -> bytes:
    """Write a request without a body."""
    return f"{method} {path} HTTP/1.1\r\n{fields}\r\n\r\n".encode("latin-1")


def chunked(path: str, chunks: bytes, encoding: str = "chunked") -> bytes:
    """Write a request whose body comes in chunks."""
    fields = f"Host: a\r\nTransfer-Encoding: {encoding}"
    return bare(path, fields, "POST") + chunks


@pytest_asyncio.fixture
async def service() -> AsyncIterator[Address]:
    """Yield the whole service."""
    async with serving(await open_repository("memory:")) as url:
        yield Address(urlsplit(url).port or 0)


async def answer(service: Address, data: bytes, *, is_bare: bool = False) -> Reply:
    reader, writer = await service.dial()
    writer.write(data)
    try:
        return await read_reply(reader, bare=is_bare)
    finally:
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "zstd", "GZIP, gzip", "nonsense"])
@pytest.mark.parametrize("path", PATHS)
async def test_a_body_in_an_encoding_is_refused(service: Address, path: str, encoding: str) -> None:
    for method in ("POST", "GET"):
        request = bodied(path, f"Content-Encoding: {encoding}", method=method)
        assert (await answer(service, request)).status == 415


async def test_what_would_be_large_unpacked_costs_no_time(service: Address) -> None:
    bomb = gzip.compress(bytes(50_000_000))
    began = time.process_time()
    gzip.decompress(bomb)
    unpacked = time.process_time()
    request = bodied(f"/socket.io/?{POLLING}&sid=1", "Content-Encoding: gzip", bomb)
    assert (await answer(service, request)).status == 415
    assert time.process_time() - unpacked < unpacked - began


@pytest.mark.parametrize("path", PATHS)
async def test_any_request_is_answered_and_none_leaves_a_traceback(
    service: Address, path: str
) -> None:
    requests = [
        *(
            chunked(path, chunks)
            for chunks in (b"zz\r\n", b"5\r\nhelloXX\r\n", b"5\r\nhello\r\n0\r\n\r\n", b"-1\r\n")
        ),
        *(chunked(path, b"0\r\n\r\n", encoding) for encoding in ("gzip, chunked", "x", "identity")),
        *(bare(path, method=method) for method in ("OPTIONS", "TRACE", "CONNECT", "DELETE")),
        *(bare(path, method=method) for method in ("BREW", "get", "PRI", "M-SEARCH", "A" * 9000)),
        *(bodied(path, f"Expect: {value}") for value in ("100-continue", "200-ok", "é")),
        *(
            bare(path, fields)
            for fields in (
                "Host: [\r\nOrigin: http://[",
                "Host: a b\r\nOrigin: http://a b",
                "Host: \xff\r\nOrigin: http://\xff",
                "Host: 1.2.3.4:99999\r\nOrigin: http://1.2.3.4:99999",
                "Host: a\r\nContent-Length: -1",
                "Host: a\r\nContent-Length: 1, 1",
                "Host: a\r\nContent-Type: \xff/;charset=nope\r\nCookie: a=\x80;;=",
                'Host: a\r\nIf-None-Match: "\r\nIf-Modified-Since: never\r\nRange: bytes=9-1',
                "Host: a\r\nAccept-Encoding: gzip;q=x, ;;q=, br;q=nan",
                "Host: a\r\nUpgrade: h2c\r\nConnection: Upgrade",
                "Host: a\r\nUpgrade: websocket\r\nConnection: Upgrade",
                "Host: a\r\nX: \x7f",
            )
        ),
        bare(f"http://evil.example:99999{path}"),
        bare(f"http://[{path}"),
        f"GET {path} HTTP/1.0\r\n\r\n".encode(),
        b"nonsense\r\n\r\n",
    ]
    for request in requests:
        reply = await answer(service, request)
        assert 100 <= reply.status < 500, request
        assert "server" not in reply.headers, request
    reply = await answer(service, bare(path, method="HEAD"), is_bare=True)
    assert reply.status < 500
    assert "server" not in reply.headers


async def test_what_is_malformed_is_not_quoted(
    service: Address, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level("INFO"):
        reply = await answer(service, bare("/healthz", "Host: a\r\nX: Buy milk\x7f"))
    assert reply.status == 400
    assert "malformed request: " in caplog.text
    assert "milk" not in caplog.text
