"""The command line `asyncapi-socketio`: one command per question about a contract."""

from __future__ import annotations

import importlib
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import click
from click.shell_completion import CompletionItem

from . import NAME


class Place(NamedTuple):
    """A command: its summary, the module with its click command `command`, and what it needs."""

    summary: str
    module: str
    extras: str


COMMANDS: Mapping[str, Place] = {
    "init": Place("Write a first contract, or draft one from a server.", "cli.init", "test"),
    "lint": Place("Find what is wrong with a contract, or will be.", "lint.command", "test"),
    "breaking": Place("Find which clients a change breaks.", "breaking.command", "test"),
    "docs": Place("Write the reference page.", "cli.docs", "docs"),
    "mock": Place("Serve a contract without its handlers.", "mock.command", "server,test"),
    "test": Place("Test a live server against a contract.", "testing.command", "test"),
    "replay": Place("Play failures that `test` has saved again.", "testing.replay", "test"),
    "generate": Place("Write what follows from a contract.", "cli.generate", "generate"),
    "serve": Place("Serve an application of your own.", "cli.serve", "server"),
}
"""The commands, in the order in which one needs them."""


class NotInstalled(click.ClickException):
    """A library of an extra is missing."""

    exit_code = 2

    def __init__(self, command: str, library: str | None) -> None:
        """Name the extra of the command."""
        extras = COMMANDS[command].extras
        super().__init__(f"{command} needs {library}: pip install '{NAME}[{extras}]'")


class _Commands(click.Group):
    """Imports a command when it is asked for: `lint` need not wait for what `test` needs."""

    def list_commands(self, _ctx: click.Context) -> list[str]:
        """Name the commands."""
        return [*COMMANDS]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command by its name."""
        if cmd_name not in COMMANDS:
            return None
        package = __package__.rpartition(".")[0]
        try:
            module = importlib.import_module(f"{package}.{COMMANDS[cmd_name].module}")
        except ModuleNotFoundError as error:
            if ctx.resilient_parsing:  # a shell asks for completions
                return None
            raise NotInstalled(cmd_name, error.name) from error
        command: click.Command = module.command
        return command

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Complete names and options; importing each command would keep the shell waiting."""
        names = [
            CompletionItem(name, help=place.summary)
            for name, place in COMMANDS.items()
            if name.startswith(incomplete)
        ]
        return names + click.Command.shell_complete(self, ctx, incomplete)

    def format_commands(self, _ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands, those too whose extra is not installed."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, place.summary) for name, place in COMMANDS.items()])

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401 - as click's
        """Run a command; what it imports only when it works may be missing, too."""
        try:
            return super().invoke(ctx)
        except ModuleNotFoundError as error:
            if ctx.invoked_subcommand is None:
                raise
            raise NotInstalled(ctx.invoked_subcommand, error.name) from error


@click.command(NAME, cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name=NAME, prog_name=NAME)
@click.pass_context
def main(context: click.Context) -> None:
    """Check, compare, document, mock, test and serve a Socket.IO API by its contract.

    asyncapi-socketio.toml, or [tool.asyncapi-socketio] of pyproject.toml, sets the options of each
    command. Exit codes: 0 clean, 1 findings, 2 could not run.
    """
    context.default_map = _settings(context)
    # Hypothesis would keep its tables in the directory that this runs in.
    os.environ.setdefault("HYPOTHESIS_STORAGE_DIRECTORY", click.get_app_dir(NAME))


def _settings(context: click.Context) -> dict[str, dict[str, Any]]:
    """Return what the project sets for the command that runs."""
    from . import config  # noqa: PLC0415 - `--version` need not wait for it

    name = str(context.invoked_subcommand)
    command = main.get_command(context, name)
    settings = config.find(Path.cwd())
    if settings is None or command is None:
        return {}
    settings.check([*COMMANDS])
    return {name: settings.defaults(name, command)}


def contract() -> None:
    """Run the command line by its former name, for one release."""
    click.echo(f"contract is now called {NAME}; this name goes with the next release", err=True)
    main(prog_name=NAME)


if __name__ == "__main__":
    main(prog_name=NAME)
