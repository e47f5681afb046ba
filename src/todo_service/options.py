"""Options that several commands have, and how a command says that it can't do what it was told."""

from __future__ import annotations

import click

from .repository import MAX_TODOS


class CannotStart(click.ClickException):
    """A command can't do what it was told; the message says why, in one line."""

    exit_code = 2


database_option = click.option(
    "--database",
    envvar="TODO_DATABASE",
    default="sqlite:///todos.db",
    show_default=True,
    show_envvar=True,
    metavar="URL",
    help="Where todos are kept: sqlite:///FILE, postgresql://USER@HOST/DATABASE,"
    " or memory: (gone at exit).",
)

max_todos_option = click.option(
    "--max-todos",
    envvar="TODO_MAX_TODOS",
    default=MAX_TODOS,
    show_default=True,
    show_envvar=True,
    type=click.IntRange(1),
    help="Todos that the list may hold; a create above it is told `too many todos`.",
)
