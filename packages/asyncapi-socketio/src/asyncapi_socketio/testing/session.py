"""Ada and Bob at one live server: every call is judged, and what both saw of it is written down."""

from __future__ import annotations

import asyncio
import json
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import Any, Literal, TypeAlias

from ..asyncapi.contract import Contract, ErrorKind, Namespace, Operation
from ..asyncapi.preconditions import needed, shared
from ..asyncapi.resources import Resource, links, resources
from ..cli.errors import CouldNotRun
from ..jsonschema.boundaries import beyond, such
from ..jsonschema.references import Address, at, replaced
from .client import Args, Client, Closed, Pending, Target
from .expectations import Expectations, Meaning, internals, value_of
from .hooks import Hooks

Json: TypeAlias = Any
Who: TypeAlias = Literal["ada", "bob"]
EVERYONE: tuple[Who, ...] = ("ada", "bob")
Cause: TypeAlias = tuple[str, str]
"""A rule and the event whose handling breaks it: two failures of one cause are one."""

Expected: TypeAlias = Literal["success", "valid", "invalid", "arity"]
"""What an ack must say: `valid` arguments may be refused, but not as invalid ones."""

GRACE = 0.05
"""Seconds that are waited for what must not come, where no call can stand as a barrier."""


KNOWN_PATIENCE = 0.1
"""Seconds that are waited for what is known not to come."""


class Violation(Exception):
    """A rule of `asyncapi-socketio test` is broken by the handling of an event."""

    def __init__(self, rule: str, event: str, problem: str) -> None:
        super().__init__(problem)
        self.cause: Cause = (rule, event)
        self.problem = problem


@dataclass(frozen=True, slots=True)
class LogEntry:
    """One line of what went on: who emitted, got an ack, or heard what."""

    who: Who
    what: Literal["emits", "is acked", "gets no ack", "hears", "is disconnected"]
    event: str
    args: Args = ()
    asked: bool = True
    note: str = ""


@dataclass(slots=True)
class Log:
    """What went on in one story, the causes that are suppressed, the slowest ack in seconds."""

    entries: list[LogEntry] = field(default_factory=list)
    known: set[Cause] = field(default_factory=set)
    slowest: float = 0.0


@dataclass(frozen=True, slots=True)
class _Result:
    """How a call ended: what must be heard of it, and what must not, follows."""

    who: Who
    operation: Operation | None
    event: str
    succeeded: bool
    asked: bool
    members: frozenset[Who] = frozenset()


@dataclass(frozen=True, slots=True)
class Neighbourhood:
    """The other namespaces of a server, by their paths, and auth payloads that suffice there."""

    targets: Mapping[str, Target] = field(default_factory=dict)
    strangers: Sequence[Json] = ()


@dataclass(frozen=True, slots=True)
class Apart:
    """What came of a call while Bob had `called` a precondition for something else.

    `ack` is Ada's, `heard` the events that reached Bob, `answer` his own ack of the same call; None
    where it was none of success.
    """

    called: str | None = None
    ack: Args | None = None
    heard: Sequence[str] = ()
    answer: Args | None = None


