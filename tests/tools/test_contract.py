"""The command line `contract` as a whole: what it lists, what it explains, what it can't do."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from contract.__main__ import COMMANDS, main


def test_every_command_is_listed_and_has_help_with_an_example() -> None:
    listed = CliRunner().invoke(main, ["--help"])
    assert listed.exit_code == 0
    for name in COMMANDS:
        assert f"  {name} " in listed.output
        told = CliRunner().invoke(main, [name, "--help"])
        assert told.exit_code == 0
        assert f"Example: contract {name}" in told.output


def test_an_unknown_command_is_exit_code_2() -> None:
    assert CliRunner().invoke(main, ["guess"]).exit_code == 2


def test_without_the_extra_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(COMMANDS, "lint", "not_there")
    run = CliRunner().invoke(main, ["lint"])
    assert run.exit_code == 2
    assert run.stderr == (
        "Error: contract.not_there is missing: pip install 'todo-service[contract]'\n"
    )
