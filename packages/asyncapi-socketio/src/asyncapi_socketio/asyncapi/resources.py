"""Which operations make, show, change and remove the same things: links between acks and payloads.

Found from the schemas: a thing is an object schema with a key (`id`); who acknowledges a new key
creates, who takes a key and acknowledges a thing reads. What a contract declares
(`x-socketio: {role: create}`) comes before what is found.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, get_args

from ..jsonschema.references import Address, Json
from .contract import Contract, Operation, Role


@dataclass(frozen=True, slots=True)
class Link:
    """An operation's part in the life of a thing.

    `key_in` is where its payload holds the thing's key, `thing_in` where it holds (parts of) the
    thing; `key_out` and `thing_out` are where its success ack holds them (a list: all things).
    None where it does not hold it.
    """

    operation: Operation
    key_in: Address | None = None
    thing_in: Address | None = None
    key_out: Address | None = None
    thing_out: Address | None = None


@dataclass(frozen=True, slots=True)
class Resource:
    """Things of one schema, which `key` tells apart, and who does what with them.

    `changes` are the operations that change a part of a thing, beside `update`.
    """

    schema: str
    key: str
    create: Link
    read: Link | None
    update: Link | None
    delete: Link | None
    list: Link | None
    changes: tuple[Link, ...] = ()

    @property
    def parts(self) -> dict[Role, Link]:
        """The links that are there, by what they do."""
        found = {role: getattr(self, role) for role in get_args(Role)}
        return {role: link for role, link in found.items() if link is not None}


def resources(contract: Contract) -> tuple[Resource, ...]:
    """Find the things that clients can create, one resource per namespace and schema.

    Where one operation could create several, the one that most operations know of.
    """
    best: dict[str, Resource] = {}
    for namespace in contract.namespaces:
        operations = [item for item in contract.receives if item.namespace == namespace]
        for thing in _things(contract):
            found = _Finder(contract, thing, operations).resource()
            if found and (
                (creator := found.create.operation.id) not in best
                or _certainty(found) > _certainty(best[creator])
            ):
                best[creator] = found
    everything = [*best.values()]
    return tuple(_own(resource, everything) for resource in everything)


def links(
    contract: Contract, found: Iterable[Resource], operation: Operation
) -> dict[str, Resource]:
    """Return the things whose keys stand in a payload, by property: declared, or told by name.

    Where only things of one kind have such keys, what demands the same as a key is one. The key of
    the thing that the operation itself reads or changes is none of them.
    """
    found = [*found]
    keys = [_key_essence(contract, resource) for resource in found]
    payload = operation.message.payload
    schema = contract.resolved(contract.schemas[payload]) if payload else {}
    properties = schema.get("properties", {}) if isinstance(schema, dict) else {}
    linked: dict[str, Resource] = {}
    for resource in found:
        creator = resource.create.operation
        parts = (*resource.parts.values(), *resource.changes)
        own = any(part.operation == operation for part in parts)
        for name, inner in properties.items():
            declared = operation.links.get(name)
            demanded = essence(contract, inner)
            alone = _is_rare(demanded) and keys.count(demanded) == 1
            if declared == creator.id or (
                declared is None
                and not own
                and (_names(name, resource) or alone)
                and demanded == _key_essence(contract, resource)
            ):
                linked[name] = resource
    return linked


def _names(name: str, resource: Resource) -> bool:
    """Return whether a property is named after things, as `boardId` or `board`."""
    plain, thing = name.lower().replace("_", ""), resource.schema.lower().replace("_", "")
    return plain in {thing, thing + resource.key.lower().replace("_", ""), f"{thing}key"}


def _key_essence(contract: Contract, resource: Resource) -> Json:
    return essence(contract, contract.schemas[resource.schema]["properties"][resource.key])


def _own(resource: Resource, found: list[Resource]) -> Resource:
    """Take from a resource what names another one's things: keys alone may look alike."""
    others = {
        link.operation.id: other
        for other in found
        for link in other.parts.values()
        if other != resource and _named(link.operation, other)
    }
    lost: dict[str, Any] = {
        role: None
        for role, link in resource.parts.items()
        if role != "create" and link.operation.id in others and not _named(link.operation, resource)
    }
    changes = (link for link in resource.changes if link.operation.id not in others)
    return replace(resource, **lost, changes=tuple(changes))


def _named(operation: Operation, resource: Resource) -> bool:
    names = f"{operation.event} {operation.id} {operation.message.payload}".lower()
    return resource.schema.lower() in names


def _certainty(resource: Resource) -> tuple[bool, int]:
    """Return how sure it is that things are made there: acknowledged whole, known to many."""
    return resource.create.thing_out is not None, len(resource.parts)


