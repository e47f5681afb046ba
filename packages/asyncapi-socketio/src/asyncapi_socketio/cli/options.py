"""The options that commands share."""

from __future__ import annotations

from typing import get_args

import click

from ..reporting import Format

CONTRACT = "asyncapi.yaml"
"""The document that every command takes when none is named."""

contract = click.option(
    "--contract",
    "source",
    default=CONTRACT,
    show_default=True,
    metavar="PATH",
    help="The AsyncAPI document; git:REVISION or git:REVISION:PATH for a committed one.",
)
form = click.option(
    "--format",
    "form",
    type=click.Choice(get_args(Format)),
    default="text",
    show_default=True,
    help="How findings are printed.",
)
host = click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
port = click.option(
    "--port",
    default=3000,
    show_default=True,
    type=click.IntRange(0, 65535),
    help="Port to listen on; 0 takes any that is free.",
)
