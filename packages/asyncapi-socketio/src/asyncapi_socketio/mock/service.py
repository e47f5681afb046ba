"""Stands in for a service: its gateway and its transport are real, its handlers only answer."""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Mapping
from random import Random
from types import SimpleNamespace
from typing import TypeAlias

from aiohttp import web

from ..addresses import Addresses, fits
from ..asyncapi.contract import Contract, Message, Namespace, Operation
from ..asyncapi.resources import resources
from ..asyncapi.schemas import message_document, parameters_document, schema_document
from ..asyncapi.secrets import known, secrets
from ..jsonschema.references import Json
from ..jsonschema.validation import Schema
from ..jsonschema.wording import JOI
from ..runtime.context import BaseContext
from ..runtime.gateway import Ack, Gateway
from ..runtime.operations import Send, given
from ..runtime.relay import Relay
from ..transport import Server
from .membership import Membership
from .responses import Responses, argument_of
from .samples import Samples
from .table import table

Say: TypeAlias = Callable[[str], None]
"""Takes a line about what has happened."""


class MockService:
    """A service of any contract.

    Who has called the preconditions of an operation is in its room; without any, everyone is.
    """

    def __init__(
        self,
        contract: Contract,
        *,
        seed: int = 0,
        latency: float = 0,
        rates: Mapping[str, float] | None = None,
        say: Say,
    ) -> None:
        """Sample what will be answered.

        `latency` is in seconds; `rates` gives the share of an event's calls that fail; `say` is
        told of every event. Raise `Undrawable`.
        """
        self.title = f"{contract.title} {contract.version}"
        self._contract = contract
        self._seed = seed
        self._rates = rates or {}
        self.say = say
        self._responses = Responses(contract, resources(contract), seed)
        self._membership = Membership(contract)
        self._addresses = Addresses(item.path for item in contract.namespaces)
        for line in self._responses.unknown:
            say(line)
        self._table = table(contract)
        self._sends = {item.id: item for item in self._table.send}
        self._admissions = {
            item.path: _Admission(contract, item, seed) for item in contract.namespaces
        }
        self._outcomes = {
            (item.namespace.path, item.event): _Outcomes(contract, item)
            for item in contract.receives
        }
        self.questions = {
            (item.namespace.path, item.event): _Outcomes(contract, item)
            for item in contract.sends
            if item.replies
        }
        self._turns = _Turns(latency)

    def application(self, origins: Iterable[str]) -> web.Application:
        """Serve the contract's namespaces to pages of the origins, and to no page at all."""
        handlers = {item.method: self._handler(item) for item in self._contract.receives}
        server = Server(namespaces=self._admissions.keys(), origins=origins)
        wire = _Wire(server, self)
        gateway = Gateway(self._table, SimpleNamespace(**handlers), wire, JOI)

        async def stop(_: web.Application) -> None:
            await server.stop()

        app = web.Application()
        server.attach(app, _Receiver(self, gateway))
        app.on_shutdown.append(stop)
        return app

    def _handler(self, operation: Operation) -> Callable[..., Awaitable[Json]]:
        dice = Random(f"{self._seed} {operation.id}")  # noqa: S311  # has to be the same again
        rate = self._rates.get(operation.event, 0)

        async def handle(*args: Json) -> Json:
            context: BaseContext = args[-1]
            if dice.random() < rate:
                return {**operation.errors["unexpected"].ack}
            payload = argument_of(operation.message, _given(operation.message, args[:-1]))
            if not self._membership.lets(operation, payload, context):
                denied = self._responses.denied(operation)
                if denied is not None:
                    return denied
            answer = self._responses.to(operation, payload, context.namespace)
            if answer.succeeded:
                self._membership.succeeded(operation, payload, context)
            room = self._membership.room(operation, payload)
            for id_, sent in answer.sends.items():
                send = self._sends[id_]
                to = room if send.audience.startswith("room") else None
                context.tell(send, sent, to, parameters=self._parameters(send, payload, context))
            return answer.ack

        return handle

    def _parameters(
        self, send: Send, payload: Json, context: BaseContext
    ) -> Mapping[str, str] | None:
        """Return which namespace of a path hears what is caused elsewhere; None: the client's own.

        A parameter has the value of the same name in the payload or the cause's own path.
        """
        if send.namespace == self.path(context.namespace):
            return None
        told = next(item for item in self._contract.namespaces if item.path == send.namespace)
        given = {**context.parameters, **(payload if isinstance(payload, dict) else {})}
        values = {name: values[0] for name, values in told.examples.items()}
        return {**values, **{name: given[name] for name in values if fits(given.get(name))}}

    def path(self, namespace: str) -> str:
        """Return the path that a namespace has in the contract."""
        found = self._addresses.find(namespace)
        return found.path if found else namespace

    def admit(self, namespace: str, auth: Json) -> tuple[str, Json] | None:
        """Judge who connects; None lets in."""
        found = self._addresses.find(namespace)
        if found is None:
            return "Invalid namespace", None
        refusal = self._admissions[found.path].refusal(auth, found.parameters)
        if refusal is not None:
            self.say(f"{namespace}: connect rejected: {refusal[0]!r}")
        return refusal

    async def wait(self) -> None:
        """Wait as long as every event waits."""
        await self._turns.wait()

    def report(self, namespace: str, event: str, answered: list[tuple[Json, ...]]) -> None:
        """Tell of an event's outcome."""
        outcomes = self._outcomes.get((self.path(namespace), event))
        if outcomes is None:
            self.say(f"{_named(namespace, repr(event[:100]))}: unknown event")
        else:
            self.say(f"{_named(namespace, event)}: {outcomes.name(answered)}")


