"""What clients have created, changed and deleted: the things of one resource, oldest first."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from functools import partial
from itertools import count, islice
from random import Random
from uuid import UUID

from ..asyncapi.contract import Contract
from ..asyncapi.named_schemas import COMPONENTS
from ..asyncapi.resources import Resource
from ..asyncapi.schemas import schema_document
from ..jsonschema.references import Json
from ..jsonschema.strategies import valid
from ..jsonschema.validation import Schema
from .samples import Samples, drawn

TRIES = 100
"""Keys that are thought of before one counts as impossible to find."""


class NoKeyLeft(Exception):
    """Every key that a thing could have seems to be taken."""


class Store:
    """The things of a resource; each is valid, and has the key that the service gave it."""

    def __init__(self, contract: Contract, resource: Resource, seed: int) -> None:
        """Start with no thing. Raise `Undrawable` when no value of its schema is found."""
        schema = contract.schemas[resource.schema]
        self._properties: Mapping[str, Json] = schema["properties"]
        self._required = schema.get("required", ())
        self._key = resource.key
        self._key_names = re.compile(f"(?i){re.escape(resource.schema)}_?{re.escape(resource.key)}")
        key_document = schema_document(contract, [self._properties[resource.key]])
        self._key_schema = Schema(key_document)
        document = schema_document(contract, [{"$ref": f"{COMPONENTS}{resource.schema}"}])
        self._samples = Samples(document, schema.get("examples", ()), seed)
        self._keys = _keys(key_document, self._key_schema, seed)
        self._given: set[str] = set()
        self._things: dict[str, Json] = {}

    @property
    def things(self) -> list[Json]:
        """All things."""
        return [*self._things.values()]

    def key_of(self, thing: Json) -> Json:
        """Return the key of a thing."""
        return thing[self._key]

    def create(self, parts: Json) -> Json:
        """Keep a new thing with the given parts and a key of its own; raise `NoKeyLeft`.

        What else it must have is sampled.
        """
        sample = self._samples.answer(parts)
        whole = {name: sample[name] for name in sample if name in self._required}
        return self._keep(self._new_key(), whole, parts, sample)

    def find(self, key: Json) -> Json | None:
        """Return the thing of a key; None if there is none."""
        return self._things.get(_text(key))

    def update(self, key: Json, parts: Json) -> Json | None:
        """Change parts of a thing, and give it as it is then; None if there is none."""
        old = self.find(key)
        return old and self._keep(key, old, parts, old)

    def delete(self, key: Json) -> Json | None:
        """Forget a thing, and give it as it was; None if there is none."""
        return self._things.pop(_text(key), None)

    def told(self, value: Json, thing: Json) -> Json:
        """Return a sample value with the thing, its key or parts of it in the places of another."""
        if not isinstance(value, dict):
            is_key = not isinstance(value, list) and self._key_schema.accepts(value)
            return self.key_of(thing) if is_key else value
        if self._samples.accepts(value):
            return thing
        if self._key in value:
            return {name: thing.get(name, inner) for name, inner in value.items()}
        return {name: self._told_below(name, inner, thing) for name, inner in value.items()}

    def _told_below(self, name: str, value: Json, thing: Json) -> Json:
        """Leave objects alone that have more than the thing has: they may be of another."""
        if self._key_names.fullmatch(name):
            return self.key_of(thing)
        if not isinstance(value, dict) or (
            self._key in value and not value.keys() <= self._properties.keys()
        ):
            return value
        return self.told(value, thing)

    def _keep(self, key: Json, whole: Json, parts: Json, fallback: Json) -> Json:
        own = {name: inner for name, inner in parts.items() if name in self._properties}
        mixed = {**whole, **own, self._key: key}
        thing = {name: mixed[name] for name in self._properties if name in mixed}
        if not self._samples.accepts(thing):  # parts that don't go together
            thing = {**fallback, self._key: key}
        self._things[_text(key)] = thing
        return thing

    def _new_key(self) -> Json:
        for key in islice(self._keys, TRIES):
            if _text(key) not in self._given:
                self._given.add(_text(key))
                return key
        raise NoKeyLeft(f"no key that is free in {TRIES} tries")


class Stores(dict[str, Store]):
    """The things of a resource in each namespace of its path."""

    def __init__(self, contract: Contract, resource: Resource, seed: int) -> None:
        """Start with no thing anywhere. Raise `Undrawable`."""
        self._make = partial(Store, contract, resource, seed)
        super().__init__({"/": self._make()})

    def __missing__(self, namespace: str) -> Store:
        self[namespace] = store = self._make()
        return store


def _text(key: Json) -> str:
    """Write a key so that equal ones, and only they, are the same text."""
    return json.dumps(key, sort_keys=True)


def _keys(document: Json, schema: Schema, seed: int) -> Iterator[Json]:
    """Yield keys without end: numbers, version 4 UUIDs, or whatever the schema takes."""
    random = Random(seed)  # noqa: S311  # has to be the same again
    if schema.accepts(1) and schema.accepts(TRIES):
        yield from count(1)
    while schema.accepts(uuid := str(UUID(int=random.getrandbits(128), version=4))):
        yield uuid
    for start in count(seed):
        yield from drawn(valid(document), start)
