"""Completion, by the line that the documentation has for each shell."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.shell_completion import ShellComplete

from asyncapi_socketio.cli import main as cli
from asyncapi_socketio.cli.main import COMMANDS, main
from tests.docs.pages import blocks, text

PAGE = text("contract/shells-and-hooks.md")


def completed(*words: str, incomplete: str = "") -> list[str]:
    """Return what a shell offers behind some words."""
    shell = ShellComplete(main, {}, "asyncapi-socketio", "_ASYNCAPI_SOCKETIO_COMPLETE")
    return [item.value for item in shell.get_completions([*words], incomplete)]


def test_commands_and_their_options_are_completed() -> None:
    assert completed() == [*COMMANDS]
    assert completed(incomplete="g") == ["generate"]
    assert "--against" in completed("breaking", incomplete="--a")


def test_a_command_without_its_extra_is_completed_but_for_its_options(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    place = COMMANDS["serve"]._replace(module="cli.not_there")
    monkeypatch.setattr(cli, "COMMANDS", {"serve": place})
    assert completed(incomplete="s") == ["serve"]
    assert "--port" not in completed("serve", incomplete="--p")


def test_importing_no_command_keeps_the_shell_from_waiting() -> None:
    program = (
        "import sys; from asyncapi_socketio.cli.main import main\n"
        "main.shell_complete(main.make_context('x', [], resilient_parsing=True), '')\n"
        "assert not {name for name in sys.modules if name.endswith('.command')}"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


ASK = {
    "bash": (
        "COMP_WORDS=(asyncapi-socketio ge); COMP_CWORD=1\n"
        '_asyncapi_socketio_completion asyncapi-socketio; echo "${COMPREPLY[@]}"'
    ),
    "zsh": (
        "[[ $_comps[asyncapi-socketio] == _asyncapi_socketio_completion ]] &&\n"
        "COMP_WORDS='asyncapi-socketio ge' COMP_CWORD=1 "
        "_ASYNCAPI_SOCKETIO_COMPLETE=zsh_complete asyncapi-socketio | sed -n 2p"
    ),
    "fish": "complete --do-complete 'asyncapi-socketio ge' | string split -f1 \\t",
}
"""How a script has a shell complete; zsh, which does so on a terminal only, is asked in part."""


@pytest.mark.parametrize("shell", ASK)
def test_the_line_of_the_page_works_in_its_shell(shell: str) -> None:
    program = shutil.which(shell)
    assert program, f"install Debian's {shell}"
    (line,) = blocks(PAGE, shell)
    before = "autoload -U compinit; compinit -D\n" if shell == "zsh" else ""
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    run = subprocess.run(
        [program, "-c", before + line + ASK[shell]],
        env={**os.environ, "PATH": path}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (run.stdout.split(), run.stderr) == (["generate"], "")
