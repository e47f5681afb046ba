"""What is tried on a live server, phase by phase: each check draws inputs, and plays a story."""

from __future__ import annotations

import copy
from collections.abc import Awaitable, Callable, Collection, Iterator
from dataclasses import dataclass, replace
from itertools import chain, islice
from secrets import token_hex, token_urlsafe
from typing import Any, Literal, TypeAlias
from uuid import uuid4

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from ..addresses import Addresses, filled
from ..asyncapi.contract import Operation, Role
from ..asyncapi.preconditions import shared
from ..asyncapi.resources import Link, Resource
from ..asyncapi.schemas import schema_document
from ..asyncapi.secrets import secrets
from ..jsonschema.boundaries import beyond, boundaries, such
from ..jsonschema.dialect import Draft7, Validator
from ..jsonschema.references import at, replaced
from ..jsonschema.strategies import corruptions, loosened, valid
from .expectations import Expectations, another
from .model import Model, same
from .session import EVERYONE, Session, short

Json: TypeAlias = Any
Phase: TypeAlias = Literal[
    "access", "examples", "boundaries", "fuzzing", "stateful", "broadcasts", "manners"
]  # fmt: skip
Play: TypeAlias = Callable[[Session, Json], Awaitable[None]]

STORY_LENGTH = 12
"""Steps of a story that is drawn."""

BURST = 12
"""Events that are emitted at once."""


WRONG_AUTHS = 8
"""How many wrong auth payloads are tried."""


@dataclass(frozen=True, slots=True)
class Check:
    """A story that is played for each input: those of a list, or those that are drawn."""

    phase: Phase
    event: str
    name: str
    inputs: tuple[Json, ...] | SearchStrategy[Json]
    play: Play

    @property
    def id(self) -> str:
        """Its name in reports and in files that are replayed."""
        return f"{self.phase}: {self.event}: {self.name}"


def checks(session: Session, phases: Collection[Phase]) -> Iterator[Check]:
    """Yield the checks of a namespace; nothing is drawn for a phase that is not asked for."""
    found: dict[Phase, Iterator[Check]] = {
        "access": chain(_auth(session), _of_each(session, _access)),
        "examples": _of_each(session, _examples),
        "boundaries": _of_each(session, _boundaries),
        "fuzzing": _of_each(session, _fuzzing),
        "stateful": (item for thing in session.resources for item in _stateful(session, thing)),
        "broadcasts": (item for thing in session.resources for item in _broadcasts(session, thing)),
        "manners": chain(_of_each(session, _manners), [_UNKNOWN]),
    }
    for phase, played in found.items():
        if phase in phases:
            yield from played


def _of_each(
    session: Session, phase: Callable[[Expectations, _Stories], Iterator[Check]]
) -> Iterator[Check]:
    for expectations in session.expectations.values():
        yield from phase(expectations, _Stories(session, expectations.operation))


def _auth(session: Session) -> Iterator[Check]:
    """Yield a check that tries auth payloads which the contract forbids, none among them."""
    namespace = session.namespace
    if namespace.auth is None:
        return
    document = schema_document(session.contract, [namespace.auth])
    judge = Draft7(document)
    wrong = [None, *(edge.value for edge in beyond(document))]
    errors = namespace.connect_errors and Draft7(
        schema_document(session.contract, [namespace.connect_errors])
    )

    def judge_refusal(session: Session, auth: Json, refusal: Json) -> None:
        data = refusal.get("data") if isinstance(refusal, dict) else None
        if errors and not errors.is_valid(data):
            problem = f"{short(auth)} was refused with the data {short(data)}"
            session.fail("connect-error", namespace.path, problem)

    async def play(session: Session, auth: Json) -> None:
        entered, refusal = await session.enters(auth)
        if entered:
            session.fail("let-in", namespace.path, f"{short(auth)} was let in")
        judge_refusal(session, auth, refusal)

    # clients send an object or nothing (Socket.IO protocol 5), and nothing is read as {}
    sent = [auth for auth in wrong if auth is None or isinstance(auth, dict)]
    refused = tuple(auth for auth in sent if not judge.is_valid({} if auth is None else auth))
    yield Check("access", namespace.path, "a wrong auth payload", refused[:WRONG_AUTHS], play)

    async def unknown(session: Session, auth: Json) -> None:
        entered, refusal = await session.enters(auth)
        if entered:
            session.fail("unknown-let-in", namespace.path, f"{short(auth)} was let in")
        judge_refusal(session, auth, refusal)

    if strangers := tuple(_strangers(session, judge)):
        yield Check("access", namespace.path, "an unknown secret", strangers, unknown)


