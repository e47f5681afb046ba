"""The command `lint`: what is wrong with a contract, or will be, with its rule and address."""

from __future__ import annotations

import sys

import click

from ..cli import options, sources
from ..reporting import Format, render
from ..reporting.report import Severities
from ..reporting.rule import page
from .linter import lint
from .rules import RULES


@click.command(
    epilog="Example: asyncapi-socketio lint --contract asyncapi.yaml --format sarif > lint.sarif"
)
@options.contract
@options.form
@options.severities(RULES)
@click.option("--rules", is_flag=True, help="Print the page that explains each rule, and exit.")
def command(source: str, form: Format, severities: Severities, *, rules: bool) -> None:
    """Find what is wrong with a contract, or will be.

    Everything found counts, notes aside: exit code 1. `x-lint-ignore: {rule: reason}`, beside or
    above what is found, suppresses it.
    """
    if rules:
        click.echo(page("Rules of `asyncapi-socketio lint`", RULES), nl=False)
        return
    report = lint(sources.document(source), severities)
    click.echo(render(report, form))
    sys.exit(report.failed)