class Session:
    """Two clients in one namespace of a live server."""

    def __init__(
        self,
        contract: Contract,
        namespace: Namespace,
        target: Target,
        neighbourhood: Neighbourhood | None = None,
        hooks: Hooks | None = None,
    ) -> None:
        """Prepare the judges; nobody is connected yet."""
        self.neighbourhood = neighbourhood or Neighbourhood()
        self.hooks = hooks or Hooks()
        self.contract = contract
        self.namespace = namespace
        self.target = target
        self.log = Log()
        self.patience = target.patience
        here = [item for item in contract.receives if item.namespace == namespace]
        self.expectations = {item.event: Expectations(contract, item) for item in here}
        sends = [item for item in contract.sends if item.namespace == namespace]
        self.sends = {item.event: Expectations(contract, item) for item in sends}
        self._send_ids = {item.id: item for item in sends}
        named = {id_ for item in contract.receives for id_ in item.broadcasts}
        self._free = {item.event for item in sends if item.spontaneous or item.id not in named}
        self._answers = {item.event: _answer(item) for item in sends if item.replies}
        self.resources = [
            found for found in resources(contract) if found.create.operation.namespace == namespace
        ]
        self._barrier = _barrier(self.resources, self.expectations)
        parts = [link for item in self.resources for link in item.parts.values()]
        self._by_key = {link.operation.event for link in parts if link.key_in is not None}
        self.needed = {item.event: needed(contract, item) for item in here}
        self.linked = {item.event: links(contract, self.resources, item) for item in here}
        self._by_key |= {event for event, found in self.linked.items() if found}
        self._parents: dict[tuple[str, str], Json] = {}
        self.counted: dict[str, frozenset[str]] = {}
        self._admitted: set[tuple[Who, str, str]] = set()
        self._clients: dict[Who, Client] = {}

    async def begin(self) -> None:
        """Seat whoever is not connected, and forget what happened; raise `Closed`."""
        for who in EVERYONE:
            if who not in self._clients:
                client = Client(self.target.of(who), self._answers)
                await client.connect()
                self._clients[who] = client
        self.log.entries.clear()

    async def reset(self) -> None:
        """Send everyone away: the next story begins with new connections."""
        clients = [*self._clients.values()]
        self._clients.clear()
        self._admitted.clear()
        for client in clients:
            await client.close()

    async def enters(self, auth: Json) -> tuple[bool, Json]:
        """Try to connect with an auth payload: return whether it is let in, and the refusal."""
        client = Client(replace(self.target, auth=auth, auths={}), self._answers)
        try:
            with suppress(Closed):  # some servers let in, and send away at once
                await client.connect()
                await client.until(lambda: False, GRACE)
                return True, None
        finally:
            await client.close()
        return False, client.refusal

    def fail(self, rule: str, event: str, problem: str) -> None:
        """Raise a `Violation`, unless its cause is known already."""
        if (rule, event) not in self.log.known:
            raise Violation(rule, event, problem)

    async def call(
        self, who: Who, event: str, *args: Json, expect: Expected, ask: bool = True
    ) -> Args | None:
        """Emit an event of the contract, judge its ack and all that is heard because of it.

        It is an attempt of its own, where its payload has an idempotency key.
        Return the ack's arguments when it tells of success, or None. Raise `Violation`.
        """
        args = self.expectations[event].another_attempt(args)
        members = await self.admit(event, args)
        return await self._call(who, event, *args, expect=expect, ask=ask, members=members)

    async def live(self, event: str, value: Json) -> Json:
        """Return a valid payload as it is sent: its keys are of things that are there."""
        return self.hooks.payload(event, await self.keyed(event, value))

    async def keyed(self, event: str, value: Json) -> Json:
        """Return a payload with keys of things that are there, where keys of others stand in it."""
        if not isinstance(value, dict):
            return value
        for name, resource in self.linked[event].items():
            if name not in value:
                continue
            place = event_of(resource), name
            if place not in self._parents:
                self._parents[place] = await self._parent(resource)
            if self._parents[place] is not None:
                value = {**value, name: self._parents[place]}
        return value

    async def _parent(self, resource: Resource) -> Json:
        """Create a thing that others belong to; return its key, or None when that failed."""
        event, key_out = resource.create.operation.event, resource.create.key_out
        judge = self.expectations[event]
        value = judge.simplest.value if judge.simplest else None
        for sent in (value, judge.fresh(value)):  # it may be taken: others are not
            payload = await self.live(event, sent)
            ack = await self.call("ada", event, *judge.args(payload), expect="valid")
            if ack is not None and key_out is not None:
                return at(ack[0], key_out)
        return None

    def forget(self, event: str) -> None:
        """Make other things for the keys in a payload next time: it was refused with these."""
        for name, resource in self.linked[event].items():
            self._parents.pop((event_of(resource), name), None)

    async def admit(
        self, event: str, args: Args, clients: Sequence[Who] = EVERYONE
    ) -> frozenset[Who]:
        """Let clients fulfil the preconditions of a call; return those that have.

        What they are acknowledged is judged where their own checks are.
        """
        if not self.needed[event]:
            return frozenset()
        members = {*clients}
        for operation in self.needed[event]:
            sent = self._carried(operation, event, args)
            for who in clients:
                pending = await self._emit(who, operation.event, sent, ask=True)
                ack = await self._acked(who, operation.event, pending) if pending else None
                place = (who, operation.event, json.dumps(sent))
                meaning = ack and self.expectations[operation.event].meaning(ack)
                if ack == () or (meaning and meaning.says == "success"):
                    self._admitted.add(place)
                elif place not in self._admitted:
                    members.discard(who)
        await self._settle(event)
        for client in self._clients.values():
            for name, told in client.heard:
                if name in self.sends:
                    self._judge_event(name, told)
        return frozenset(members)

    def _carried(self, before: Operation, event: str, args: Args) -> Args:
        """Return the arguments of a precondition: its simplest, about what the call is about."""
        judge = self.expectations[before.event]
        value = judge.simplest.value if judge.simplest else None
        given = value_of(self.expectations[event].operation.message, args) if args else None
        about = shared(self.contract, before, self.expectations[event].operation)
        for path, place in about.items():
            try:
                changed = replaced(value, path, at(given, place))
            except (LookupError, TypeError, AttributeError):
                continue
            value = changed if judge.takes(changed) else value
        return judge.args(value)

    async def alone(self, event: str, *args: Json, member: bool) -> tuple[Args | None, list[str]]:
        """Let Ada call on new connections, Bob no member: return her ack of success, what he heard.

        Ada fulfils the preconditions where she is to be a `member`.
        """
        await self.reset()
        await self.begin()
        if member:
            await self.admit(event, args, ("ada",))
        for client in self._clients.values():
            client.heard.clear()
        ack = await self._succeeds("ada", event, args)
        await self._settle(event)
        self._write_down_heard()
        return ack, [name for name, _ in self._clients["bob"].heard]

    async def apart(self, event: str, *args: Json) -> Apart:
        """Let Ada call, and Bob be where he has called the preconditions with other values.

        Then he calls the same as she did.
        """
        await self.reset()
        await self.begin()
        await self.admit(event, args, ("ada",))
        called = await self._admit_apart(event, args)
        if called is None:
            return Apart()
        for client in self._clients.values():
            client.heard.clear()
        ack = await self._succeeds("ada", event, args)
        await self._settle(event)
        self._write_down_heard()
        heard = [name for name, _ in self._clients["bob"].heard]
        return Apart(called, ack, heard, await self._succeeds("bob", event, args))

    async def _admit_apart(self, event: str, args: Args) -> str | None:
        """Let Bob call the preconditions with other values; return the last one's event, or None.

        Those that share no value with the call are called as they are.
        """
        called = None
        for before in self.needed[event]:
            about = shared(self.contract, before, self.expectations[event].operation)
            sent = self._carried(before, event, args)
            if about:
                other = await self._other(before, sent, [*about])
                if other is None:
                    return None
                sent, called = other, before.event
            if await self._succeeds("bob", before.event, sent) is None:
                return None
        return called

    async def _other(self, before: Operation, sent: Args, places: list[Address]) -> Args | None:
        """Return arguments that differ in one of the places: another key, or another valid value.

        None where there are none.
        """
        judge = self.expectations[before.event]
        value = value_of(before.message, sent)
        for name, resource in self.linked[before.event].items():
            if (name,) in places and isinstance(value, dict):
                key = await self._parent(resource)
                return None if key is None else judge.args({**value, name: key})
        own = [_part(value, place) for place in places]
        found = such(
            judge.payload_document,
            lambda other: own != [_part(other, place) for place in places],
        )
        return None if found is None else judge.args(found.value)

    async def _succeeds(self, who: Who, event: str, args: Args) -> Args | None:
        """Emit an event; return its ack of success, or None."""
        pending = await self._emit(who, event, args, ask=True)
        ack = await self._acked(who, event, pending) if pending else None
        good = ack is not None and self.expectations[event].meaning(ack).says == "success"
        return ack if good else None

    async def elsewhere(
        self, event: str, *args: Json, others: Mapping[str, Json]
    ) -> list[tuple[str, str]]:
        """Let Ada call, and Bob be in other namespaces too: return what he heard in which.

        `others` are his auth payloads there; where he is not let in, he hears nothing.
        """
        await self.reset()
        await self.begin()
        bob = Client(self.target.of("bob"), self._answers, others)
        try:
            await bob.connect()
        except Closed:
            return []
        self._clients["bob"], before = bob, self._clients["bob"]
        await before.close()
        try:
            await self.admit(event, args)
            bob.overheard.clear()
            pending = await self._emit("ada", event, args, ask=True)
            if pending and self.expectations[event].operation.replies:
                await self._acked("ada", event, pending)
            await self._settle(event)
            self._write_down_heard()
            return [*bob.overheard]
        finally:
            await self.reset()

    async def retry(self, event: str, payload: Json) -> Args | None:
        """Emit an event of the contract, and again with the same idempotency key.

        Return the ack's arguments when it tells of success, or None. Raise `Violation`.
        """
        args = self.expectations[event].another_attempt((payload,))
        first = await self._call("ada", event, *args, expect="success")
        for who in EVERYONE if first is not None else ():
            for client in self._clients.values():
                client.heard.clear()
            pending = await self._emit(who, event, args, ask=True)
            ack = await self._acked(who, event, pending) if pending else None
            await self._settle(event)
            self._write_down_heard()
            if ack is not None and ack != first:
                problem = f"acknowledged {short(ack)}, where {short(first)} was before"
                self.fail("carried-out-again", event, problem)
            caused = self.caused(self.expectations[event].operation)
            if told := [name for name in caused for who in EVERYONE if self.heard(who, name)]:
                self.fail("carried-out-again", event, f"{' and '.join(told)} is told again")
        return first

    async def _call(
        self,
        who: Who,
        event: str,
        *args: Json,
        expect: Expected,
        ask: bool = True,
        members: frozenset[Who] = frozenset(),
    ) -> Args | None:
        expectations = self.expectations[event]
        for client in self._clients.values():
            client.heard.clear()
        pending = await self._emit(
            who, event, args, ask=ask and bool(expectations.operation.replies)
        )
        silent = _may_be_silent(expectations, expect)
        ack = await self._acked(who, event, pending, silent=silent) if pending else None
        meaning = expectations.meaning(ack) if ack is not None else None
        if meaning is not None and ack is not None:
            if "rate" in meaning.kinds:
                await asyncio.sleep(1)
                return await self._call(who, event, *args, expect=expect, ask=ask, members=members)
            self._judge_ack(expectations.operation, expect, meaning, ack, args)
        succeeded = meaning.says == "success" if meaning else expect == "success"
        result = _Result(who, expectations.operation, event, succeeded, ask, members)
        maybe = meaning is None and (
            expect == "valid" or _may_ignore(expectations.operation, expect, args)
        )
        await self._judge_broadcasts(result, maybe=maybe)
        if pending and len(pending.acks) > 1:
            self.fail("ack-twice", event, f"{len(pending.acks)} acks: {short(pending.acks)}")
        try:
            self.hooks.after_call(who, event, [*args], None if ack is None else [*ack])
        except AssertionError as error:
            self.fail("hook", event, str(error) or "the hook after_call does not hold")
        except Exception as error:
            raise CouldNotRun(f"hook after_call: {type(error).__name__}: {error}") from error
        return ack if meaning is not None and meaning.says == "success" else None

    async def volley(self, who: Who, event: str, payloads: list[Args]) -> list[Args]:
        """Emit many events without waiting in between; give the acks that tell of success.

        Raise `Violation` when one is not acknowledged, or not as declared.
        """
        for client in self._clients.values():
            client.heard.clear()
        pending = [await self._emit(who, event, args, ask=True) for args in payloads]
        acks = [await self._acked(who, event, item) for item in pending if item]
        await self._settle(event)
        self._write_down_heard()
        given = [(ack, self.expectations[event].meaning(ack)) for ack in acks if ack is not None]
        for _, meaning in given:
            if meaning.says == "nonsense":
                self.fail("ack-shape", event, meaning.fault)
        return [ack for ack, meaning in given if meaning.says == "success"]

    async def stranger(self, who: Who, event: str, *args: Json, ask: bool) -> None:
        """Emit an event that no contract has: the server may ignore it, and must live on."""
        for client in self._clients.values():
            client.heard.clear()
        await self._emit(who, event, args, ask=ask)
        await self._judge_broadcasts(_Result(who, None, event, succeeded=False, asked=ask))

    def caused(self, operation: Operation) -> list[str]:
        """Return the events that tell of an operation, and of nothing else."""
        return [
            send.event
            for send in self._due(operation)
            if not send.spontaneous and operation.broadcasts[send.id] == "1"
        ]

    def heard(self, who: Who, event: str) -> list[Args]:
        """Return the arguments of each event of a name that someone has heard in the last call."""
        return [args for name, args in self._clients[who].heard if name == event]

    async def _emit(self, who: Who, event: str, args: Args, *, ask: bool) -> Pending | None:
        self.log.entries.append(LogEntry(who, "emits", event, args, ask))
        try:
            pending = await self._clients[who].emit(event, args, ask=ask)
        except Closed as error:
            self._disconnected(who, event, error)
            raise
        return pending if ask else None

    async def _acked(
        self, who: Who, event: str, pending: Pending, *, silent: bool = False
    ) -> Args | None:
        """Wait for an ack; for one that need not come, until the server has done what came before.

        Raise `Violation` when none comes that must.
        """
        client, started = self._clients[who], time.monotonic()
        patience = self._patience("ack-missing", event)
        try:
            if silent:
                await self._pass_barrier(who, event)
                if not await client.until(lambda: bool(pending.acks), GRACE):
                    return None
            if not await client.until(lambda: bool(pending.acks), patience):
                late = await client.until(lambda: bool(pending.acks), patience)
                self._unanswered(who, event, late=late)
                return pending.acks[0] if late else None
        except Closed as error:
            self._disconnected(who, event, error)
            raise
        self.log.slowest = max(self.log.slowest, time.monotonic() - started)
        self.log.entries.append(LogEntry(who, "is acked", event, pending.acks[0]))
        return pending.acks[0]

    def _patience(self, rule: str, event: str) -> float:
        """Return the seconds to wait for what may not come; few where that is known."""
        return KNOWN_PATIENCE if (rule, event) in self.log.known else self.patience

    def _disconnected(self, who: Who, event: str, error: Closed) -> None:
        self.log.entries.append(LogEntry(who, "is disconnected", event, note=str(error)))
        self.fail("closed", event, str(error))

    def _unanswered(self, who: Who, event: str, *, late: bool) -> None:
        patience = self.patience
        self.log.entries.append(LogEntry(who, "gets no ack", event, note=f"in {patience} s"))
        if late:
            self.fail("ack-late", event, f"the ack came later than {patience} s")
        else:
            self.fail("ack-missing", event, f"no ack in {2 * patience} s")

    def _judge_ack(
        self, operation: Operation, expect: Expected, meaning: Meaning, ack: Args, sent: Args
    ) -> None:
        event = operation.event
        if meaning.says == "nonsense":
            self.fail("ack-shape", event, meaning.fault)
        ignored = _may_ignore(operation, expect, sent)
        if meaning.says == "success" and expect in {"invalid", "arity"} and not ignored:
            self.fail("accepted-invalid", event, f"acknowledged {short(ack)}")
        if meaning.says != "error":
            return
        if leaked := internals(ack, sent):
            self.fail("leak", event, f"the ack tells of its insides: {leaked!r}")
        if "unexpected" in meaning.kinds:
            self.fail("unexpected-error", event, f"acknowledged {short(ack)}")
        elif expect == "success" or (expect == "valid" and self._says_invalid(operation, ack)):
            self.fail("rejected-valid", event, f"acknowledged {short(ack)}")
        elif expect in {"invalid", "arity"}:
            self._judge_refusal(operation, "payload" if expect == "invalid" else "arity", ack)

    def _says_invalid(self, operation: Operation, ack: Args) -> bool:
        """Return whether an ack is the declared refusal of an invalid payload, and of nothing else.

        Where a key is taken, it may be that of a key that nothing has.
        """
        error = operation.errors.get("payload")
        if error is None or not error.ack.items() <= ack[0].items():
            return False
        detailed = error.details is not None and error.details in ack[0]
        return detailed or operation.event not in self._by_key

    def _judge_refusal(self, operation: Operation, kind: ErrorKind, ack: Args) -> None:
        error = operation.errors.get(kind)
        if error is None:
            return
        said: Mapping[str, Json] = ack[0]
        if not error.ack.items() <= said.items():
            problem = f"acknowledged {short(ack)} where {short(dict(error.ack))} is declared"
            self.fail("wrong-rejection", operation.event, problem)
        elif error.details and not said.get(error.details):
            self.fail("wrong-rejection", operation.event, f"no {error.details} in {short(ack)}")

    async def _judge_broadcasts(self, result: _Result, *, maybe: bool = False) -> None:
        """Wait for what must be heard, then see that nothing else was.

        `maybe`: nobody knows whether it succeeded, so that broadcasts are neither due nor wrong.
        """
        due = self._due(result.operation) if result.operation else []
        for listener in EVERYONE if result.succeeded else ():
            named = {
                send.event
                for send in due
                if _hears(send, listener, result) and _must_come(result, send)
            }
            if named:
                await self._wait_for(listener, named, result)
        await self._settle(result.event)
        self._write_down_heard()
        for listener in EVERYONE:
            self._judge_heard(listener, due if result.succeeded or maybe else [], result)

    def _due(self, operation: Operation) -> list[Operation]:
        """Return what an operation sends to this namespace."""
        return [self._send_ids[id_] for id_ in operation.broadcasts if id_ in self._send_ids]

    async def _wait_for(self, listener: Who, named: set[str], result: _Result) -> None:
        client = self._clients[listener]

        rule = "broadcast-missing" if result.asked else "no-callback"

        def heard() -> bool:
            return any(name in named for name, _ in client.heard)

        try:
            if not await client.until(heard, self._patience(rule, result.event)):
                names = " or ".join(sorted(named))
                self.fail(rule, result.event, f"{listener} never heard {names}")
        except Closed as error:
            self._disconnected(listener, result.event, error)
            raise

    def _write_down_heard(self) -> None:
        for who, client in self._clients.items():
            self.log.entries += [LogEntry(who, "hears", *event) for event in client.heard]

    def _judge_heard(self, listener: Who, possible: list[Operation], result: _Result) -> None:
        heard, cause = self._clients[listener].heard, result.event
        for name, count in Counter(name for name, _ in heard).items():
            send = next((item for item in possible if item.event == name), None)
            if name not in self.sends:
                self.fail("event-undeclared", name, f"{listener} heard it after {cause}")
            elif name in self._free:
                continue  # it may come at any time, as often as it likes
            elif send is None:
                rule = "broadcast-undeclared" if result.succeeded else "broadcast-on-failure"
                self.fail(rule, cause, f"{listener} heard {name}")
            elif listener == result.who and send.audience in {"others", "room-others"}:
                self.fail("broadcast-echo", cause, f"the sender itself heard {name}")
            elif count > 1 and not _may_repeat(result, send):
                self.fail("broadcast-twice", cause, f"{listener} heard {name} {count} times")
        for name, args in heard:
            if name in self.sends:
                self._judge_event(name, args)

    def _judge_event(self, name: str, args: Args) -> None:
        expectations = self.sends[name]
        message = expectations.operation.message
        args = args[: message.args] if message.more else args
        if not message.takes(len(args)):
            problem = f"{len(args)} argument(s), {message.args} declared"
            self.fail("broadcast-shape", name, problem)
        elif args and not expectations.takes(value_of(message, args)):
            self.fail("broadcast-shape", name, f"{short(args)} breaks its schema")

    async def _settle(self, cause: str) -> None:
        """Wait until all that the server has sent either of them before is there."""
        if self._barrier is None:
            await asyncio.sleep(GRACE)
            return
        for who in EVERYONE:
            await self._pass_barrier(who, cause)

    async def _pass_barrier(self, who: Who, cause: str) -> None:
        """Wait until all that the server has sent someone before is there.

        Acks and events reach one client in order, so an ack asked for now comes after them.
        """
        client = self._clients[who]
        if self._barrier is None:
            await asyncio.sleep(GRACE)
            return
        try:
            pending = await client.emit(*self._barrier, ask=True)
            if not await client.until(lambda: bool(pending.acks), self.patience):
                self._barrier = None
        except Closed as error:
            self._disconnected(who, cause, error)
            raise


