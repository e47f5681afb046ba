"""The PROXY protocol, versions 1 and 2: a proxy names the client before the client's first byte.

Source: HAProxy's proxy-protocol.txt, "The PROXY protocol, Versions 1 & 2".
"""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address

V1_PREFIX = b"PROXY "
V1_LONGEST = 107
"""Bytes of the longest line of version 1, its end included."""

MOST_PORT = 65535

V2_SIGNATURE = b"\r\n\r\n\x00\r\nQUIT\n"
V2_HEAD = struct.Struct("!12sBBH")
"""The signature, version and command, family and transport, and the length of the rest."""

LOCAL, PROXY = 0x20, 0x21
ENDPOINTS = {0x11: struct.Struct("!4s4sHH"), 0x21: struct.Struct("!16s16sHH")}
"""The addresses and ports of TCP over IPv4 and over IPv6."""

NAMELESS = {0x00: 0, 0x31: 216}
"""Families that name no address of a client, and the bytes of what they name: none, UNIX."""

TLV = struct.Struct("!BH")
TLV_SSL, CLIENT_SSL = 0x20, 0x01
"""What tells of TLS, and the bit of its first byte that says that the client used it."""

_V1 = re.compile(
    rb"PROXY (?:(?P<family>TCP[46]) (?P<source>[0-9A-Fa-f.:]+) (?P<target>[0-9A-Fa-f.:]+)"
    rb" (?P<ports>(?:0|[1-9][0-9]{0,4}) (?:0|[1-9][0-9]{0,4}))|UNKNOWN[^\r\n]*)\r\n"
)


class MalformedHeader(ValueError):
    """A connection begins like a PROXY header, and goes on unlike one."""


@dataclass(frozen=True, slots=True)
class Header:
    """What a PROXY header says: the client's address, None when it names none."""

    size: int
    local: bool = False
    """Whether the proxy speaks for itself, as in a health check."""
    address: str | None = None
    tls: bool = False
    """Whether the client speaks TLS with the proxy; version 1 can't say so."""


def read_header(data: bytes) -> Header | None:
    """Read the header that `data` begins with; None while too little has arrived to tell.

    A header of size 0 stands for a connection that begins with none. Raises `MalformedHeader`.
    """
    if _may_begin(data, V2_SIGNATURE):
        return _read_v2(data)
    if _may_begin(data, V1_PREFIX):
        return _read_v1(data)
    return Header(0, local=True)


def _may_begin(data: bytes, prefix: bytes) -> bool:
    return data.startswith(prefix) or prefix.startswith(data)


def _read_v1(data: bytes) -> Header | None:
    end = data.find(b"\r\n", 0, V1_LONGEST)
    if end < 0:
        if len(data) >= V1_LONGEST:
            raise MalformedHeader("a line of more than 107 bytes")
        return None
    line = _V1.fullmatch(data, 0, end + 2)
    if line is None:
        raise MalformedHeader("not a line of version 1")
    if line["family"] is None:
        return Header(end + 2)
    if any(int(port) > MOST_PORT for port in line["ports"].split()):
        raise MalformedHeader(f"a port above {MOST_PORT}")
    kind = IPv4Address if line["family"] == b"TCP4" else IPv6Address
    try:
        source, _ = (kind(line[name].decode()) for name in ("source", "target"))
    except ValueError as error:
        raise MalformedHeader("an address that is not one of its family") from error
    return Header(end + 2, address=plain_address(source))


def _read_v2(data: bytes) -> Header | None:
    if len(data) < V2_HEAD.size:
        return None
    _, command, family, length = V2_HEAD.unpack_from(data)
    if command not in {LOCAL, PROXY}:
        raise MalformedHeader("neither version 2 nor a command that it knows")
    size = V2_HEAD.size + length
    if len(data) < size:
        return None
    if command == LOCAL:
        return Header(size, local=True)
    rest = data[V2_HEAD.size : size]
    if family in NAMELESS:
        return Header(size, tls=_tells_of_tls(rest, NAMELESS[family]))
    endpoints = ENDPOINTS.get(family)
    if endpoints is None or length < endpoints.size:
        raise MalformedHeader("a family that is not TCP's, or an address cut short")
    source = plain_address(ip_address(endpoints.unpack_from(rest)[0]))
    return Header(size, address=source, tls=_tells_of_tls(rest, endpoints.size))


def _tells_of_tls(rest: bytes, start: int) -> bool:
    """Walk the extensions behind the addresses; raises `MalformedHeader`."""
    if len(rest) < start:
        raise MalformedHeader("an address cut short")
    tls = False
    while start < len(rest):
        if len(rest) < start + TLV.size:
            raise MalformedHeader("an extension cut short")
        kind, length = TLV.unpack_from(rest, start)
        start += TLV.size + length
        if start > len(rest):
            raise MalformedHeader("an extension cut short")
        if kind == TLV_SSL and length:
            tls = bool(rest[start - length] & CLIENT_SSL)
    return tls


def plain_address(address: IPv4Address | IPv6Address) -> str:
    """Return the one spelling of an address; IPv4 within IPv6 is IPv4."""
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return str(mapped or address)
