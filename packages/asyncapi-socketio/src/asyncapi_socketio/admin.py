"""What operators see of an application in a browser, and the one thing that they may do there.

Who may: whoever comes to a loopback address by its own name, unless a token is set; elsewhere, only
who has the token. A browser asks for it by itself (RFC 7617, with any name).
"""

from __future__ import annotations

import base64
import binascii
import hmac
import ipaddress
from collections.abc import Awaitable, Callable, Mapping
from importlib import resources
from typing import Any, TypeAlias
from urllib.parse import urlsplit

from aiohttp import hdrs, web

from .application import Application
from .documents import Document, sender

SHOWN = 200
"""Sessions that are shown at once."""

Facts: TypeAlias = Callable[[], Mapping[str, str | int]]
"""What there is to say of an application beside its sessions, by name."""

Handler: TypeAlias = Callable[[web.Request], Awaitable[web.StreamResponse]]

_FILES = {
    "/": ("admin_page/admin.html", "text/html"),
    "/admin.css": ("admin_page/admin.css", "text/css"),
    "/admin.js": ("admin_page/admin.js", "text/javascript"),
    "/reference.css": ("generate/reference_page/reference.css", "text/css"),
}
_HEADERS = {
    hdrs.CACHE_CONTROL: "no-cache",
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self';"
    " img-src data:; connect-src 'self'; base-uri 'none'; form-action 'none';"
    " frame-ancestors 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


def attach(
    operators: web.Application,
    app: Application[Any],
    *,
    token: str | None = None,
    facts: Facts = dict,
) -> None:
    """Serve the page at `/` of an application that only operators reach."""

    async def sessions(request: web.Request) -> web.Response:
        told = await app.node_sessions(SHOWN, request.query.get("search", ""))
        told["facts"] = {**told["facts"], **facts()}
        return web.json_response(told, headers={hdrs.CACHE_CONTROL: "no-store"})

    async def disconnect(request: web.Request) -> web.Response:
        asked = await request.json()
        session = asked.get("session") if isinstance(asked, dict) else None
        found = isinstance(session, str) and await app.node_disconnect(session)
        return web.json_response({"disconnected": found}, status=200 if found else 404)

    for path, (name, kind) in _FILES.items():
        operators.router.add_get(path, _guarded(sender(_loader(name, kind)), token))
    operators.router.add_get("/sessions", _guarded(sessions, token))
    operators.router.add_post("/disconnect", _guarded(disconnect, token))


def _loader(name: str, kind: str) -> Callable[[], Document]:
    def load() -> Document:
        body = (resources.files(__package__) / name).read_bytes()
        return Document(body, {**_HEADERS, hdrs.CONTENT_TYPE: f"{kind}; charset=utf-8"}, {})

    return load


def _guarded(handler: Handler, token: str | None) -> Handler:
    async def guarded(request: web.Request) -> web.StreamResponse:
        return _turn_away(request, token) or await handler(request)

    return guarded


def _turn_away(request: web.Request, token: str | None) -> web.Response | None:
    """Return the answer to somebody who may not see it, or to a page that may not ask."""
    origin = request.headers.get(hdrs.ORIGIN)
    if origin is not None and urlsplit(origin).netloc != request.host:
        return web.Response(status=403, text="Not from another page.\n")
    if token is not None:
        if hmac.compare_digest(_token_of(request).encode(), token.encode()):
            return None
        asks = {hdrs.WWW_AUTHENTICATE: 'Basic realm="operators", charset="UTF-8"'}
        return web.Response(status=401, text="The token is missing.\n", headers=asks)
    # A name that somebody has pointed here (DNS rebinding) is none of a loopback address.
    if _is_loopback(_local_address(request)) and _is_loopback(
        urlsplit(f"//{request.host}").hostname
    ):
        return None
    return web.Response(status=403, text="Only from this machine, unless a token is set.\n")


def _token_of(request: web.Request) -> str:
    scheme, _, given = request.headers.get(hdrs.AUTHORIZATION, "").partition(" ")
    if scheme.lower() == "bearer":
        return given.strip()
    if scheme.lower() != "basic":
        return ""
    try:
        return base64.b64decode(given, validate=True).decode().partition(":")[2]
    except (binascii.Error, UnicodeDecodeError):
        return ""


def _local_address(request: web.Request) -> str | None:
    """Return the address that a request came to; None where it has none."""
    address = request.transport and request.transport.get_extra_info("sockname")
    return address[0] if isinstance(address, tuple) else None


def _is_loopback(host: str | None) -> bool:
    if host is None or host == "localhost":
        return host is not None
    try:
        return ipaddress.ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return False