@dataclass(frozen=True, slots=True)
class _Thing:
    schema: str
    essence: Json
    key: str
    properties: Mapping[str, Json]


_KEYS = re.compile(r"_?id|key|uuid|.*(Id|ID|_id|Key|_key)")
_OWN_KEYS = re.compile(r"_?id|key|uuid", re.IGNORECASE)
_DELETES = re.compile(r"delete|remove|destroy|drop|discard|unregister", re.IGNORECASE)
_PLAIN = {"type", "minimum", "maximum", "exclusiveMinimum", "minLength", "maxLength"}
"""Keywords of schemas that many values have which are no keys."""

_HOLDERS = {"data", "result", "value", "key"}
"""Names that acks give to what they carry, whatever it is."""

_DEPTH = 6
"""How far schemas that hold each other are compared."""


def _things(contract: Contract) -> Iterator[_Thing]:
    asked = _asked(contract)
    for name, schema in contract.schemas.items():
        properties = schema.get("properties", {}) if isinstance(schema, dict) else {}
        essences = {k: essence(contract, inner) for k, inner in properties.items()}
        required = [key for key in properties if key in schema.get("required", ())]
        keys = [key for key in required if _is_key(key)]
        keys = [key for key in keys if _OWN_KEYS.fullmatch(key)] or keys
        for key in keys or [key for key in required if (key, essences[key]) in asked]:
            yield _Thing(name, essence(contract, schema), key, essences)


def _is_rare(demanded: Json) -> bool:
    """Return whether a schema demands what few values have, and is no choice of some."""
    choice = isinstance(demanded, dict) and not {"enum", "const"}.isdisjoint(demanded)
    return isinstance(demanded, dict) and not choice and not _PLAIN.issuperset(demanded)


def _asked(contract: Contract) -> list[tuple[str, Json]]:
    """Return what stands alone in a payload, with its name: a key, where few values are valid."""
    payloads = (item.message.payload for item in contract.receives)
    schemas = (contract.resolved(contract.schemas[name]) for name in payloads if name)
    objects = (schema.get("properties", {}) for schema in schemas if isinstance(schema, dict))
    alone = (item for properties in objects if len(properties) == 1 for item in properties.items())
    demanded = [(name, essence(contract, inner)) for name, inner in alone]
    return [(name, inner) for name, inner in demanded if _is_rare(inner)]


def _is_key(name: str) -> bool:
    return bool(_KEYS.fullmatch(name))


def essence(contract: Contract, schema: Json, depth: int = 0) -> Json:
    """Return what a schema demands, without names and words: alike ones are equal."""
    if depth > _DEPTH:
        return True
    schema = contract.resolved(schema)
    if isinstance(schema, dict):
        words = {"title", "description", "examples", "default"}
        return {
            key: {name: essence(contract, inner, depth + 1) for name, inner in value.items()}
            if key == "properties"
            else essence(contract, value, depth + 1)
            for key, value in schema.items()
            if key not in words
        }
    if isinstance(schema, list):
        return [essence(contract, item, depth) for item in schema]
    return schema


