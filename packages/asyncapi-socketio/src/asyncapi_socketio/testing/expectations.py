"""What a contract expectations of one operation: which arguments are right, what an ack says."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from secrets import choice, token_hex
from typing import Any, Literal, TypeAlias
from uuid import uuid4

from ..asyncapi.contract import Contract, Error, ErrorKind, Message, Operation
from ..asyncapi.schemas import message_document, payload_document
from ..jsonschema.boundaries import Boundary, simplest
from ..jsonschema.dialect import Draft7, Validator
from ..jsonschema.validation import Schema
from .client import Args

Json: TypeAlias = Any


@dataclass(frozen=True, slots=True)
class Meaning:
    """What an ack says: success or an error, of which declared kinds; or what is wrong with it."""

    says: Literal["success", "error", "nonsense"]
    kinds: frozenset[ErrorKind] = frozenset()
    fault: str = ""


_LETTERS = ("0123456789", "abcdef", "ABCDEF", "ghijklmnopqrstuvwxyz", "GHIJKLMNOPQRSTUVWXYZ")
"""What takes each other's place in an idempotency key."""


class Expectations:
    """One operation, with its judges built once."""

    def __init__(self, contract: Contract, operation: Operation) -> None:
        self.contract = contract
        self.operation = operation
        self._payload = self.payload_document and Schema(
            self.payload_document,
            drop_unknown=self.leniency["drop_unknown"],
            booleans=self.leniency["booleans"],
        )
        self._replies = [
            (reply, _judge(contract, reply) if reply.takes_any else None)
            for reply in operation.replies
        ]
        self._marked = any(reply.ack == "error" for reply in operation.replies)

    @property
    def may_refuse(self) -> bool:
        """Whether its acks can tell of an error: those that are marked, or those named so."""
        return self._marked or any(map(_is_named_error, self.operation.replies))

    @cached_property
    def payload_document(self) -> Json:
        """The schema of the argument, or of the list of several; None without argument."""
        if not self.operation.message.takes_any:
            return None
        return payload_document(self.contract, self.operation)

    @cached_property
    def simplest(self) -> Boundary | None:
        """The simplest valid argument, or list of several; None without, or if none is found."""
        return None if self.payload_document is None else simplest(self.payload_document)

    @property
    def properties(self) -> set[str]:
        """The names of what may stand in its one argument, where that is an object."""
        payload = self.operation.message.payload
        schema = self.contract.resolved(self.contract.schemas[payload]) if payload else {}
        return {*schema.get("properties", ())} if isinstance(schema, dict) else set()

    @property
    def rooms(self) -> set[str]:
        """The events that it sends to a room of its namespace."""
        sends = (item for item in self.contract.sends if item.id in self.operation.broadcasts)
        return {item.event for item in sends if item.audience in {"room", "room-others"}}

    @property
    def leniency(self) -> dict[str, bool]:
        """What `x-socketio` lets clients send, in the words of `jsonschema.strategies`."""
        message = self.operation.message
        return {
            "drop_unknown": message.unknown_keys == "drop",
            "booleans": "boolean" in message.convert,
        }

    def args(self, value: Json) -> Args:
        """Return the arguments that a value of the schema stands for."""
        message = self.operation.message
        if message.several and isinstance(value, list):
            return tuple(value)
        return (value,) if message.takes_any else ()

    def takes(self, value: Json) -> bool:
        """Return whether an argument is valid, once normalised as the contract says."""
        return self._payload is None or self._payload.accepts(self._payload.normalise(value))

    def refuses(self, value: Json) -> bool:
        """Return whether as many arguments as there should be are invalid."""
        message, args = self.operation.message, self.args(value)
        return message.takes(len(args)) and not self.takes(value_of(message, args))

    def normal(self, value: Json) -> Json:
        """Return an argument as the contract says it is meant."""
        return value if self._payload is None else self._payload.normalise(value)

    def another_attempt(self, args: Args) -> Args:
        """Return arguments with another idempotency key of the same shape, where they have one.

        Whoever draws values draws some of them again, also in the next run.
        """
        attempt = self.operation.attempt(args[0]) if args else None
        if not isinstance(attempt, str):
            return args

        def put(key: str) -> Json:
            return {**args[0], self.operation.idempotency_key: key}

        for place, letter in enumerate(attempt):
            alike = _alike(letter)
            changed = attempt[:place] + choice(alike) + attempt[place + 1 :]
            attempt = changed if self.takes(put(changed)) else attempt
        return (put(attempt), *args[1:])

    def fresh(self, value: Json) -> Json:
        """Return an argument with other texts in it, where these are valid: nobody has them yet."""
        for name in value if isinstance(value, dict) else ():
            for text in (token_hex(8), token_hex(3), f"{uuid4()}"):
                if isinstance(value[name], str) and self.takes(other := {**value, name: text}):
                    value = other
                    break
        return value

    def meaning(self, given: Args) -> Meaning:
        """Return what an ack tells, or why it is none of the declared ones."""
        for reply, judge in self._replies:
            ack = given[: reply.args] if reply.more else given
            valid = judge is None or not ack or judge.is_valid(value_of(reply, ack))
            if reply.takes(len(ack)) and valid:
                kinds = (kind for kind, error in self.operation.errors.items() if _is(error, ack))
                says = self._says(reply, ack)
                return Meaning(says, frozenset(kinds) if says == "error" else frozenset())
        return Meaning("nonsense", fault=self._fault(given))

    def _says(self, reply: Message, ack: Args) -> Literal["success", "error"]:
        """Return what a reply tells of: where none is marked as an error, it is read off it."""
        if self._marked:
            return reply.ack
        failed = _is_named_error(reply) or any(map(_tells_of_failure, ack))
        return "error" if failed else "success"

    def _fault(self, ack: Args) -> str:
        counts = self.operation.ack_args
        if not any(reply.takes(len(ack)) for reply, _ in self._replies):
            return f"{len(ack)} argument(s), where {' or '.join(map(str, counts))} are declared"
        faults = [
            f"{reply.key}: {next(judge.iter_errors(value_of(reply, ack))).message}"
            for reply, judge in self._replies
            if judge is not None and reply.takes(len(ack))
        ]
        return "; ".join(faults)


