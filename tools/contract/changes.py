"""What changed between two contracts, who breaks by it and why, each with a value that shows it.

What clients send: the new schema must accept all that the old one did. What the server sends: the
old schema must accept all that the new one allows.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from codegen.contract import Contract, Message, Namespace, Operation
from codegen.document import Address, Document, Json
from codegen.schemas import ack_document, ack_schema, local, payload_document

from .containment import Escape, escapes
from .findings import Severity
from .witnesses import Example, Judge, any_example, example_of, ignored_example, newly_lost

RULES_OF_KINDS: Mapping[str, tuple[str, str]] = {
    "bound": ("bound-tightened", "bound-loosened"),
    "branch": ("shape-removed", "shape-added"),
    "closed": ("keys-closed", "keys-opened"),
    "condition": ("condition-changed", "condition-changed"),
    "format": ("format-changed", "format-changed"),
    "key": ("key-removed", "key-added"),
    "pattern": ("pattern-changed", "pattern-changed"),
    "required": ("key-required", "key-optional"),
    "type": ("type-removed", "type-added"),
    "undeclared": ("key-claimed", "key-released"),
    "value": ("value-removed", "value-added"),
}
"""The rule for what the new schema refuses of the old one's, and for what it allows beyond it."""

_WORDS: Mapping[str, str] = {
    "bound-tightened": "{0} was {1}, is {2}",
    "bound-loosened": "{0} was {1}, is {2}",
    "condition-changed": "{0} has changed",
    "format-changed": "{0} was {1}, is {2}",
    "key-added": "key '{0}' is new",
    "key-claimed": "key '{0}' has a schema now, and anything could stand under it before",
    "key-ignored": "key '{0}' is dropped now",
    "key-optional": "key '{0}' may be missing now",
    "key-released": "key '{0}' has no schema any more, and anything may stand under it",
    "key-removed": "key '{0}' is not allowed any more",
    "key-required": "key '{0}' is required now",
    "keys-closed": "keys that are not declared are not allowed any more",
    "keys-opened": "keys that are not declared are allowed now",
    "pattern-changed": "{0} was {1}, is {2}",
    "shape-added": "'{0}' is a new shape",
    "shape-removed": "'{0}' is no shape any more",
    "type-added": "may be of type {0} now",
    "type-removed": "can't be of type {0} any more",
    "value-added": "{0} is a new value",
    "value-removed": "{0} is no value any more",
}
_SOFT = {"format", "undeclared"}
"""What depends on more than the schemas is dangerous at most."""


@dataclass(frozen=True, slots=True)
class Change:
    """One difference; `gone` says that its address is in the old document.

    `details` say who breaks and why, and show it; `example` is the value, None without one.
    """

    rule: str
    severity: Severity
    address: Address
    problem: str
    details: tuple[str, ...] = ()
    gone: bool = False
    example: Example | None = None


@dataclass(frozen=True)
class Side:
    """One of the two contracts, with its document."""

    contract: Contract
    document: Document

    def schema_address(self, name: str) -> Address:
        """Give where a schema of the contract stands in its document."""
        if name in self.document.root.get("components", {}).get("schemas", {}):
            return ("components", "schemas", name)
        operations = (*self.contract.receives, *self.contract.sends)
        messages = [item for one in operations for item in (one.message, *one.replies)]
        return self.payload_address(next(item for item in messages if item.payload == name))

    def payload_address(self, message: Message) -> Address:
        """Give where a message has its payload."""
        payload = self.document.at(message.address).get("payload")
        wrapped = isinstance(payload, dict) and "schemaFormat" in payload
        return (*message.address, "payload", *(("schema",) if wrapped else ()))

    def operations(self) -> dict[_Key, Operation]:
        """Key what is matched by what it is on the wire."""
        return {
            (kind, item.namespace.path, item.event): item
            for kind, items in (("receive", self.contract.receives), ("send", self.contract.sends))
            for item in items
        }

    def namespaces(self) -> dict[str, Namespace]:
        """Key the namespaces by their paths."""
        return {item.path: item for item in self.contract.namespaces}


_Key: TypeAlias = tuple[str, str, str]


