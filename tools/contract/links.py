"""Which operations make, show, change and remove the same things: links between acks and payloads.

Found from the schemas: a thing is an object schema with a key (`id`); who acknowledges a new key
creates, who takes a key and acknowledges a thing reads. What a contract declares
(`x-socketio: {role: create}`) comes before what is found.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from codegen import Contract
from codegen.contract import Operation

Path: TypeAlias = tuple[str | int, ...]
"""Where something stands in a payload or an ack: keys that lead to it; empty for all of it."""


@dataclass(frozen=True, slots=True)
class Link:
    """An operation's part in the life of a thing.

    `key_in` is where its payload holds the thing's key, `thing_in` where it holds (parts of) the
    thing; `key_out` and `thing_out` are where its success ack holds them (a list: all things).
    None where it does not hold it.
    """

    operation: Operation
    key_in: Path | None = None
    thing_in: Path | None = None
    key_out: Path | None = None
    thing_out: Path | None = None


@dataclass(frozen=True, slots=True)
class Resource:
    """Things of one schema, which `key` tells apart, and who does what with them."""

    schema: str
    key: str
    create: Link
    read: Link | None
    update: Link | None
    delete: Link | None
    list: Link | None


def resources(contract: Contract) -> tuple[Resource, ...]:
    """Find the things that clients can create, one resource a namespace and schema."""
    raise NotImplementedError(contract)
