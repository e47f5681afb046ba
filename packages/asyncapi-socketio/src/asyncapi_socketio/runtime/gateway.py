"""Between the wire and the handlers: every event that arrives leaves here as one declared ack."""

from __future__ import annotations

import asyncio
from bisect import bisect_left
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any, NamedTuple, Protocol, TypeAlias

import structlog

from ..addresses import Addresses, filled, parameters_of
from ..encoded import Encoded
from ..errors import ConnectError, ContractBroken, NoAnswer, Unavailable
from ..histogram import SECONDS, Histogram
from ..jsonschema.validation import Json, Schema
from ..jsonschema.wording import Violation, Wording
from .arguments import acks, acks_several, judged, laid_out, several
from .context import BaseContext, Client
from .contract import Contract, Namespace
from .operations import Receive, Refusal, Send, Whom

log = structlog.stdlib.get_logger(__name__)

Ack: TypeAlias = Callable[..., None]
"""Acknowledges one event to the client that emitted it; returns at once.

An argument may be `Encoded`.
"""

MAX_UNKNOWN_NAMES = 100
"""Unknown events are counted by name up to so many names; a client can invent any number."""


OUTCOME: ContextVar[str] = ContextVar("outcome")
"""What has come of the event that is carried out in this context, unless it was acknowledged."""

COMPLAIN_EVERY = 10.0
"""Seconds for which one line says that what handlers stand on does not answer, however many ask."""

MAX_KINDS = 10
"""Violations of one payload whose kinds are logged."""


class Handshake(Protocol):
    """The request that opened a client's session."""

    @property
    def address(self) -> str: ...

    @property
    def headers(self) -> Mapping[str, str]: ...


class Transport(Protocol):
    """What the gateway asks of the wire; all of it returns at once."""

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

        A client's sid is a room with nobody else in it. Each client gets its acks and events in the
        order of the calls.
        """

    def ask(
        self,
        namespace: str,
        sid: str,
        event: str,
        args: tuple[Json, ...],
        answered: Callable[[list[Json] | None], None],
    ) -> None:
        """Send an event to one client, and give its ack's arguments to `answered`; None: gone."""

    def enter(self, namespace: str, sid: str, room: str) -> None:
        """Put a client into a room; nothing happens when it has gone."""

    def leave(self, namespace: str, sid: str, room: str) -> None:
        """Take a client out of a room."""

    def rooms(self, namespace: str, sid: str) -> frozenset[str]:
        """Return the rooms that a client is in."""

    def disconnect(self, namespace: str, sid: str) -> None:
        """Take a client out of a namespace, and tell it."""

    def handshake(self, namespace: str, sid: str) -> Handshake:
        """Return how a client came; raises `KeyError` when it has gone."""


@dataclass(slots=True)
class Tally:
    """What has come of an event, and how long it took; the rest of them was acknowledged."""

    seconds: Histogram = field(default_factory=Histogram)
    rejected: int = 0
    """Arguments that break the contract."""
    limited: int = 0
    """Above the client's share; not in `seconds`."""
    unavailable: int = 0
    failed: int = 0

    @property
    def outcomes(self) -> Mapping[str, int]:
        """How many events had which outcome."""
        others = self.rejected + self.unavailable + self.failed
        return {
            "acknowledged": self.seconds.total - others,
            "rejected": self.rejected,
            "limited": self.limited,
            "unavailable": self.unavailable,
            "failed": self.failed,
        }


@dataclass(frozen=True, slots=True)
class _Route:
    """An operation, its handler, and its judges.

    `takes` judges all arguments, if there are any; `ack` the argument of an ack, `acks` the list of
    all where there may be several.
    """

    operation: Receive
    context: type[BaseContext]
    handler: Callable[..., Awaitable[Json]]
    payload: Schema | None
    takes: Callable[[list[Json]], bool] | None
    ack: Schema | None
    acks: Schema | None
    tally: Tally = field(default_factory=Tally)