def another(text: str) -> str:
    """Return a text that differs in its last letter, which one of its kind takes the place of."""
    others = _alike(text[-1]).replace(text[-1], "")
    return text[:-1] + choice(others or "x")


def _alike(letter: str) -> str:
    return next((letters for letters in _LETTERS if letter in letters), letter)


def value_of(message: Message, args: Sequence[Json]) -> Json:
    """Return what a schema judges: the one argument, or the list where there may be several."""
    return [*args] if message.several or len(args) != 1 else args[0]


def _judge(contract: Contract, reply: Message) -> Validator:
    return Draft7(message_document(contract, [reply]))


def _is(error: Error, ack: Args) -> bool:
    """Return whether an ack is a declared error: it may have more keys, but for those declared."""
    return len(ack) == 1 and isinstance(ack[0], dict) and error.ack.items() <= ack[0].items()


_FAILURES = re.compile(
    r"(err(or)?s?|exception|fail(ed|ure)?|fault|invalid|problem|refus(al|ed)|reject(ion|ed)?|denied)",
    re.IGNORECASE,
)
"""Words that errors are named with."""

_WORDS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+")


def _is_named_error(reply: Message) -> bool:
    names = _WORDS.findall(f"{reply.key} {reply.name} {reply.payload}")
    return any(map(_FAILURES.fullmatch, names))


def _tells_of_failure(value: Json) -> bool:
    """Return whether an ack's argument looks like a failure: `ok: false`, `error: …`."""
    if not isinstance(value, dict):
        return False
    said = {key.lower(): inner for key, inner in value.items()}
    denied = any(said.get(key) is False for key in ("ok", "success", "succeeded"))
    failed = any(said.get(key) for key in ("error", "errors", "err"))
    status = said.get("status")
    return denied or failed or (isinstance(status, str) and bool(_FAILURES.fullmatch(status)))


_INTERNALS = re.compile(
    r"Traceback \(most recent call last\)|File \"[^\"]+\", line \d+"
    r"|\bat [\w.<>$ ]+ \(?[^\s()]+:\d+:\d+"
    r"|node_modules|site-packages|\b[A-Z]\w+(Error|Exception)\b|SQLITE_|SQLSTATE|\bSELECT .+ FROM\b"
    r"|(?<![\w/])/(home|usr|var|opt|srv|app|root)/\w",
)


def internals(answer: Json, sent: Iterable[Json]) -> str | None:
    """Return what looks like a server's insides in an answer, and was not in what was sent."""
    ours = json.dumps([*sent])
    for text in texts(answer):
        found = _INTERNALS.search(text)
        if found and found[0] not in ours:
            return found[0]
    return None


def texts(value: Json) -> Iterator[str]:
    """Yield every text that stands anywhere in a value, keys aside."""
    if isinstance(value, str):
        yield value
    inner = value.values() if isinstance(value, Mapping) else value
    for part in inner if isinstance(value, Mapping | list | tuple) else ():
        yield from texts(part)
