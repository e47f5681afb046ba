"""Spans of any application, for whichever provider it has."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from asyncapi_socketio import Application
from asyncapi_socketio.tracing import Tracing
from chat.app import Chat
from chat.generated.models import RoomName
from chat.generated.operations import CONTRACT, Context
from tests.library.backends import guests
from tests.library.test_backends import ADA, BOB
from tests.patience import PATIENCE


class Slow(Chat):
    """A chat that looks each room up before it lets anybody in, one after the other."""

    def __init__(self, tracing: Tracing) -> None:
        super().__init__()
        self._tracing = tracing
        self.waiting = 0
        self.let_in = asyncio.Event()

    async def join_room(self, room: RoomName, context: Context, /) -> Any:
        with self._tracing.span("look up", kind="room"):
            self.waiting += 1
            await self.let_in.wait()
            if room == "cellar":
                raise ValueError("a secret")
        return await super().join_room(room, context)


class Traced:
    """A chat that is served, and its spans."""

    def __init__(self) -> None:
        self._exporter = InMemorySpanExporter()
        provider = TracerProvider(shutdown_on_exit=False)
        provider.add_span_processor(SimpleSpanProcessor(self._exporter))
        self.tracing = Tracing(provider)
        self.chat = Slow(self.tracing)
        self.url = ""

    async def wait_for(self, count: int) -> None:
        """Wait until so many look a room up."""
        async with asyncio.timeout(PATIENCE):
            while self.chat.waiting < count:  # noqa: ASYNC110  # it tells nobody
                await asyncio.sleep(0.01)

    def spans(self, name: str) -> list[ReadableSpan]:
        """Return the spans with a name that have ended."""
        return [span for span in self._exporter.get_finished_spans() if span.name == name]

    def under(self, parent: ReadableSpan) -> list[str]:
        """Return the names of the spans under another, in the order of their ends."""
        spans = self._exporter.get_finished_spans()
        return [
            span.name
            for span in spans
            if span.parent and parent.context and span.parent.span_id == parent.context.span_id
        ]


@asynccontextmanager
async def traced() -> AsyncIterator[Traced]:
    """Serve the chat with traces."""
    served = Traced()
    app = Application(CONTRACT, served.chat, tracing=served.tracing)
    runner = await app.listen(port=0)
    served.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield served
    await runner.cleanup()


async def test_events_that_wait_at_the_same_time_have_each_its_own_parts() -> None:
    async with traced() as served, guests(served.url) as come:
        ada, bob = await come(ADA), await come(BOB)
        asked = [asyncio.ensure_future(who.call("room:join", "kitchen")) for who in (ada, bob)]
        await served.wait_for(2)
        served.chat.let_in.set()
        await asyncio.gather(*asked)
        assert await ada.hears() == ("room:joined", {"room": "kitchen", "member": "bob"})
        events = served.spans("process room:join")
        assert [served.under(event) for event in events] == [["look up", "send room:joined"]] * 2
        assert len({event.context.trace_id for event in events if event.context}) == 2
        counts = [
            (span.attributes or {})["messaging.batch.message_count"]
            for span in served.spans("send room:joined")
        ]
        assert counts == [0, 1], "nobody hears that the first one comes"


async def test_a_defect_is_an_error_without_its_message() -> None:
    async with traced() as served, guests(served.url) as come:
        served.chat.let_in.set()
        ada = await come(ADA)
        await ada.call("room:join", "cellar")
        (event,) = served.spans("process room:join")
        (part,) = served.spans("look up")
        assert (event.attributes or {})["error.type"] == "failed"
        assert (part.attributes or {})["error.type"] == "ValueError"
        assert "secret" not in event.to_json() + part.to_json()


async def test_what_no_client_has_caused_is_a_trace_of_its_own() -> None:
    served = Traced()
    app = Application(CONTRACT, served.chat, tracing=served.tracing)
    runner = await app.listen(port=0)
    app.broadcast.noticed("Closing soon")
    (span,) = served.spans("send notice")
    assert span.parent is None
    await runner.cleanup()
