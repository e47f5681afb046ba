"""Documents that do not change while the service runs: cached, compressed, and sent from memory.

Sources: RFC 9110 (conditional requests, 13; `Accept-Encoding`, 12.5.3); CSP level 3.
"""

from __future__ import annotations

import gzip
import re
from base64 import b64encode
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib import resources
from importlib.resources.abc import Traversable
from typing import TypeAlias

from aiohttp import hdrs, web

_INLINE = re.compile(r"<(script|style)>(.*?)</\1>", re.DOTALL)

Send: TypeAlias = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(frozen=True, slots=True)
class Document:
    """A body with its headers, and what it is in the encodings that it can be sent in.

    The first encoding that a client accepts is the one that it gets.
    """

    body: bytes
    headers: Mapping[str, str]
    encoded: Mapping[str, bytes]

    def answer(self, request: web.Request, etag: str) -> web.Response:
        """Return the response to a request; it has no body where the client has it already."""
        encoding = _preferred(request.headers.get(hdrs.ACCEPT_ENCODING, ""), self.encoded)
        etag = f"{etag}-{encoding}" if encoding else etag
        if any(known.value in {etag, "*"} for known in request.if_none_match or ()):
            response = web.Response(status=304, headers=self.headers)
        elif encoding:
            response = web.Response(body=self.encoded[encoding], headers=self.headers)
            response.headers[hdrs.CONTENT_ENCODING] = encoding
        else:
            response = web.Response(body=self.body, headers=self.headers)
        response.headers[hdrs.VARY] = hdrs.ACCEPT_ENCODING
        response.etag = etag
        return response


def sender(load: Callable[[], Document]) -> Send:
    """Return a handler that sends a document, which is loaded when it is first asked for."""

    @cache
    def loaded() -> tuple[Document, str]:
        document = load()
        return document, sha256(document.body).hexdigest()[:32]

    async def send(request: web.Request) -> web.StreamResponse:
        document, etag = loaded()
        return document.answer(request, etag)

    return send


def reference_page(package: str) -> Send | None:
    """Return a handler that sends the page of a generated package; None where it has none."""
    file = resources.files(package) / "reference.html"
    return sender(lambda: _page(file)) if file.is_file() else None


def _page(file: Traversable) -> Document:
    body = file.read_bytes()
    return Document(body, _fenced(body.decode()), {"gzip": gzip.compress(body, mtime=0)})


def _fenced(page: str) -> dict[str, str]:
    """Return headers that let a page run its own scripts and style, and fetch nothing else's."""
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


def _preferred(accepted: str, offered: Mapping[str, bytes]) -> str | None:
    """Return the first of the offered encodings that `Accept-Encoding` allows; None for none."""
    allowed = dict(map(_weighed, accepted.lower().split(",")))
    other = allowed.get("*", False)
    return next((name for name in offered if allowed.get(name, other)), None)


def _weighed(text: str) -> tuple[str, bool]:
    """Return the name of an encoding, and whether its weight allows it."""
    name, _, weight = text.partition(";")
    try:
        allows = float(weight.strip().removeprefix("q=") or 1) > 0
    except ValueError:
        allows = False
    return name.strip(), allows