@dataclass(frozen=True, slots=True)
class _Hooks:
    """What is called when clients come into a namespace and go."""

    namespace: Namespace
    context: type[BaseContext]
    connect: Callable[..., Awaitable[None]] | None
    disconnect: Callable[..., Awaitable[None]] | None
    auth: Schema | None
    errors: Schema | None
    example: Json
    parameters: Schema | None


class _Sent(NamedTuple):
    """A broadcast that is held back, from the client `sid`."""

    send: Send
    namespace: str
    args: tuple[Json, ...]
    room: str | None
    others: bool
    sid: str | None


class Gateway:
    """Takes the operations from a contract, and answers whatever clients emit."""

    def __init__(
        self, contract: Contract[Any], handlers: object, transport: Transport, wording: Wording
    ) -> None:
        """Find each operation's handler and build its validators; `wording` says violations.

        Raises `ContractBroken`, with all that is missing, when `handlers` lacks a method.
        """
        _refuse_missing(handlers, contract)
        self._transport = transport
        self._addresses = Addresses(item.path for item in contract.namespaces)
        self._wording = wording
        self._routes = {
            (item.namespace, item.event): _route(item, handlers, contract, wording)
            for item in reversed(contract.receive)  # of two for one event, the first has it
        }
        self._hooks = {
            item.path: _hooks_of(item, handlers, contract, wording) for item in contract.namespaces
        }
        self._payloads = {
            item.id: Schema(contract.schema(item.payload), wording=wording)
            for item in contract.send
            if item.payload
        }
        self._answers = {
            item.id: Schema(contract.schema(item.ack), wording=wording)
            for item in contract.send
            if item.ack
        }
        self._clients: dict[str, Client] = {}
        self._silent: dict[str, asyncio.Event] = {}
        self._complained: dict[str, float] = {}
        self.unknown: Counter[str] = Counter()
        self.unknown_events = 0
        """All that were unknown, also beyond those that are counted by name."""
        self.broadcasts: Counter[tuple[str, str]] = Counter()
        """How many events were sent, by namespace and name."""

    # In: what the transport asks

    async def connect(self, sid: str, namespace: str, auth: Json) -> tuple[str, Json] | None:
        """Judge a CONNECT by the schema of its auth payload, then by the application's hook.

        Without auth payload it is `{}`, as it is for Socket.IO's own server. Returns None for who
        may come in, or the message and the data (None: none) of the connect error.
        """
        found = self._addresses.find(namespace)
        if found is None:
            return "Invalid namespace", None
        hooks = self._hooks[found.path]
        if hooks.parameters is not None and not hooks.parameters.accepts({**found.parameters}):
            return "Invalid namespace", None
        auth = {} if auth is None else auth
        if hooks.auth is not None:
            if not hooks.auth.accepts(auth):
                return hooks.auth.violations(auth)[0]["message"], hooks.example
            self.client(sid).auth = auth
        if hooks.connect is None:
            return None
        context = hooks.context(self, sid, namespace)
        refusal = await self._judge(hooks, context, (auth,) if hooks.auth else ())
        if refusal is not None:
            self._clients.pop(sid, None)
            return refusal
        asyncio.get_running_loop().call_soon(self._let_go, context)  # once the client is in
        return None

    async def disconnected(self, sid: str, namespace: str, reason: str) -> None:
        """Call the application's hook for a client that has gone, and forget the client."""
        hooks = self._hooks[self._path(namespace)]
        try:
            if hooks.disconnect is not None:
                context = hooks.context(self, sid, namespace)
                context.outbox = None
                await hooks.disconnect(reason, context)
        except (Exception, asyncio.CancelledError):
            log.exception("disconnect hook failed", sid=sid, namespace=namespace)
        finally:
            self._clients.pop(sid, None)

    async def receive(
        self, sid: str, namespace: str, event: str, args: list[Json], ack: Ack | None
    ) -> None:
        """Carry out what the client `sid` emitted; `ack` is None when it gave no callback.

        Nothing is acknowledged or broadcast before the outcome is known to keep to the contract.
        """
        route = self._routes.get((namespace, event)) or self._find_route(namespace, event)
        if route is None:
            self._count_unknown(sid, namespace, event)
            return
        began = perf_counter()
        operation, takes, tally = route.operation, route.takes, route.tally
        context = route.context(self, sid, namespace, operation)
        silent = self._begin_silently(sid) if ack is None and operation.broadcasts else None
        try:
            if (len(args) != operation.args and not _cut(operation, args)) or (
                takes is not None and args and not takes(args)
            ):
                answer = self._refuse_args(route, sid, args)
            else:
                if sid in self._silent and silent is None:
                    await self._silent[sid].wait()
                if len(args) != operation.args or operation.rest:
                    args = laid_out(operation, args)
                answer = _checked(route, await route.handler(*args, context))
        except Unavailable as error:
            OUTCOME.set("unavailable")
            self._complain(sid, event, error)
            answer = _fail(operation, context)
            tally.unavailable += 1
        except ContractBroken as error:
            OUTCOME.set("failed")
            tally.failed += 1
            log.error("contract broken", sid=sid, event_name=event, reason=str(error))
            answer = _fail(operation, context)
        except (Exception, asyncio.CancelledError):
            # A cancelled handler is answered too; nothing is awaited after this.
            OUTCOME.set("failed")
            tally.failed += 1
            log.exception("event failed", sid=sid, event_name=event)
            answer = _fail(operation, context)
        if ack is not None and answer is not None:
            ack(*answer)
        seconds, taken = tally.seconds, perf_counter() - began
        seconds.counts[bisect_left(SECONDS, taken)] += 1  # what `observe` does, without the call
        seconds.sum += taken
        self._let_go(context)
        if silent is not None:
            self._end_silently(sid, silent)

    def operation(self, namespace: str, event: str) -> Receive | None:
        """Return what an event calls; None for one that the contract does not know."""
        route = self._find_route(namespace, event)
        return None if route is None else route.operation

    def _find_route(self, namespace: str, event: str) -> _Route | None:
        return self._routes.get((self._path(namespace), event))

    def _path(self, namespace: str) -> str:
        """Return the path that a namespace has in the contract."""
        found = self._addresses.find(namespace) if self._addresses.dynamic else None
        return found.path if found else namespace

    def _begin_silently(self, sid: str) -> asyncio.Event:
        """Let what the client asks next wait for its change: no ack and no broadcast tells it."""
        self._silent[sid] = silent = asyncio.Event()
        return silent

    def _end_silently(self, sid: str, silent: asyncio.Event) -> None:
        silent.set()
        if self._silent.get(sid) is silent:
            del self._silent[sid]

    def too_many(self, namespace: str, event: str) -> tuple[Json, ...] | None:
        """Return the ack of an event that is above its client's share, and is not carried out."""
        route = self._find_route(namespace, event)
        if route is None:
            return None
        route.tally.limited += 1
        return _refuse(route.operation.rate_refusal, [])

    async def _judge(
        self, hooks: _Hooks, context: BaseContext, args: tuple[Json, ...]
    ) -> tuple[str, Json] | None:
        assert hooks.connect is not None  # noqa: S101
        try:
            await hooks.connect(*args, context)
        except ConnectError as error:
            if error.data is not None and not (hooks.errors and hooks.errors.accepts(error.data)):
                log.error("contract broken", sid=context.sid, reason="data of a connect error")
                return str(error), None
            return str(error), error.data
        except Unavailable as error:
            self._complain(context.sid, "connect", error)
        except (Exception, asyncio.CancelledError):
            log.exception("connect hook failed", sid=context.sid)
        else:
            return None
        return "an unknown error has occurred", None

    @property
    def tallies(self) -> Mapping[tuple[str, str], Tally]:
        """What has come of each event, by namespace and name."""
        return {key: route.tally for key, route in self._routes.items()}

    # Out: what contexts and the application ask

    def client(self, sid: str) -> Client:
        """Return what is kept of a client, from the first time that it is asked for."""
        return self._clients.setdefault(sid, Client())

    def tell(
        self,
        context: BaseContext,
        send: Send,
        args: tuple[object, ...],
        whom: Whom,
    ) -> None:
        """Hold a broadcast back until the handler's ack is known to be good."""
        self._refuse_undeclared(context, send)
        self._judge_payload(send, args)
        namespace = self._target(send, whom.parameters, context.namespace)
        sent = _Sent(send, namespace, args, whom.room, whom.others, context.sid)
        if context.outbox is None:
            self._send(sent)
        else:
            context.outbox.append(sent)

    def broadcast(
        self,
        send: Send,
        args: tuple[object, ...],
        room: str | None,
        _: bool,
        parameters: Mapping[str, object] | None = None,
        /,
    ) -> None:
        """Send an event that no client has caused, at once; the "others" are everyone.

        Raises `ContractBroken`, for an event to its cause alone as well.
        """
        if send.audience == "sender":
            raise ContractBroken(f"operations/{send.id} goes to its cause alone, and has none")
        self._judge_payload(send, args)
        namespace = self._target(send, parameters, "")
        self._send(_Sent(send, namespace, args, room, others=False, sid=None))

    def _target(self, send: Send, parameters: Mapping[str, object] | None, own: str) -> str:
        """Return where an event is sent: with parameters in the path, one namespace of many."""
        if not self._addresses.dynamic or not parameters_of(send.namespace):
            return send.namespace
        if parameters is None and self._path(own) == send.namespace:
            return own
        try:
            return filled(send.namespace, parameters or {})
        except ValueError as error:
            raise ContractBroken(f"operations/{send.id}: {error}") from error

    def parameters(self, namespace: str) -> Mapping[str, str]:
        """Return the values of the parameters in a namespace's path."""
        found = self._addresses.find(namespace)
        return found.parameters if found else {}

    async def ask(
        self, context: BaseContext, send: Send, args: tuple[object, ...], within: float
    ) -> Json:
        """Ask the client of a context, and return the argument of its ack, None without one.

        Several arguments are a tuple.

        Raises `TimeoutError` when it does not answer, `NoAnswer` when it has gone or its ack breaks
        the contract.
        """
        self._refuse_undeclared(context, send)
        self._judge_payload(send, args)
        answer: asyncio.Future[list[Json] | None] = asyncio.get_running_loop().create_future()

        def answered(args: list[Json] | None) -> None:
            if not answer.done():
                answer.set_result(args)

        namespace = self._target(send, None, context.namespace)
        self._transport.ask(namespace, context.sid, send.event, args, answered)
        async with asyncio.timeout(within):
            return self._judge_answer(send, await answer)

    def _judge_answer(self, send: Send, args: list[Json] | None) -> Json:
        if args is None:
            raise NoAnswer(f"operations/{send.id}: the client has gone")
        if not acks(send, len(args)):
            raise NoAnswer(f"operations/{send.id}/reply: {len(args)} argument(s)")
        schema, value = self._answers.get(send.id), judged(args, several=acks_several(send))
        if args and schema is not None and not schema.accepts(value):
            raise NoAnswer(str(_broken(f"{send.id}/reply", schema, value)))
        if len(args) > 1:
            return tuple(args)
        return args[0] if args else None

    def enter(self, namespace: str, sid: str, room: str) -> None:
        """Put a client into a room."""
        self._transport.enter(namespace, sid, room)

    def leave(self, namespace: str, sid: str, room: str) -> None:
        """Take a client out of a room."""
        self._transport.leave(namespace, sid, room)

    def rooms(self, namespace: str, sid: str) -> frozenset[str]:
        """Return the rooms that a client is in."""
        return self._transport.rooms(namespace, sid)

    def disconnect(self, namespace: str, sid: str) -> None:
        """Take a client out of a namespace, and tell it."""
        self._transport.disconnect(namespace, sid)

    def address(self, namespace: str, sid: str) -> str:
        """Return where a client came from."""
        return self._transport.handshake(namespace, sid).address

    def headers(self, namespace: str, sid: str) -> Mapping[str, str]:
        """Return the headers that a client came with."""
        return self._transport.handshake(namespace, sid).headers

    def _refuse_undeclared(self, context: BaseContext, send: Send) -> None:
        operation = context.operation
        if operation is not None and send.id not in operation.broadcasts:
            raise ContractBroken(f"operations/{operation.id} does not declare to send {send.id}")

    def _judge_payload(self, send: Send, args: tuple[Json, ...]) -> None:
        if not send.takes(len(args)):
            raise ContractBroken(f"operations/{send.id}: {len(args)} argument(s)")
        value = judged(args, several=several(send))
        if args and not self._payloads[send.id].accepts(value):
            raise _broken(send.id, self._payloads[send.id], value)

    def _let_go(self, context: BaseContext) -> None:
        """Send what was held back, and hold nothing back from now on."""
        outbox, context.outbox = context.outbox, None
        for sent in outbox or ():
            self._send(sent)

    def _send(self, sent: _Sent) -> None:
        send, namespace, args = sent.send, sent.namespace, sent.args
        self.broadcasts[send.namespace, send.event] += 1
        match send.audience:
            case "others":
                self._transport.emit(namespace, send.event, args, skip=sent.sid)
            case "sender":
                self._transport.emit(namespace, send.event, args, room=sent.sid)
            case "room-others":
                self._transport.emit(namespace, send.event, args, room=sent.room, skip=sent.sid)
            case "all" | "room":
                skip = sent.sid if sent.others else None
                self._transport.emit(namespace, send.event, args, room=sent.room, skip=skip)

    def _refuse_args(self, route: _Route, sid: str, args: list[Json]) -> tuple[Json, ...] | None:
        """Return the ack of arguments that break the contract; None where none is declared."""
        operation = route.operation
        if not operation.takes(len(args)) or route.payload is None:
            violations = [self._wording.arity(operation.args, len(args))]
            refusal = operation.arity_refusal
        else:
            value = judged(args, several=several(operation))
            violations, refusal = route.payload.violations(value), operation.payload_refusal
        kinds = [item["type"] for item in violations[:MAX_KINDS]]
        OUTCOME.set("rejected")
        route.tally.rejected += 1
        log.info("event rejected", sid=sid, event_name=operation.event, violations=kinds)
        return _refuse(refusal, violations)

    def _complain(self, sid: str, event: str, error: Unavailable) -> None:
        """Log that an event could not be carried out, once per reason and `COMPLAIN_EVERY`."""
        reason, now = str(error), asyncio.get_running_loop().time()
        if now - self._complained.get(reason, -COMPLAIN_EVERY) >= COMPLAIN_EVERY:
            self._complained = {reason: now}
            log.error("unavailable", sid=sid, event_name=event, reason=reason)
        else:
            log.debug("unavailable", sid=sid, event_name=event, reason=reason)

    def _count_unknown(self, sid: str, namespace: str, event: str) -> None:
        self.unknown_events += 1
        name = event[:100]
        if name not in self.unknown:
            if len(self.unknown) == MAX_UNKNOWN_NAMES:
                return
            log.warning("unknown event", sid=sid, namespace=namespace, event_name=name)
        self.unknown[name] += 1