def _strangers(session: Session, judge: Validator) -> Iterator[Json]:
    """Yield auth payloads as valid as Ada's, but with a secret that nobody has here.

    It is hers with another letter, one that is drawn, or one that suffices elsewhere only.
    """
    own = session.target.of("ada").auth
    for name in secrets(session.contract, session.namespace) if isinstance(own, dict) else ():
        known = own.get(name)
        if isinstance(known, str) and known:
            others = (another(known), token_urlsafe(len(known)), token_hex(16), f"{uuid4()}")
            valid = [{**own, name: other} for other in others]
            yield from [auth for auth in valid if judge.is_valid(auth)][:2]
            turned = {**own, name: known.swapcase()}
            yield from [turned] if judge.is_valid(turned) and turned != own else ()
    yield from filter(judge.is_valid, session.neighbourhood.strangers)


def _neighbours(session: Session) -> dict[str, Json]:
    """Return Bob's auth payloads in other namespaces: those of other paths, and another of his."""
    targets = [*session.neighbourhood.targets.values()]
    own, here = session.namespace, session.target
    for name, values in [*own.examples.items()][-1:]:
        found = Addresses([own.path]).find(here.namespace)
        given = found.parameters if found else {}
        limited = session.contract.schemas[own.parameters or ""]["properties"][name].get("enum")
        others = [value for value in values if value != given[name]]
        others += [] if limited else [f"{given[name]}2"]
        for value in others[:1]:
            place = filled(own.path, {**given, name: value})
            targets.append(replace(here, namespace=place))
    return {target.namespace: target.of("bob").auth for target in targets}


def _leaks(expectations: Expectations, session: Session) -> Iterator[Check]:
    """Yield a check of what is heard in other namespaces that belongs into one."""
    operation, found = expectations.operation, expectations.simplest
    told = {item.id: item for item in session.contract.sends if item.id in operation.broadcasts}
    names = {item.event for item in told.values() if item.namespace == operation.namespace}
    neighbours = _neighbours(session) if names else {}
    addresses = Addresses(item.path for item in session.contract.namespaces)
    value = next(iter(operation.message.examples), found and found.value)

    async def play(session: Session, value: Json) -> None:
        args = expectations.args(await session.live(operation.event, value))
        for place, auth in neighbours.items():
            for _, name in await session.elsewhere(operation.event, *args, others={place: auth}):
                path = addresses.find(place)
                meant = any(
                    path and item.event == name and item.namespace.path == path.path
                    for item in told.values()
                    if item.namespace != operation.namespace
                )
                if name in names and not meant:
                    problem = f"bob heard {name} in {place}"
                    session.fail("namespace-leak", operation.event, problem)

    if neighbours:
        yield Check("access", operation.event, "other namespaces hear nothing", (value,), play)


def _access(expectations: Expectations, stories: _Stories) -> Iterator[Check]:
    """Yield checks of who may call, and who may hear, where something must have been called."""
    operation, session = expectations.operation, stories.session
    yield from _leaks(expectations, session)
    if operation.preconditions and operation.replies:
        yield from _members(expectations, session)


def _members(expectations: Expectations, session: Session) -> Iterator[Check]:
    """Yield checks of what is called, and heard, without the preconditions of an operation."""
    operation, found = expectations.operation, expectations.simplest
    value = next(iter(operation.message.examples), found and found.value)
    event, rooms = operation.event, expectations.rooms

    async def unprepared(session: Session, value: Json) -> None:
        args = expectations.args(await session.live(event, value))
        ack, _ = await session.alone(event, *args, member=False)
        if ack is not None:
            needed = " and ".join(item.event for item in session.needed[event])
            problem = f"acknowledged {short(ack)} without {needed}"
            session.fail("precondition-ignored", event, problem)

    async def outside(session: Session, value: Json) -> None:
        args = expectations.args(await session.live(event, value))
        ack, heard = await session.alone(event, *args, member=True)
        told = [name for name in heard if name in rooms]
        if ack is not None and told:
            problem = f"bob heard {told[0]}, and has not called what lets him in"
            session.fail("broadcast-outside", event, problem)

    yield Check("access", event, "without its preconditions", (value,), unprepared)

    async def another_room(session: Session, value: Json) -> None:
        args = expectations.args(await session.live(event, value))
        found = await session.apart(event, *args)
        told = [name for name in found.heard if name in rooms]
        if found.ack is not None and told:
            problem = f"bob heard {told[0]}, and called {found.called} for something else"
            session.fail("broadcast-outside", event, problem)
        if found.answer is not None:
            problem = f"acknowledged {short(found.answer)} after {found.called} for something else"
            session.fail("precondition-ignored", event, problem)

    if rooms:
        yield Check("access", event, "who is outside hears nothing", (value,), outside)
    if any(shared(session.contract, item, operation) for item in session.needed[event]):
        yield Check("access", event, "after preconditions of another", (value,), another_room)


