"""`asyncapi-socketio generate`: what follows from a contract, as files."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from ..asyncapi.document import InvalidContract
from ..generate import TARGETS, Target, generate
from ..generate.node import NodeMissing
from ..generate.output import Output
from . import options, sources
from .errors import CouldNotRun


@click.command(
    epilog="Example: asyncapi-socketio generate --contract asyncapi.yaml --out generated"
)
@options.contract
@click.option(
    "--out", type=click.Path(path_type=Path), required=True,
    help="Where python/ and typescript/ go.",
)  # fmt: skip
@click.option(
    "--target", "targets", type=click.Choice(TARGETS), multiple=True, default=TARGETS,
    help="What is written, both by default; repeatable. TypeScript needs Node.",
)  # fmt: skip
@click.option("--check", is_flag=True, help="Write nothing; exit 1, with a diff, on stale files.")
def command(source: str, out: Path, targets: tuple[Target, ...], *, check: bool) -> None:
    """Write typed Python, JSON Schemas and TypeScript.

    Files that are not generated any more are removed. Exits 2 when the document can't be
    generated from.
    """
    try:
        files = generate(
            sources.text(source), Path(source).name, targets=targets, fetch=sources.fetch(source)
        )
    except (InvalidContract, NodeMissing) as error:
        raise CouldNotRun(str(error)) from error
    output = Output(files, {target: out / target for target in targets})
    if not check:
        output.write()
    elif not output.is_fresh():
        click.echo("stale: run it without --check", err=True)
        sys.exit(1)
