"""How an application is doing, as Prometheus asks for it.

Everything is counted while it happens, in plain numbers, and read when it is asked for. Labels are
bounded: events and namespaces are the contract's, reasons are this library's own.
"""

from __future__ import annotations

import asyncio
import platform
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import suppress
from importlib.metadata import version
from itertools import accumulate
from time import perf_counter
from typing import Any, TypeAlias

from aiohttp import web
from prometheus_client import CollectorRegistry, GCCollector, ProcessCollector, generate_latest
from prometheus_client.aiohttp import make_aiohttp_handler
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)
from prometheus_client.parser import text_string_to_metric_families

from .admin import Facts, attach
from .application import Application
from .histogram import Histogram

LAG_EVERY = 0.25
"""Seconds from one look at how late the event loop is to the next."""

BOUNDED = ("connections", "queued", "unfinished")
"""Limits that what is measured can come near to."""

Labels: TypeAlias = tuple[str, ...]
Values: TypeAlias = float | Mapping[Any, float]
"""A number, or one per label, or per tuple of several labels."""

Row: TypeAlias = tuple[Callable[[str, str, Labels, Any], Metric], str, str, Labels, Any]
"""A metric: what makes its family, its name without prefix, what it says, its labels and values."""


def counter(name: str, text: str, labels: Labels, values: Values) -> Metric:
    """Return what only grows; `_total` is put behind its name."""
    family = CounterMetricFamily(name, text, labels=labels)
    for key, value in _by_labels(values):
        family.add_metric(key, value)
    return family


def gauge(name: str, text: str, labels: Labels, values: Values) -> Metric:
    """Return what grows and shrinks."""
    family = GaugeMetricFamily(name, text, labels=labels)
    for key, value in _by_labels(values):
        family.add_metric(key, value)
    return family


def histogram(
    name: str, text: str, labels: Labels, values: Histogram | Mapping[Any, Histogram]
) -> Metric:
    """Return how many values were how large."""
    family = HistogramMetricFamily(name, text, labels=labels)
    for key, value in _by_labels(values):
        bounds = [*map(str, value.bounds), "+Inf"]
        buckets = [*zip(bounds, accumulate(value.counts), strict=True)]
        family.add_metric(key, buckets, value.sum)
    return family


def _by_labels(values: Any) -> Iterator[tuple[Labels, Any]]:  # noqa: ANN401
    if not isinstance(values, Mapping):
        yield (), values
        return
    for key, value in values.items():
        yield (key if isinstance(key, tuple) else (key,)), value


class Rows:
    """A collector of metrics whose names begin with a prefix."""

    def __init__(self, prefix: str, rows: Callable[[], Iterator[Row]]) -> None:
        self._prefix = prefix
        self._rows = rows

    def collect(self) -> Iterator[Metric]:
        """Yield each metric with its values."""
        for family, name, text, labels, values in self._rows():
            yield family(f"{self._prefix}_{name}", text, labels, values)