@dataclass(frozen=True)
class _Use:
    """A schema in its place on the wire: what is sent, by whom, and where it is declared."""

    name: str
    by_clients: bool
    old: Judge
    new: Judge
    old_anchor: Address
    new_anchor: Address

    @property
    def middle(self) -> Judge:
        """Give the old schema with what the new contract normalises."""
        return Judge(self.old.document, self.new.drop_unknown, self.new.booleans)


@dataclass
class _Cause:
    """One change of a schema, and all uses of it, by whether it is forbidden there."""

    kind: str
    forbidden: list[tuple[_Use, Escape]] = field(default_factory=list)
    allowed: list[tuple[_Use, Escape]] = field(default_factory=list)


def changes(old: Side, new: Side) -> list[Change]:
    """List all differences that a client could notice."""
    return [*_Comparison(old, new).changes()]


class _Comparison:
    def __init__(self, old: Side, new: Side) -> None:
        self._old = old
        self._new = new

    def changes(self) -> Iterator[Change]:
        yield from self._namespaces()
        yield from self._comings_and_goings()
        pairs = self._pairs()
        for one, other in pairs:
            yield from _audience(one, other)
            yield from _broadcasts(one, other, self._new.contract)
            yield from _acks(one, other)
            yield from _arity(one, other)
            yield from self._errors(one, other)
        uses = [use for pair in pairs for use in self._uses(*pair)]
        uses += self._connections()
        for use in uses:
            yield from _normalisation(use)
        yield from self._schemas([use for use in uses if not _is_same(use)])

    def _pairs(self) -> list[tuple[Operation, Operation]]:
        before, after = self._old.operations(), self._new.operations()
        return [(before[key], after[key]) for key in before if key in after]

    def _namespaces(self) -> Iterator[Change]:
        before, after = self._old.namespaces(), self._new.namespaces()
        for path in before.keys() - after.keys():
            why = f"clients of {path} can't connect any more"
            problem = f"namespace {path} is gone"
            yield Change(
                "namespace-removed", "breaking", before[path].address, problem, (why,), gone=True
            )
        for path in after.keys() - before.keys():
            yield Change("namespace-added", "safe", after[path].address, f"namespace {path} is new")
        for path in before.keys() & after.keys():
            yield from _auth(before[path], after[path])

    def _comings_and_goings(self) -> Iterator[Change]:
        before, after = self._old.operations(), self._new.operations()
        there = {*self._old.namespaces()} & {*self._new.namespaces()}
        gone = [key for key in before if key not in after and key[1] in there]
        fresh = [key for key in after if key not in before and key[1] in there]
        for key in gone:
            heir = next((one for one in fresh if self._is_renamed(before[key], after[one])), None)
            if heir and heir[:2] == key[:2]:
                fresh.remove(heir)
                yield _renamed(before[key], after[heir])
            else:
                yield _removed(before[key])
        for key in fresh:
            yield _added(after[key])

    def _is_renamed(self, old: Operation, new: Operation) -> bool:
        if (old.audience is None) != (new.audience is None):
            return False
        if old.id == new.id:
            return True
        has_shape = bool(old.message.payload or ack_schema(old))
        return has_shape and self._shape(self._old, old) == self._shape(self._new, new)

    def _shape(self, side: Side, operation: Operation) -> Json:
        return (
            payload_document(side.contract, operation) if operation.message.payload else None,
            ack_document(side.contract, operation) if operation.replies else None,
            operation.ack_args,
        )

    def _uses(self, old: Operation, new: Operation) -> Iterator[_Use]:
        by_clients = new.audience is None
        if old.message.payload and new.message.payload:
            yield _Use(
                new.event,
                by_clients,
                _judge(payload_document(self._old.contract, old), old.message),
                _judge(payload_document(self._new.contract, new), new.message),
                self._old.payload_address(old.message),
                self._new.payload_address(new.message),
            )
        if ack_schema(old) and ack_schema(new):
            yield _Use(
                f"the ack of {new.event}",
                not by_clients,
                Judge(ack_document(self._old.contract, old)),
                Judge(ack_document(self._new.contract, new)),
                (*old.address, "reply"),
                (*new.address, "reply"),
            )

    def _connections(self) -> Iterator[_Use]:
        """Yield what is sent when clients connect: auth, and why they are refused."""
        before, after = self._old.namespaces(), self._new.namespaces()
        for path in [path for path in before if path in after]:
            for keyword, name, by_clients in (
                ("auth", f"auth for {path}", True),
                ("connectErrors", f"connect errors of {path}", False),
            ):
                old, new = _extension(self._old, before[path]), _extension(self._new, after[path])
                if keyword in old and keyword in new:
                    yield _Use(
                        name,
                        by_clients,
                        Judge(_self_contained(self._old.contract, old[keyword])),
                        Judge(_self_contained(self._new.contract, new[keyword])),
                        (*before[path].address, "x-socketio", keyword),
                        (*after[path].address, "x-socketio", keyword),
                    )

    def _errors(self, old: Operation, new: Operation) -> Iterator[Change]:
        """Compare what the server acknowledges when it refuses by itself."""
        if not (old.replies and new.replies):
            return
        judge = Judge(ack_document(self._old.contract, old)) if ack_schema(old) else None
        for kind in (*old.errors, *(key for key in new.errors if key not in old.errors)):
            one, other = old.errors.get(kind), new.errors.get(kind)
            if one == other:
                continue
            address = self._error_address(new if other else old, kind, gone=other is None)
            if other is None:
                why = f"who emits {new.event} does not know what such an error acknowledges now"
                problem = f"{new.event}: the error ack for '{kind}' is gone"
                yield Change("error-removed", "dangerous", address, problem, (why,), gone=True)
                continue
            ack = {**other.ack, **({other.details: []} if other.details else {})}
            known = judge is not None and judge.accepts(ack)
            shown = f"{new.event} may be acknowledged {_shown(ack)}"
            example = Example(ack, "")
            if one is None:
                problem = f"{new.event}: '{kind}' has an error ack now"
                severity: Severity = "safe" if known else "breaking"
                yield Change("error-added", severity, address, problem, (shown,), example=example)
            else:
                problem = f"{new.event}: the error ack for '{kind}' was {_shown(dict(one.ack))}"
                problem += f", is {_shown(dict(other.ack))}"
                severity = "dangerous" if known else "breaking"
                why = f"old clients may break when they compare the error of {new.event}"
                yield Change(
                    "error-changed", severity, address, problem, (why, shown), example=example
                )

    def _error_address(self, operation: Operation, kind: str, *, gone: bool) -> Address:
        side = self._old if gone else self._new
        own = (*operation.address, "x-socketio", "errors", kind)
        shared = (*operation.namespace.address, "x-socketio", "errors", kind)
        return own if own in side.document.positions else shared

    def _schemas(self, uses: Sequence[_Use]) -> Iterator[Change]:
        causes: dict[tuple[str, Address, bool, str], _Cause] = {}
        for use in uses:
            for narrowed in (True, False):
                producer, consumer = (use.middle, use.new) if narrowed else (use.new, use.middle)
                found = escapes(producer.top, consumer.top)
                forbidden = narrowed == use.by_clients
                for item in found:
                    cause = causes.setdefault(self._key(use, item, narrowed), _Cause(item.kind))
                    (cause.forbidden if forbidden else cause.allowed).append((use, item))
                if forbidden and not found:
                    yield from _unnamed(use)
            yield from self._ignored(use)
        for key, cause in causes.items():
            yield _of_cause(*key, cause)

    def _key(
        self,
        use: _Use,
        item: Escape,
        narrowed: bool,
    ) -> tuple[str, Address, bool, str]:
        rule = RULES_OF_KINDS[item.kind][0 if narrowed else 1]
        before, after = (item.here, item.there) if narrowed else (item.there, item.here)
        was, is_ = (item.held, item.asked) if narrowed else (item.asked, item.held)
        gone = after is None and before is not None
        side, place = (self._old, before) if gone else (self._new, after)
        anchor = use.old_anchor if gone else use.new_anchor
        problem = _WORDS[rule].format(item.subject, _said(was), _said(is_))
        return rule, _address(side, place, anchor), gone, problem

    def _ignored(self, use: _Use) -> Iterator[Change]:
        """Yield the keys that were kept and are dropped, where nothing is refused."""
        if not (use.by_clients and use.new.drop_unknown):
            return
        kept, lost = Judge(use.old.document), Judge(use.new.document)
        for item in escapes(kept.top, lost.top):
            if item.kind not in {"key", "undeclared"} or item.here is None:
                continue
            example = ignored_example(item, use.old, use.new)
            if example:
                shown = f"{use.name} {_shown(example.value)} is accepted, and loses it"
                why = f"old clients may break when they send {use.name}: what they say is lost"
                yield Change(
                    "key-ignored", "dangerous",
                    _address(self._old, item.here, use.old_anchor),
                    _WORDS["key-ignored"].format(item.subject),
                    (why, shown), gone=True, example=example,
                )  # fmt: skip