def event_of(resource: Resource) -> str:
    """Return the event that creates things."""
    return resource.create.operation.event


def _answer(operation: Operation) -> Args:
    reply = next(item for item in operation.replies)
    if reply.several:
        return (*next(iter(reply.examples), ()),)
    return reply.examples[:1]


def _barrier(
    found: list[Resource], expectations: Mapping[str, Expectations]
) -> tuple[str, Args] | None:
    """Choose a call that changes nothing, is told to nobody, and is quickly done, if one is."""
    reads = (expectations[item.read.operation.event] for item in found if item.read)
    lists = (expectations[item.list.operation.event] for item in found if item.list)
    judges = [*expectations.values()]
    declared = (judge for judge in judges if "payload" in judge.operation.errors)
    choices = chain(
        filter(None, map(_harmless, reads)),
        _refused(declared),
        filter(None, map(_harmless, lists)),
        _refused(judge for judge in judges if judge.operation.replies),
    )
    return next(choices, None)


def _harmless(judge: Expectations) -> tuple[str, Args] | None:
    """Return a call with an example of its payload, or the simplest one."""
    message = judge.operation.message
    simplest = judge.simplest and judge.simplest.value
    value = next(iter(message.examples), simplest)
    fits = not message.several and (value is not None or not message.takes_any)
    return (message.name, judge.args(value)) if fits else None


