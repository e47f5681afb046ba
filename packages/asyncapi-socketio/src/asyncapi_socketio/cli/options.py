"""The options that commands share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, get_args

import click

from ..reporting import Format

CONTRACT = "asyncapi.yaml"
"""The document that every command takes when none is named."""

C = TypeVar("C", bound=Callable[..., Any])

_REMOTE = f"{__name__}.remote"


def contract(command: C) -> C:
    """Add the options that say which contract, and whether it may be on several hosts."""
    allow = click.option(
        "--allow-remote",
        is_flag=True,
        expose_value=False,
        callback=_allow_remote,
        help="Follow $refs to other hosts, over HTTP.",
    )
    source = click.option(
        "--contract",
        "source",
        default=CONTRACT,
        show_default=True,
        metavar="PATH",
        help="The AsyncAPI document; git:REVISION or git:REVISION:PATH for a committed one.",
    )
    return source(allow(command))


def _allow_remote(context: click.Context, _: click.Parameter, value: bool) -> None:
    context.meta[_REMOTE] = value


def allows_remote() -> bool:
    """Return whether the command that runs may follow `$ref`s to other hosts."""
    context = click.get_current_context(silent=True)
    return bool(context and context.meta.get(_REMOTE))


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
