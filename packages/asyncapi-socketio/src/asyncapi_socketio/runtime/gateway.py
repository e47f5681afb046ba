"""Between the wire and the handlers: every event that arrives leaves here as one declared ack."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import Protocol, TypeAlias

import structlog

from ..encoded import Encoded
from ..errors import ContractBroken, Unavailable
from ..jsonschema.validation import Breach, Json, Schema, breach
from .operations import Emit, Receive, Refusal, Send

log = structlog.stdlib.get_logger(__name__)

Ack: TypeAlias = Callable[..., None]
"""Acknowledges one event to the client that emitted it; returns at once.

An argument may be `Encoded`.
"""

MAX_UNKNOWN_NAMES = 100
"""Unknown events are counted by name up to so many names; a client can invent any number."""


MAX_KINDS = 10
"""Violations of one payload whose kinds are logged."""


class Transport(Protocol):
    """What the gateway asks of the wire."""

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


@dataclass(frozen=True, slots=True)
class Table:
    """The operations of a contract.

    `load` makes the validator of a schema that an operation names, with the options of `Schema`.
    `broadcaster` makes of an `Emit` what handlers are given to broadcast with.
    """

    receive: tuple[Receive, ...]
    send: tuple[Send, ...]
    load: Callable[..., Schema]
    broadcaster: Callable[[Emit], object]


@dataclass(frozen=True, slots=True)
class _Route:
    operation: Receive
    handler: Callable[..., Awaitable[Json]]
    payload: Schema | None
    ack: Schema | None


_Sent: TypeAlias = tuple[Send, tuple[Json, ...], str | None]


class Gateway:
    """Takes the operations from the contract's table, and answers whatever clients emit."""

    def __init__(self, handlers: object, transport: Transport, table: Table) -> None:
        """Find each operation's handler and build its validators.

        Raises `ContractBroken`, with all that is missing, when `handlers` lacks a method.
        """
        _refuse_missing(handlers, table)
        self._transport = transport
        self._broadcaster = table.broadcaster
        self._routes = {
            (item.namespace, item.event): _route(item, handlers, table) for item in table.receive
        }
        self._payloads = {item.id: table.load(item.payload) for item in table.send if item.payload}
        self._silent: dict[str, asyncio.Event] = {}
        self.unknown: Counter[str] = Counter()

    async def connect(self, sid: str, namespace: str, auth: Json) -> tuple[str, Json] | None:
        """Let everyone in."""

    async def disconnected(self, sid: str, namespace: str, reason: str) -> None:
        """Forget nothing: nothing is kept of a client."""

    async def receive(
        self, sid: str, namespace: str, event: str, args: list[Json], ack: Ack | None
    ) -> None:
        """Carry out what the client `sid` emitted; `ack` is None when it gave no callback.

        Nothing is acknowledged or broadcast before the outcome is known to keep to the contract.
        """
        route = self._routes.get((namespace, event))
        if route is None:
            self._count_unknown(sid, namespace, event)
            return
        operation, payload = route.operation, route.payload
        outbox: list[_Sent] = []
        silent = self._begin_silently(sid) if ack is None and operation.broadcasts else None
        try:
            if len(args) != operation.args or (payload is not None and not payload.takes(args)):
                answer = _refuse_args(route, sid, args)
            else:
                if operation.broadcasts:
                    args.append(self._broadcaster(partial(self._keep, outbox, operation)))
                elif sid in self._silent:
                    await self._silent[sid].wait()
                answer = _checked(route, await route.handler(*args))
        except Unavailable as error:
            log.error("unavailable", sid=sid, event_name=event, reason=str(error))
            answer = _fail(operation, outbox)
        except ContractBroken as error:
            log.error("contract broken", sid=sid, event_name=event, reason=str(error))
            answer = _fail(operation, outbox)
        except (Exception, asyncio.CancelledError):
            # A cancelled handler is answered too; nothing is awaited after this.
            log.exception("event failed", sid=sid, event_name=event)
            answer = _fail(operation, outbox)
        if ack is not None and answer is not None:
            ack(*answer)
        for send, sent, room in outbox:
            self._send(sid, send, sent, room)
        self._end_silently(sid, silent)

    def _begin_silently(self, sid: str) -> asyncio.Event:
        """Let what the client asks next wait for its change: no ack and no broadcast tells it."""
        self._silent[sid] = silent = asyncio.Event()
        return silent

    def _end_silently(self, sid: str, silent: asyncio.Event | None) -> None:
        if silent is None:
            return
        silent.set()
        if self._silent.get(sid) is silent:
            del self._silent[sid]

    def too_many(self, namespace: str, event: str) -> tuple[Json, ...] | None:
        """Give the ack of an event that is above its client's share, and is not carried out."""
        route = self._routes.get((namespace, event))
        return None if route is None else _refuse(route.operation.rate_refusal, [])

    def _keep(
        self,
        outbox: list[_Sent],
        operation: Receive,
        send: Send,
        payload: tuple[Json, ...],
        room: str | None,
    ) -> None:
        """Hold a broadcast back until the handler's ack is known to be good."""
        if send.id not in operation.broadcasts:
            raise ContractBroken(f"operations/{operation.id} does not declare to send {send.id}")
        if payload:
            schema = self._payloads[send.id]
            if not schema.accepts(payload[0]):
                raise _broken(send.id, schema, payload[0])
        outbox.append((send, payload, room))

    def _send(self, sid: str, send: Send, payload: tuple[Json, ...], room: str | None) -> None:
        match send.audience:
            case "others":
                self._transport.emit(send.namespace, send.event, payload, skip=sid)
            case "sender":
                self._transport.emit(send.namespace, send.event, payload, room=sid)
            case "all" | "room":
                self._transport.emit(send.namespace, send.event, payload, room=room)

    def _count_unknown(self, sid: str, namespace: str, event: str) -> None:
        name = event[:100]
        if name not in self.unknown:
            if len(self.unknown) == MAX_UNKNOWN_NAMES:
                return
            log.warning("unknown event", sid=sid, namespace=namespace, event_name=name)
        self.unknown[name] += 1


