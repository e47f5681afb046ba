"""The command line: `python -m codegen` writes what follows from the contract, or checks it."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

import click

from asyncapi_socketio.asyncapi import InvalidContract
from asyncapi_socketio.generate import Target, generate
from asyncapi_socketio.generate.output import Output
from asyncapi_socketio.generate.typescript import NodeMissing

ROOT = Path(__file__).parent.parent
FOLDERS: Mapping[Target, Path] = {
    "python": ROOT / "src/todo_service/generated",
    "typescript": ROOT / "clients/typings",
}
"""Where the generated files of this repository live."""


@click.command()
@click.option("--contract", type=click.Path(path_type=Path), help="[default: asyncapi.yaml]")
@click.option("--out", type=click.Path(path_type=Path), help="Where python/ and typescript/ go.")
@click.option("--check", is_flag=True, help="Write nothing; exit 1, with a diff, on stale files.")
def main(contract: Path | None, out: Path | None, *, check: bool) -> None:
    """Write typed Python, JSON Schemas and TypeScript from an AsyncAPI 3 document.

    Without options: this repository's. Exits 2 when the document can't be generated from.
    """
    path = contract or ROOT / "asyncapi.yaml"
    try:
        files = generate(path.read_text("utf-8"), path.name, command="make generate")
    except (InvalidContract, NodeMissing, OSError, UnicodeDecodeError) as error:
        click.echo(error, err=True)
        sys.exit(2)
    output = Output(files, {target: out / target for target in FOLDERS} if out else FOLDERS)
    if not check:
        output.write()
    elif not output.is_fresh():
        click.echo("stale: run `make generate`", err=True)
        sys.exit(1)


main()
