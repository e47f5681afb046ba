"""The command `breaking`: which clients a change breaks, and whether the version says so."""

from __future__ import annotations

import sys
from datetime import UTC, datetime

import click

from ..cli import options, sources
from ..reporting import Format, render
from ..reporting.report import Severities
from ..reporting.rule import page
from . import waivers
from .comparison import compare
from .revision import Revision
from .rules import RULES


@click.command(
    epilog="Example: asyncapi-socketio breaking --against git:main --format junit > breaking.xml"
)
@options.contract
@click.option(
    "--against",
    type=options.Source(),
    metavar="PATH",
    help="The contract that clients have: git:REVISION[:PATH] for a committed one, - for stdin.",
)
@click.option(
    "--waivers",
    "named",
    type=options.Source(),
    metavar="FILE",
    help=f"What breaks on purpose.  [default: {waivers.FILE} beside the contract, if there]",
)
@options.form
@options.severities(RULES)
@click.option("--rules", is_flag=True, help="Print the page that explains each rule, and exit.")
def command(
    source: str,
    against: str | None,
    named: str | None,
    form: Format,
    severities: Severities,
    *,
    rules: bool,
) -> None:
    """Find what old clients will notice of a change, and the version that announces it.

    Breaking and dangerous changes fail unless they are waived, or `info.version` announces them;
    a version that lags behind any change fails too: exit code 1.
    """
    if rules:
        click.echo(page("Rules of `asyncapi-socketio breaking`", RULES), nl=False)
        return
    if against is None:
        raise click.UsageError("Missing option '--against': the contract that clients have.")
    if against == source == "-":
        raise click.UsageError("stdin holds one contract, not two.")
    path = options.CONTRACT if source.startswith("git:") or source == "-" else source
    old, new = _revision(against, path), _revision(source, path)
    report = compare(old, new, waivers.read(named, source), datetime.now(UTC).date(), severities)
    click.echo(render(report, form))
    sys.exit(report.failed)


def _revision(source: str, path: str) -> Revision:
    document = sources.document(source, path)
    return Revision(sources.model(document), document)
