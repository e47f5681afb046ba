"""The PROXY protocol's two versions, as bytes: what names a client, and what is not valid."""

from __future__ import annotations

import struct

import pytest

from asyncapi_socketio.transport.proxy_protocol import Header, MalformedHeader, read_header

SIGNATURE = b"\r\n\r\n\x00\r\nQUIT\n"
ADA, BOB = bytes([203, 0, 113, 7]), bytes([192, 0, 2, 1])
PORTS = struct.pack("!HH", 56324, 443)
TCP4 = ADA + BOB + PORTS
TCP6 = bytes.fromhex("20010db8000000000000000000000007") * 2 + PORTS


def v2(rest: bytes, command: int = 0x21, family: int = 0x11) -> bytes:
    """Write a header of version 2."""
    return SIGNATURE + bytes([command, family]) + struct.pack("!H", len(rest)) + rest


def tlv(kind: int, value: bytes) -> bytes:
    """Write an extension of version 2."""
    return struct.pack("!BH", kind, len(value)) + value


TLS = tlv(0x20, bytes([1, 0, 0, 0, 0]) + tlv(0x21, b"TLSv1.3"))
CLEAR = tlv(0x20, bytes(5))
NAME = tlv(0x02, b"todos.example")

HEADERS = {
    "version 1": (
        b"PROXY TCP4 203.0.113.7 192.0.2.1 56324 443\r\n",
        {"address": "203.0.113.7"},
    ),
    "version 1, IPv6": (
        b"PROXY TCP6 2001:DB8:0::7 ::1 56324 443\r\n",
        {"address": "2001:db8::7"},
    ),
    "version 1, IPv4 within IPv6": (
        b"PROXY TCP6 ::ffff:203.0.113.7 ::1 1 2\r\n",
        {"address": "203.0.113.7"},
    ),
    "version 1, unknown": (b"PROXY UNKNOWN\r\n", {}),
    "version 1, unknown, the longest": (b"PROXY UNKNOWN ".ljust(105, b"f") + b"\r\n", {}),
    "version 2": (v2(TCP4), {"address": "203.0.113.7"}),
    "version 2, IPv6": (v2(TCP6, family=0x21), {"address": "2001:db8::7"}),
    "version 2, TLS": (v2(TCP4 + NAME + TLS), {"address": "203.0.113.7", "tls": True}),
    "version 2, no TLS": (v2(TCP4 + CLEAR), {"address": "203.0.113.7"}),
    "version 2, an unknown extension": (v2(TCP4 + tlv(0xEF, b"?")), {"address": "203.0.113.7"}),
    "version 2, of the proxy itself": (v2(b"", command=0x20, family=0), {"local": True}),
    "version 2, of the proxy itself, more": (v2(b"anything", command=0x20), {"local": True}),
    "version 2, no family": (v2(b"", family=0), {}),
    "version 2, UNIX": (v2(bytes(216) + TLS, family=0x31), {"tls": True}),
}


@pytest.mark.parametrize("case", HEADERS)
def test_a_header_names_the_client(case: str) -> None:
    data, told = HEADERS[case]
    assert read_header(data + b"GET / HTTP/1.1") == Header(len(data), **told)  # type: ignore[arg-type]


@pytest.mark.parametrize("case", HEADERS)
def test_every_beginning_of_a_header_is_waited_for(case: str) -> None:
    data, _ = HEADERS[case]
    assert [read_header(data[:end]) for end in range(len(data))] == [None] * len(data)


@pytest.mark.parametrize(
    "data", [b"GET / HTTP/1.1", b"PUT /", b"PROPFIND", b"\r\nGET", b"\x16\x03"]
)
def test_what_begins_otherwise_is_no_header(data: bytes) -> None:
    assert read_header(data) == Header(0, local=True)


@pytest.mark.parametrize(
    "data",
    [
        b"PROXY \r\n",
        b"PROXY TCP4\r\n",
        b"PROXY TCP4 203.0.113.7 192.0.2.1 56324\r\n",
        b"PROXY TCP4 203.0.113.7 192.0.2.1 56324 65536\r\n",
        b"PROXY TCP4 203.0.113.7 192.0.2.1 056 443\r\n",
        b"PROXY TCP4 203.0.113.7  192.0.2.1 56324 443\r\n",
        b"PROXY TCP4 203.0.113.7 192.0.2.1 56324 443 \r\n",
        b"PROXY TCP4 203.0.113.256 192.0.2.1 56324 443\r\n",
        b"PROXY TCP4 ::1 ::1 56324 443\r\n",
        b"PROXY TCP6 203.0.113.7 192.0.2.1 56324 443\r\n",
        b"PROXY TCP5 203.0.113.7 192.0.2.1 56324 443\r\n",
        b"PROXY TCP4 todos.example 192.0.2.1 56324 443\r\n",
        b"PROXY tcp4 203.0.113.7 192.0.2.1 56324 443\r\n",
        b"PROXY UNKNOWN " + b"f" * 93,
        b"PROXY TCP4 " * 100,
        v2(TCP4, command=0x11),
        v2(TCP4, command=0x22),
        v2(TCP4, family=0x12),
        v2(TCP4, family=0x41),
        v2(TCP4[:-1]),
        v2(TCP6[:-1], family=0x21),
        v2(bytes(215), family=0x31),
        v2(TCP4 + b"\x20"),
        v2(TCP4 + b"\x20\x00\x05\x01"),
        v2(TCP4 + tlv(0x04, b"") + b"\x20\xff\xff"),
    ],
)
def test_what_goes_on_otherwise_is_malformed(data: bytes) -> None:
    with pytest.raises(MalformedHeader):
        read_header(data)
