"""The README keeps its word: its sessions print what it says, its tables and commands exist."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from asyncapi_socketio.breaking.rules import RULES
from servers.ports import free_port
from tests.conftest import serving
from tests.patience import PATIENCE
from tests.processes import listening
from todo_service.app import open_repository
from todo_service.cli import serve

ROOT = Path(__file__).parent.parent
PATH = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
OPERATING = (ROOT / "docs/operating.md").read_text("utf-8")
README = (ROOT / "README.md").read_text("utf-8")


def session(language: str) -> tuple[str, str]:
    """Return a session of the README: its program and what it prints."""
    found = re.search(rf"```{language}\n(.*?)```\n\nprints\n\n```text\n(.*?)```", README, re.DOTALL)
    assert found
    return found[1], found[2]


@pytest.fixture
async def address() -> AsyncIterator[str]:
    async with serving(await open_repository("memory:")) as url:
        yield url


@pytest.mark.slow
@pytest.mark.parametrize(("language", "runner"), [("js", "node"), ("python", sys.executable)])
async def test_a_first_session_prints_what_it_says(
    address: str, language: str, runner: str
) -> None:
    program, printed = session(language)
    program = program.replace("http://localhost:3000", address)
    options = ["--input-type=module", "-"] if language == "js" else ["-"]
    process = await asyncio.create_subprocess_exec(
        runner, *options, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    output, _ = await asyncio.wait_for(process.communicate(program.encode()), PATIENCE)
    assert output.decode() == printed


@pytest.mark.slow
def test_every_make_command_exists() -> None:
    verbs = set(re.findall(r"(?:`|^)make ([a-z]+)", README, re.MULTILINE))
    assert {"serve", "test", "check", "generate"} <= verbs
    for verb in verbs:
        subprocess.run(["make", "-n", verb], cwd=ROOT, check=True, capture_output=True)


def test_the_options_are_all_there_with_their_variables_and_defaults() -> None:
    rows = re.findall(
        r"^\| `(--[a-z-]+)` \| `(TODO_[A-Z_]+)` \| `?([^`|]+?)`? \|", OPERATING, re.MULTILINE
    )
    options = []
    for option in serve.params:
        default = option.default
        if isinstance(default, tuple):
            default = default[0] if default else None
        default = "none" if default is None else default
        options.append((option.opts[0], option.envvar, str(default)))
    assert rows == options


def test_the_table_of_changes_names_rules_that_exist() -> None:
    page = (ROOT / "docs/contract/breaking.md").read_text("utf-8")
    rows = [line for line in page.splitlines() if line.startswith("| ") and "classified" in line]
    named = {rule for row in rows for rule in re.findall(r"· `([a-z-]+)` \|$", row)}
    assert len(named) >= 8
    assert named <= {rule.id for rule in RULES}


def test_every_link_leads_somewhere() -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", README):
        assert target.startswith("https://") or (ROOT / target).exists(), target


UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")

PEER = ["node", str(ROOT / "tools/bench/peer.mjs")]


def commands() -> list[tuple[str, str]]:
    """Return the commands of the sessions, each with what it prints."""
    blocks = re.findall(r"```console\n(.*?)```", README, re.DOTALL)
    parts = [part.partition("\n") for block in blocks for part in block.split("$ ")[1:]]
    return [(command, printed) for command, _, printed in parts]


@asynccontextmanager
async def peer() -> AsyncIterator[str]:
    """Serve the tutorial in Node, on a free port."""
    port = free_port()
    process = await asyncio.create_subprocess_exec(
        *PEER, str(port), stderr=subprocess.DEVNULL, start_new_session=True
    )
    try:
        await listening(port)
        yield f"http://localhost:{port}"
    finally:
        if process.returncode is None:
            os.killpg(process.pid, signal.SIGKILL)  # node may be a script that starts another
        await process.wait()


@pytest.mark.slow
@pytest.mark.parametrize(
    "examples", [" --max-examples 3", pytest.param("", marks=pytest.mark.thorough)]
)
async def test_the_sessions_of_contract_owners_print_what_they_say(
    address: str, examples: str, tmp_path: Path, record: bool
) -> None:
    shutil.copy(ROOT / "asyncapi.yaml", tmp_path)
    readme = README
    for command, printed in commands():
        async with peer() as tutorial:
            urls = {"http://localhost:3000": address, "http://localhost:3001": tutorial}
            by_default = command == "asyncapi-socketio test http://localhost:3000"
            output = await shell(command + by_default * examples, urls, tmp_path)
        if record:
            readme = readme.replace(f"$ {command}\n{printed}", f"$ {command}\n{output}", 1)
        else:
            assert UUID.sub("UUID", output) == UUID.sub("UUID", printed), command
    if record:
        (ROOT / "README.md").write_text(readme, "utf-8")


async def shell(command: str, urls: dict[str, str], folder: Path) -> str:
    """Run a command at other addresses than it names, and give what it prints of those."""
    for named, real in urls.items():
        command = command.replace(named, real)
    process = await asyncio.create_subprocess_shell(
        command, cwd=folder, env={**os.environ, "PATH": PATH}, stdout=subprocess.PIPE
    )
    output = (await asyncio.wait_for(process.communicate(), 90))[0].decode()
    for named, real in urls.items():
        output = output.replace(real, named)
    return output
