"""What changed between two contracts, who breaks by it and why, each with a value that shows it.

What clients send: the new schema must accept all that the old one did. What the server sends: the
old schema must accept all that the new one allows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ..asyncapi.contract import Contract, Message, Namespace, Operation
from ..asyncapi.schemas import ack_document, ack_schema, payload_document, schema_document
from ..jsonschema.counterexamples import Example, Judge, written
from ..jsonschema.references import Address, Json
from ..reporting.finding import Severity
from .connections import connection_changes
from .payloads import Use, payload_changes
from .revision import Change, Revision


def changes(old: Revision, new: Revision) -> list[Change]:
    """List all differences that a client could notice."""
    return [*_Comparison(old, new).changes()]


class _Comparison:
    def __init__(self, old: Revision, new: Revision) -> None:
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
        yield from connection_changes(self._old, self._new, pairs)
        uses = [use for pair in pairs for use in self._uses(*pair)]
        uses += self._connections()
        yield from payload_changes(self._old, self._new, uses)

    def _pairs(self) -> list[tuple[Operation, Operation]]:
        before, after = self._old.operations(), self._new.operations()
        return [(before[key], after[key]) for key in before if key in after]

    def _namespaces(self) -> Iterator[Change]:
        before, after = self._old.namespaces(), self._new.namespaces()
        for path in before.keys() - after.keys():
            why = f"clients of {path} can't connect any more"
            problem = f"namespace {path} was removed"
            yield Change(
                "namespace-removed", "breaking", before[path].address, problem, (why,), removed=True
            )
        for path in after.keys() - before.keys():
            yield Change("namespace-added", "safe", after[path].address, f"namespace {path} is new")
        for path in before.keys() & after.keys():
            yield from _auth(before[path], after[path])

    def _comings_and_goings(self) -> Iterator[Change]:
        before, after = self._old.operations(), self._new.operations()
        there = {*self._old.namespaces()} & {*self._new.namespaces()}
        removed = [key for key in before if key not in after and key[1] in there]
        fresh = [key for key in after if key not in before and key[1] in there]
        for key in removed:
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
        has_shape = bool(old.message.args or ack_schema(old))
        return has_shape and self._shape(self._old, old) == self._shape(self._new, new)

    def _shape(self, revision: Revision, operation: Operation) -> Json:
        return (
            payload_document(revision.contract, operation) if operation.message.args else None,
            ack_document(revision.contract, operation) if operation.replies else None,
            operation.ack_args,
        )

    def _uses(self, old: Operation, new: Operation) -> Iterator[Use]:
        by_clients = new.audience is None
        if old.message.args == new.message.args > 0:
            yield Use(
                new.event,
                by_clients,
                _judge(payload_document(self._old.contract, old), old.message),
                _judge(payload_document(self._new.contract, new), new.message),
                self._old.payload_address(old.message),
                self._new.payload_address(new.message),
            )
        if ack_schema(old) and ack_schema(new) and _several(old) == _several(new):
            yield Use(
                f"the ack of {new.event}",
                not by_clients,
                Judge(ack_document(self._old.contract, old)),
                Judge(ack_document(self._new.contract, new)),
                (*old.address, "reply"),
                (*new.address, "reply"),
            )

    def _connections(self) -> Iterator[Use]:
        """Yield what is sent when clients connect: auth, and why they are refused."""
        before, after = self._old.namespaces(), self._new.namespaces()
        for path in [path for path in before if path in after]:
            one, other = before[path], after[path]
            for keyword, name, by_clients, old, new in (
                ("auth", f"auth for {path}", True, one.auth, other.auth),
                (
                    "connectErrors", f"connect errors of {path}", False,
                    one.connect_errors, other.connect_errors,
                ),
            ):  # fmt: skip
                if old is not None and new is not None:
                    yield Use(
                        name,
                        by_clients,
                        Judge(schema_document(self._old.contract, [old])),
                        Judge(schema_document(self._new.contract, [new])),
                        (*one.address, "x-socketio", keyword),
                        (*other.address, "x-socketio", keyword),
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
            address = self._error_address(new if other else old, kind, removed=other is None)
            if other is None:
                why = f"who emits {new.event} does not know what such an error acknowledges now"
                problem = f"{new.event}: the error ack for '{kind}' was removed"
                yield Change("error-removed", "dangerous", address, problem, (why,), removed=True)
                continue
            ack = {**other.ack, **({other.details: []} if other.details else {})}
            known = judge is not None and judge.accepts(ack)
            shown = f"{new.event} may be acknowledged {written(ack)}"
            example = Example(ack, "")
            if one is None:
                problem = f"{new.event}: '{kind}' has an error ack now"
                severity: Severity = "safe" if known else "breaking"
                yield Change("error-added", severity, address, problem, (shown,), example=example)
            else:
                problem = f"{new.event}: the error ack for '{kind}' was {written(dict(one.ack))}"
                problem += f", is {written(dict(other.ack))}"
                severity = "dangerous" if known else "breaking"
                why = f"old clients may break when they compare the error of {new.event}"
                yield Change(
                    "error-changed", severity, address, problem, (why, shown), example=example
                )

    def _error_address(self, operation: Operation, kind: str, *, removed: bool) -> Address:
        revision = self._old if removed else self._new
        own = (*operation.address, "x-socketio", "errors", kind)
        shared = (*operation.namespace.address, "x-socketio", "errors", kind)
        return own if own in revision.document.positions else shared


def _several(operation: Operation) -> bool:
    """Return whether an ack's schema is that of a list: it may have several arguments."""
    return max(operation.ack_args) > 1


def _judge(document: Json, message: Message) -> Judge:
    return Judge(document, message.unknown_keys == "drop", "boolean" in message.convert)


def _removed(operation: Operation) -> Change:
    if operation.audience is None:
        why = f"old clients break when they send {operation.event}: nothing listens"
    else:
        why = f"old clients break when they wait for {operation.event}: it never comes"
    problem = f"event {operation.event} was removed"
    return Change("event-removed", "breaking", operation.address, problem, (why,), removed=True)


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
        yield Change("auth-dropped", "safe", address, "asks for no auth any more", removed=True)


_HEARD: Mapping[str, set[str]] = {
    "all": {"sender", "others", "room", "room-others"},
    "others": {"others"},
    "sender": {"sender"},
    "room": {"room", "room-others"},
    "room-others": {"room-others"},
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
    """Compare by operation id, unless the operation is removed: that is its own finding."""
    sent = {item.id for item in contract.sends}
    for id_ in old.broadcasts:
        if id_ not in new.broadcasts and id_ in sent:
            why = f"old clients break when they wait for {id_} after {new.event}"
            problem = f"{new.event} does not broadcast {id_} any more"
            address = (*old.address, "x-socketio", "broadcasts")
            yield Change("broadcast-dropped", "breaking", address, problem, (why,), removed=True)
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
            f"{new.event} is not acknowledged any more", (why,), removed=True,
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
