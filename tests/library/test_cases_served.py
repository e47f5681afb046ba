"""Every contract of the generator's cases is served by what is generated, on each backend."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from asyncapi_socketio import Schema
from asyncapi_socketio.addresses import filled
from asyncapi_socketio.mock.samples import Samples
from asyncapi_socketio.runtime.contract import Contract, Namespace
from asyncapi_socketio.runtime.operations import Receive
from tests.generate.test_cases import GOOD, named
from tests.library.backends import BACKENDS, guests


def generated(case: Path) -> ModuleType:
    """Import the operations that a case's contract became."""
    name = f"served_{case.name}"
    package = case / "expected" / "python"
    spec = importlib.util.spec_from_file_location(name, package / "__init__.py")
    assert spec
    assert spec.loader
    sys.modules[name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(sys.modules[name])
    return importlib.import_module(f"{name}.operations")


def sample(contract: Contract[Any], name: str | None, most: int = 1) -> list[Any]:
    """Return valid arguments by a schema: of the list of all where there may be several."""
    if not name:
        return []
    value = Samples(contract.schema(name), [], 1).answer(None)
    return [*value] if most > 1 else [value]


def somewhere(contract: Contract[Any], namespace: Namespace) -> str:
    """Return a namespace of a path, whatever its parameters."""
    if namespace.parameters is None:
        return namespace.path
    given: dict[str, str] = {}
    for name, schema in parameters(contract, namespace).items():
        given[name] = next(iter(schema.get("enum", ())), "7")
    return filled(namespace.path, given)


def parameters(contract: Contract[Any], namespace: Namespace) -> dict[str, Any]:
    """Return the schemas of the parameters of a path."""
    assert namespace.parameters
    definitions = contract.schema(namespace.parameters)["definitions"]
    found: dict[str, Any] = next(iter(definitions.values()))["properties"]
    return found


def handlers(contract: Contract[Any]) -> object:
    """Return handlers that ack a valid value, and broadcast all that they may."""
    sends = {item.id: item for item in contract.send if not item.ack_args}

    def handler(operation: Receive) -> Any:
        async def handle(_: object, *args: Any) -> Any:
            context = args[-1]
            for id_ in operation.broadcasts:
                if id_ in sends:
                    send = sends[id_]
                    room = context.sid if send.audience.startswith("room") else None
                    most = send.args + send.rest * 2
                    context.tell(send, tuple(sample(contract, send.payload, most)), room)
            most = max(operation.ack_args, default=0) + operation.ack_rest * 2
            acked = sample(contract, operation.ack, most)
            return tuple(acked) if len(acked) > 1 else next(iter(acked), None)

        return handle

    async def enter(*_: object) -> None:
        return

    methods = {item.method: handler(item) for item in contract.receive}
    methods |= {item.connect: enter for item in contract.namespaces if item.auth}
    return type("All", (), methods)()


@pytest.mark.slow
@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("case", GOOD, ids=named)
async def test_a_contract_is_served(case: Path, backend: str) -> None:
    contract: Contract[Any] = generated(case).CONTRACT
    async with BACKENDS[backend](contract, handlers(contract)) as (url, _):
        for namespace in contract.namespaces:
            async with guests(url, somewhere(contract, namespace)) as come:
                auth = sample(contract, namespace.auth)
                guest = await come(*auth)
                for item in contract.receive:
                    if item.namespace == namespace.path and item.ack_args:
                        given = sample(contract, item.payload, item.args + item.rest * 2)
                        answer = await guest.call(item.event, *given)
                        if answer is not None:
                            several = max(item.ack_args) > 1 or item.ack_rest
                            listed = [*answer] if isinstance(answer, tuple) else [answer]
                            acked = listed if several else answer
                            assert Schema(contract.schema(str(item.ack))).accepts(acked)
