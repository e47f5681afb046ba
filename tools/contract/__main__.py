"""The command line `contract`: one command a question about a contract, one module a command."""

from __future__ import annotations

import importlib
import os

import click

COMMANDS = {
    "lint": "lint",
    "breaking": "breaking",
    "docs": "docs",
    "mock": "mock",
    "test": "tester",
    "replay": "replay",
}
"""The module of each command, which has a click command called `command`."""


class NotInstalled(click.ClickException):
    """A library of the extra `contract` is missing."""

    exit_code = 2

    def __init__(self, library: str | None) -> None:
        super().__init__(f"{library} is missing: pip install 'todo-service[contract]'")


class _Commands(click.Group):
    """Imports a command when it is asked for: `lint` need not wait for what `test` needs."""

    def list_commands(self, _ctx: click.Context) -> list[str]:
        """Name the commands, in the order in which one needs them."""
        return [*COMMANDS]

    def get_command(self, _ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Give a command by its name."""
        if cmd_name not in COMMANDS:
            return None
        try:
            module = importlib.import_module(f"contract.{COMMANDS[cmd_name]}")
        except ModuleNotFoundError as error:
            raise NotInstalled(error.name) from error
        command: click.Command = module.command
        return command


@click.command(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="todo-service", prog_name="contract")
def main() -> None:
    """Look at, compare, document, play and test a Socket.IO API by its AsyncAPI document.

    Exit codes: 0 clean, 1 findings, 2 could not run.
    """
    # Hypothesis would keep its tables in the directory that this runs in.
    os.environ.setdefault("HYPOTHESIS_STORAGE_DIRECTORY", click.get_app_dir("contract"))


if __name__ == "__main__":
    main()