UNKNOWN = "contract:unknown"
"""An event that no contract has."""


def _examples(expectations: Expectations, stories: _Stories) -> Iterator[Check]:
    inputs = tuple(
        {"meant": expectations.normal(example), "sent": example}
        for example in expectations.operation.message.examples
    )
    if inputs:
        yield Check("examples", expectations.operation.event, "an example", inputs, stories.valid)


def _boundaries(expectations: Expectations, stories: _Stories) -> Iterator[Check]:
    document, event = expectations.payload_document, expectations.operation.event
    if document is None:
        nothing = ({"meant": None, "sent": None},)
        yield Check("boundaries", event, "without argument", nothing, stories.valid)
        return
    inside = ({"meant": edge.value, "sent": edge.value} for edge in boundaries(document))
    yield Check("boundaries", event, "a value at an edge", tuple(inside), stories.valid)
    beyond_edges = (edge.value for edge in beyond(document, **expectations.leniency))
    outside = tuple(value for value in beyond_edges if expectations.refuses(value))
    yield Check("boundaries", event, "a value beyond an edge", outside, stories.invalid)


def _fuzzing(expectations: Expectations, stories: _Stories) -> Iterator[Check]:
    document, event = expectations.payload_document, expectations.operation.event
    if document is None:
        return

    def sent(meant: Json) -> SearchStrategy[Json]:
        loose = loosened(document, meant, **expectations.leniency)
        return loose.map(lambda value: {"meant": meant, "sent": value})

    yield Check("fuzzing", event, "valid", valid(document).flatmap(sent), stories.valid)
    if wrong := _wrong(expectations):
        yield Check("fuzzing", event, "invalid", st.one_of(wrong), stories.invalid)


def _wrong(expectations: Expectations) -> list[SearchStrategy[Json]]:
    """Return each way to break a payload; each value is judged again, so that no alarm is false."""
    ways = corruptions(expectations.payload_document, **expectations.leniency)
    return [way.values.filter(expectations.refuses) for way in ways]


def _stateful(session: Session, resource: Resource) -> Iterator[Check]:
    event = resource.create.operation.event
    new = _drawn(session, resource.create.operation)
    whole = _drawn(session, resource.update.operation) if resource.update else st.none()
    which, who = st.integers(0, 3), st.sampled_from(["ada", "bob"])
    steps = st.one_of(
        st.tuples(st.just("create"), who, which, new),
        st.tuples(st.just("update"), who, which, whole),
        st.tuples(st.sampled_from(["read", "delete", "list"]), who, which, st.none()),
    ).map(list)
    stories = st.lists(steps, min_size=1, max_size=STORY_LENGTH)

    async def play(session: Session, story: Json) -> None:
        await _live(Model(session, resource), story)

    async def crowd(session: Session, new: Json) -> None:
        await _many(Model(session, resource), new)

    yield Check("stateful", event, "one model", (_one_life(session, resource),), play)
    for change in resource.changes:
        yield _another_life(session, resource, change)
    if resource.list:
        first = Model(session, resource).carrier(resource.create)
        yield Check("stateful", event, "many things", (first,), crowd)
    yield Check("stateful", event, "any story", stories, play)


def _another_life(session: Session, thing: Resource, change: Link) -> Check:
    """Return the story of two things that are changed in another way."""
    resource = replace(thing, update=change)
    name = f"one model, with {change.operation.event}"

    async def play(session: Session, story: Json) -> None:
        await _live(Model(session, resource), story)

    story = _one_life(session, resource)
    return Check("stateful", resource.create.operation.event, name, (story,), play)


