"""The generated reference page at `/docs`, and the contract that it is made of."""

from __future__ import annotations

import gzip
from pathlib import Path

from aiohttp import hdrs, web

from asyncapi_socketio.documents import Document, reference_page, sender

_NAME = "asyncapi.yaml"
_CONTRACTS = (Path(__file__).with_name(_NAME), Path(__file__).parents[2] / _NAME)
"""Where the contract is: in an installed package, and in a folder of its sources."""


def routes() -> list[web.RouteDef]:
    """Return the routes of the page and of the contract."""
    page = reference_page(f"{__package__}.generated")
    assert page is not None, "generated"  # noqa: S101
    return [web.get("/docs", page), web.get(f"/{_NAME}", sender(_contract))]


def _contract() -> Document:
    body = next(path for path in _CONTRACTS if path.exists()).read_bytes()
    headers = {
        hdrs.CONTENT_TYPE: "application/yaml",
        hdrs.CACHE_CONTROL: "no-cache",
        "X-Content-Type-Options": "nosniff",
    }
    return Document(body, headers, {"gzip": gzip.compress(body, mtime=0)})
