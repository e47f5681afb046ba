"""What `lint`, `docs`, `mock` and `generate` make of a document, each as its users run it."""

from __future__ import annotations

import asyncio
import importlib.util
import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import socketio

from asyncapi_socketio import logs
from asyncapi_socketio.asyncapi.contract import Contract, Operation
from asyncapi_socketio.asyncapi.document import InvalidContract
from asyncapi_socketio.asyncapi.schemas import payload_document
from asyncapi_socketio.cli import sources
from asyncapi_socketio.cli.errors import CouldNotRun
from asyncapi_socketio.generate import generate, reference
from asyncapi_socketio.jsonschema.boundaries import simplest
from asyncapi_socketio.lint.linter import lint
from asyncapi_socketio.mock.service import MockService
from asyncapi_socketio.transport import listen

PATIENCE = 10.0
"""Seconds that a mock may take to acknowledge."""

WORKS = "works"


class Wrong(Exception):
    """What came out is not what it should be."""


def outcomes(file: Path) -> dict[str, str]:
    """Return what each command makes of a document: `works`, or why it does not."""
    return {name: _outcome(run, str(file)) for name, run in COMMANDS.items()}


def events(file: Path) -> int | None:
    """Return how many events a document has; None for one that no contract can be made of."""
    try:
        contract = sources.contract(str(file))
    except CouldNotRun:
        return None
    return len(contract.receives) + len(contract.sends)


def _outcome(run: Callable[[str], None], source: str) -> str:
    try:
        run(source)
    except (CouldNotRun, InvalidContract, Wrong) as error:
        return str(error).splitlines()[0].rpartition(f"{source}: ")[2]
    except Exception as error:  # noqa: BLE001 - whatever it is, the table has it
        return f"{type(error).__name__}: {error}".splitlines()[0]
    return WORKS


def _lint(source: str) -> None:
    for finding in lint(sources.document(source)).findings:
        if finding.severity == "error":
            raise Wrong(finding.message)


def _docs(source: str) -> None:
    page = reference.emit(sources.contract(source))["reference.html"]
    if "</html>" not in page:
        raise Wrong("no page")


def _generate(source: str) -> None:
    """Generate both targets, and import what Python got."""
    files = generate(sources.text(source), Path(source).name, fetch=sources.fetch(source))
    with TemporaryDirectory() as folder:
        for path, body in files.items():
            file = Path(folder, path)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(body, "utf-8")
        name = f"wild_{abs(hash(source))}"
        package = Path(folder, "python", "__init__.py")
        spec = importlib.util.spec_from_file_location(name, package)
        if spec is None or spec.loader is None:
            raise Wrong("no package")
        sys.modules[name] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[name])


def _mock(source: str) -> None:
    asyncio.run(_call_all(sources.contract(source)))


async def _call_all(contract: Contract) -> None:
    """Mock a contract, and call every event that has an ack."""
    logs.configure("text", "error")
    service = MockService(contract, say=lambda _: None)
    runner = await listen(service.application([]), "127.0.0.1", 0)
    client = socketio.AsyncClient(reconnection=False)
    paths = [namespace.path for namespace in contract.namespaces]
    try:
        if paths:
            await client.connect(f"http://127.0.0.1:{runner.addresses[0][1]}", namespaces=paths)
        for operation in contract.receives:
            await _call(client, contract, operation)
        await client.disconnect()
    finally:
        await runner.cleanup()


async def _call(client: socketio.AsyncClient, contract: Contract, operation: Operation) -> None:
    args: tuple[object, ...] = ()
    if operation.message.args:
        found = simplest(payload_document(contract, operation))
        if found is None and not operation.replies:
            return  # nothing can be sent that is valid
        if found is None:
            raise Wrong(f"{operation.event}: no value is valid")
        args = tuple(found.value) if operation.message.args > 1 else (found.value,)
    if not operation.replies:
        await client.emit(operation.event, args, namespace=operation.namespace.path)
        return
    acked = await client.call(
        operation.event, args, namespace=operation.namespace.path, timeout=PATIENCE
    )
    if acked is None and 0 not in operation.ack_args:
        raise Wrong(f"{operation.event}: an ack without argument")


COMMANDS: dict[str, Callable[[str], None]] = {
    "lint": _lint,
    "docs": _docs,
    "mock": _mock,
    "generate": _generate,
}
