"""A contract as generated code gives it: its namespaces, operations, schemas and context."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from importlib import resources
from typing import Any, Generic, TypeAlias, TypeVar

from .context import BaseContext
from .operations import Emit, Receive, Send

Json: TypeAlias = Any
"""A value as a JSON decoder makes it."""


@dataclass(frozen=True, slots=True)
class Namespace:
    """Where clients connect to, and the hooks that are called when they come and go.

    `auth` and `connect_errors` name the schemas of what a CONNECT carries and of the data of a
    refused one; None where the contract says nothing. `parameters` names that of the parameters in
    its path, `context` is what its handlers get instead of the contract's.
    """

    path: str
    connect: str
    disconnect: str
    auth: str | None = None
    connect_errors: str | None = None
    parameters: str | None = None
    context: type[BaseContext] | None = None


B = TypeVar("B")


@dataclass(frozen=True, slots=True)
class Contract(Generic[B]):
    """All that is needed to serve a contract.

    `schema` returns the JSON Schema (draft 7, self-contained) of a name that an operation or a
    namespace gives. `broadcast` makes of an `Emit` what `Application.broadcast` is.
    """

    title: str
    version: str
    namespaces: tuple[Namespace, ...]
    receive: tuple[Receive, ...]
    send: tuple[Send, ...]
    schema: Callable[[str], Json]
    context: type[BaseContext]
    broadcast: Callable[[Emit], B]
    handlers: type = object
    """The generated interface: a hook that handlers have as it is there does nothing."""


def schemas_of(package: str) -> Callable[[str], Json]:
    """Return a function that reads a generated package's schemas by name."""

    def schema(name: str) -> Json:
        file = resources.files(package) / "schemas" / f"{name}.json"
        return json.loads(file.read_text("utf-8"))

    return schema
