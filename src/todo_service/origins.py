"""The pages that may connect from a browser, as an operator names them on a command line."""

from __future__ import annotations

from urllib.parse import urlsplit

import click


def named_origins(
    _: click.Context, __: click.Parameter, origins: tuple[str, ...]
) -> tuple[str, ...]:
    """Give the value of an option that takes origins; raises `click.BadParameter`."""
    for origin in origins:
        if origin == "*":
            raise click.BadParameter(
                "'*' would let any web page act for whoever looks at it: name each origin"
            )
        if not _is_origin(origin):
            raise click.BadParameter(f"{origin!r} is no origin: write it as scheme://host[:port]")
    return origins


def _is_origin(text: str) -> bool:
    try:
        parts = urlsplit(text)
        return bool(parts.hostname) and text == f"{parts.scheme}://{parts.netloc}"
    except ValueError:
        return False