def _refuse_missing(handlers: object, contract: Contract[Any]) -> None:
    name = type(handlers).__name__
    needed = [(f"operations/{item.id}", item.method) for item in contract.receive]
    needed += [
        (f"namespace {item.path}", item.connect) for item in contract.namespaces if item.auth
    ]
    missing = [
        f"{place}: {name} has no method '{method}'"
        for place, method in needed
        if not _is_there(getattr(handlers, method, None))
    ]
    if missing:
        raise ContractBroken("; ".join(missing))


def _is_there(method: object) -> bool:
    """Return whether a method is more than what generated code declares."""
    return callable(method) and not getattr(method, "__isabstractmethod__", False)


def _hooks_of(
    namespace: Namespace, handlers: object, contract: Contract[Any], wording: Wording
) -> _Hooks:
    auth = namespace.auth and Schema(contract.schema(namespace.auth), wording=wording)
    errors = contract.schema(namespace.connect_errors) if namespace.connect_errors else None
    parameters = namespace.parameters and Schema(contract.schema(namespace.parameters))
    return _Hooks(
        namespace,
        namespace.context or contract.context,
        _hook(handlers, namespace.connect, contract),
        _hook(handlers, namespace.disconnect, contract),
        auth or None,
        None if errors is None else Schema(errors),
        next(iter(errors.get("examples", ())), None) if errors else None,
        parameters or None,
    )


