"""The command line `contract`: one command a question about a contract, one module a command."""

from __future__ import annotations

import click


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Look at, compare, document, play and test a Socket.IO API by its AsyncAPI document."""


if __name__ == "__main__":
    main()
