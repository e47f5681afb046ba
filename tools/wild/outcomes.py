"""What each command makes of a document, as its users run it."""

from __future__ import annotations

import asyncio
import importlib.util
import subprocess
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TypeAlias

import socketio

from asyncapi_socketio import logs
from asyncapi_socketio.asyncapi.contract import Contract, Operation
from asyncapi_socketio.asyncapi.document import InvalidContract
from asyncapi_socketio.asyncapi.schemas import ack_document, payload_document
from asyncapi_socketio.breaking.comparison import compare
from asyncapi_socketio.breaking.revision import Revision
from asyncapi_socketio.breaking.waivers import Waivers
from asyncapi_socketio.cli import sources
from asyncapi_socketio.cli.errors import CouldNotRun
from asyncapi_socketio.generate import generate, reference
from asyncapi_socketio.jsonschema.boundaries import simplest
from asyncapi_socketio.jsonschema.validation import Schema
from asyncapi_socketio.lint.linter import lint
from asyncapi_socketio.mock.service import MockService
from asyncapi_socketio.transport import listen

PATIENCE = 10.0
"""Seconds that a mock may take to acknowledge."""

WORKS = "works"

ROOT = Path(__file__).parent.parent.parent
MYPY = sys.executable, "-m", "mypy", "--strict", "--config-file=", "."
TSC = (
    "node", ROOT / "node_modules/typescript/bin/tsc", "--strict", "--noEmit",
    "--target", "es2022", "--module", "nodenext",
)  # fmt: skip


Runs: TypeAlias = dict[str, Callable[[str], None]]
"""What runs each command on a source, by name."""


class Wrong(Exception):
    """What came out is not what it should be."""


def outcomes(file: Path, generated: Path) -> dict[str, str]:
    """Return what each command makes of a document: `works`, or why it does not.

    What is generated is left in a folder, whose name is that of the package.
    """
    runs: Runs = {**COMMANDS, "generate": partial(_generate, generated)}
    return {name: _outcome(run, str(file)) for name, run in runs.items()}


def complaints(folder: Path) -> dict[str, str]:
    """Return the first that mypy or tsc says of each of the folders that were generated into."""
    (folder / "node_modules").symlink_to(ROOT / "node_modules")
    (folder / "package.json").write_text('{"type": "module"}', "utf-8")
    typings = folder.glob("*/typescript/*.d.ts")
    said = _said(MYPY, folder) + _said([*TSC, *typings], folder)
    lines = [line.partition("/") for line in reversed(said)]
    return {name: line for name, _, line in lines if (folder / name).is_dir()}


def _said(command: Sequence[str | Path], folder: Path) -> list[str]:
    run = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, encoding="utf-8", check=False
    )
    return run.stdout.splitlines()


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


def _breaking(source: str) -> None:
    """Compare a contract with itself."""
    documents = [sources.document(source) for _ in range(2)]
    old, new = (Revision(sources.model(document), document) for document in documents)
    report = compare(old, new, Waivers(source, ()), datetime.now(UTC).date())
    if report.findings:
        raise Wrong(report.findings[0].message)


def _generate(folder: Path, source: str) -> None:
    """Generate both targets, and import what Python got."""
    files = generate(sources.text(source), Path(source).name, fetch=sources.fetch(source))
    for path, body in files.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(body, "utf-8")
    (folder / "__init__.py").touch()
    package = folder / "python" / "__init__.py"
    spec = importlib.util.spec_from_file_location(folder.name, package)
    if spec is None or spec.loader is None:
        raise Wrong("no package")
    sys.modules[folder.name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(sys.modules[folder.name])


def _mock(source: str) -> None:
    asyncio.run(_call_all(sources.contract(source)))


async def _call_all(contract: Contract) -> None:
    """Mock a contract, and call every event that has an ack."""
    logs.configure("text", "error")
    service = MockService(contract, say=lambda _: None)
    runner = await listen(service.application([]), "127.0.0.1", 0)
    client = socketio.AsyncClient(reconnection=False)
    paths = [namespace.example for namespace in contract.namespaces]
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
        await client.emit(operation.event, args, namespace=operation.namespace.example)
        return
    acked = await client.call(
        operation.event, args, namespace=operation.namespace.example, timeout=PATIENCE
    )
    if acked is None and 0 not in operation.ack_args:
        raise Wrong(f"{operation.event}: an ack without argument")
    if acked is not None:
        several = any(reply.several for reply in operation.replies)
        answer = [*acked] if isinstance(acked, tuple) else [acked] if several else acked
        if not Schema(ack_document(contract, operation)).accepts(answer):
            raise Wrong(f"{operation.event}: {answer!r} is not a valid ack")


COMMANDS: Runs = {
    "lint": _lint,
    "breaking": _breaking,
    "docs": _docs,
    "mock": _mock,
}