class _Finder:
    """Looks for one thing in the operations of one namespace."""

    def __init__(self, contract: Contract, thing: _Thing, operations: list[Operation]) -> None:
        self._contract = contract
        self._thing = thing
        self._operations = operations

    def resource(self) -> Resource | None:
        create = self._best_create()
        if create is None:
            return None
        update = self._first("update", self._update)
        return Resource(
            self._thing.schema,
            self._thing.key,
            create,
            read=self._first("read", self._read),
            update=update,
            delete=self._first("delete", self._delete),
            list=self._first("list", self._list),
            changes=tuple(self._changes(update)),
        )

    def _changes(self, update: Link | None) -> Iterator[Link]:
        """Yield what changes a thing as well: it takes a part of it, and acknowledges it whole."""
        for item in self._operations:
            link = self._update(item) if item.role in {None, "update"} else None
            if link and link != update and link.thing_out is not None:
                yield link

    def _best_create(self) -> Link | None:
        """Return who acknowledges a whole thing, before those that acknowledge its key alone."""
        declared = [item for item in self._operations if item.role == "create"]
        free = [item for item in self._operations if item.role is None]
        found = [link for item in declared or free if (link := self._create(item))]
        return next((link for link in found if link.thing_out is not None), None) or next(
            iter(found), None
        )

    def _first(self, role: Role, link: Callable[[Operation], Link | None]) -> Link | None:
        declared = [item for item in self._operations if item.role == role]
        free = [item for item in self._operations if item.role is None]
        return next((found for item in declared or free if (found := link(item))), None)

    def _create(self, operation: Operation) -> Link | None:
        link = self._link(operation)
        told = link.key_out is not None or link.thing_out is not None
        if not told or link.key_in is not None or self._lists(operation) is not None:
            return None
        if link.thing_in is None:
            return None
        key_out = link.key_out
        if key_out is None and link.thing_out is not None:
            key_out = (*link.thing_out, self._thing.key)
        return Link(operation, None, link.thing_in, key_out, link.thing_out)

    def _read(self, operation: Operation) -> Link | None:
        link = self._link(operation)
        fits = link.key_in is not None and link.thing_in is None and link.thing_out is not None
        return link if fits else None

    def _update(self, operation: Operation) -> Link | None:
        link = self._link(operation)
        return link if link.key_in is not None and link.thing_in is not None else None

    def _delete(self, operation: Operation) -> Link | None:
        link = self._link(operation)
        fits = link.key_in is not None and link.thing_in is None and link.thing_out is None
        named = operation.role or _DELETES.search(operation.event) or _DELETES.search(operation.id)
        return link if fits and named else None

    def _list(self, operation: Operation) -> Link | None:
        if self._takes(operation, self._is_key) is not None:
            return None
        things = self._lists(operation)
        return Link(operation, thing_out=things) if things is not None else None

    def _link(self, operation: Operation) -> Link:
        thing_in = self._takes(operation, self._is_part)
        key_in = self._takes(operation, self._is_key)
        if key_in is None and thing_in is not None and self._has_key(operation, thing_in):
            key_in = (*thing_in, self._thing.key)
        thing_out = self._acks(operation, self._is_thing)
        return Link(
            operation,
            key_in,
            thing_in,
            self._acks(operation, self._is_key) if thing_out is None else None,
            thing_out,
        )

    def _takes(self, operation: Operation, fits: Callable[[Json], bool]) -> Address | None:
        payload = operation.message.payload
        return self._path(self._contract.schemas[payload], fits) if payload else None

    def _acks(self, operation: Operation, fits: Callable[[Json], bool]) -> Address | None:
        schemas = [
            self._contract.schemas[reply.payload]
            for reply in operation.replies
            if reply.ack == "success" and reply.payload
        ]
        paths = (self._path(schema, fits) for schema in schemas)
        return next((path for path in paths if path is not None), None)

    def _lists(self, operation: Operation) -> Address | None:
        return self._acks(
            operation,
            lambda part: part.get("type") == "array" and self._is_thing(part.get("items", True)),
        )

    def _path(self, schema: Json, fits: Callable[[Json], bool], depth: int = 0) -> Address | None:
        """Return where in a schema something fits: at its top, or up to two objects below."""
        schema = self._contract.resolved(schema)
        if not isinstance(schema, dict):
            return None
        if fits(schema):
            return ()
        inner = schema.get("properties", {}) if depth < 2 else {}  # noqa: PLR2004
        for key, part in inner.items():
            path = self._path(part, fits, depth + 1)
            if path is not None and (
                fits != self._is_key or (not self._is_other(key) and self._may_be_key(key))
            ):
                return (key, *path)
        return None

    def _may_be_key(self, name: str) -> bool:
        """Return whether a property can hold the key by its name; any, where its schema is rare."""
        demanded = self._thing.properties[self._thing.key]
        rare = isinstance(demanded, dict) and not _PLAIN.issuperset(demanded)
        plain = name.lower().replace("_", "")
        thing = self._thing.schema.lower().replace("_", "")
        key = self._thing.key.lower().replace("_", "")
        return rare or plain in {key, thing, thing + key, *_HOLDERS}

    def _is_other(self, name: str) -> bool:
        """Return whether a property that looks like the key is another one, by its name."""
        thing = self._thing
        return name != thing.key and thing.properties.get(name) == thing.properties[thing.key]

    def _is_key(self, schema: Json) -> bool:
        key = self._thing.properties[self._thing.key]
        return bool(essence(self._contract, schema) == key)

    def _is_thing(self, schema: Json) -> bool:
        return bool(essence(self._contract, schema) == self._thing.essence)

    def _is_part(self, schema: Json) -> bool:
        """Return whether a schema is of an object with more properties of the thing than the key.

        What it requires, the thing has too.
        """
        properties = schema.get("properties", {})
        alike = {
            name
            for name, part in properties.items()
            if name in self._thing.properties
            and essence(self._contract, part) == self._thing.properties[name]
        }
        return bool(alike - {self._thing.key}) and {*schema.get("required", ())} <= alike

    def _has_key(self, operation: Operation, path: Address) -> bool:
        payload = operation.message.payload
        schema: Json = self._contract.schemas[payload] if payload else {}
        for step in path:
            schema = self._contract.resolved(schema)["properties"][step]
        schema = self._contract.resolved(schema)
        return self._thing.key in schema.get("required", ())