def _judge(document: Json, message: Message) -> Judge:
    return Judge(document, message.unknown_keys == "drop", "boolean" in message.convert)


def _extension(side: Side, namespace: Namespace) -> Mapping[str, Json]:
    address = side.document.follow(namespace.address)
    found: Mapping[str, Json] = side.document.at(address).get("x-socketio", {})
    return found


def _self_contained(contract: Contract, schema: Json) -> Json:
    return {"allOf": [local(schema)], "definitions": local(dict(contract.schemas))}


def _address(side: Side, place: Address | None, anchor: Address) -> Address:
    """Give where a part of a self-contained schema stands in the contract."""
    match place:
        case ("definitions", name, *rest):
            return (*side.schema_address(str(name)), *rest)
        case ("allOf" | "anyOf", _, *rest):
            return (*anchor, *rest)
        case _:
            return anchor


_SILENT = {"title", "description", "examples", "default", "$comment"}


def _bare(schema: Json) -> Json:
    """Leave out what is for readers only; keys of properties may be called like that."""
    if isinstance(schema, list):
        return [_bare(item) for item in schema]
    if not isinstance(schema, Mapping):
        return schema
    return {
        key: {name: _bare(inner) for name, inner in value.items()}
        if key in {"properties", "definitions"} and isinstance(value, Mapping)
        else value
        if key in {"enum", "const"}
        else _bare(value)
        for key, value in schema.items()
        if key not in _SILENT
    }


