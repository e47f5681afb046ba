"""HTTP connections: plain requests of the protocol are answered here, all others by aiohttp.

A request that is not for the protocol, or not plain, goes to aiohttp as it came, and so does all
that follows until it is answered: whatever could be read in two ways has one judge.
"""

from __future__ import annotations

import asyncio
import binascii
import hashlib
import re
import time
from base64 import b64encode
from email.utils import formatdate
from functools import partial
from http import HTTPStatus
from typing import cast

from aiohttp import hdrs, web

from ._aiohttp import forget_malformed, is_at_rest, let_go
from .backlog import SLICE
from .connections import Connections
from .engine import OK, Engine, Opened, Reply
from .handover import Handover
from .heads import END, MOST_HEAD, Head, read_head
from .neighbours import Arrival
from .packets import payload
from .polling import Polling, Refused
from .proxy import Client, Proxies, peer_address
from .turns import Keeper

MOST_UNREAD = 64 * 1024
"""Bytes that may wait for their turn before a connection is read no further."""

_STATUS_LINES = {int(item): f"HTTP/1.1 {item.value} {item.phrase}\r\n" for item in HTTPStatus}

_KEY = 16
"""Bytes of a WebSocket's key, decoded (RFC 6455, 4.2.1)."""

_GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
"""What a server adds to the key (RFC 6455, 4.2.2)."""


class Front:
    """Makes the protocol of each connection of a server, and keeps what all of them share."""

    def __init__(
        self,
        server: web.Server,
        engine: Engine | None,
        connections: Connections,
        proxies: Proxies,
        handover: Handover | None = None,
    ) -> None:
        """Answer for `engine`, if there is one; `server` makes handlers of aiohttp's."""
        self.server = server
        self.connections = connections
        self.proxies = proxies
        self.handover = handover
        self._engine = engine
        path = "" if engine is None else engine.path
        self._starts = () if engine is None else (f"GET {path}?".encode(), f"POST {path}?".encode())
        self._second = 0
        self._date = ""
        if handover is not None:
            handover.receive(partial(HttpConnection, self))

    def __call__(self) -> HttpConnection:
        """Return the protocol of a new connection."""
        return HttpConnection(self)

    def engine_for(self, data: bytes) -> Engine | None:
        """Return who answers a request that begins so; None is aiohttp."""
        return self._engine if data.startswith(self._starts) else None

    def is_elsewhere(self, engine: Engine, head: Head) -> bool:
        """Return whether a request may be for a session of another worker's."""
        sid = head.query.get("sid")
        return self.handover is not None and sid is not None and sid not in engine.sessions

    def date(self) -> str:
        """Return the time as HTTP says it."""
        now = int(time.time())
        if now != self._second:
            self._second, self._date = now, formatdate(now, usegmt=True)
        return self._date


