"""`asyncapi-socketio generate`: what follows from a contract, as files."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from pathlib import Path

import click

from ..asyncapi.document import InvalidContract
from ..generate import TARGETS, Target, generate
from ..generate.node import NodeMissing
from ..generate.output import Output, license_of
from . import options, sources
from .errors import CouldNotRun
from .watch import Reads, whenever


@click.command(
    epilog="Example: asyncapi-socketio generate --contract asyncapi.yaml --out generated"
)
@options.contract
@click.option("--out", type=click.Path(path_type=Path), help="Where python/ and typescript/ go.")
@click.option("--python", type=click.Path(path_type=Path), help="Where Python goes.")
@click.option("--typescript", type=click.Path(path_type=Path), help="Where TypeScript goes.")
@click.option(
    "--target", "targets", type=click.Choice(TARGETS), multiple=True,
    help="What is written: all that has a folder, by default; repeatable. TypeScript needs Node.",
)  # fmt: skip
@click.option("--branded-ids", is_flag=True, help="Make types of their own of ids in TypeScript.")
@click.option("--check", is_flag=True, help="Write nothing; exit 1, with a diff, on stale files.")
@click.option("--watch", is_flag=True, help="Write again whenever the contract changes.")
def command(
    source: str,
    out: Path | None,
    targets: tuple[Target, ...],
    *,
    branded_ids: bool,
    check: bool,
    watch: bool,
    **named: Path | None,
) -> None:
    """Write typed Python, JSON Schemas and TypeScript.

    Files that are not generated any more are removed. Exits 2 when the document can't be
    generated from.
    """
    folders = _folders(out, targets, named)
    made = partial(_output, source, folders, branded_ids)
    if watch:
        if check or source == "-" or source.startswith("git:"):
            raise click.UsageError("--watch writes, and looks at files.")
        with suppress(KeyboardInterrupt):
            whenever(partial(_again, source, made))
        return
    output = made()
    if not check:
        output.write()
    elif not output.is_fresh():
        click.echo("stale: run it without --check", err=True)
        sys.exit(1)


def _folders(
    out: Path | None, targets: tuple[Target, ...], named: Mapping[str, Path | None]
) -> dict[Target, Path]:
    """Return the folder of each target that is wanted."""
    folders = {target: named[target] or (out and out / target) for target in targets or TARGETS}
    found = {target: folder for target, folder in folders.items() if folder}
    if not found:
        raise click.UsageError("Name a folder: --out, --python or --typescript.")
    return found


def _again(source: str, made: Callable[[Reads], Output], reads: Reads) -> None:
    """Write what has changed, and say so; say what can't be generated from."""
    began = time.perf_counter()
    try:
        written = made(reads).write()
    except CouldNotRun as error:
        click.echo(error.format_message(), err=True)
    else:
        seconds = time.perf_counter() - began
        files = f"{written} file{'' if written == 1 else 's'}"
        click.echo(f"{source}: {files} written in {seconds:.1f} s", err=True)


def _output(
    source: str, folders: Mapping[Target, Path], branded_ids: bool, reads: Reads = id
) -> Output:
    name = options.CONTRACT if source == "-" else Path(source).name
    reads(Path(source))
    fetch = sources.fetch(source)

    def fetched(beside: str) -> str:
        reads(Path(source).parent / beside)
        return fetch(beside)

    try:
        text, targets = sources.text(source), [*folders]
        files = generate(text, name, targets=targets, fetch=fetched, branded_ids=branded_ids)
    except (InvalidContract, NodeMissing) as error:
        raise CouldNotRun(str(error)) from error
    return Output({**files, **license_of(Path(source))}, folders)