def _hook(
    handlers: object, name: str, contract: Contract[Any]
) -> Callable[..., Awaitable[None]] | None:
    """Return a hook of the application's own; None where there is none."""
    declared = getattr(contract.handlers, name, None)
    inherited = declared is not None and getattr(type(handlers), name, None) is declared
    return None if inherited else getattr(handlers, name, None)


def _route(
    operation: Receive, handlers: object, contract: Contract[Any], wording: Wording
) -> _Route:
    payload = operation.payload and Schema(
        contract.schema(operation.payload),
        drop_unknown=operation.unknown_keys == "drop",
        booleans="boolean" in operation.convert,
        wording=wording,
    )
    takes = payload and (payload.takes_all if several(operation) else payload.takes)
    ack = operation.ack and Schema(contract.schema(operation.ack))
    handler = getattr(handlers, operation.method)
    judges = ack or None
    one, all_of_them = (None, judges) if acks_several(operation) else (judges, None)
    context = next(
        (item.context for item in contract.namespaces if item.path == operation.namespace), None
    )
    return _Route(
        operation,
        context or contract.context,
        handler,
        payload or None,
        takes or None,
        one,
        all_of_them,
    )


def _cut(operation: Receive, args: list[Json]) -> bool:
    """Leave out arguments that may follow; return whether there are then as many as may be."""
    if operation.more:
        del args[operation.args :]
    return operation.takes(len(args))