async def _many(model: Model, new: Json) -> None:
    """Create many things and delete some: those that are left are listed, whoever asks."""
    event = model.resource.create.operation.event
    keys = []
    for _ in range(BURST):
        fresh = model.session.expectations[event].fresh(new)
        key = await model.create("ada", fresh, fresh)
        keys += [] if key is None else [key]
    for who in EVERYONE:
        await model.listed(who)
    for key in keys[:1] + keys[-1:]:
        await model.delete("ada", key)
    await model.listed("ada")
    await model.clear()


def _drawn(session: Session, operation: Operation) -> SearchStrategy[Json]:
    return valid(session.expectations[operation.event].payload_document)


def _one_life(session: Session, resource: Resource) -> Json:
    """Write the story of two things: each operation, and reading again after each."""
    model = Model(session, resource)
    document = session.expectations[resource.create.operation.event].payload_document
    whole_new = such(document, _is_full)
    new = whole_new.value if whole_new else model.carrier(resource.create)
    other = next((edge.value for edge in boundaries(document) if edge.value != new), new)
    whole = _other_whole(model, resource, new)
    looks = [["read", "bob", 0, None], ["list", "ada", 0, None]]
    return [
        ["create", "ada", 0, new], *looks,
        ["create", "bob", 1, other], *looks,
        ["update", "ada", 0, whole], *looks,
        ["delete", "bob", 0, None], *looks,
        ["update", "ada", 0, whole], *looks,
        ["delete", "ada", 0, None], *looks,
    ]  # fmt: skip


def _is_full(new: Json) -> bool:
    """Return whether nothing of a thing is empty, so that it shows what is lost of it."""
    return isinstance(new, dict) and all(new.values())


def _other_whole(model: Model, resource: Resource, new: Json) -> Json:
    """Return what changes a thing into another than the new one; the simplest, if nothing does."""
    update, create = resource.update, resource.create
    if update is None or update.thing_in is None or create.thing_in is None:
        return None
    made = at(new, create.thing_in)
    document = model.session.expectations[update.operation.event].payload_document
    for edge in boundaries(document):
        parts = at(edge.value, update.thing_in)
        if any(name in made and not same(made[name], part) for name, part in parts.items()):
            return edge.value
    return model.carrier(update)


async def _live(model: Model, story: Json) -> None:
    keys: list[Json] = []
    for verb, who, which, value in story:
        key = keys[which % len(keys)] if keys else None
        if verb == "create":
            created = await model.create(who, value, value)
            keys += [created] if created is not None else []
        elif verb == "list":
            await model.listed(who)
        elif key is not None and verb == "update":
            await model.update(who, key, value, value)
        elif key is not None:
            await (model.read if verb == "read" else model.delete)(who, key)
    await model.clear()


def _broadcasts(session: Session, resource: Resource) -> Iterator[Check]:
    update = resource.update
    if update is None or resource.read is None or not session.caused(update.operation):
        return

    async def play(session: Session, _: Json) -> None:
        await _last_is_stored(Model(session, resource), resource)

    yield Check("broadcasts", update.operation.event, "many at once", (None,), play)


async def _last_is_stored(model: Model, resource: Resource) -> None:
    """Change one thing many times at once: what the others heard last is what is stored."""
    update, session = resource.update, model.session
    new = model.carrier(resource.create)
    key = await model.create("ada", new, new)
    if key is None or update is None or update.key_in is None or update.thing_in is None:
        return
    document = session.expectations[update.operation.event].payload_document
    values = [replaced(edge.value, update.key_in, key) for edge in boundaries(document)][:BURST]
    acks = await session.volley("ada", update.operation.event, [(value,) for value in values])
    if len(acks) < len(values):
        return
    events = session.caused(update.operation)
    heard = [args for event in events for args in session.heard("bob", event)]
    problem = f"{len(heard)} broadcasts of {len(acks)} changes"
    if len(heard) != len(acks):
        session.fail("broadcast-missing", update.operation.event, problem)
    elif heard and heard[-1] and isinstance(heard[-1][0], dict):
        model.things[key] = heard[-1][0]
        await model.read("bob", key, "broadcast-order")
    await model.clear()


