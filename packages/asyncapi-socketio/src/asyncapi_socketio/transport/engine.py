"""The Engine.IO endpoint: who is let in, by which transport, and how many.

Source: engine.io-protocol v4, "Handshake"; codes and words of refusals are the reference server's.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections import Counter
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from functools import partial
from http import HTTPStatus
from typing import Protocol, TypeAlias

import orjson
import structlog
from aiohttp import HttpVersion11, WSCloseCode, hdrs, web

from ._aiohttp import Takeover
from .backlog import SLICE, Memory
from .frames import text_frame
from .ids import new_id
from .packets import Message, payload
from .polling import Answer, Polling, Refused, bad_request
from .proxy import share_of
from .receiver import write_headers
from .session import Clock, Events, Session
from .upgrade import Probe
from .websocket import WebSocket, WebSockets

log = structlog.stdlib.get_logger(__name__)


WEBSOCKET_VERSION = "13"
"""The only version of the WebSocket protocol (RFC 6455, 4.1)."""
MOST_SHOWN = 200
"""Characters that the log shows of a refused origin."""


class Asked(Protocol):
    """A request, as far as the protocol looks into it."""

    @property
    def method(self) -> str: ...

    @property
    def query(self) -> Mapping[str, str]: ...

    @property
    def headers(self) -> Mapping[str, str]:
        """Return its fields; names may be asked for in lower case."""

    @property
    def remote(self) -> str | None: ...

    @property
    def scheme(self) -> str: ...

    @property
    def host(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Reply:
    """A response that is sent at once."""

    body: bytes
    status: int = HTTPStatus.OK
    kind: str = "text/plain"
    """What the body is, in UTF-8."""
    fields: Mapping[str, str] = field(default_factory=dict)


OK = Reply(b"ok")
"""The answer to a POST."""

Opened: TypeAlias = Callable[[WebSocket, bytes], None]
"""Takes a WebSocket that has just opened, and what has to be sent on it first."""


class Engine:
    """Keeps the sessions, and serves every request that opens or carries one."""

    def __init__(
        self,
        *,
        memory: Memory,
        origins: Collection[str],
        counters: Counter[str],
        welcome: Callable[[Session], Events],
    ) -> None:
        """Let pages of `origins` in; `welcome` returns what the packets of a session are for."""
        self.limits = memory.limits
        self.memory = memory
        self.unfinished = memory.unfinished
        self.sessions: dict[str, Session] = {}
        self.opened = 0
        """How many sessions there have been."""
        self.ended_by: Counter[str] = Counter()
        """How many of them have ended, by reason."""
        self.prefix = ""
        """What the ids of its sessions begin with: the names of its node and of its worker."""
        self.path = ""
        self._counters = counters
        self._welcome = welcome
        self.web_sockets = WebSockets(memory)
        self._loop: asyncio.AbstractEventLoop
        self._stopping = False
        self._origins = frozenset(origins)
        self._shares: Counter[str] = Counter()
        self._unflushed: list[Session] = []

    @property
    def clock(self) -> Clock:
        """The loop, for sessions."""
        return self._loop

    def attach(self, app: web.Application, path: str) -> None:
        """Serve every method at the path; the refusals are the protocol's, not the router's."""
        self.path = f"/{path.strip('/')}/"
        app.router.add_route("*", self.path, self.handle_request)

    async def handle_request(self, request: web.Request) -> web.StreamResponse:
        """Answer one request of the protocol."""
        try:
            response = await self._answer(request)
        except Refused as refusal:
            response = _response(self.refuse(request, refusal))
        except ConnectionError:  # nobody is left to read this
            response = web.Response(status=400)
        if not response.prepared:
            response.headers.update(self.cors(request))
        return response

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        if request.method == hdrs.METH_OPTIONS:
            self._judge_origin(request)
            return web.Response(status=204)
        session, upgrades = self.judge(request)
        headers = write_headers(request.raw_headers) if session is None else b""
        if upgrades:
            if request.version < HttpVersion11:
                raise bad_request()
            return await self._upgrade(request, self.upgrade(request, session, headers))
        if session is None:
            return _response(self.open(request, headers))
        polling = self.polling(session)
        match request.method:
            case hdrs.METH_GET:
                return await self._send(request, session, await polling.wait_for_messages())
            case hdrs.METH_POST:
                await polling.store(request)
                return _response(OK)
            case _:
                raise bad_request()

    # Rules

    def judge(self, request: Asked) -> tuple[Session | None, bool]:
        """Return the session that a request is for, None for a new one, and whether it upgrades.

        Raises `Refused`.
        """
        self._judge_origin(request)
        query = request.query
        transport = query.get("transport")
        if transport not in {"polling", "websocket"}:
            raise Refused(400, 0, "Transport unknown")
        sid = query.get("sid")
        if query.get("EIO", None if sid is None else "4") != "4":
            raise Refused(400, 5, "Unsupported protocol version")
        upgrades = request.headers.get("upgrade", "").lower() == "websocket"
        if upgrades != (transport == "websocket"):
            raise bad_request()
        if sid is None:
            return None, upgrades
        session = self.sessions.get(sid)
        if session is None:
            raise Refused(400, 1, "Session ID unknown")
        return session, upgrades

    def _judge_origin(self, request: Asked) -> None:
        origin = request.headers.get("origin")
        if origin is not None and not self._lets_in(origin, request):
            raise Refused(403, 4, "Forbidden")

    def _lets_in(self, origin: str, request: Asked) -> bool:
        """Return whether a page of the origin may connect.

        The service's own page may, where it is served over TLS, by an address, or as localhost. By
        any other name its origin has to be among `origins`: whoever owns a name can point it here
        once his own page is loaded (DNS rebinding), and `Host` then agrees with `Origin`. TLS, of
        which only a trusted proxy can tell, has proved the name by its certificate.
        """
        if origin in self._origins:
            return True
        own = f"{request.scheme}://{request.host}"
        return origin == own and (request.scheme == "https" or _is_local(request.host))

    @property
    def transports(self) -> Mapping[str, int]:
        """How many sessions each transport carries now."""
        polling = sum(isinstance(item.carrier, Polling) for item in self.sessions.values())
        return {"polling": polling, "websocket": len(self.sessions) - polling}

    # Opening

    def open(self, request: Asked, headers: bytes) -> Reply:
        """Open a session on polling, which keeps these header lines; raises `Refused`."""
        self._judge_opening(request, headers)
        session = self._new_session(request.remote or "", headers)
        session.open(Polling(session, self.memory), self._welcome(session))
        return Reply(self._handshake(session, ["websocket"]))

    def _judge_opening(self, request: Asked, headers: bytes) -> None:
        if request.method != hdrs.METH_GET:
            raise Refused(400, 2, "Bad handshake method")
        if self._stopping:
            raise Refused(503, 3, "Stopping")
        if len(headers) > self.limits.headers:
            raise Refused(431, 3, "Headers too large")
        if len(self.sessions) >= self.limits.connections:
            raise Refused(503, 3, "Too many connections")
        share = share_of(request.remote or "")
        if self._shares[share] >= self.limits.connections_per_address:
            raise Refused(429, 3, "Too many connections from one address")

    def _open_web_socket(
        self, address: str, headers: bytes, web_socket: WebSocket, first: bytes
    ) -> None:
        session = self._new_session(address, headers)
        web_socket.reader = session
        session.open(web_socket, self._welcome(session))
        web_socket.carry([first + text_frame(self._handshake(session, []))])

    def _new_session(self, address: str, headers: bytes) -> Session:
        self._loop = asyncio.get_running_loop()
        session = Session(self, f"{self.prefix}{new_id()}", address, headers)
        self.sessions[session.sid] = session
        self.opened += 1
        self._shares[share_of(address)] += 1
        return session

    def _handshake(self, session: Session, upgrades: list[str]) -> bytes:
        return b"0" + orjson.dumps(
            {
                "sid": session.sid,
                "upgrades": upgrades,
                "pingInterval": round(self.limits.ping_interval * 1000),
                "pingTimeout": round(self.limits.ping_timeout * 1000),
                "maxPayload": self.limits.payload,
            }
        )

    # Carrying

    def polling(self, session: Session) -> Polling:
        """Return what carries a session on polling; raises `Refused` when it is upgraded."""
        if not isinstance(session.carrier, Polling):
            raise bad_request("Session upgraded")
        return session.carrier

    async def _send(
        self, request: web.Request, session: Session, messages: list[Message]
    ) -> web.StreamResponse:
        """Answer a poll; a client that does not take the whole answer has lost its session."""
        if sum(map(len, messages)) <= SLICE:
            return _response(Reply(b"".join(payload(messages))))
        response = web.StreamResponse(headers=self.cors(request))
        response.content_type, response.charset = "text/plain", "utf-8"
        try:
            await Answer(request, messages, self.memory.backlog).send(response)
        except (ConnectionError, asyncio.CancelledError):
            session.end("transport close")
            raise
        return response

    def upgrade(self, request: Asked, session: Session | None, headers: bytes) -> Opened:
        """Return what is to be done with the WebSocket that a request asks for; raises `Refused`.

        Without a session it opens one, which keeps these header lines.
        """
        if session is None:
            self._judge_opening(request, headers)
            opened: Opened = partial(self._open_web_socket, request.remote or "", headers)
        else:
            opened = self._moving(session)
        if request.method != hdrs.METH_GET:
            raise bad_request()
        if request.headers.get("sec-websocket-version") != WEBSOCKET_VERSION:
            raise Refused(HTTPStatus.UPGRADE_REQUIRED, 3, "Unsupported WebSocket version")
        return opened

    def _moving(self, session: Session) -> Opened:
        polling = session.carrier
        if session.upgrade is not None or not isinstance(polling, Polling):
            return _turn_away
        return partial(_probe, session, polling)

    async def _upgrade(self, request: web.Request, opened: Opened) -> web.StreamResponse:
        handshake = Takeover(partial(self.web_sockets.take_later, opened))
        try:
            await handshake.prepare(request)
        except ValueError as error:  # a key that is not even ASCII
            raise bad_request("Malformed handshake") from error
        return handshake

    # Answers

    def refuse(self, request: Asked, refusal: Refused) -> Reply:
        """Count and log a request that is not served, and return its answer."""
        self._counters[refusal.reason] += 1
        origin = request.headers.get("origin", "")[:MOST_SHOWN]
        forbidden = refusal.status == HTTPStatus.FORBIDDEN
        told = {"origin": origin, "admit_by": _advice(origin)} if forbidden else {}
        log.info("rejected", address=request.remote, reason=refusal.reason, **told)
        outdated = refusal.status == HTTPStatus.UPGRADE_REQUIRED
        return Reply(
            json.dumps({"code": refusal.code, "message": refusal.reason}).encode(),
            refusal.status,
            "application/json",
            {hdrs.SEC_WEBSOCKET_VERSION: WEBSOCKET_VERSION} if outdated else {},
        )

    def cors(self, request: Asked) -> dict[str, str]:
        """Return the fields that say who may read a response."""
        origin = request.headers.get("origin")
        headers: dict[str, str] = {hdrs.CACHE_CONTROL: "no-store", hdrs.VARY: hdrs.ORIGIN}
        if origin in self._origins:
            headers[hdrs.ACCESS_CONTROL_ALLOW_ORIGIN] = origin
            headers[hdrs.ACCESS_CONTROL_ALLOW_CREDENTIALS] = "true"
            if request.method == hdrs.METH_OPTIONS:
                headers[hdrs.ACCESS_CONTROL_ALLOW_METHODS] = "GET, POST"
                headers[hdrs.ACCESS_CONTROL_ALLOW_HEADERS] = hdrs.CONTENT_TYPE
        return headers

    # Sessions

    def flush_soon(self, session: Session) -> None:
        """Send what is posted in this turn of the loop at its end, all of a client's at once."""
        if not self._unflushed:
            self._loop.call_soon(self._flush)
        self._unflushed.append(session)

    def _flush(self) -> None:
        unflushed, self._unflushed = self._unflushed, []
        for session in unflushed:
            session.flush()

    def ended(self, session: Session, reason: str) -> None:
        """Forget a session that has closed."""
        self._counters[reason] += 1
        self.ended_by[reason] += 1
        del self.sessions[session.sid]
        share = share_of(session.address)
        self._shares[share] -= 1
        if not self._shares[share]:
            del self._shares[share]

    def refuse_sessions(self) -> None:
        """Open no more sessions."""
        self._stopping = True

    def end_sessions(self) -> None:
        """Close every session with 1001."""
        for session in [*self.sessions.values()]:
            session.end("server stop", WSCloseCode.GOING_AWAY)

    async def wait_closed(self, grace: float) -> None:
        """Wait until the clients have answered, and drop those that don't."""
        await self.web_sockets.wait_closed(grace)
        self.web_sockets.abort()