def _may_be_silent(judge: Expectations, expect: Expected) -> bool:
    """Return whether what is wrong may be left without ack: the contract has none for it."""
    if expect == "invalid":
        return not judge.may_refuse and "payload" not in judge.operation.errors
    return expect == "arity" and "arity" not in judge.operation.errors


def _may_ignore(operation: Operation, expect: Expected, args: Args) -> bool:
    """Return whether arguments beyond the declared ones may be ignored, as many languages do."""
    more = len(args) > operation.message.args
    return expect == "arity" and more and "arity" not in operation.errors


def _refused(found: Iterable[Expectations]) -> Iterator[tuple[str, Args]]:
    """Yield calls that the contract refuses, so that they change nothing."""
    for expectations in found:
        operation, document = expectations.operation, expectations.payload_document
        if document is None:
            continue
        for edge in beyond(document, **expectations.leniency):
            if expectations.refuses(edge.value):
                yield operation.event, expectations.args(edge.value)


def _part(value: Json, place: Address) -> Json:
    try:
        return at(value, place)
    except (LookupError, TypeError):
        return None


def _must_come(result: _Result, send: Operation) -> bool:
    """Return whether an operation always sends what it broadcasts."""
    cause = result.operation
    return cause is not None and cause.broadcasts[send.id].startswith("1")


def _may_repeat(result: _Result, send: Operation) -> bool:
    """Return whether an operation may send what it broadcasts several times."""
    cause = result.operation
    return cause is not None and cause.broadcasts[send.id].endswith("n")


def _hears(send: Operation, listener: Who, result: _Result) -> bool:
    """Return whether a listener is certain to be told; a room may be told without its cause."""
    sender = listener == result.who
    if send.audience in {"room", "room-others"}:
        return not sender and listener in result.members
    return send.audience in {"all", "sender" if sender else "others"}


def short(value: Json, most: int = 200) -> str:
    """Write a value as JSON, and arguments one after the other; not all of what is long."""
    parts = value if isinstance(value, tuple) else [value]
    text = " ".join(json.dumps(part) for part in parts) or "with no argument"
    return text if len(text) <= most else f"{text[:most]}…"