def _given(message: Message, args: tuple[Json, ...]) -> tuple[Json, ...]:
    """Return the arguments that came of those that a handler gets."""
    rest = args[-1] if message.rest else ()
    fixed = args[: message.args]
    return (*(fixed if rest else given(fixed, message.least)), *rest)


def _named(namespace: str, event: str) -> str:
    return event if namespace == "/" else f"{namespace} {event}"


class _Receiver:
    """Lets clients in as the contract says, and hands their events to a gateway, in their turn."""

    def __init__(self, service: MockService, gateway: Gateway) -> None:
        self._service = service
        self._gateway = gateway
        self.too_many = gateway.too_many
        self.disconnected = gateway.disconnected

    async def connect(self, sid: str, namespace: str, auth: Json) -> tuple[str, Json] | None:  # noqa: ARG002
        return self._service.admit(namespace, auth)

    async def receive(
        self, sid: str, namespace: str, event: str, args: list[Json], ack: Ack | None
    ) -> None:
        await self._service.wait()
        answered: list[tuple[Json, ...]] = []

        def acknowledge(*answer: Json) -> None:
            answered.append(answer)
            if ack is not None:
                ack(*answer)

        await self._gateway.receive(sid, namespace, event, args, acknowledge)
        self._service.report(namespace, event, answered)


class _Wire(Relay):
    """Emits to a server; what asks for an ack asks its client for it."""

    def __init__(self, server: Server, service: MockService) -> None:
        super().__init__(server)
        self._service = service

    def emit(
        self,
        namespace: str,
        event: str,
        args: tuple[Json, ...],
        *,
        room: str | None = None,
        skip: str | None = None,
    ) -> None:
        outcomes = self._service.questions.get((self._service.path(namespace), event))
        if outcomes is None or room is None:
            super().emit(namespace, event, args, room=room, skip=skip)
        else:
            self.ask(namespace, room, event, args, self._hear(namespace, event, outcomes))

    def _hear(
        self, namespace: str, event: str, outcomes: _Outcomes
    ) -> Callable[[list[Json] | None], None]:
        def answered(args: list[Json] | None) -> None:
            if args is None:
                self._service.say(f"{_named(namespace, event)}: not answered")
                return
            named = f"{_named(namespace, event)}: answered with"
            self._service.say(f"{named} {outcomes.name([tuple(args)])}")

        return answered


class _Admission:
    """Lets clients into a namespace whose auth payload is what the contract says."""

    def __init__(self, contract: Contract, namespace: Namespace, seed: int) -> None:
        self._parameters: Schema | None = None
        if namespace.parameters is not None:
            self._parameters = Schema(parameters_document(contract, namespace))
        self._secrets: dict[str, list[Json]] = {}
        self._auth: Schema | None = None
        self._data: Samples | None = None
        if namespace.auth is not None:
            self._auth = Schema(schema_document(contract, [namespace.auth]))
            named = {
                name: known(contract, namespace, name) for name in secrets(contract, namespace)
            }
            self._secrets = {name: values for name, values in named.items() if values}
        if namespace.connect_errors is not None:
            examples = namespace.connect_errors.get("examples", ())
            document = schema_document(contract, [namespace.connect_errors])
            self._data = Samples(document, examples, seed)

    def refusal(self, auth: Json, parameters: Mapping[str, str]) -> tuple[str, Json] | None:
        """Return the message and the data of a connect error; None for who may come in.

        Without auth payload it is `{}`, as it is for Socket.IO's own server.
        """
        if self._parameters is not None and not self._parameters.accepts({**parameters}):
            return "Invalid namespace", None
        violations = self._auth.violations(auth or {}) if self._auth else []
        problem = violations[0]["message"] if violations else self._unknown(auth or {})
        if problem is None:
            return None
        return problem, self._data.answer(auth) if self._data else None

    def _unknown(self, auth: Json) -> str | None:
        """Return what is wrong with a secret that is none of the contract's examples."""
        for name, values in self._secrets.items():
            if name in auth and auth[name] not in values:
                return f"unknown {name}"
        return None


class _Outcomes:
    """Names the acks of an operation."""

    def __init__(self, contract: Contract, operation: Operation) -> None:
        self._bare = {reply.ack for reply in operation.replies if not reply.least}
        self._schemas = [
            (reply, Schema(message_document(contract, [reply])))
            for reply in operation.replies
            if reply.takes_any
        ]

    def name(self, answered: list[tuple[Json, ...]]) -> str:
        """Return what was acknowledged: `success`, `error` with the error itself, or `no ack`."""
        if not answered:
            return "no ack"
        (args,) = answered
        kind = self._kind(args)
        return kind if kind == "success" else " ".join([kind, *map(json.dumps, args)])

    def _kind(self, args: tuple[Json, ...]) -> str:
        if not args:
            kinds = iter(sorted(self._bare))
        else:
            kinds = (
                reply.ack
                for reply, schema in self._schemas
                if reply.takes(len(args)) and schema.accepts(argument_of(reply, args))
            )
        return next(kinds, "what breaks the contract:")


class _Turns:
    """Lets everyone wait for the same time, and go on in the order in which they came."""

    def __init__(self, latency: float) -> None:
        self._latency = latency
        self._waiting: deque[asyncio.Future[None]] = deque()

    async def wait(self) -> None:
        """Wait, at least as long as is said; not at all for 0 seconds."""
        if self._latency:
            loop = asyncio.get_running_loop()
            turn = loop.create_future()
            self._waiting.append(turn)
            loop.call_later(self._latency, self._call_next)
            await turn

    def _call_next(self) -> None:
        turn = self._waiting.popleft()
        if not turn.done():  # its event is given up at a stop
            turn.set_result(None)
