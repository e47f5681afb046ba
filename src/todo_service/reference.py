"""The generated reference page at `/docs`, and the contract that it is made of.

The page is fenced in by the hashes of its own scripts and style. Source: CSP level 3.
"""

from __future__ import annotations

import gzip
import re
from base64 import b64encode
from hashlib import sha256
from importlib import resources
from pathlib import Path

from aiohttp import hdrs, web

from asyncapi_socketio.documents import Document, sender

_INLINE = re.compile(r"<(script|style)>(.*?)</\1>", re.DOTALL)

_NAME = "asyncapi.yaml"
_CONTRACTS = (Path(__file__).with_name(_NAME), Path(__file__).parents[2] / _NAME)
"""Where the contract is: in an installed package, and in a folder of its sources."""


def routes() -> list[web.RouteDef]:
    """Return the routes of the page and of the contract."""
    return [web.get("/docs", sender(_page)), web.get(f"/{_NAME}", sender(_contract))]


def _page() -> Document:
    body = (resources.files(__package__) / "generated" / "reference.html").read_bytes()
    return _document(body, _headers(body.decode()))


def _contract() -> Document:
    body = next(path for path in _CONTRACTS if path.exists()).read_bytes()
    return _document(body, {hdrs.CONTENT_TYPE: "application/yaml", **_EVERYWHERE})


def _document(body: bytes, headers: dict[str, str]) -> Document:
    return Document(body, headers, {"gzip": gzip.compress(body, mtime=0)})


_EVERYWHERE = {hdrs.CACHE_CONTROL: "no-cache", "X-Content-Type-Options": "nosniff"}


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
        "Content-Security-Policy": "; ".join(policy),
        "Cross-Origin-Opener-Policy": "same-origin",
        "Referrer-Policy": "no-referrer",
        **_EVERYWHERE,
    }


def _hashes(page: str, tag: str) -> str:
    digests = (
        sha256(text.encode()).digest() for name, text in _INLINE.findall(page) if name == tag
    )
    return " ".join(f"'sha256-{b64encode(digest).decode()}'" for digest in digests)
