"""Every request, before anything of the service sees it: whom it is from, and in what form."""

from __future__ import annotations

from typing import Any, cast

from aiohttp import hdrs, web
from aiohttp.typedefs import Handler

from .proxy import Client, Proxies

_CONTINUE = "100-continue"
"""What a request may expect of us (RFC 9110, 10.1.1)."""


class Request(web.Request):
    """A request as its client sent it to whatever proxy stands between.

    What answers it does not name the software that runs here.
    """

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

    async def _prepare_hook(self, response: web.StreamResponse) -> None:
        await super()._prepare_hook(response)
        response.headers.pop(hdrs.SERVER, None)


def tell_clients(runner: web.AppRunner, proxies: Proxies) -> None:
    """Make the requests of a server tell of the clients behind `proxies`."""
    server, app = runner.server, runner.app

    def make(message: Any, payload: Any, handler: Any, writer: Any, task: Any) -> Request:  # noqa: ANN401
        request: web.Request = app._make_request(  # noqa: SLF001
            message, payload, handler, writer, task, Request
        )
        if request.headers.get(hdrs.EXPECT, _CONTINUE).lower() != _CONTINUE:
            request = _without_expectation(request)
        request = cast(Request, request)
        if proxies.trust:
            request.client = proxies.client(handler, request.headers)
        return request

    if server is not None:
        server.request_factory = make


def _without_expectation(request: web.Request) -> web.Request:
    """Let an unknown expectation be: aiohttp quotes it in a refusal, whether it can or not."""
    others = [
        (name, value) for name, value in request.headers.items() if name.title() != hdrs.EXPECT
    ]
    return request.clone(headers=others)


@web.middleware
async def refuse_encoded(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse a body in an encoding: a little of it may be a lot to unpack."""
    if request.headers.get(hdrs.CONTENT_ENCODING, "identity").lower() == "identity":
        return await handler(request)
    raise web.HTTPUnsupportedMediaType(headers={hdrs.ACCEPT_ENCODING: "identity"})
