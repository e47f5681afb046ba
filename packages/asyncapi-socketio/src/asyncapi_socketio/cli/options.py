"""The options that commands share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from difflib import get_close_matches
from typing import Any, TypeVar, get_args

import click

from ..reporting import Format
from ..reporting.finding import Severity
from ..reporting.report import Severities
from ..reporting.rule import Rule

CONTRACT = "asyncapi.yaml"
"""The document that every command takes when none is named."""

C = TypeVar("C", bound=Callable[..., Any])


class Source(click.ParamType[str]):
    """Where a contract is: a path, a revision of git, or `-`."""

    name = "path"


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
        type=Source(),
        default=CONTRACT,
        show_default=True,
        metavar="PATH",
        help="The AsyncAPI document; git:REVISION[:PATH] for a committed one, - for stdin.",
    )
    return source(allow(command))


def _allow_remote(context: click.Context, _: click.Parameter, value: bool) -> None:
    context.meta[_REMOTE] = value


def allows_remote() -> bool:
    """Return whether the command that runs may follow `$ref`s to other hosts."""
    context = click.get_current_context(silent=True)
    return bool(context and context.meta.get(_REMOTE))


_SCALES: tuple[tuple[Severity, ...], ...] = (
    ("error", "warning", "note"),
    ("breaking", "dangerous", "safe"),
)


def severities(rules: Sequence[Rule]) -> Callable[[C], C]:
    """Add the option that says how severe what a rule finds is."""

    def parsed(_: click.Context, __: click.Parameter, values: tuple[str, ...]) -> Severities:
        return dict(_severity(rules, value) for value in values)

    return click.option(
        "--rule",
        "severities",
        multiple=True,
        callback=parsed,
        metavar="RULE=SEVERITY",
        help="How severe what a rule finds is, or off; repeatable.",
    )


def _severity(rules: Sequence[Rule], text: str) -> tuple[str, Any]:
    name, _, severity = text.partition("=")
    rule = next((rule for rule in rules if rule.id == name), None)
    if rule is None:
        near = get_close_matches(name, [rule.id for rule in rules], 1)
        known = f"did you mean '{near[0]}'?" if near else "--rules lists all that there are"
        raise click.BadParameter(f"no rule '{name}': {known}")
    scale = next(scale for scale in _SCALES if rule.severity in scale)
    if severity not in {*scale, "off"}:
        raise click.BadParameter(f"{name} is {', '.join(scale)} or off, not '{severity}'")
    return name, severity


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
