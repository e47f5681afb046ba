"""What the rest of the service sees of the transport: events come in, acks and events go out."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Collection, Iterable

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError

from .doors import Doors
from .limits import Limits
from .namespaces import Admit, Namespaces, Receive, Refuse
from .packets import Json
from .proxy import Proxies, Trust
from .requests import refuse_encoded, tell_clients

GRACE = 1.0
"""Seconds that events already begun may take at a stop; the goodbyes have half of it."""

BACKLOG = 4096
"""Connections that wait to be accepted; a full backlog makes a client try again a second later."""


_COUNTERS: web.AppKey[Counter[str]] = web.AppKey("counters")


class Server:
    """Receives events and emits others, to namespaces, rooms and clients."""

    def __init__(
        self, *, namespaces: Collection[str], origins: Iterable[str], limits: Limits | None = None
    ) -> None:
        """Take connections to `namespaces` from pages of `origins`, or from no page at all."""
        self.limits = limits or Limits()
        self._namespaces = Namespaces(
            namespaces,
            origins=[*origins],
            limits=self.limits,
            logger=logging.getLogger("socketio"),
            engineio_logger=logging.getLogger("engineio"),
        )

    @property
    def counters(self) -> Counter[str]:
        """How many sessions have ended and requests were refused, by reason."""
        return self._namespaces.eio.counters

    @property
    def sessions(self) -> int:
        """How many sessions there are now."""
        return len(self._namespaces.eio.sockets)

    def attach(
        self,
        app: web.Application,
        receive: Receive,
        refuse: Refuse = lambda *_: None,
        admit: Admit = lambda *_: None,
        path: str = "/socket.io",
    ) -> None:
        """Serve `path` in `app`, and give every event to `receive`.

        `receive` runs at once, up to its first wait, in the order in which the client emitted.
        `refuse` answers for the events above a client's share, `admit` lets clients in.
        """
        self._namespaces.receive = receive
        self._namespaces.refuse = refuse
        self._namespaces.admit = admit
        self._namespaces.attach(app, path)
        app[_COUNTERS] = self.counters

    def emit(
        self,
        namespace: str,
        event: str,
        args: tuple[Json, ...],
        *,
        room: str | None = None,
        skip: str | None = None,
    ) -> None:
        """Send an event to everyone in the namespace, or in a room of it, but the sid `skip`.

        A client's sid is a room with nobody else in it. Returns at once; each client gets its acks
        and events in the order of the calls.
        """
        self._namespaces.broadcast(namespace, event, args, room, skip)

    def ask(
        self,
        namespace: str,
        sid: str,
        event: str,
        args: tuple[Json, ...],
        answered: Callable[[list[Json]], None],
    ) -> None:
        """Send an event to one client, and give the arguments of its ack to `answered`.

        Returns at once. Of a client's unanswered events, as many are kept as may be in flight.
        """
        self._namespaces.ask(namespace, sid, event, args, answered)

    async def stop(self) -> None:
        """Answer what was begun, close every client with code 1001, and return within 2 seconds."""
        await self._namespaces.eio.stop(GRACE)


def _blame_client(record: logging.LogRecord) -> bool:
    """Make one line of a malformed request, which aiohttp logs as an error with its traceback.

    What it quotes of the request may be a payload, so only the kind of the error is said.
    """
    error = record.exc_info[1] if record.exc_info else None
    if isinstance(error, (HttpProcessingError, web.RequestPayloadError)):
        record.msg, record.args = "malformed request: %s", (type(error).__name__,)
        error.__traceback__ = None  # it holds what was read, and the error itself
        record.exc_info = None
        level = min(record.levelno, logging.INFO)
        record.levelno, record.levelname = level, logging.getLevelName(level)
    return logging.getLogger(__name__).isEnabledFor(record.levelno)


_http_log = logging.getLogger(f"{__name__}.http")
_http_log.addFilter(_blame_client)
_http_log.setLevel(logging.DEBUG)  # the filter has to see every error, whatever is logged


async def listen(
    app: web.Application,
    host: str,
    port: int,
    *,
    limits: Limits | None = None,
    trust: Trust | None = None,
) -> web.AppRunner:
    """Serve `app` within the limits on HTTP requests, until the runner is cleaned up.

    Peers that are trusted may say who their clients are. Raises `OSError` when it can't listen
    there.
    """
    proxies = Proxies(trust or Trust())
    app.middlewares.append(refuse_encoded)
    runner = web.AppRunner(
        app,
        access_log=None,
        logger=_http_log,
        handler_cancellation=True,  # so that a poll that its client gives up ends at once
        keepalive_timeout=(limits or Limits()).header_timeout,
        lingering_time=1.0,  # for the rest of a body that was refused
        shutdown_timeout=0.2,
        auto_decompress=False,
    )
    await runner.setup()
    if runner.server is not None:
        Doors(runner.server, limits or Limits(), app.get(_COUNTERS, Counter()), proxies)
        tell_clients(runner, proxies)
    try:
        await web.TCPSite(runner, host, port, backlog=BACKLOG).start()
    except OSError:
        await runner.cleanup()
        raise
    return runner
