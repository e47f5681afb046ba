"""A receiver of traces, by OTLP over HTTP, that keeps what it was sent."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from aiohttp import web
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from tests.patience import PATIENCE

SOON = {"OTEL_BSP_SCHEDULE_DELAY": "50"}
"""Variables of a process that sends its spans at once."""


class Received:
    """The spans that have come, and the services that they are of."""

    def __init__(self) -> None:
        self.url = ""
        self.spans: list[Span] = []
        self.services: set[str] = set()
        self._news = asyncio.Condition()

    async def until(self, true: Callable[[list[Span]], bool]) -> list[Span]:
        """Wait until the spans are enough; fails with their names."""
        try:
            async with asyncio.timeout(PATIENCE), self._news:
                await self._news.wait_for(lambda: true(self.spans))
        except TimeoutError:
            raise AssertionError([span.name for span in self.spans]) from None
        return self.spans

    async def named(self, *names: str) -> list[Span]:
        """Wait for spans with these names, and return the first of each."""
        wanted = {*names}
        spans = await self.until(lambda spans: wanted <= {span.name for span in spans})
        return [next(span for span in spans if span.name == name) for name in names]

    async def take(self, request: web.Request) -> web.Response:
        """Take an export, as a collector does."""
        body = await request.read()
        if request.headers.get("Content-Encoding") == "gzip":
            body = gzip.decompress(body)
        export = ExportTraceServiceRequest.FromString(body)
        async with self._news:
            for of_resource in export.resource_spans:
                attributes = {item.key: item.value for item in of_resource.resource.attributes}
                self.services.add(attributes["service.name"].string_value)
                for of_scope in of_resource.scope_spans:
                    self.spans += of_scope.spans
            self._news.notify_all()
        answer = ExportTraceServiceResponse().SerializeToString()
        return web.Response(body=answer, content_type="application/x-protobuf")


def attributes(span: Span) -> dict[str, str | int]:
    """Return a span's attributes."""
    return {item.key: item.value.string_value or item.value.int_value for item in span.attributes}


@asynccontextmanager
async def receiving() -> AsyncIterator[Received]:
    """Receive traces on a free port."""
    received = Received()
    app = web.Application()
    app.router.add_post("/v1/traces", received.take)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    received.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield received
    finally:
        await runner.cleanup()
