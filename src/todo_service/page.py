"""The built page at `/`: cached while it stays true, allowed what it needs and nothing else.

Sources: RFC 9111 (caching), RFC 8246 (immutable), CSP level 3.
"""

from __future__ import annotations

import re
from functools import partial
from mimetypes import guess_type
from pathlib import Path

from aiohttp import hdrs, web

from asyncapi_socketio.documents import Document, sender

BUILT = Path(__file__).with_name("web")
"""Where `clients/angular` is built into; the wheel carries it."""

NOT_BUILT = "The page is not built: run `make web`. Socket.IO clients are served all the same.\n"

_HEADERS = {
    "Content-Security-Policy": "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "img-src 'self' data:",  # the check marks of todomvc-app-css are data: images
            "connect-src 'self'",
            "manifest-src 'self'",
            "worker-src 'self'",
            "base-uri 'self'",
            "form-action 'none'",
            "frame-ancestors 'none'",
            "require-trusted-types-for 'script'",
            "trusted-types angular service-worker",
        )
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}

_HASHED = re.compile(r"-[0-9A-Z]{8}\.(js|css)$")
_COMPRESSED = {"br": ".br", "gzip": ".gz"}


def routes(built: Path = BUILT) -> list[web.RouteDef]:
    """Return a route for each file of the build, `index.html` at `/`; without a build, say how to.

    What is compressed beside a file (`.br`, `.gz`) goes to clients that accept it.
    """
    files = [file for file in sorted(built.rglob("*")) if file.is_file()]
    if not files:
        return [web.get("/", _explain)]
    return [_route(built, file) for file in files if file.suffix not in _COMPRESSED.values()]


def _route(built: Path, file: Path) -> web.RouteDef:
    path = file.relative_to(built).as_posix()
    return web.get("/" if path == "index.html" else f"/{path}", sender(partial(_load, file)))


def _load(file: Path) -> Document:
    lasting = _HASHED.search(file.name)
    kind = guess_type(file.name)[0] or "application/octet-stream"
    headers = {
        **_HEADERS,
        hdrs.CACHE_CONTROL: "public, max-age=31536000, immutable" if lasting else "no-cache",
        hdrs.CONTENT_TYPE: f"{kind}; charset=utf-8" if kind.startswith("text/") else kind,
    }
    packed = {name: file.with_name(file.name + end) for name, end in _COMPRESSED.items()}
    encoded = {name: path.read_bytes() for name, path in packed.items() if path.exists()}
    return Document(file.read_bytes(), headers, encoded)


async def _explain(_: web.Request) -> web.StreamResponse:
    return web.Response(status=404, text=NOT_BUILT)
