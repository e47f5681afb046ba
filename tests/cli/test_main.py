"""The command line as a whole: what it lists, what it explains, what it can't do."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from asyncapi_socketio.cli import NAME
from asyncapi_socketio.cli import main as cli
from asyncapi_socketio.cli.main import COMMANDS, main


def test_every_command_is_listed_and_has_help_with_an_example() -> None:
    listed = CliRunner().invoke(main, ["--help"])
    assert listed.exit_code == 0
    for name in COMMANDS:
        assert f"  {name} " in listed.output
        told = CliRunner().invoke(main, [name, "--help"])
        assert told.exit_code == 0
        assert f"Example: {NAME} {name}" in told.output


def test_an_unknown_command_is_exit_code_2() -> None:
    assert CliRunner().invoke(main, ["guess"]).exit_code == 2


@pytest.mark.parametrize("command", COMMANDS)
def test_without_its_extra_a_command_says_what_to_install(
    command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = COMMANDS[command]
    monkeypatch.setattr(cli, "COMMANDS", {command: place._replace(module="cli.not_there")})
    run = CliRunner().invoke(main, [command])
    assert run.exit_code == 2
    assert run.stderr == (
        f"Error: {command} needs asyncapi_socketio.cli.not_there: "
        f"pip install 'asyncapi-socketio[{place.extras}]'\n"
    )


def test_the_former_name_still_works_and_says_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["contract", "--version"])
    with pytest.raises(SystemExit) as stopped:
        cli.contract()
    printed = capsys.readouterr()
    assert stopped.value.code == 0
    assert printed.out.startswith("asyncapi-socketio, version ")
    assert printed.err == (
        "contract is now called asyncapi-socketio; this name goes with the next release\n"
    )
