"""The model of things, as the acks say it is, held against what the server shows afterwards."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

from ..asyncapi.resources import Link, Resource
from ..jsonschema.references import at, replaced
from .client import Args
from .session import Expected, Session, Who, short

Json: TypeAlias = Any


class Model:
    """Things of one resource: `things` are there, by key; `deleted` are the keys of others."""

    def __init__(self, session: Session, resource: Resource) -> None:
        self.session = session
        self.resource = resource
        self.things: dict[Json, Json] = {}
        self.deleted: list[Json] = []
        self.owners: dict[Json, Who] = {}
        self._wanted: dict[str, Json] = {}
        self._shown: dict[Json, Json] = {}
        self._properties = session.contract.schemas[resource.schema]["properties"]

    def carrier(self, link: Link) -> Json:
        """Return the simplest payload that an operation takes; None without argument."""
        found = self.session.expectations[link.operation.event].simplest
        return found.value if found else None

    async def create(self, who: Who, meant: Json, sent: Json) -> Json:
        """Create a thing; return its key, or None when that failed in a known way."""
        link = self.resource.create
        meant = await self.session.live(link.operation.event, meant)
        sent = await self.session.live(link.operation.event, sent)
        ack = await self.session.call(who, link.operation.event, sent, expect="valid")
        if ack is None and same(meant, sent):  # it may be taken: others are not
            fresh = self.session.expectations[link.operation.event].fresh(sent)
            meant = sent = await self.session.live(link.operation.event, fresh)
            ack = await self.session.call(who, link.operation.event, sent, expect="valid")
        if ack is None or link.key_out is None or link.thing_in is None:
            return None
        key = at(ack[0], link.key_out)
        if key in self.things or key in self.deleted:
            self.session.fail("key-reused", link.operation.event, f"{short(key)} was given before")
        thing = self._thing(key, at(meant, link.thing_in))
        if link.thing_out is not None and not agrees(at(ack[0], link.thing_out), thing):
            self.session.fail("read-wrong", link.operation.event, f"acknowledged {short(ack[0])}")
        self.things[key] = thing
        self.owners[key] = who
        self._wanted = thing
        self._show(key, link, ack)
        self._judge_broadcast(who, link, thing)
        return key

    async def read(self, who: Who, key: Json, rule: str = "read-wrong") -> None:
        """Read a thing, or what is none; `rule` is broken when it is not as it should be."""
        link = self.resource.read
        if link is None or link.key_in is None or link.thing_out is None:
            return
        payload = replaced(self.carrier(link), link.key_in, key)
        ack = await self._call(who, link, key, payload)
        if ack is None:
            return
        if key not in self.things:
            broken = "delete-ignored" if key in self.deleted else "ghost"
            self.session.fail(
                broken, link.operation.event, f"{short(key)} is there: {short(ack[0])}"
            )
        elif not agrees(shown := at(ack[0], link.thing_out), self.things[key]):
            problem = f"{short(shown)} is shown, where {short(self.things[key])} was acknowledged"
            self.session.fail(rule, link.operation.event, problem)
        self._show(key, link, ack)

    async def update(self, who: Who, key: Json, meant: Json, sent: Json) -> None:
        """Change a thing, or what is none any more."""
        link = self.resource.update
        if link is None or link.key_in is None or link.thing_in is None:
            return
        payload = await self.change(key, sent)
        ack = await self._call(who, link, key, payload)
        if ack is not None:
            self._show(key, link, ack)
            if key in self.deleted:
                self.session.fail(
                    "revived", link.operation.event, f"{short(key)} was deleted before"
                )
            thing = await self.changed(key, meant)
            self._wanted = {**self._wanted, **thing}
            if link.thing_out is not None and not agrees(at(ack[0], link.thing_out), thing):
                problem = f"acknowledged {short(ack[0])}"
                self.session.fail("read-wrong", link.operation.event, problem)
            self.deleted = [other for other in self.deleted if other != key]
            self._judge_broadcast(who, link, thing)

    async def change(self, key: Json, sent: Json) -> Json:
        """Return a payload of an update, about a thing as it is now."""
        link = self.resource.update
        if link is None or link.key_in is None or link.thing_in is None:
            return sent
        payload, counted = replaced(sent, link.key_in, key), await self._counted(link)
        if counted and key in self.things and key not in self._shown:
            await self.read(self.owners.get(key, "ada"), key)
        return self._put(payload, link, self._now(key, counted))

    async def changed(self, key: Json, meant: Json) -> Json:
        """Note an update that succeeded: what its payload can't name stays; return the thing."""
        link = self.resource.update
        if link is None or link.thing_in is None:
            return self.things.get(key, {})
        counted, named = await self._counted(link), self._named(link)
        old = {name: value for name, value in self.things.get(key, {}).items() if name not in named}
        parts = at(meant, link.thing_in).items()
        new = {name: value for name, value in parts if name not in counted}
        self.things[key] = {**old, **self._thing(key, new)}
        return self.things[key]

    async def _counted(self, link: Link) -> frozenset[str]:
        """Return what an update must name as it is, and the server changes, as a version."""
        known, event = self.session.counted, link.operation.event
        if event not in known:
            known[event] = frozenset()  # while it is tried, too
            known[event] = await self._tried(link)
        return known[event]

    async def _tried(self, link: Link) -> frozenset[str]:
        """Change a thing where what creates it can't name; return what comes back otherwise."""
        create = self.resource.create
        made = self._named(create)
        free = {name for name in self._named(link) - made if not self._is_choice(name)}
        if not free or self.resource.key in made or create.thing_in is None:
            return frozenset()
        trial, new = Model(self.session, self.resource), self.carrier(create)
        key = await trial.create("ada", new, new)
        if key is None:
            return frozenset()
        if key not in trial._shown:
            await trial.read("ada", key)
        now = trial._now(key, free)
        payload = self._put(replaced(self.carrier(link), link.key_in or (), key), link, now)
        ack = await self.session.call("ada", link.operation.event, payload, expect="valid")
        if ack is not None and link.thing_out is None:
            trial.things[key] = {}
            await trial.read("ada", key)
        elif ack is not None:
            trial._show(key, link, ack)
        after = trial._now(key, free)
        await trial.clear()
        return frozenset(name for name in now if name in after and not same(now[name], after[name]))

    def _named(self, link: Link) -> set[str]:
        """Return the properties of a thing that a payload can name, its key aside."""
        payload = link.operation.message.payload
        schema = self.session.contract.schemas[payload] if payload else {}
        for step in link.thing_in or ():
            schema = self.session.contract.resolved(schema)["properties"][step]
        names = self.session.contract.resolved(schema).get("properties", {})
        return {name for name in names if name in self._properties and name != self.resource.key}

    def _is_choice(self, name: str) -> bool:
        schema = self.session.contract.resolved(self._properties[name])
        return schema.get("type") == "boolean" or not {"enum", "const"}.isdisjoint(schema)

    def _show(self, key: Json, link: Link, ack: Args) -> None:
        """Remember how a thing is now, where an ack has it whole."""
        self._shown.pop(key, None)
        if link.thing_out is not None:
            self._shown[key] = at(ack[0], link.thing_out)

    def _now(self, key: Json, names: Iterable[str]) -> dict[str, Json]:
        shown = self._shown.get(key, {})
        return {name: shown[name] for name in names if name in shown}

    def _put(self, payload: Json, link: Link, values: Mapping[str, Json]) -> Json:
        for name, value in values.items():
            payload = replaced(payload, (*(link.thing_in or ()), name), value)
        return payload

    async def delete(self, who: Who, key: Json) -> None:
        """Delete a thing, or what is none any more."""
        link = self.resource.delete
        if link is None or link.key_in is None:
            return
        payload = replaced(self.carrier(link), link.key_in, key)
        if await self._call(who, link, key, payload) is not None:
            if key in self.things:
                self._judge_broadcast(who, link, {self.resource.key: key})
            self.things.pop(key, None)
            self.deleted.append(key)

    async def listed(self, who: Who) -> dict[Json, Json] | None:
        """List all things, by key: each that was created, none that was deleted.

        None where nothing lists them, or that failed in a known way.
        """
        link = self.resource.list
        if link is None or link.thing_out is None:
            return None
        judge = self.session.expectations[link.operation.event]
        args = judge.args(await self.session.live(link.operation.event, self._about(link)))
        ack = await self.session.call(who, link.operation.event, *args, expect="success")
        if ack is None:
            return None
        shown = at(ack[0], link.thing_out)
        listed = {thing[self.resource.key]: thing for thing in shown}
        self._judge_list(who, link, shown, listed)
        return listed

    def _about(self, link: Link) -> Json:
        """Return a payload that asks for the thing made last, as far as it says what is wanted."""
        payload, judge = self.carrier(link), self.session.expectations[link.operation.event]
        wanted = {name: self._wanted[name] for name in judge.properties if name in self._wanted}
        if wanted and isinstance(payload, dict) and judge.takes({**payload, **wanted}):
            return {**payload, **wanted}
        return payload

    async def unchanged(self, who: Who, key: Json) -> None:
        """Read a thing after a refusal: it must be as it was."""
        await self.read(who, key, "rejected-stored")

    async def clear(self) -> None:
        """Delete what was created."""
        for key in [*self.things]:
            await self.delete("ada", key)

    def _thing(self, key: Json, parts: Json) -> Json:
        """Return what is known of a thing: a payload may have more in it than the thing has."""
        own = {name: value for name, value in parts.items() if name in self._properties}
        return {**own, self.resource.key: key}

    async def _call(self, who: Who, link: Link, key: Json, payload: Json) -> Args | None:
        """Call what takes a key: who made the thing may do it, others where the server lets them.

        What another is refused is done by its owner instead.
        """
        event, owner = link.operation.event, self.owners.get(key, who)
        own: Expected = "success" if key in self.things else "valid"
        ack = await self.session.call(who, event, payload, expect=own if who == owner else "valid")
        if ack is None and who != owner and key in self.things:
            return await self.session.call(owner, event, payload, expect=own)
        return ack

    def _judge_list(
        self, who: Who, link: Link, shown: list[Json], listed: dict[Json, Json]
    ) -> None:
        event = link.operation.event
        if len(listed) != len(shown):
            self.session.fail("list-wrong", event, f"a key is listed twice: {short(shown)}")
        for key, thing in self.things.items():
            if key not in listed:
                if link.operation.message.args or self.owners.get(key, who) != who:
                    continue  # what it takes may choose, and not all is for everyone to see
                self.session.fail(
                    "list-wrong", event, f"{short(key)} was created and is not listed"
                )
            elif not agrees(listed[key], thing):
                problem = f"{short(listed[key])} is listed, where {short(thing)} was acknowledged"
                self.session.fail("list-wrong", event, problem)
        for key in self.deleted:
            if key in listed:
                self.session.fail("delete-ignored", event, f"{short(key)} is still listed")

    def _judge_broadcast(self, who: Who, link: Link, thing: Json) -> None:
        other: Who = "bob" if who == "ada" else "ada"
        for event in self.session.caused(link.operation):
            for args in self.session.heard(other, event):
                if args and not self._tells_of(args, thing):
                    problem = f"{event} told {short(args[0])} of {short(thing)}"
                    self.session.fail("broadcast-wrong", link.operation.event, problem)

    def _tells_of(self, args: Args, thing: Json) -> bool:
        key = self.resource.key
        if isinstance(args[0], dict):
            return agrees(args[0], thing) if key in args[0] else True
        return same(args[0], thing[key]) if isinstance(args[0], type(thing[key])) else True


def agrees(shown: Json, thing: Json) -> bool:
    """Return whether all that is known of a thing is shown; more may be."""
    return isinstance(shown, dict) and all(
        key in shown and same(shown[key], value) for key, value in thing.items()
    )


def same(one: Json, other: Json) -> bool:
    """Return whether two values are the same JSON: 1 is 1.0, and not true (RFC 8259, section 6)."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    return isinstance(one, bool) == isinstance(other, bool) and bool(one == other)
