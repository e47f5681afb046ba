"""The schemas of a document by names that types can have, with every `$ref` to one of them."""

from __future__ import annotations

import re
from collections.abc import Mapping

from ..jsonschema.dialect import ecma
from ..jsonschema.references import Address, Json, at, steps
from .document import FILES, Document
from .index import foreign_format, unwrapped
from .inheritance import untangle
from .names import Names, pascal

COMPONENTS = "#/components/schemas/"

GENERATED_NAMES = {
    "Ask", "Asks", "BaseContext", "Brand", "Broadcast", "ClientEvents", "ClientToServerEvents",
    "Context", "Contract", "Emit", "Encoded", "Error", "Handlers", "Namespace", "Namespaces",
    "Receive", "Refusal", "Response", "Send", "ServerEvents", "ServerToClientEvents", "Success",
    "Without",
}  # fmt: skip
"""Names that the generated code has for itself (`Error` is also JavaScript's own)."""

TYPES = {
    "Any", "Array", "Date", "Dict", "False", "List", "Literal", "Map", "Never", "None",
    "NotRequired", "Object", "Optional", "Promise", "Record", "Required", "Set", "String", "True",
    "Tuple", "TypeAlias", "TypedDict", "Union",
}  # fmt: skip
"""Names that Python's or TypeScript's own types have in generated code."""

ONE = (
    "additionalItems", "additionalProperties", "contains", "else", "if", "items", "not",
    "propertyNames", "then",
)  # fmt: skip
LISTS = ("allOf", "anyOf", "oneOf", "prefixItems")
MAPS = ("dependencies", "patternProperties", "properties")

_DROPPED = {"$anchor", "$defs", "$id", "$schema", "definitions", "example", "nullable"}
"""Keywords that would change where a `$ref` leads, that say what `examples` says, or what only
other dialects say."""


class NamedSchemas:
    """Schemas, named when they are asked for; those of `components` have their names already."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self.named: dict[str, Json] = {}
        self.addresses: dict[str, Address] = {}
        self._names: dict[Address, str] = {}
        self._tangled = False
        self._free = Names(GENERATED_NAMES | TYPES)
        root = document.root
        schemas = (root.get("components") or {}).get("schemas") or {}
        own: list[Address] = [("components", "schemas", key) for key in schemas]
        for address in own:
            self._names[address] = self._free.free(type_name(str(address[-1])))
        for address in own:
            self._add(address)

    def name(self, address: Address, proposed: str) -> str:
        """Name the schema that stands somewhere, or that a `$ref` there leads to.

        One that is written there gets the proposed name.
        """
        value = self._document.at(address)
        if foreign_format(self._document, address):
            return self._name(address, proposed)
        if isinstance(value, dict) and isinstance(ref := value.get("$ref"), str):
            return self._target(ref)
        return self._name(address, proposed)

    def added(self, proposed: str, schema: Json, address: Address) -> str:
        """Name a schema that the document says in other words, at an address."""
        name = self._free.free(proposed)
        self.named[name] = schema
        self.addresses[name] = address
        return name

    def reserved(self, proposed: str) -> str:
        """Return a name that no schema gets from now on."""
        return self._free.free(proposed)

    def copied(self, address: Address) -> Json:
        """Copy a schema so that its refs lead to named ones, and so that a validator takes it."""
        name = self._names.get(address)
        schema = None if name else self._copy(address)
        self.untangle()
        return self.named[name] if name else schema

    def untangle(self) -> None:
        """Let no schema be made of itself, once all that are needed are named."""
        if self._tangled:
            untangle(self.named, COMPONENTS, self._free.free)
            self._tangled = False

    def _copy(self, address: Address) -> Json:
        place = self._inner(address)
        schema = at(self._document.root, place)
        if form := foreign_format(self._document, place):
            return {"description": f"Described in {form}."}
        if not isinstance(schema, dict):
            return schema if isinstance(schema, bool) else {}
        if isinstance(ref := schema.get("$ref"), str):
            return {"$ref": f"{COMPONENTS}{self._target(ref)}"}
        copied = {
            key: self._part((*place, key), key, value)
            for key, value in schema.items()
            if key not in _DROPPED and not (key == "pattern" and not is_pattern(value))
        }
        if isinstance(copied.get("prefixItems"), list):  # what draft 7 says with other words
            rest = copied.pop("items", None)
            copied["items"] = copied.pop("prefixItems")
            copied |= {} if rest is None else {"additionalItems": rest}
        if "example" in schema and "examples" not in schema:
            copied["examples"] = [schema["example"]]
        return copied

    def _part(self, address: Address, key: str, value: Json) -> Json:
        if key in ONE and isinstance(value, dict | bool):
            return self._copy(address)
        if key in (*ONE, *LISTS) and isinstance(value, list):
            return [self._copy((*address, index)) for index in range(len(value))]
        if key in MAPS and isinstance(value, dict):
            return {
                name: self._copy((*address, name)) if isinstance(inner, dict | bool) else inner
                for name, inner in value.items()
            }
        return value

    def _inner(self, address: Address) -> Address:
        """Step into a schema that has a format; a `$ref` is not followed."""
        value = at(self._document.root, address)
        is_wrapper = isinstance(value, Mapping) and "schemaFormat" in value and "schema" in value
        return (*address, "schema") if is_wrapper else address

    def _target(self, ref: str) -> str:
        """Name the schema that a `$ref` leads to: of `components`, it keeps the name it has there.

        Else it is what the ref finally leads to, named after its place.
        """
        path = tuple(steps(ref))
        if path in self._names:
            return self._names[path]
        address = unwrapped(self._document, self._document.target(ref))
        return self._name(address, type_name(_called(address)))

    def _name(self, address: Address, proposed: str) -> str:
        if address not in self._names:
            self._names[address] = self._free.free(proposed)
            self._add(address)
        return self._names[address]

    def _add(self, address: Address) -> None:
        name = self._names[address]
        self.named[name] = {}  # its place, while what it refers to is named
        self.addresses[name] = address
        self.named[name] = self._copy(address)
        self._tangled = True


def type_name(name: str) -> str:
    """Return a name in PascalCase; `T` stands before one that could not begin so."""
    found = pascal(name) or "Schema"
    return found if found[0].isalpha() else f"T{found}"


def is_pattern(value: Json) -> bool:
    """Return whether a pattern is one in Python, too."""
    try:
        ecma(value)
    except (re.error, TypeError, OverflowError):
        return False
    return True


def _called(address: Address) -> str:
    """Return what a schema is called where it stands: the last keys that are no keywords."""
    if address[:1] == (FILES,) and len(address) == 2:  # noqa: PLR2004 - a whole file
        return str(address[1]).rpartition("/")[2].partition(".")[0]
    last = str(address[-1])
    if last in {"payload", "schema"}:
        return f"{_called(address[:-1])}{'' if last == 'schema' else ' payload'}"
    if last in {*ONE} or isinstance(address[-1], int):
        return f"{_called(address[:-1])} {last}"
    return last
