"""Every request, before anything of the service sees it: whom it is from, and in what form."""

from __future__ import annotations

from typing import cast

from aiohttp import hdrs, web
from aiohttp.typedefs import Handler

from ._aiohttp import PlainRequest, make_requests
from .handover import Handover
from .proxy import Client, Proxies

_CONTINUE = "100-continue"
"""What a request may expect of us (RFC 9110, 10.1.1)."""


class Request(PlainRequest):
    """A request as its client sent it to whatever proxy stands between."""

    ATTRS = web.Request.ATTRS | {"client"}

    client: Client | None = None

    @property
    def remote(self) -> str | None:
        return self.client.address if self.client else super().remote

    @property
    def scheme(self) -> str:
        return self.client.scheme if self.client else super().scheme

    @property
    def host(self) -> str:
        told = self.client.host if self.client else None
        return super().host if told is None else told


def tell_clients(runner: web.AppRunner, proxies: Proxies, handover: Handover | None = None) -> None:
    """Make the requests of a server tell of the clients behind `proxies`."""

    def prepare(request: Request, handler: web.RequestHandler) -> Request:
        if request.headers.get(hdrs.EXPECT, _CONTINUE).lower() != _CONTINUE:
            request = _without_expectation(request)
        if proxies.trust:
            request.client = proxies.client(handler.transport, request.headers)
        if handover is not None:
            handover.begin(handler, request)
        return request

    make_requests(runner, Request, prepare)


def _without_expectation(request: Request) -> Request:
    """Ignore an unknown expectation: aiohttp quotes it in an error, whether it can or not."""
    others = [
        (name, value) for name, value in request.headers.items() if name.title() != hdrs.EXPECT
    ]
    return cast(Request, request.clone(headers=others))


@web.middleware
async def refuse_encoded(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse a body in an encoding: a little of it may be a lot to unpack."""
    if request.headers.get(hdrs.CONTENT_ENCODING, "identity").lower() == "identity":
        return await handler(request)
    raise web.HTTPUnsupportedMediaType(headers={hdrs.ACCEPT_ENCODING: "identity"})