def _is_same(use: _Use) -> bool:
    one, other = use.old, use.new
    return _bare(one.document) == _bare(other.document) and (
        (one.drop_unknown, one.booleans) == (other.drop_unknown, other.booleans)
    )


def _removed(operation: Operation) -> Change:
    if operation.audience is None:
        why = f"old clients break when they send {operation.event}: nothing listens"
    else:
        why = f"old clients break when they wait for {operation.event}: it never comes"
    problem = f"event {operation.event} is gone"
    return Change("event-removed", "breaking", operation.address, problem, (why,), gone=True)


def _added(operation: Operation) -> Change:
    problem = f"event {operation.event} is new"
    return Change("event-added", "safe", operation.address, problem)


def _renamed(old: Operation, new: Operation) -> Change:
    sent = "send" if new.audience is None else "wait for"
    why = f"old clients break when they {sent} {old.event}"
    problem = f"event {old.event} is called {new.event} now"
    return Change("event-renamed", "breaking", (*new.message.address, "name"), problem, (why,))


def _auth(old: Namespace, new: Namespace) -> Iterator[Change]:
    if old.auth is None and new.auth is not None:
        why = f"old clients break when they connect to {new.path}: they send no auth payload"
        address = (*new.address, "x-socketio", "auth")
        yield Change("auth-required", "breaking", address, "asks for auth now", (why,))
    if old.auth is not None and new.auth is None:
        address = (*old.address, "x-socketio", "auth")
        yield Change("auth-dropped", "safe", address, "asks for no auth any more", gone=True)


_HEARD: Mapping[str, set[str]] = {
    "all": {"sender", "others", "room"},
    "others": {"others"},
    "sender": {"sender"},
    "room": {"room"},
}