class HttpConnection(asyncio.Protocol):
    """A connection that a client speaks HTTP on."""

    __slots__ = (
        "_arrival",
        "_client",
        "_engine",
        "_front",
        "_handler",
        "_head",
        "_missing",
        "_polling",
        "_reader",
        "_request",
        "_stuck",
        "_unread",
        "transport",
        "waits_since",
    )

    def __init__(self, front: Front, arrival: Arrival | None = None) -> None:
        """Serve a connection, which another worker may have handed over."""
        self.transport: asyncio.Transport
        self.waits_since: float | None = None
        self._front = front
        self._arrival = arrival
        self._client: Client
        """Who has opened it."""
        self._unread = b""
        self._stuck = False
        """Whether the client does not read its responses."""
        self._engine: Engine
        self._head: Head | None = None
        """The request that is being answered here."""
        self._request = b""
        """The same as it came, while it waits for messages."""
        self._polling: Polling | None = None
        """What it waits for."""
        self._handler: web.RequestHandler | None = None
        self._reader: asyncio.Protocol | None = None
        """What reads while aiohttp has the connection: its handler, or what stands before that."""
        self._missing: int | None = None
        """Bytes that aiohttp has still to get of the one request; None when nobody knows."""

    # As the transport's protocol

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport = cast(asyncio.Transport, transport)
        self.waits_since = asyncio.get_running_loop().time()
        front, address = self._front, peer_address(transport)
        secure = transport.get_extra_info("sslcontext") is not None
        self._client = Client(address, "https" if secure else "http")
        arrival, self._arrival = self._arrival, None
        if arrival is not None:
            self._arrive(arrival)
        elif address in front.proxies.trust:
            front.connections.count(self, None)  # many clients share it, or one that it names
            front.proxies.await_header(self, transport, partial(front.connections.count, self))
        else:
            front.connections.count(self, address)

    def _arrive(self, arrival: Arrival) -> None:
        address, proxies = self._client.address, self._front.proxies
        is_shared = address in proxies.trust
        if arrival.client is not None:
            proxies.introduce(self.transport, arrival.client)
            address, is_shared = arrival.client.address, False
        self._front.connections.count(self, None if is_shared else address)
        self._unread = arrival.data
        asyncio.get_running_loop().call_soon(self._go_on)

    def data_received(self, data: bytes) -> None:
        if self._reader is not None and not self._is_back():
            self._feed(data)
            return
        if self._unread:
            data, self._unread = self._unread + data, b""
        if self._head is None and not self._stuck:
            self._begin(data)
            return
        self._unread = data
        if len(data) > MOST_UNREAD:
            self.transport.pause_reading()

    def pause_writing(self) -> None:
        self._stuck = True
        if self._reader is not None:
            self._reader.pause_writing()
        else:
            self.transport.pause_reading()

    def resume_writing(self) -> None:
        self._stuck = False
        if self._reader is not None:
            self._reader.resume_writing()
        else:
            # A loop may tell so in the middle of a write.
            asyncio.get_running_loop().call_soon(self._go_on)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._handler is not None and self._reader is not None:
            self._reader.connection_lost(exc)
            forget_malformed(self._handler)
        elif self._polling is not None and self._head is not None:
            if self._head.method == hdrs.METH_GET:
                self._polling.abandon_poll()
            else:
                self._polling.finish_post()
        self._forget()

    def release(self) -> bytes:
        """Let the connection go, and return what whoever takes it over reads first."""
        unread = self._reader.release() if isinstance(self._reader, Keeper) else b""
        self._forget()
        return unread

    def _forget(self) -> None:
        front = self._front
        front.connections.forget(self)
        front.proxies.forget(self.transport)
        if self._handler is not None and front.handover is not None:
            front.handover.forget(self._handler)

    # Requests

    def _begin(self, data: bytes) -> None:
        """Answer the request that has come, or give it to aiohttp, when enough of it is there."""
        engine = self._front.engine_for(data)
        if engine is None:
            self._lend(data, _missing(data))
            return
        end = data.find(END)
        if end < 0 and len(data) <= MOST_HEAD:
            self._unread = data
            return
        head = read_head(data, end, self._client) if 0 <= end <= MOST_HEAD else None
        if head is None or self._front.is_elsewhere(engine, head):
            self._lend(data, _missing(data))
            return
        start = end + len(END)
        size = start + head.length
        if len(data) < size:
            self._lend(data, size - len(data))
            return
        self._engine, self._request, self._unread = engine, data[:size], data[size:]
        self._answer(head, data[start:size])

    def _answer(self, head: Head, body: bytes) -> None:
        """Answer a request, now or when there is something to say."""
        front, engine = self._front, self._engine
        if front.proxies.trust:
            head.client = front.proxies.client(self.transport, head.headers) or self._client
        accepted = _accept(head) if head.upgrades else ""
        if accepted is None:
            self._lend_all()
            return
        front.server.requests_count += 1
        self._head, self.waits_since = head, None
        try:
            session, upgrades = engine.judge(head)
            fields = head.lines() if session is None else b""
            if upgrades:
                self._upgrade(engine.upgrade(head, session, fields), accepted)
            elif session is None:
                self._reply(engine.open(head, fields))
            elif head.method == hdrs.METH_GET:
                self._poll(engine.polling(session))
            else:
                self._post(engine.polling(session), body)
        except Refused as refusal:
            self._reply(engine.refuse(head, refusal))

    def _poll(self, polling: Polling) -> None:
        self._polling = polling
        try:
            polling.poll(self._fetch)
        except Refused:
            self._polling = None  # it is another request's
            raise

    def _fetch(self) -> None:
        """Answer the poll that waits; what is sent in slices, aiohttp sends."""
        assert self._polling is not None  # noqa: S101
        if self._polling.queued > SLICE:
            self._lend_all()
        else:
            self._reply(Reply(b"".join(payload(self._polling.fetch()))))

    def _post(self, polling: Polling, body: bytes) -> None:
        polling.begin_post()
        self._polling = polling
        try:
            packets = polling.unpack(body)
        except Refused:
            polling.finish_post()
            raise
        polling.handle(packets, self._posted)

    def _posted(self) -> None:
        assert self._polling is not None  # noqa: S101
        assert self._head is not None  # noqa: S101
        self._polling.finish_post()
        try:
            self._polling.judge_post()
        except Refused as refusal:
            self._reply(self._engine.refuse(self._head, refusal))
        else:
            self._reply(OK)

    def _upgrade(self, opened: Opened, accepted: str) -> None:
        self._forget()
        response = (
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: upgrade\r\n"
            f"Sec-WebSocket-Accept: {accepted}\r\nDate: {self._front.date()}\r\n\r\n"
        )
        web_socket = self._engine.web_sockets.take(opened, self.transport, response.encode())
        if self._unread:
            web_socket.begin(self._unread)

    def _reply(self, reply: Reply) -> None:
        """Send the response to the request at hand, and go on with the next."""
        head = self._head
        assert head is not None  # noqa: S101
        fields = {**reply.fields, **self._engine.cors(head)}
        if head.closes:
            fields[hdrs.CONNECTION] = "close"
        lines = "".join([f"{name}: {value}\r\n" for name, value in fields.items()])
        start = (
            f"{_STATUS_LINES[reply.status]}Content-Type: {reply.kind}; charset=utf-8\r\n{lines}"
            f"Content-Length: {len(reply.body)}\r\nDate: {self._front.date()}\r\n\r\n"
        )
        self._head = self._polling = None
        self._request = b""
        loop = asyncio.get_running_loop()
        self.waits_since = loop.time()
        self.transport.write(start.encode() + reply.body)
        if head.closes:
            self.transport.close()
        elif self._unread:
            loop.call_soon(self._go_on)

    def _go_on(self) -> None:
        """Read on, unless the client does not read or has an answer to wait for."""
        if self._stuck or self._reader is not None or self.transport.is_closing():
            return
        if self._head is None and self._unread:
            data, self._unread = self._unread, b""
            self._begin(data)
        if len(self._unread) <= MOST_UNREAD and not self._stuck:
            self.transport.resume_reading()

    # What aiohttp answers

    def _lend_all(self) -> None:
        """Give aiohttp the request at hand, and what has come behind it."""
        data, missing = self._request + self._unread, None if self._unread else 0
        self._head = self._polling = None
        self._request = self._unread = b""
        self.transport.resume_reading()
        self._lend(data, missing)

    def _lend(self, data: bytes, missing: int | None) -> None:
        """Give aiohttp a request, of which so much is still to come, or an unknown number."""
        front = self._front
        self._handler = handler = front.server()
        self._reader = handler
        if front.handover is not None:
            self._reader = front.handover.watch(handler, self.transport)
        self._missing = missing
        self.waits_since = None  # it has a clock of its own
        handler.connection_made(self.transport)
        self._reader.data_received(data)

    def _feed(self, data: bytes) -> None:
        """Give aiohttp what follows; when that is more than one request, it keeps the rest, too."""
        assert self._reader is not None  # noqa: S101
        missing = self._missing
        self._missing = None if missing is None or missing < len(data) else missing - len(data)
        self._reader.data_received(data)

    def _is_back(self) -> bool:
        """Take the connection back when aiohttp has answered, and return whether it has."""
        handler = self._handler
        if self._missing != 0 or handler is None or not is_at_rest(handler):
            return False
        self._handler = self._reader = None
        if self._front.handover is not None:
            self._front.handover.forget(handler)
        let_go(handler)
        self.waits_since = asyncio.get_running_loop().time()
        return True


_BODY = re.compile(rb"\n(?:content-length|transfer-encoding|upgrade|expect)", re.IGNORECASE)
"""Fields that let something follow the head of a request."""


def _missing(data: bytes) -> int | None:
    """Return 0 for one whole request that has no body, None for whatever else."""
    is_whole = data.find(END) == len(data) - len(END) and not _BODY.search(data)
    return 0 if is_whole and data.startswith((b"GET ", b"HEAD ", b"OPTIONS ")) else None


def _accept(head: Head) -> str | None:
    """Return the proof of a WebSocket handshake (RFC 6455, 4.2.2); None for a malformed key."""
    key = head.headers.get("sec-websocket-key", "").encode()
    try:
        if len(binascii.a2b_base64(key, strict_mode=True)) != _KEY:
            return None
    except binascii.Error:
        return None
    return b64encode(hashlib.sha1(key + _GUID, usedforsecurity=False).digest()).decode()