def _fail(operation: Receive, context: BaseContext) -> tuple[Json, ...] | None:
    """Return the ack of an event that failed, and let nobody hear of it."""
    context.outbox = []
    return _refuse(operation.unexpected_refusal, [])


def _refuse(refusal: Refusal | None, violations: list[Violation]) -> tuple[Json, ...] | None:
    if refusal is None:
        return None
    details = {refusal.details: violations} if refusal.details and violations else {}
    return ({**refusal.ack, **details},)


def _checked(route: _Route, result: Json) -> tuple[Json, ...] | None:
    """Return the ack for what a handler returned; raises `ContractBroken`.

    None is no argument, and a tuple are several.
    """
    operation = route.operation
    if route.ack is not None and result is not None and not isinstance(result, Encoded):
        if not route.ack.accepts(result):
            raise _broken(f"{operation.id}/reply", route.ack, result)
        return (result,)
    if route.acks is not None:
        return _checked_list(operation, route.acks, result)
    if not operation.ack_args:
        return None
    count = 0 if result is None else 1
    if count not in operation.ack_args:
        raise ContractBroken(f"operations/{operation.id}: {count} argument(s) in the ack")
    return () if result is None else (result,)


def _checked_list(operation: Receive, judge: Schema, result: Json) -> tuple[Json, ...]:
    """Return the ack of an operation that may acknowledge several arguments."""
    args = result if isinstance(result, tuple) else () if result is None else (result,)
    if not acks(operation, len(args)):
        raise ContractBroken(f"operations/{operation.id}: {len(args)} argument(s) in the ack")
    if not any(isinstance(item, Encoded) for item in args) and not judge.accepts([*args]):
        raise _broken(f"{operation.id}/reply", judge, [*args])
    return args


def _broken(place: str, schema: Schema, value: Json) -> ContractBroken:
    """Return the error for a value of ours; its words have kinds and places, but no content."""
    places = [
        f"{item['type']} at {schema.place(item['path'])}" for item in schema.violations(value)
    ]
    return ContractBroken(f"operations/{place}: {', '.join(places[:MAX_KINDS])}")
