"""The pages that may connect from a browser, as an operator names them on a command line."""

from __future__ import annotations

import re
from ipaddress import IPv6Address
from urllib.parse import SplitResult, urlsplit

import click

_DEFAULT_PORTS = {"http": 80, "https": 443}
_NAME = re.compile(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*\.?")


def named_origins(
    _: click.Context, __: click.Parameter, origins: tuple[str, ...]
) -> tuple[str, ...]:
    """Return the origins as browsers send them; raises `click.BadParameter`."""
    return tuple(map(_origin, origins))


def _origin(text: str) -> str:
    if text == "*":
        raise click.BadParameter(
            "'*' would let any web page act for whoever looks at it: name each origin"
        )
    if text == "null":
        raise click.BadParameter(
            "'null' would let in every page that hides where it comes from: name each origin"
        )
    try:
        return _as_sent(urlsplit(text))
    except ValueError:
        raise click.BadParameter(
            f"{text!r} is not an origin: write it as scheme://host[:port]"
        ) from None


def _as_sent(parts: SplitResult) -> str:
    """Serialise an origin (RFC 6454, 6.2): lower case, no default port, nothing behind it."""
    more = parts.path.strip("/") or parts.query or parts.fragment or parts.username is not None
    if more or not parts.scheme:
        raise ValueError("more or less than an origin")
    host, port = _host(parts.hostname or ""), parts.port
    shown = "" if port in {None, _DEFAULT_PORTS.get(parts.scheme)} else f":{port}"
    return f"{parts.scheme}://{host}{shown}"


def _host(text: str) -> str:
    if ":" in text:
        return f"[{IPv6Address(text)}]"
    host = text.encode("idna").decode()
    if not _NAME.fullmatch(host):
        raise ValueError("not a host")
    return host