def _probe(session: Session, polling: Polling, web_socket: WebSocket, first: bytes) -> None:
    session.upgrade = web_socket.reader = Probe(session, polling, web_socket)
    if first:
        web_socket.carry([first])


def _turn_away(web_socket: WebSocket, first: bytes) -> None:
    """Close a WebSocket that is one too many for its session, as the reference server does."""
    if first:
        web_socket.carry([first])
    web_socket.close(WSCloseCode.OK)


_LOCAL = re.compile(r"(localhost|[0-9.]+|\[[0-9a-f:.]+\])(:[0-9]+)?")
_SHOWN_ORIGIN = re.compile(r"[a-z][a-z0-9+.-]*://[A-Za-z0-9.:\[\]_-]+")


def _is_local(host: str) -> bool:
    """Return whether a host is an address or localhost, with or without a port."""
    return _LOCAL.fullmatch(host) is not None


def _advice(origin: str) -> str:
    """Return the option that lets an origin in; nothing when no option can."""
    return f"--origin {origin}" if _SHOWN_ORIGIN.fullmatch(origin) else ""


def _response(reply: Reply) -> web.Response:
    return web.Response(
        body=reply.body,
        status=reply.status,
        headers=reply.fields,
        content_type=reply.kind,
        charset="utf-8",
    )
