"""Traces of an application, by OpenTelemetry: a span per event, with what it does under it.

Names and attributes are those of the semantic conventions for messaging. Names of spans are
bounded, as events are the contract's, and no span holds anything of a payload. An application
without `Tracing` runs none of this.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from typing import Self

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider as SdkProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import (
    Link,
    Span,
    SpanKind,
    StatusCode,
    Tracer,
    TracerProvider,
    get_current_span,
)
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from .jsonschema.validation import Json
from .runtime.gateway import OUTCOME, Ack, Gateway, Transport
from .runtime.relay import Relay
from .transport import Server
from .transport.receiver import Receiver

FLUSH_WITHIN = 0.5
"""Seconds that the last spans have to leave at a stop."""

SYSTEM = "socketio"

ERRORS = ("unavailable", "failed")
"""Outcomes that are not the client's doing."""


class Tracing:
    """Makes spans of what an application does, and of what it makes spans of itself."""

    def __init__(self, provider: TracerProvider) -> None:
        """Give spans to a provider, which its owner shuts down."""
        self._provider = provider
        self._owned: SdkProvider | None = None
        self.tracer: Tracer = provider.get_tracer("asyncapi_socketio", version("asyncapi-socketio"))

    @classmethod
    def to(cls, url: str, service: str) -> Self:
        """Send spans to the receiver of OTLP over HTTP at a URL, as those of a service.

        The variables of OpenTelemetry say the rest: OTEL_TRACES_SAMPLER, OTEL_SERVICE_NAME, ….
        """
        name = os.environ.get("OTEL_SERVICE_NAME", service)
        provider = SdkProvider(
            resource=Resource.create({"service.name": name}), shutdown_on_exit=False
        )
        exporter = OTLPSpanExporter(endpoint=f"{url.rstrip('/')}/v1/traces")
        provider.add_span_processor(BatchSpanProcessor(exporter))
        tracing = cls(provider)
        tracing._owned = provider
        return tracing

    def receiver(self, gateway: Gateway) -> Receiver:
        """Return what takes events as a gateway does, and makes spans of them."""
        return TracedReceiver(gateway, self)

    def transport(self, server: Server) -> Transport:
        """Return what sends as a server does, and makes spans of broadcasts."""
        return TracedTransport(server, self)

    @contextmanager
    def span(self, name: str, **attributes: str) -> Iterator[Span]:
        """Make a span of a part of what the current event does; `name` is one of few."""
        with self.tracer.start_as_current_span(
            name, attributes=attributes, record_exception=False, set_status_on_exception=False
        ) as span:
            try:
                yield span
            except BaseException as error:
                _fail(span, type(error).__name__)
                raise

    def close(self) -> None:
        """Send what is left, but don't wait for long for a receiver that does not answer."""
        if self._owned is not None:
            # A daemon: the exit of the process waits for no other thread.
            last = threading.Thread(target=self._owned.shutdown, name="traces", daemon=True)
            last.start()
            last.join(FLUSH_WITHIN)


class TracedReceiver:
    """Takes a client's events as a gateway does, each in a span of its own.

    A client whose auth payload has a `traceparent` gets its spans linked to that.
    """

    def __init__(self, gateway: Gateway, tracing: Tracing) -> None:
        self.too_many = gateway.too_many
        self._gateway = gateway
        self._tracer = tracing.tracer
        self._links: dict[str, Link] = {}

    async def connect(self, sid: str, namespace: str, auth: Json) -> tuple[str, Json] | None:
        """Judge a client, and remember its trace if it is let in."""
        refusal = await self._gateway.connect(sid, namespace, auth)
        if refusal is None and (link := _link(auth)):
            self._links[sid] = link
        return refusal

    async def receive(
        self, sid: str, namespace: str, event: str, args: list[Json], ack: Ack | None
    ) -> None:
        """Carry out an event, in a span unless the contract does not know it."""
        operation = self._gateway.operation(namespace, event)
        if operation is None:
            await self._gateway.receive(sid, namespace, event, args, ack)
            return
        link = self._links.get(sid)
        with self._tracer.start_as_current_span(
            f"process {operation.event}",
            kind=SpanKind.CONSUMER,
            links=(link,) if link else (),
            attributes={
                **_about("process", operation.event, operation.namespace),
                "messaging.client.id": sid,
            },
        ) as span:
            OUTCOME.set("acknowledged")
            await self._gateway.receive(sid, namespace, event, args, ack)
            outcome = OUTCOME.get()
            span.set_attribute("socketio.outcome", outcome)
            if outcome in ERRORS:
                _fail(span, outcome)

    async def disconnected(self, sid: str, namespace: str, reason: str) -> None:
        """Forget a client that has gone."""
        self._links.pop(sid, None)
        await self._gateway.disconnected(sid, namespace, reason)


class TracedTransport(Relay):
    """Passes on all that a gateway asks of the wire, and makes a span of each broadcast."""

    def __init__(self, server: Server, tracing: Tracing) -> None:
        super().__init__(server)
        self._server = server
        self._tracer = tracing.tracer

    def emit(
        self,
        namespace: str,
        event: str,
        args: tuple[Json, ...],
        *,
        room: str | None = None,
        skip: str | None = None,
    ) -> None:
        """Send an event, and count in its span the clients that it is sent to."""
        with self._tracer.start_as_current_span(
            f"send {event}", kind=SpanKind.PRODUCER, attributes=_about("send", event, namespace)
        ) as span:
            before = self._server.deliveries
            super().emit(namespace, event, args, room=room, skip=skip)
            count = self._server.deliveries - before
            span.set_attribute("messaging.batch.message_count", count)


def _about(does: str, event: str, namespace: str) -> dict[str, str]:
    return {
        "messaging.system": SYSTEM,
        "messaging.operation.name": does,
        "messaging.operation.type": does,
        "messaging.destination.name": event,
        "socketio.namespace": namespace,
    }


def _fail(span: Span, kind: str) -> None:
    span.set_attribute("error.type", kind)
    span.set_status(StatusCode.ERROR)


_W3C = TraceContextTextMapPropagator()


def _link(auth: Json) -> Link | None:
    """Return a link to the trace that an auth payload names; None where it names none."""
    carried = auth.get("traceparent") if isinstance(auth, dict) else None
    if not isinstance(carried, str):
        return None
    context = get_current_span(_W3C.extract({"traceparent": carried})).get_span_context()
    return Link(context) if context.is_valid else None