def _refuse_missing(handlers: object, table: Table) -> None:
    name = type(handlers).__name__
    missing = [
        f"operations/{item.id}: {name} has no method '{item.method}'"
        for item in table.receive
        if not callable(getattr(handlers, item.method, None))
    ]
    if missing:
        raise ContractBroken("; ".join(missing))


def _route(operation: Receive, handlers: object, table: Table) -> _Route:
    payload = operation.payload and table.load(
        operation.payload,
        drop_unknown=operation.unknown_keys == "drop",
        booleans="boolean" in operation.convert,
    )
    ack = operation.ack and table.load(operation.ack)
    return _Route(operation, getattr(handlers, operation.method), payload or None, ack or None)


def _refuse_args(route: _Route, sid: str, args: list[Json]) -> tuple[Json, ...] | None:
    """Give the ack of arguments that break the contract; None where none is declared."""
    operation = route.operation
    if len(args) != operation.args or route.payload is None:
        text = f"takes {operation.args} argument(s), got {len(args)}"
        breaches, refusal = [breach((), text, "arguments.length")], operation.arity_refusal
    else:
        breaches, refusal = route.payload.breaches(args[0]), operation.payload_refusal
    kinds = [item["type"] for item in breaches[:MAX_KINDS]]
    log.info("event refused", sid=sid, event_name=operation.event, breaches=kinds)
    return _refuse(refusal, breaches)


def _fail(operation: Receive, outbox: list[_Sent]) -> tuple[Json, ...] | None:
    """Give the ack of an event that failed, and let nobody hear of it."""
    outbox.clear()
    return _refuse(operation.unexpected_refusal, [])


def _refuse(refusal: Refusal | None, breaches: list[Breach]) -> tuple[Json, ...] | None:
    if refusal is None:
        return None
    details = {refusal.details: breaches} if refusal.details and breaches else {}
    return ({**refusal.ack, **details},)


def _checked(route: _Route, result: Json) -> tuple[Json, ...] | None:
    """Give the ack for what a handler returned: None is no argument; raises `ContractBroken`."""
    operation = route.operation
    if route.ack is not None and result is not None and not isinstance(result, Encoded):
        if not route.ack.accepts(result):
            raise _broken(f"{operation.id}/reply", route.ack, result)
        return (result,)
    if not operation.ack_args:
        return None
    count = 0 if result is None else 1
    if count not in operation.ack_args:
        raise ContractBroken(f"operations/{operation.id}: {count} argument(s) in the ack")
    return () if result is None else (result,)


def _broken(place: str, schema: Schema, value: Json) -> ContractBroken:
    """Return the error for a value of ours; its words have kinds and places, but no content."""
    places = [f"{item['type']} at {schema.place(item['path'])}" for item in schema.breaches(value)]
    return ContractBroken(f"operations/{place}: {', '.join(places[:MAX_KINDS])}")