class Metrics:
    """What there is to know of an application, with the process's own metrics."""

    def __init__(self, app: Application[Any], prefix: str = "socketio") -> None:
        """Begin the names of all that is not the process's with `prefix`."""
        self._app = app
        self._prefix = prefix
        self._lag = Histogram()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._registry = CollectorRegistry()
        self.add(self.rows)
        ProcessCollector(registry=self._registry)
        GCCollector(registry=self._registry)

    def add(self, rows: Callable[[], Iterator[Row]]) -> None:
        """Collect metrics of somebody else's, too."""
        self._registry.register(Rows(self._prefix, rows))

    def attach(self, app: web.Application) -> None:
        """Serve `/metrics` in an aiohttp application, and watch its loop while it is served.

        With several workers, they are those of all, told apart by the label `worker`.
        """
        self._app.exposed = self._exposed
        app.router.add_get("/metrics", self._send)
        app.cleanup_ctx.append(self._alongside)

    async def _send(self, request: web.Request) -> web.StreamResponse:
        workers = await self._app.node_metrics()
        return await make_aiohttp_handler(_Merged(workers) if workers else self._registry)(request)

    def _exposed(self) -> str:
        return generate_latest(self._registry).decode()

    async def _alongside(self, _: web.Application) -> AsyncIterator[None]:
        self._loop = asyncio.get_running_loop()
        task = asyncio.ensure_future(self._watch())
        yield
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task

    async def _watch(self) -> None:
        while True:
            due = perf_counter() + LAG_EVERY
            await asyncio.sleep(LAG_EVERY)
            self._lag.observe(max(0.0, perf_counter() - due))

    def rows(self) -> Iterator[Row]:
        """Yield the metrics of the application."""
        now, events = self._app.figures, self._app.events
        event = ("namespace", "event")
        outcomes = {
            (*key, outcome): count
            for key, tally in events.items()
            for outcome, count in tally.outcomes.items()
        }
        seconds = {key: tally.seconds for key, tally in events.items()}
        yield gauge, "sessions", "Sessions.", ("transport",), now.sessions
        yield counter, "sessions_opened", "Sessions that were opened.", (), now.opened
        yield counter, "sessions_ended", "Sessions that have ended.", ("reason",), now.ended
        yield (
            counter, "requests_rejected", "Requests and connections that were rejected.",
            ("reason",), now.rejected,
        )  # fmt: skip
        yield gauge, "clients", "Clients that are in a namespace.", ("namespace",), now.clients
        yield (
            counter, "connects", "Clients that asked to be let into a namespace.",
            ("namespace", "outcome"), now.connects,
        )  # fmt: skip
        yield (
            counter, "disconnects", "Clients that have left a namespace.",
            ("namespace", "reason"), now.disconnects,
        )  # fmt: skip
        yield counter, "events", "Events that clients emitted.", (*event, "outcome"), outcomes
        yield histogram, "event_seconds", "From an event to its ack.", event, seconds
        yield (
            counter, "unknown_events", "Events that the contract does not know.",
            (), self._app.unknown_events,
        )  # fmt: skip
        yield counter, "broadcasts", "Events that were sent.", event, self._app.broadcasts
        yield (
            counter, "deliveries", "Messages that they became, one per client.",
            (), now.deliveries,
        )  # fmt: skip
        yield gauge, "queued_bytes", "Bytes that wait for slow readers.", (), now.queued
        yield (
            gauge, "queued_bytes_max", "The most bytes that have waited for slow readers.",
            (), now.most_queued,
        )  # fmt: skip
        yield (
            gauge, "unfinished_bytes", "Bytes that clients have sent in part.",
            (), now.unfinished,
        )  # fmt: skip
        yield (
            gauge, "slow_readers", "Clients that have not read all that was sent to them.",
            (), now.slow_readers,
        )  # fmt: skip
        yield (
            gauge, "overloaded", "Whether no sessions are opened, as there is too much to do.",
            ("cause",), now.overloaded,
        )  # fmt: skip
        limits = self._app.limits
        bounds = {name: getattr(limits, name) for name in BOUNDED}
        yield gauge, "limit", "The bounds on what there is now.", ("limit",), bounds
        tasks = asyncio.all_tasks(self._loop) if self._loop else ()
        yield gauge, "tasks", "Tasks of the event loop.", (), len(tasks)
        yield histogram, "loop_lag_seconds", "How late the event loop was.", (), self._lag
        build = (version("asyncapi-socketio"), self._app.contract_version)
        yield (
            gauge, "build_info", "What runs.", ("library", "contract", "python"),
            {(*build, platform.python_version()): 1},
        )  # fmt: skip


class _Merged:
    """The metrics of several workers, each of whose values gets the label `worker`."""

    def __init__(self, workers: Mapping[str, str]) -> None:
        self._workers = workers

    def collect(self) -> Iterator[Metric]:
        """Yield each metric with its values of all workers."""
        merged: dict[str, Metric] = {}
        for worker, text in sorted(self._workers.items()):
            for family in text_string_to_metric_families(text):
                known = merged.setdefault(
                    family.name, Metric(family.name, family.documentation, family.type)
                )
                known.samples += [
                    sample._replace(labels={**sample.labels, "worker": worker})
                    for sample in family.samples
                ]
        yield from merged.values()


def admin(
    app: Application[Any],
    prefix: str = "socketio",
    *,
    token: str | None = None,
    facts: Facts = dict,
) -> tuple[web.Application, Metrics]:
    """Return what only an operator may see of an application: `/metrics`, `/stats` and a page.

    The page is for whoever has the `token`; without one, for who comes from this machine. `facts`
    returns what it is to show of the application beside its sessions.
    """

    async def stats(_: web.Request) -> web.Response:
        return web.json_response(await app.node_stats())

    metrics = Metrics(app, prefix)
    operators = web.Application()
    operators.router.add_get("/stats", stats)
    metrics.attach(operators)
    attach(operators, app, token=token, facts=facts)
    return operators, metrics