def _manners(expectations: Expectations, stories: _Stories) -> Iterator[Check]:
    operation = expectations.operation
    event, count = operation.event, operation.message.args
    example = expectations.simplest
    good = [] if example is None else [*expectations.args(example.value)]
    message = operation.message
    lengths = range(count if message.more or message.rest else max(4, count + 2))
    few = good[: message.least]
    wrong = tuple([*few, 0, 1, 2][:length] for length in lengths if not message.takes(length))
    if operation.replies:
        yield Check("manners", event, "a wrong number of arguments", wrong, stories.arity)
    if operation.idempotency_key is not None:
        retried = tuple(item for item in operation.message.examples if operation.attempt(item))
        yield Check(
            "manners", event, "sent again", retried or _with_key(expectations), stories.retry
        )
    yield Check("manners", event, "no callback", ({"args": good},), stories.unasked)
    yield Check("manners", event, "no callback, wrong arguments", wrong, stories.unasked_wrong)
    if operation.replies and not operation.broadcasts:
        yield Check("manners", event, "many at once", ({"args": good},), stories.burst)


def _with_key(expectations: Expectations) -> tuple[Json, ...]:
    """Return a valid payload with an idempotency key, where one is found at an edge."""
    edges = (edge.value for edge in boundaries(expectations.payload_document))
    return tuple(islice(filter(expectations.operation.attempt, edges), 1))


async def _stranger(session: Session, value: Json) -> None:
    await session.stranger("ada", UNKNOWN, {"any": "thing"}, ask=value["ask"])


_UNKNOWN = Check("manners", UNKNOWN, "an unknown event", ({"ask": False}, {"ask": True}), _stranger)


