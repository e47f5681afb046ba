"""The command `replay`: whether failures that `test` has saved are still there."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any, TypeAlias

import click

from ..cli import options, sources
from ..cli.errors import CouldNotRun
from ..reporting import Format, render
from .run import Plan, Run, reported

Json: TypeAlias = Any


@click.command(epilog="Example: asyncapi-socketio replay failures.json http://localhost:3000")
@click.argument("file", type=click.Path(path_type=Path))
@click.argument("url")
@options.contract
@options.form
def command(file: Path, url: str, source: str, form: Format) -> None:
    """Play the failures of FILE, which `test --save FILE` wrote, at a server again."""
    kept = _read(file)
    document = sources.document(source)
    run = Run(sources.model(document), Plan(url))
    try:
        played = [run.replay(item["check"], item["namespace"], item["input"]) for item in kept]
    finally:
        run.close()
    failures = [failure for failure in played if failure is not None]
    report = reported(run, document, failures)
    click.echo(render(report, form))
    sys.exit(report.failed)


def _read(file: Path) -> list[Json]:
    try:
        found: list[Json] = json.loads(file.read_text("utf-8"))["failures"]
    except (OSError, ValueError, LookupError, TypeError) as error:
        raise CouldNotRun(f"{file}: {error}") from error
    return found
