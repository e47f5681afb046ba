"""What ends a command before it could do its work."""

from __future__ import annotations

import click


class CouldNotRun(click.ClickException):
    """A command that can't do its work: one line on stderr, exit code 2."""

    exit_code = 2
