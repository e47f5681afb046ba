"""The built page at `/`: cached while it stays true, allowed what it needs and nothing else.

Sources: RFC 9111 (caching), RFC 8246 (immutable), CSP level 3.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from pathlib import Path

from aiohttp import hdrs, web

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
            "base-uri 'self'",
            "form-action 'none'",
            "frame-ancestors 'none'",
            "require-trusted-types-for 'script'",
            "trusted-types angular",
        )
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    hdrs.VARY: hdrs.ACCEPT_ENCODING,
}

_HASHED = re.compile(r"-[0-9A-Z]{8}\.(js|css)$")
_COMPRESSED = {".br", ".gz"}


def routes(built: Path = BUILT) -> list[web.RouteDef]:
    """Give a route for each file of the build, `index.html` at `/`; without a build, say how to.

    What is compressed beside a file (`.br`, `.gz`) goes to clients that accept it.
    """
    files = [file for file in sorted(built.rglob("*")) if file.is_file()]
    if not files:
        return [web.get("/", _explain)]
    return [_route(built, file) for file in files if file.suffix not in _COMPRESSED]


def _route(built: Path, file: Path) -> web.RouteDef:
    path = file.relative_to(built).as_posix()
    return web.get("/" if path == "index.html" else f"/{path}", _sender(file))


def _sender(file: Path) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    lasting = _HASHED.search(file.name)
    caching = "public, max-age=31536000, immutable" if lasting else "no-cache"

    async def send(_: web.Request) -> web.StreamResponse:
        return web.FileResponse(file, headers={**_HEADERS, hdrs.CACHE_CONTROL: caching})

    return send


async def _explain(_: web.Request) -> web.StreamResponse:
    return web.Response(status=404, text=NOT_BUILT)
