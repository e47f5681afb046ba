"""The command line: `python -m codegen` writes what follows from the contracts, or checks it."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TypeAlias

import click

from asyncapi_socketio.asyncapi import InvalidContract
from asyncapi_socketio.generate import COMMAND, TARGETS, Target, generate
from asyncapi_socketio.generate.node import NodeMissing
from asyncapi_socketio.generate.output import Output, license_of

ROOT = Path(__file__).parent.parent

Step: TypeAlias = tuple[Path, Mapping[Target, Path], str]
"""A contract, the folder of each target, and what the files say that they were made by."""


def steps() -> Iterator[Step]:
    """Yield what this repository generates: the service, and its examples in Python alone."""
    service: Mapping[Target, Path] = {
        "python": ROOT / "src/todo_service/generated",
        "typescript": ROOT / "clients/typings",
    }
    yield ROOT / "asyncapi.yaml", service, "make generate"
    for contract in sorted(ROOT.glob("examples/*/asyncapi.yaml")):
        example = contract.parent
        yield contract, {"python": example / example.name / "generated"}, COMMAND


@click.command()
@click.option("--contract", type=click.Path(path_type=Path), help="[default: asyncapi.yaml]")
@click.option("--out", type=click.Path(path_type=Path), help="Where python/ and typescript/ go.")
@click.option("--check", is_flag=True, help="Write nothing; exit 1, with a diff, on stale files.")
def main(contract: Path | None, out: Path | None, *, check: bool) -> None:
    """Write typed Python, JSON Schemas and TypeScript from an AsyncAPI 3 document.

    Without options: this repository's. Exits 2 when a document can't be generated from.
    """
    wanted = [*steps()]
    if contract or out:
        path, folders, _ = wanted[0]
        folders = {target: out / target for target in TARGETS} if out else folders
        wanted = [(contract or path, folders, "make generate")]
    try:
        outputs = [*map(_output, wanted)]
    except (InvalidContract, NodeMissing, OSError, UnicodeDecodeError) as error:
        click.echo(error, err=True)
        sys.exit(2)
    if not check:
        for output in outputs:
            output.write()
        return
    fresh = [output.is_fresh() for output in outputs]  # each prints how it differs
    if not all(fresh):
        click.echo("stale: run `make generate`", err=True)
        sys.exit(1)


def _output(step: Step) -> Output:
    contract, folders, command = step
    text = contract.read_text("utf-8")
    files = generate(text, contract.name, targets=[*folders], command=command)
    return Output({**files, **license_of(contract)}, folders)


main()