class _Stories:
    """What is told of one operation, whatever part it has in the model of a thing."""

    def __init__(self, session: Session, operation: Operation) -> None:
        self.session = session
        self._event = operation.event
        self._resource: Resource | None = None
        self._role: Role | None = None
        for resource in session.resources:
            for role, link in resource.parts.items():
                if link.operation == operation:
                    self._resource, self._role = resource, role
            for link in resource.changes:
                if link.operation == operation:
                    self._resource, self._role = replace(resource, update=link), "update"

    async def valid(self, session: Session, value: Json) -> None:
        """Send what is valid: it is carried out, and shown afterwards as it was meant."""
        meant, sent = value["meant"], value["sent"]
        if self._resource is None or self._role == "list":
            expectations = session.expectations[self._event]
            await session.call("ada", self._event, *expectations.args(sent), expect="valid")
            alive = await session.live(self._event, sent)
            if not same(alive, sent):
                ack = await session.call(
                    "ada", self._event, *expectations.args(alive), expect="valid"
                )
                if ack is None:
                    session.forget(self._event)
            return
        model = Model(session, self._resource)
        if self._role == "create":
            key = await model.create("ada", meant, sent)
            if key is not None:
                await model.read("bob", key)
        else:
            await self._unknown(model, sent)
            await self._existing(model, meant, sent)
        await model.clear()

    async def _unknown(self, model: Model, sent: Json) -> None:
        """Send a key that nothing has, or something that nobody here knows of."""
        ack = await model.session.call("ada", self._event, sent, expect="valid")
        link = model.resource.read
        if ack is not None and self._role == "read" and link and link.key_in is not None:
            key = at(sent, link.key_in)
            listed = await model.listed("ada")
            if listed is not None and key not in listed:
                model.session.fail(
                    "ghost", self._event, f"{short(key)} is not listed: {short(ack[0])}"
                )

    async def _existing(self, model: Model, meant: Json, sent: Json) -> None:
        """Do the same to a thing that is there."""
        new = model.carrier(model.resource.create)
        key = await model.create("bob", new, new)
        if key is None:
            return
        if self._role == "update":
            await model.update("ada", key, meant, sent)
        elif self._role == "delete":
            await model.delete("ada", key)
        await model.read("ada", key)

    async def invalid(self, session: Session, sent: Json) -> None:
        """Send what is invalid: it is refused as declared, and changes nothing."""
        if self._resource is None or self._role not in {"create", "update"}:
            expectations = session.expectations[self._event]
            alive = await session.keyed(self._event, sent)
            wrong = alive if expectations.refuses(alive) else sent
            await session.call("ada", self._event, *expectations.args(wrong), expect="invalid")
            return
        model = Model(session, self._resource)
        if self._role == "create":
            before = await model.listed("bob")
            await session.call("ada", self._event, sent, expect="invalid")
            after = await model.listed("bob")
            if before is not None and after is not None and (new := after.keys() - before.keys()):
                session.fail("rejected-stored", self._event, f"{[*new]} are new")
        else:
            await self._invalid_update(model, sent)
        await model.clear()

    async def _invalid_update(self, model: Model, sent: Json) -> None:
        new = model.carrier(model.resource.create)
        key = await model.create("ada", new, new)
        if key is None:
            return
        aimed = self._aimed(model, key, sent)
        await model.session.call("ada", self._event, aimed, expect="invalid")
        await model.unchanged("bob", key)

    def _aimed(self, model: Model, key: Json, sent: Json) -> Json:
        """Put the key of a thing into a wrong payload, if it stays wrong."""
        link = model.resource.update
        path = link.key_in if link else None
        try:
            aimed = replaced(copy.deepcopy(sent), path, key) if path and at(sent, path) else sent
        except (LookupError, TypeError):
            return sent
        return sent if model.session.expectations[self._event].takes(aimed) else aimed

    async def arity(self, session: Session, args: Json) -> None:
        """Send a wrong number of arguments: refused as declared."""
        await session.call("ada", self._event, *args, expect="arity")

    async def retry(self, session: Session, payload: Json) -> None:
        """Send what has an idempotency key again and again: it is carried out once."""
        ack = await session.retry(self._event, payload)
        if ack is None or self._resource is None or self._role != "create":
            return
        model, key_out = Model(session, self._resource), self._resource.create.key_out
        if key_out is not None:
            model.things[at(ack[0], key_out)] = {}
        await model.clear()

    async def unasked(self, session: Session, value: Json) -> None:
        """Send what is valid without a callback: it is carried out all the same."""
        if self._resource is None or self._role == "list":
            await session.call("ada", self._event, *value["args"], expect="valid", ask=False)
            return
        model = Model(session, self._resource)
        if self._role == "create":
            await self._unasked_create(model, value["args"])
            return
        new = model.carrier(model.resource.create)
        key = await model.create("ada", new, new)
        parts = self._resource.parts.values()
        link = next(link for link in parts if link.operation.event == self._event)
        if key is not None and link.key_in is not None:
            payload = replaced(value["args"][0], link.key_in, key)
            if self._role == "update":
                payload = await model.change(key, payload)
            await session.call("ada", self._event, payload, expect="success", ask=False)
            await self._shown(model, key, payload)

    async def _unasked_create(self, model: Model, args: list[Json]) -> None:
        expectations = model.session.expectations[self._event]
        fresh = [await model.session.live(self._event, expectations.fresh(arg)) for arg in args]
        before = await model.listed("ada")
        await model.session.call("ada", self._event, *fresh, expect="success", ask=False)
        after = await model.listed("ada")
        if before is None or after is None:
            return
        model.things = {key: after[key] for key in after.keys() - before.keys()}
        link = model.resource.list
        if not model.things and link and not link.operation.message.args:
            model.session.fail("no-callback", self._event, "nothing was created")
        await model.clear()

    async def _shown(self, model: Model, key: Json, payload: Json) -> None:
        """See that what nobody acknowledged was done."""
        link = model.resource.update
        if self._role == "delete":
            model.things.pop(key)
            model.deleted.append(key)
        elif self._role == "update" and link and link.thing_in is not None:
            await model.changed(key, payload)
        await model.read("bob", key, "no-callback")
        await model.clear()

    async def unasked_wrong(self, session: Session, args: Json) -> None:
        """Send a wrong number of arguments without a callback: nothing happens, nobody is told."""
        await session.call("ada", self._event, *args, expect="arity", ask=False)

    async def burst(self, session: Session, value: Json) -> None:
        """Ask many times at once: each is acknowledged, and all alike where it is so before."""
        args = (*value["args"],)
        alone = [await session.volley("ada", self._event, [args]) for _ in range(2)]
        acks = await session.volley("ada", self._event, [args] * BURST)
        alone.append(await session.volley("ada", self._event, [args]))
        told = [[*ack] for one in alone for ack in one]
        steady = len(told) == len(alone) and all(same(ack, told[0]) for ack in told)
        if steady and any(not same([*ack], told[0]) for ack in acks):
            session.fail("read-wrong", self._event, "the same question got different acks")
