"""The Engine.IO endpoint: who is let in, by which transport, and how many.

Source: engine.io-protocol v4, "Handshake"; codes and words of refusals are the reference server's.
"""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from collections.abc import Callable, Collection
from http import HTTPStatus
from typing import TYPE_CHECKING

import engineio
import orjson
import structlog
from aiohttp import HttpVersion11, WSCloseCode, hdrs, web

from .backlog import SLICE, Backlog, Unfinished
from .frames import text_frame
from .limits import Limits
from .packets import Message, payload
from .polling import Answer, Polling, Refused, bad_request
from .session import Session
from .upgrade import Probe
from .websocket import Handshake, WebSocket

if TYPE_CHECKING:
    from .namespaces import Namespaces

log = structlog.stdlib.get_logger(__name__)


WEBSOCKET_VERSION = "13"
"""The only version of the WebSocket protocol (RFC 6455, 4.1)."""
MOST_SHOWN = 200
"""Characters that the log shows of a refused origin."""


class Engine(engineio.AsyncServer):
    """Keeps the sessions, and serves every request that opens or carries one."""

    sockets: dict[str, Session]

    def __init__(self, *, limits: Limits, origins: Collection[str], **options: object) -> None:
        super().__init__(monitor_clients=False, **options)
        self.limits = limits
        self.namespaces: Namespaces
        self.loop: asyncio.AbstractEventLoop
        self.counters: Counter[str] = Counter()
        self.backlog = Backlog(limits)
        self.unfinished = Unfinished(limits)
        self.tasks: set[asyncio.Task[None]] = set()
        self.web_sockets: set[WebSocket] = set()
        self.stopping = False
        self._origins = frozenset(origins)
        self._addresses: Counter[str] = Counter()
        self._unflushed: list[Session] = []
        self._lost: asyncio.Future[None] | None = None

    def create_queue(self) -> None:
        """Make none: a session posts to its carrier."""

    def attach(self, app: web.Application, engineio_path: str = "engine.io") -> None:
        """Serve every method at the path; the refusals are the protocol's, not the router's."""
        app.router.add_route("*", f"/{engineio_path.strip('/')}/", self.handle_request)

    async def handle_request(self, request: web.Request) -> web.StreamResponse:
        """Answer one request of the protocol."""
        self.loop = asyncio.get_running_loop()
        try:
            response = await self._answer(request)
        except Refused as refusal:
            response = self._refuse(request, refusal)
        except ConnectionError:  # nobody is left to read this
            response = web.Response(status=400)
        if not response.prepared:
            response.headers.update(self._cors(request))
        return response

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        origin = request.headers.get(hdrs.ORIGIN)
        if origin is not None and not self._lets_in(origin, request):
            raise Refused(403, 4, "Forbidden")
        if request.method == hdrs.METH_OPTIONS:
            return web.Response(status=204)
        transport = request.query.get("transport")
        if transport not in {"polling", "websocket"}:
            raise Refused(400, 0, "Transport unknown")
        if request.query.get("EIO", "4" if "sid" in request.query else None) != "4":
            raise Refused(400, 5, "Unsupported protocol version")
        upgrade = request.headers.get(hdrs.UPGRADE, "").lower() == "websocket"
        if upgrade != (transport == "websocket"):
            raise bad_request()
        sid = request.query.get("sid")
        if sid is None:
            return await self._open(request, upgrade=upgrade)
        session = self.sockets.get(sid)
        if session is None:
            raise Refused(400, 1, "Session ID unknown")
        return await self._carry(request, session, upgrade=upgrade)

    def _lets_in(self, origin: str, request: web.Request) -> bool:
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

    # Opening

    async def _open(self, request: web.Request, *, upgrade: bool) -> web.StreamResponse:
        if request.method != hdrs.METH_GET:
            raise Refused(400, 2, "Bad handshake method")
        address = request.remote or ""
        if self.stopping:
            raise Refused(503, 3, "Stopping")
        if len(self.sockets) >= self.limits.connections:
            raise Refused(503, 3, "Too many connections")
        if self._addresses[address] >= self.limits.connections_per_address:
            raise Refused(429, 3, "Too many connections from one address")
        if upgrade:
            return await self._upgrade(
                request, lambda socket: self._open_web_socket(address, socket)
            )
        session = self._new_session(address)
        session.open(Polling(session))
        return _text(self._handshake(session, ["websocket"]))

    def _open_web_socket(self, address: str, web_socket: WebSocket) -> None:
        session = self._new_session(address)
        web_socket.reader = session
        session.open(web_socket)
        session.upgraded = True
        web_socket.carry([text_frame(self._handshake(session, []))])

    def _new_session(self, address: str) -> Session:
        session = Session(self, self.generate_id(), address)
        self.sockets[session.sid] = session
        self._addresses[address] += 1
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

    async def _carry(
        self, request: web.Request, session: Session, *, upgrade: bool
    ) -> web.StreamResponse:
        polling = session.carrier
        if upgrade and (session.probe is not None or not isinstance(polling, Polling)):
            return await self._upgrade(request, _turn_away)
        if not isinstance(polling, Polling):
            raise bad_request("Session upgraded")
        if upgrade:
            return await self._upgrade(
                request, lambda socket: self._probe(session, polling, socket)
            )
        match request.method:
            case hdrs.METH_GET:
                return await self._send(request, session, await polling.fetch())
            case hdrs.METH_POST:
                await polling.store(request)
                return _text(b"ok")
            case _:
                raise bad_request()

    async def _send(
        self, request: web.Request, session: Session, messages: list[Message]
    ) -> web.StreamResponse:
        """Answer a poll; a client that does not take the whole answer has lost its session."""
        if sum(map(len, messages)) <= SLICE:
            return _text(b"".join(payload(messages)))
        response = web.StreamResponse(headers=self._cors(request))
        response.content_type, response.charset = "text/plain", "utf-8"
        try:
            await Answer(request, messages, self.backlog).send(response)
        except (ConnectionError, asyncio.CancelledError):
            session.end("transport close")
            raise
        return response

    async def _upgrade(
        self, request: web.Request, opened: Callable[[WebSocket], None]
    ) -> web.StreamResponse:
        if request.method != hdrs.METH_GET or request.version < HttpVersion11:
            raise bad_request()
        if request.headers.get(hdrs.SEC_WEBSOCKET_VERSION) != WEBSOCKET_VERSION:
            raise Refused(HTTPStatus.UPGRADE_REQUIRED, 3, "Unsupported WebSocket version")
        handshake = Handshake(self, opened)
        try:
            await handshake.prepare(request)
        except ValueError as error:  # a key that is not even ASCII
            raise bad_request("Malformed handshake") from error
        return handshake

    def _probe(self, session: Session, polling: Polling, web_socket: WebSocket) -> None:
        session.probe = Probe(session, polling, web_socket)
        web_socket.reader = session.probe

    # Answers

    def _refuse(self, request: web.Request, refusal: Refused) -> web.Response:
        self.counters[refusal.reason] += 1
        origin = request.headers.get(hdrs.ORIGIN, "")[:MOST_SHOWN]
        forbidden = refusal.status == HTTPStatus.FORBIDDEN
        told = {"origin": origin, "admit_by": _advice(origin)} if forbidden else {}
        log.info("refused", address=request.remote, reason=refusal.reason, **told)
        response = web.json_response(
            {"code": refusal.code, "message": refusal.reason}, status=refusal.status
        )
        if refusal.status == HTTPStatus.UPGRADE_REQUIRED:
            response.headers[hdrs.SEC_WEBSOCKET_VERSION] = WEBSOCKET_VERSION
        return response

    def _cors(self, request: web.Request) -> dict[str, str]:
        origin = request.headers.get(hdrs.ORIGIN)
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
            self.loop.call_soon(self._flush)
        self._unflushed.append(session)

    def _flush(self) -> None:
        unflushed, self._unflushed = self._unflushed, []
        for session in unflushed:
            session.flush()

    def ended(self, session: Session, reason: str) -> None:
        """Forget a session that has closed."""
        self.counters[reason] += 1
        del self.sockets[session.sid]
        self._addresses[session.address] -= 1
        if not self._addresses[session.address]:
            del self._addresses[session.address]
        self.namespaces.leave_all(session, reason)

    def web_socket_lost(self, web_socket: WebSocket) -> None:
        """Forget a connection that is over."""
        self.web_sockets.discard(web_socket)
        if self._lost is not None and not self.web_sockets and not self._lost.done():
            self._lost.set_result(None)

    async def stop(self, grace: float) -> None:
        """Wait for what was begun, close every session with 1001, and wait for the goodbyes."""
        self.stopping = True
        self.loop = asyncio.get_running_loop()
        if self.tasks:
            await asyncio.wait(self.tasks, timeout=grace)
        for session in [*self.sockets.values()]:
            session.end("server stop", WSCloseCode.GOING_AWAY)
        if self.web_sockets:
            self._lost = self.loop.create_future()
            await asyncio.wait([self._lost], timeout=grace / 2)
        for web_socket in [*self.web_sockets]:
            web_socket.abort()


def _turn_away(web_socket: WebSocket) -> None:
    """Close a WebSocket that is one too many for its session, as the reference server does."""
    web_socket.close(WSCloseCode.OK)


_LOCAL = re.compile(r"(localhost|[0-9.]+|\[[0-9a-f:.]+\])(:[0-9]+)?")
_SHOWN_ORIGIN = re.compile(r"[a-z][a-z0-9+.-]*://[A-Za-z0-9.:\[\]_-]+")


def _is_local(host: str) -> bool:
    """Return whether a host is an address or localhost, with or without a port."""
    return _LOCAL.fullmatch(host) is not None


def _advice(origin: str) -> str:
    """Return the option that lets an origin in; nothing when no option can."""
    return f"--origin {origin}" if _SHOWN_ORIGIN.fullmatch(origin) else ""


def _text(body: bytes) -> web.Response:
    return web.Response(body=body, content_type="text/plain", charset="utf-8")
