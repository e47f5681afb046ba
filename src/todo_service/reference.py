"""The generated reference page at `/docs`: fenced in by the hashes of its own scripts and style.

Sources: RFC 9110 (conditional requests), CSP level 3 (`script-src` hashes).
"""

from __future__ import annotations

import gzip
import re
from base64 import b64encode
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib import resources

from aiohttp import hdrs, web

_INLINE = re.compile(r"<(script|style)>(.*?)</\1>", re.DOTALL)


@dataclass(frozen=True, slots=True)
class _Page:
    body: bytes
    packed: bytes
    etag: str
    headers: dict[str, str]


def routes() -> list[web.RouteDef]:
    """Give the route of the page."""
    return [web.get("/docs", _send)]


async def _send(request: web.Request) -> web.Response:
    page = _page()
    if any(known.value in {page.etag, "*"} for known in request.if_none_match or ()):
        response = web.Response(status=304, headers=page.headers)
    elif "gzip" in request.headers.get(hdrs.ACCEPT_ENCODING, ""):
        response = web.Response(body=page.packed, headers=page.headers)
        response.headers[hdrs.CONTENT_ENCODING] = "gzip"
    else:
        response = web.Response(body=page.body, headers=page.headers)
    response.etag = page.etag
    return response


@cache
def _page() -> _Page:
    """Read, hash and compress the page once, when it is first asked for."""
    body = (resources.files(__package__) / "generated" / "reference.html").read_bytes()
    etag = sha256(body).hexdigest()[:32]
    return _Page(body, gzip.compress(body, mtime=0), etag, _headers(body.decode()))


def _headers(page: str) -> dict[str, str]:
    policy = (
        "default-src 'none'",
        f"script-src {_hashes(page, 'script')}",
        f"style-src {_hashes(page, 'style')}",
        "img-src data:",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
    return {
        hdrs.CONTENT_TYPE: "text/html; charset=utf-8",
        hdrs.CACHE_CONTROL: "no-cache",
        hdrs.VARY: hdrs.ACCEPT_ENCODING,
        "Content-Security-Policy": "; ".join(policy),
        "Cross-Origin-Opener-Policy": "same-origin",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
    }


def _hashes(page: str, tag: str) -> str:
    digests = (
        sha256(text.encode()).digest() for name, text in _INLINE.findall(page) if name == tag
    )
    return " ".join(f"'sha256-{b64encode(digest).decode()}'" for digest in digests)