def _audience(old: Operation, new: Operation) -> Iterator[Change]:
    if old.audience is None or new.audience is None or old.audience == new.audience:
        return
    address = (*new.address, "x-socketio", "audience")
    problem = f"{new.event} went to '{old.audience}', goes to '{new.audience}'"
    if _HEARD[old.audience] <= _HEARD[new.audience]:
        why = f"old clients may break when they read {new.event}: some hear it who never did"
        yield Change("audience-changed", "dangerous", address, problem, (why,))
    else:
        why = f"old clients break when they wait for {new.event}: some never hear it any more"
        yield Change("audience-changed", "breaking", address, problem, (why,))


def _broadcasts(old: Operation, new: Operation, contract: Contract) -> Iterator[Change]:
    """Compare by operation id, unless the operation is gone: that is its own finding."""
    sent = {item.id for item in contract.sends}
    for id_ in old.broadcasts:
        if id_ not in new.broadcasts and id_ in sent:
            why = f"old clients break when they wait for {id_} after {new.event}"
            problem = f"{new.event} does not broadcast {id_} any more"
            address = (*old.address, "x-socketio", "broadcasts")
            yield Change("broadcast-dropped", "breaking", address, problem, (why,), gone=True)
    for id_ in new.broadcasts:
        if id_ not in old.broadcasts:
            address = (*new.address, "x-socketio", "broadcasts")
            yield Change("broadcast-added", "safe", address, f"{new.event} broadcasts {id_} now")


def _acks(old: Operation, new: Operation) -> Iterator[Change]:
    asked = new.audience is None
    if old.replies and not new.replies:
        why = f"old clients break when they send {new.event}: they wait for its ack"
        if not asked:
            why = f"old clients are safe: {new.event} takes no ack of theirs any more"
        yield Change(
            "ack-removed", "breaking" if asked else "safe", (*old.address, "reply"),
            f"{new.event} is not acknowledged any more", (why,), gone=True,
        )  # fmt: skip
    if new.replies and not old.replies:
        why = "" if asked else f"old clients break when they read {new.event}: they never answer"
        yield Change(
            "ack-added", "safe" if asked else "breaking", (*new.address, "reply"),
            f"{new.event} is acknowledged now", (why,) if why else (),
        )  # fmt: skip


def _arity(old: Operation, new: Operation) -> Iterator[Change]:
    one, other = old.message.args, new.message.args
    if one != other:
        verb = "send" if new.audience is None else "read"
        why = f"old clients break when they {verb} {new.event}"
        problem = f"{new.event} had {_arguments({one})}, has {_arguments({other})}"
        yield Change("payload-arity", "breaking", new.message.address, problem, (why,))
    before, after = {*old.ack_args}, {*new.ack_args}
    if before and after and before != after:
        server = new.audience is None
        escaping = after - before if server else before - after
        who = "read" if server else "send"
        why = f"old clients break when they {who} the ack of {new.event}"
        yield Change(
            "ack-arity", "breaking" if escaping else "safe", (*new.address, "reply"),
            f"the ack of {new.event} had {_arguments(before)}, has {_arguments(after)}",
            (why,) if escaping else (),
        )  # fmt: skip


def _arguments(counts: set[int]) -> str:
    words = {0: "no argument", 1: "one argument"}
    return " or ".join(words.get(count, f"{count} arguments") for count in sorted(counts))


def _normalisation(use: _Use) -> Iterator[Change]:
    """Compare what is normalised on the way in, apart from what the schemas say."""
    address = (
        (*use.new_anchor[: use.new_anchor.index("payload")], "x-socketio")
        if ("payload" in use.new_anchor)
        else use.new_anchor
    )
    dropped = use.old.drop_unknown, use.new.drop_unknown
    spelt = use.old.booleans, use.new.booleans
    for rule, keyword, (was, is_) in (
        ("unknown-keys-changed", "unknownKeys", dropped),
        ("conversion-changed", "convert", spelt),
    ):
        if was == is_ or not use.by_clients:
            continue
        yield _of_normalisation(rule, (*address, keyword), use, lost=was)


