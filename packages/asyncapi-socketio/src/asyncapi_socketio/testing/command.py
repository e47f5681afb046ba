"""The command `test`: whether a live Socket.IO server, in any language, keeps a contract."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any, TypeAlias, get_args

import click

from ..cli import options, sources
from ..cli.errors import CouldNotRun
from ..reporting import Format, render
from ..reporting.html import html
from .checks import Phase
from .client import Transport
from .run import PHASES, Plan, Run, reported, saved

Json: TypeAlias = Any


@click.command(epilog="Example: asyncapi-socketio test http://localhost:3000 --html report.html")
@click.argument("url")
@options.contract
@options.form
@click.option(
    "--phases",
    default=",".join(PHASES),
    show_default=True,
    help="What is tried, of these.",
)
@click.option("--max-examples", default=100, show_default=True, help="Inputs that a check draws.")
@click.option("--seed", default=0, show_default=True, help="Another seed draws other inputs.")
@click.option(
    "--transport", type=click.Choice(get_args(Transport)), default="websocket", show_default=True
)
@click.option("--auth", help="JSON that is sent on connect.")
@click.option("--timeout", default=2.0, show_default=True, help="Seconds that an ack may take.")
@click.option("--save", type=click.Path(path_type=Path), help="Where failures go, for replay.")
@click.option("--html", "html_file", type=click.Path(path_type=Path), help="Where a report goes.")
def command(
    source: str, form: Format, save: Path | None, html_file: Path | None, **plan: Json
) -> None:
    """Test a live Socket.IO server, in any language, against its contract.

    Nobody else should use the server meanwhile: what others cause looks like what it does wrong.
    """
    document = sources.document(source)
    contract = sources.model(document)
    run = Run(
        contract, Plan(**{**plan, "phases": _phases(plan["phases"]), "auth": _auth(plan["auth"])})
    )
    failures = []
    bar = click.progressbar(
        run.failures(),
        length=len(run.checks),
        file=sys.stderr,
        hidden=not sys.stderr.isatty(),
        item_show_func=lambda item: item[0].id if item else "",
    )
    with bar as played:
        for _, found in played:
            failures += found
    report = reported(run, document, failures)
    if save:
        save.write_text(saved(contract, failures), "utf-8")
    if html_file:
        html_file.write_text(html(report, run.plan.url), "utf-8")
    click.echo(render(report, form))
    sys.exit(report.failed)


def _phases(text: str) -> list[Phase]:
    named = [name.strip() for name in text.split(",")]
    if unknown := [name for name in named if name not in PHASES]:
        raise CouldNotRun(f"no phase '{unknown[0]}': there are {', '.join(PHASES)}")
    return [phase for phase in PHASES if phase in named]


def _auth(text: str | None) -> Json:
    try:
        return None if text is None else json.loads(text)
    except ValueError as error:
        raise CouldNotRun(f"--auth is not valid JSON: {error}") from error
