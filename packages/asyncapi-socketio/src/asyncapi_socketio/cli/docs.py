"""`asyncapi-socketio docs`: the reference page of a contract, one HTML file that opens anywhere."""

from __future__ import annotations

from pathlib import Path

import click

from ..generate import reference
from . import options, sources


@click.command(
    epilog="Example: asyncapi-socketio docs --contract asyncapi.yaml --out reference.html"
)
@options.contract
@click.option("--out", type=click.Path(path_type=Path), help="Where the page goes; else to stdout.")
def command(source: str, out: Path | None) -> None:
    """Write the reference page: every event, its payload, acks, errors and audience.

    It needs no network, has a search and a console to try events on a running server.
    """
    page = reference.emit(sources.contract(source))["reference.html"]
    if out is None:
        click.echo(page, nl=False)
    else:
        out.write_text(page, "utf-8")
