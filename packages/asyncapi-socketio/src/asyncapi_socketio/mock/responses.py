"""What a service without handlers answers: samples of the contract, and what clients have created.

Where links say so, an ack and a broadcast carry the thing that the client is about.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from ..asyncapi.contract import Contract, Message, Operation, Role
from ..asyncapi.resources import Link, Resource
from ..asyncapi.schemas import message_document
from ..jsonschema.references import Address, Json, at, replaced
from ..jsonschema.strategies import Undrawable
from ..jsonschema.validation import Schema
from .samples import Samples
from .store import Store, Stores

MISSING = re.compile(r"(?i)not.?(found|exist|known)|missing|no.such|does.?n.t.exist|absent|\b404\b")
"""What an error says that means: nothing has this key."""

DENIED = re.compile(
    r"(?i)\bnot.?(in|yet|a.?member|joined|allowed|ready|subscribed)\b|member|forbidden|denied"
    r"|unauthori[sz]ed|permission|first|\b(401|403|409|412|428)\b"
)
"""What an error says that means: something else must be called before."""


@dataclass(frozen=True, slots=True)
class Response:
    """The argument of an ack, and those of each event that follows, by operation.

    An ack is None without argument, and a tuple of several.
    """

    ack: Json = None
    sends: Mapping[str, tuple[Json, ...]] = field(default_factory=dict)
    succeeded: bool = True


@dataclass(frozen=True, slots=True)
class _Part:
    """What an operation does with the things of a store; each namespace has one of its own."""

    role: Role
    link: Link
    stores: Mapping[str, Store]


class Responses:
    """Responses every operation of a contract, the same for the same seed and the same calls."""

    def __init__(self, contract: Contract, resources: Sequence[Resource], seed: int = 0) -> None:
        """Sample all that may be needed.

        `unknown` says what has neither an example nor any value that is found: it is never sent.
        """
        self._contract = contract
        self._seed = seed
        self.unknown: list[str] = []
        self._acks = {item.id: self._sampled(_successes(item)) for item in contract.receives}
        self._payloads = {item.id: self._sampled([item.message]) for item in contract.sends}
        self._told = {item.id: item.message for item in contract.sends}
        self._missing = {item.id: missing(contract, item) for item in contract.receives}
        self._denied = {item.id: missing(contract, item, DENIED) for item in contract.receives}
        self._attempts: dict[tuple[str, str, str], Json] = {}
        self._parts: dict[str, _Part] = {}
        for resource in resources:
            self._take_part(resource)

    def denied(self, operation: Operation) -> Json | None:
        """Return the error ack of what is called too early; None where no error is declared."""
        return self._denied[operation.id]

    def to(self, operation: Operation, payload: Json = None, namespace: str = "/") -> Response:
        """Carry out an operation with a valid, normalised payload, in a namespace of its path.

        It is None without argument, and the list of several. What was sent before with the same
        idempotency key is acknowledged as it was then. Raise `NoKeyLeft`.
        """
        attempt = operation.attempt(payload)
        if attempt is None:
            return self._carry_out(operation, payload, namespace)
        key = (namespace, operation.id, json.dumps(attempt))
        if key in self._attempts:
            return Response(self._attempts[key], succeeded=True)
        response = self._carry_out(operation, payload, namespace)
        self._attempts[key] = response.ack
        return response

    def _carry_out(self, operation: Operation, payload: Json, namespace: str) -> Response:
        part = self._parts.get(operation.id)
        if part is None:
            return Response(self._ack(operation, payload), self._sends(operation, payload))
        store = part.stores[namespace]
        if part.role == "list":
            ack = self._ack(operation, payload, part.link.thing_out, store.things)
            return Response(ack, self._sends(operation, payload))
        thing = _carry_out(part, store, payload)
        if thing is None:
            error = self._missing[operation.id]
            ack = self._ack(operation, payload) if error is None else error
            return Response(ack, succeeded=error is None)
        told = self._ack(operation, payload, *_told(part, store, thing))
        return Response(told, self._sends(operation, payload, (store, thing)))

    def _take_part(self, resource: Resource) -> None:
        try:
            stores = Stores(self._contract, resource, self._seed)
        except Undrawable as error:
            self.unknown.append(f"schema {resource.schema}: {error}: none is remembered")
            return
        for role, link in resource.parts.items():
            self._parts.setdefault(link.operation.id, _Part(role, link, stores))

    def _sampled(self, messages: Sequence[Message]) -> Samples | None:
        """Sample the argument of messages; None where none has one."""
        messages = [message for message in messages if message.takes_any]
        if not messages:
            return None
        examples = [value for item in messages for value in _examples(self._contract, item)]
        try:
            return Samples(message_document(self._contract, messages), examples, self._seed)
        except Undrawable as error:
            place = "/".join(map(str, messages[0].address))
            self.unknown.append(f"{place}: {error}: it is never sent")
            return None

    def _ack(
        self, operation: Operation, payload: Json, path: Address | None = None, inner: Json = None
    ) -> Json:
        """Return a success ack, with `inner` in its place when it has one and stays valid."""
        samples = self._acks[operation.id]
        if samples is None:
            return None
        if any(reply.several for reply in _successes(operation)):
            return tuple(samples.answer(payload))
        if path is None:
            return samples.answer(payload)
        return _first_valid(samples, _put(samples, path, inner), payload)

    def _sends(
        self, operation: Operation, payload: Json, about: tuple[Store, Json] | None = None
    ) -> dict[str, tuple[Json, ...]]:
        return {
            id_: self._arguments(id_, operation, payload, about)
            for id_ in operation.broadcasts
            if self._payloads[id_] is not None or not self._told[id_].takes_any
        }

    def _arguments(
        self, id_: str, operation: Operation, payload: Json, about: tuple[Store, Json] | None
    ) -> tuple[Json, ...]:
        samples = self._payloads[id_]
        if samples is None:
            return ()
        message = self._told[id_]
        if about is not None and not message.several:
            store, thing = about
            told = (store.told(value, thing) for value in samples)
            return (_first_valid(samples, told, payload),)
        value = samples.answer(payload)
        if _takes_alike(message, operation.message) and payload is not None:
            value = payload  # what one client says is what the others hear
        return tuple(value) if message.several else (value,)


def _takes_alike(one: Message, other: Message) -> bool:
    return (one.arguments, one.least, one.rest) == (other.arguments, other.least, other.rest)


def argument_of(message: Message, args: Sequence[Json]) -> Json:
    """Return what an event is about: its argument, the list where there may be several, or None."""
    if message.several:
        return [*args]
    return args[0] if args else None


def _carry_out(part: _Part, store: Store, payload: Json) -> Json | None:
    """Return the thing that an operation makes, shows, changes or removes; None without one."""
    link = part.link
    match part.role:
        case "create":
            return store.create(_part_of(payload, link.thing_in, {}))
        case "update":
            key = _part_of(payload, link.key_in, None)
            return store.update(key, _part_of(payload, link.thing_in, {}))
        case "delete":
            return store.delete(_part_of(payload, link.key_in, None))
        case _:
            return store.find(_part_of(payload, link.key_in, None))


def _told(part: _Part, store: Store, thing: Json) -> tuple[Address | None, Json]:
    """Return where an ack holds a thing, or its key, and which."""
    link = part.link
    if link.thing_out is not None:
        return link.thing_out, thing
    return link.key_out, store.key_of(thing)


def _part_of(payload: Json, path: Address | None, without: Json) -> Json:
    """Return what stands at a path of a payload, or `without` where it is not there."""
    try:
        return without if path is None else at(payload, path)
    except (LookupError, TypeError):
        return without


def _put(samples: Samples, path: Address, inner: Json) -> Iterator[Json]:
    for value in samples:
        try:
            yield replaced(value, path, inner)
        except (AttributeError, TypeError):  # another shape, without that place
            continue


def _first_valid(samples: Samples, values: Iterator[Json], payload: Json) -> Json:
    """Return the first value that is as the samples must be; without one, a sample."""
    for value in values:
        if samples.accepts(value):
            return value
    return samples.answer(payload)


def _successes(operation: Operation) -> list[Message]:
    """List the shapes of an ack: those that tell of success, if any does."""
    good = [reply for reply in operation.replies if reply.ack == "success"]
    return good or [*operation.replies]


def _examples(contract: Contract, message: Message) -> list[Json]:
    schema = _resolved(contract, contract.schemas[message.payload]) if message.payload else {}
    return [*message.examples, *schema.get("examples", ())]


def missing(
    contract: Contract, operation: Operation, says: re.Pattern[str] = MISSING
) -> Json | None:
    """Find the error ack that means: nothing has this key; None where no error is declared.

    One that says so, else one that stands for nothing that the service itself refuses, else the
    one for a payload that is refused.
    """
    declared = [error.ack for error in operation.errors.values()]
    errors = [*_errors(contract, operation)]
    payload = operation.errors.get("payload")
    refused = [dict(payload.ack)] if payload else []
    others = [e for e in errors if not any(_is_like(e, ack) for ack in declared)]
    saying = [error for error in (*others, *refused) if says.search(str(error))]
    return next(iter((*saying, *others, *refused)), None)


def _is_like(error: Json, ack: Mapping[str, Json]) -> bool:
    return isinstance(error, dict) and ack.items() <= error.items()


def _errors(contract: Contract, operation: Operation) -> Iterator[Json]:
    """Yield the errors that a contract names: its examples, and the values of its enums."""
    for reply in operation.replies:
        if reply.ack == "error" and reply.payload is not None:
            schema = Schema(message_document(contract, [reply]))
            named = (*_examples(contract, reply), *_enumerated(contract, reply.payload))
            yield from filter(schema.accepts, named)


def _enumerated(contract: Contract, name: str) -> Iterator[Json]:
    schema = _resolved(contract, contract.schemas[name])
    for key, inner in schema.get("properties", {}).items():
        yield from ({key: value} for value in _resolved(contract, inner).get("enum", ()))


def _resolved(contract: Contract, schema: Json) -> Mapping[str, Json]:
    found = contract.resolved(schema)
    return found if isinstance(found, dict) else {}