def _of_normalisation(rule: str, address: Address, use: _Use, *, lost: bool) -> Change:
    is_drop = rule == "unknown-keys-changed"
    what = "unknown keys are" if is_drop else "spelt booleans are"
    done = "dropped" if is_drop else "converted"
    problem = f"{what} {'not ' if lost else ''}{done} {'any more' if lost else 'now'}"
    if not lost:
        example = newly_lost(use.old, use.new) if is_drop else None
        if example is None:
            return Change(rule, "safe", address, problem, (f"safe for {use.name}",))
        shown = f"{use.name} {_shown(example.value)} is accepted, and loses what it says"
        return Change(rule, "dangerous", address, problem, (shown,), example=example)
    middle = Judge(
        use.old.document,
        use.old.drop_unknown and not is_drop,
        use.old.booleans and is_drop,
    )
    example = any_example(use.old, middle, use.new)
    if example is None:
        why = f"old clients may break when they send {use.name}"
        return Change(rule, "dangerous", address, problem, (why,))
    return Change(
        rule, "breaking", address, problem, _breaks([use], example, use), example=example
    )  # fmt: skip


def _unnamed(use: _Use) -> Iterator[Change]:
    producer, consumer = (use.old, use.new) if use.by_clients else (use.new, use.old)
    normalised = use.old.accepted != use.middle.accepted
    example = None if normalised else any_example(producer, consumer)
    if example:
        problem = f"{use.name} has changed in a way that no keyword explains"
        yield Change(
            "difference-unnamed", "breaking", use.new_anchor, problem,
            _breaks([use], example, use), example=example,
        )  # fmt: skip


def _of_cause(rule: str, address: Address, gone: bool, problem: str, cause: _Cause) -> Change:
    severity: Severity = "safe"
    example, shown_by = None, None
    for use, item in cause.forbidden or cause.allowed[:1]:
        narrowed = use.by_clients == bool(cause.forbidden)
        judges = (use.old, use.new) if narrowed else (use.new, use.old)
        example, shown_by = example_of(item, *judges), use
        if example:
            break
    if cause.forbidden:
        severity = "breaking" if example and cause.kind not in _SOFT else "dangerous"
    details: tuple[str, ...] = ()
    if cause.forbidden:
        uses = [use for use, _ in cause.forbidden]
        details += _breaks(uses, example, shown_by, surely=severity == "breaking")
    safe = [use.name for use, _ in cause.allowed]
    details += (f"safe for {_listed(safe)}",) if safe else ()
    if example and shown_by and not cause.forbidden:
        word = "is accepted now" if shown_by.by_clients else "does not come any more"
        details += (f"{shown_by.name} {_shown(example.value)} {word}",)
    return Change(rule, severity, address, problem, details, gone, example)


def _breaks(
    uses: Sequence[_Use], example: Example | None, shown_by: _Use | None, *, surely: bool = True
) -> tuple[str, ...]:
    """Say who breaks, and show it."""
    word = "break" if surely else "may break"
    lines = []
    for verb, by_clients in (("send", True), ("read", False)):
        names = [use.name for use in uses if use.by_clients == by_clients]
        if names:
            lines.append(f"old clients {word} when they {verb} {_listed(names)}")
    if example is None or shown_by is None:
        return (*lines, "no value was found that shows it")
    verb = "was accepted, and is refused now" if shown_by.by_clients else "may come now"
    why = f": {example.breach}" if example.breach else ""
    lines.append(f"{shown_by.name} {_shown(example.value)} {verb}{why}")
    return (*lines,)


def _listed(names: Sequence[str]) -> str:
    unique = [*dict.fromkeys(names)]
    return ", ".join(unique[:-1]) + f" and {unique[-1]}" if len(unique) > 1 else unique[0]


def _said(value: Json) -> str:
    return "absent" if value is None else str(value)


LONGEST = 60
"""Characters of a string, or (five times that) of a whole value, that are printed."""


def _shown(value: Json) -> str:
    """Write a value as JSON, long ones shortened."""
    text = json.dumps(_short(value))
    return text if len(text) <= 5 * LONGEST else f"{text[: 5 * LONGEST]}…"


def _short(value: Json) -> Json:
    if isinstance(value, str) and len(value) > LONGEST:
        return f"{value[:8]}... ({len(value)} characters)"
    if isinstance(value, list):
        return [_short(item) for item in value]
    if isinstance(value, dict):
        return {_short(key): _short(inner) for key, inner in value.items()}
    return value
