"""The arguments of events and acks: how many there may be, and how handlers get them."""

from __future__ import annotations

from collections.abc import Sequence

from ..jsonschema.references import Json
from .operations import Receive, Send


def several(operation: Receive | Send) -> bool:
    """Return whether there may be several arguments: a schema judges the list of all."""
    return operation.args > 1 or operation.rest


def acks_several(operation: Receive | Send) -> bool:
    """Return whether an ack may have several arguments."""
    return operation.ack_rest or max(operation.ack_args, default=0) > 1


def acks(operation: Receive | Send, count: int) -> bool:
    """Return whether an ack may have so many arguments."""
    possible = operation.ack_args
    return count in possible or (operation.ack_rest and count > max(possible))


def judged(args: Sequence[Json], *, several: bool) -> Json:
    """Return what a schema judges: the one argument, or the list of all if there may be several."""
    return [*args] if several or not args else args[0]


def laid_out(operation: Receive | Send, args: list[Json]) -> list[Json]:
    """Return what a handler gets: None for what was left out, and a tuple of what follows."""
    count = operation.args
    fixed = args[:count] + [None] * (count - len(args))
    return [*fixed, tuple(args[count:])] if operation.rest else fixed
