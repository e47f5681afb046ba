"""Proxies that an operator trusts to say who their clients are, and what these asked for.

Sources: X-Forwarded-* as nginx, Caddy and HAProxy write them, and the PROXY protocol. What an
untrusted peer says of itself is never believed.
"""

from __future__ import annotations

import asyncio
import re
import socket
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

import structlog
from aiohttp import hdrs

from .proxy_protocol import Header, MalformedHeader, plain_address, read_header

log = structlog.stdlib.get_logger(__name__)

_SCHEMES = {"http": "http", "ws": "http", "https": "https", "wss": "https"}
_DEFAULT_PORTS = {"http": ":80", "https": ":443"}
_HOST = re.compile(r"(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(:[0-9]{1,5})?")

ONE_HOME = 64
"""Bits of an IPv6 address that are handed out to one client, who has all addresses below them."""

UNKNOWN = "unknown"
"""The address of a client whose proxy does not know it."""


LOCAL = "unix"
"""The address of whoever connects to a Unix socket."""


class Trust:
    """Addresses and networks whose word counts."""

    def __init__(self, networks: Iterable[str] = ()) -> None:
        """Trust `networks`; `unix` is whoever connects to a Unix socket.

        Raises `ValueError` for what is neither an address nor a network.
        """
        named = [*networks]
        self._local = LOCAL in named
        self._networks: list[IPv4Network | IPv6Network] = [
            ip_network(item) for item in named if item != LOCAL
        ]

    def __bool__(self) -> bool:
        return bool(self._networks or self._local)

    def __contains__(self, address: str) -> bool:
        if address == LOCAL:
            return self._local
        if not self._networks:
            return False
        try:
            known = ip_address(address)
        except ValueError:
            return False
        return any(known in network for network in self._networks)


@dataclass(frozen=True, slots=True)
class Client:
    """Who a connection or a request comes from, as far as trusted proxies tell."""

    address: str
    scheme: str = "http"
    host: str | None = None
    """The host that the client asked a trusted proxy for; empty when it is not valid."""


class Proxies:
    """The connections that trusted proxies open, and the clients behind them."""

    def __init__(self, trust: Trust) -> None:
        self.trust = trust
        self._introduced: dict[asyncio.BaseTransport, Client] = {}

    def await_header(
        self,
        protocol: asyncio.Protocol,
        transport: asyncio.Transport,
        introduce: Callable[[str], None],
    ) -> None:
        """Let a trusted peer name its client before HTTP begins; `introduce` is told the address.

        The peer has as long as for the head of a request. One that names nobody goes on as it is.
        `protocol` reads what follows.
        """
        finish = partial(self._finish, transport, introduce)
        transport.set_protocol(_Opening(protocol, transport, finish))

    def introduce(self, transport: asyncio.BaseTransport, client: Client) -> None:
        """Know the client that a trusted peer has named."""
        self._introduced[transport] = client

    def introduced(self, transport: asyncio.BaseTransport) -> Client | None:
        """Return the client that a connection's PROXY header named."""
        return self._introduced.get(transport)

    def forget(self, transport: asyncio.BaseTransport) -> None:
        """Forget a connection that is over."""
        self._introduced.pop(transport, None)

    def client(
        self, transport: asyncio.BaseTransport | None, headers: Mapping[str, str]
    ) -> Client | None:
        """Return who sends a request; None for the peer of its connection, asking by `Host`."""
        client = None if transport is None else self._introduced.get(transport)
        if client is None:
            peer = peer_address(transport)
            client = Client(peer) if peer in self.trust else None
        if client is None or client.address not in self.trust:
            return client
        return self._forwarded(client, headers)

    def _finish(
        self,
        transport: asyncio.BaseTransport,
        introduce: Callable[[str], None],
        header: Header,
    ) -> None:
        if header.local:
            return
        client = Client(header.address or UNKNOWN, "https" if header.tls else "http")
        self.introduce(transport, client)
        introduce(client.address)

    def _forwarded(self, proxy: Client, headers: Mapping[str, str]) -> Client:
        """Return the client that a trusted proxy names in the headers of a request."""
        address = proxy.address
        for hop in reversed(_values(headers, hdrs.X_FORWARDED_FOR)):
            known = _address(hop)
            address = known or address
            if known is None or known not in self.trust:
                break
        schemes = [proxy.scheme, *_values(headers, hdrs.X_FORWARDED_PROTO)]
        scheme = _SCHEMES.get(schemes[-1].lower(), proxy.scheme)
        hosts = [headers.get("host", ""), *_values(headers, hdrs.X_FORWARDED_HOST)]
        return Client(address, scheme, _host(hosts[-1], scheme))


class _Opening(asyncio.Protocol):
    """Reads the PROXY header of a connection, if there is one, before its HTTP begins."""

    def __init__(
        self,
        protocol: asyncio.Protocol,
        transport: asyncio.Transport,
        finish: Callable[[Header], None],
    ) -> None:
        self._protocol = protocol
        self._transport = transport
        self._finish = finish
        self._read = b""

    def data_received(self, data: bytes) -> None:
        self._read += data
        try:
            header = read_header(self._read)
        except MalformedHeader as error:
            peer = peer_address(self._transport)
            log.info("malformed PROXY header", address=peer, reason=str(error))
            self._transport.abort()
            return
        if header is None:
            return
        self._transport.set_protocol(self._protocol)
        self._finish(header)
        rest = self._read[header.size :]
        if rest and not self._transport.is_closing():
            self._protocol.data_received(rest)

    def pause_writing(self) -> None:
        self._protocol.pause_writing()

    def resume_writing(self) -> None:
        self._protocol.resume_writing()

    def connection_lost(self, exc: Exception | None) -> None:
        self._protocol.connection_lost(exc)


def peer_address(transport: asyncio.BaseTransport | None) -> str:
    """Return the address at the other end of a connection; empty when it is over."""
    peer = transport and transport.get_extra_info("peername")
    if transport is not None and not isinstance(peer, tuple):
        listener = transport.get_extra_info("socket")
        return LOCAL if listener is not None and listener.family == socket.AF_UNIX else ""
    if not peer:
        return ""
    return peer[0] if ":" not in peer[0] else _address(peer[0]) or peer[0]


def _values(headers: Mapping[str, str], name: str) -> list[str]:
    """Return the values of a header, however many lines it has."""
    lines = [value for known, value in headers.items() if known.title() == name]
    return [item.strip() for line in lines for item in line.split(",")]


def _address(text: str) -> str | None:
    """Read an address, with or without a port; None when it is neither."""
    for candidate in (text, text.rpartition(":")[0]):
        try:
            address = ip_address(candidate.strip("[]"))
        except ValueError:
            continue
        if "%" not in candidate:  # a zone is any text, and means nothing elsewhere
            return plain_address(address)
    return None


def _host(text: str, scheme: str) -> str:
    """Return a host as browsers write it in an origin; empty when it is not valid."""
    host = text.lower()
    return host.removesuffix(_DEFAULT_PORTS[scheme]) if _HOST.fullmatch(host) else ""


def share_of(address: str) -> str:
    """Return whose share of connections an address takes: with IPv6, all of its /64's."""
    if ":" not in address:
        return address
    return str(ip_network(f"{address.partition('%')[0]}/{ONE_HOME}", strict=False))
