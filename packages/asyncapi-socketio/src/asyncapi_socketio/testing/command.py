"""The command `test`: whether a live Socket.IO server, in any language, keeps a contract."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeAlias, get_args

import click

from ..cli import options, sources
from ..cli.errors import CouldNotRun
from ..reporting import Format, render
from ..reporting.html import html
from ..reporting.report import Severities
from .access import credentials
from .checks import Phase
from .client import PATH, Transport
from .explain import explanation
from .hooks import Hooks
from .hooks import hooks as load
from .rules import RULES
from .run import MAX_TIME, PHASES, Plan, Run, reported, saved

Json: TypeAlias = Any


@click.command(epilog="Example: asyncapi-socketio test http://localhost:3000 --html report.html")
@click.argument("url", required=False)
@options.contract
@options.form
@options.severities(RULES)
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
@click.option(
    "--auth",
    multiple=True,
    metavar="[CLIENT@][NAMESPACE=]JSON",
    help="What is sent on connect: by everyone, in a namespace, by ada or bob. May be repeated.",
)
@click.option("--path", default=PATH, show_default=True, help="Where the server listens.")
@click.option("--header", multiple=True, metavar="NAME:VALUE", help="An HTTP header; repeatable.")
@click.option(
    "--parameter",
    multiple=True,
    metavar="NAME=VALUE",
    help="A parameter in the path of a namespace; repeatable. Default: the contract's examples.",
)
@click.option("--include", multiple=True, help="Play checks of such events or namespaces only.")
@click.option("--exclude", multiple=True, help="Play none of such events or namespaces.")
@click.option(
    "--max-time", default=MAX_TIME, show_default=True, help="Seconds after which no check begins."
)
@click.option(
    "--hooks",
    type=click.Path(path_type=Path, exists=True),
    help="A file in Python: set_up, auth, payload, after_call, tear_down.",
)
@click.option("--explain", is_flag=True, help="Say what each operation is taken for, and stop.")
@click.option("--timeout", default=2.0, show_default=True, help="Seconds that an ack may take.")
@click.option("--save", type=click.Path(path_type=Path), help="Where failures go, for replay.")
@click.option("--html", "html_file", type=click.Path(path_type=Path), help="Where a report goes.")
def command(
    source: str,
    form: Format,
    severities: Severities,
    save: Path | None,
    html_file: Path | None,
    *,
    explain: bool,
    **plan: Json,
) -> None:
    """Test a live Socket.IO server, in any language, against its contract.

    Nobody else should use the server meanwhile: what others cause looks like what it does wrong.
    """
    document = sources.document(source)
    contract = sources.model(document)
    if explain:
        click.echo(explanation(contract))
        return
    if plan["url"] is None:
        raise CouldNotRun("name the address of the server, such as http://localhost:3000")
    run = Run(contract, _plan(**plan))
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
    report = reported(run, document, failures, severities)
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


def _plan(
    *,
    phases: str,
    auth: Sequence[str],
    header: Sequence[str],
    parameter: Sequence[str],
    hooks: Path | None,
    **plan: Json,
) -> Plan:
    return Plan(
        **plan,
        phases=_phases(phases),
        auth=credentials(auth),
        headers=dict(_header(text) for text in header),
        parameters=dict(_parameter(text) for text in parameter),
        hooks=load(hooks) if hooks else Hooks(),
    )


def _parameter(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise CouldNotRun(f"--parameter is not NAME=VALUE: {text}")
    return name, value


def _header(text: str) -> tuple[str, str]:
    name, colon, value = text.partition(":")
    if not colon:
        raise CouldNotRun(f"--header is not NAME:VALUE: {text}")
    return name.strip(), value.strip()
