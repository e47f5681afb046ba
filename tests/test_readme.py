"""The README keeps its word: its sessions print what it says, its tables and commands exist."""

from __future__ import annotations

import asyncio
import re
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.conftest import serving
from todo_service.app import open_repository
from todo_service.cli import serve

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text("utf-8")


def session(language: str) -> tuple[str, str]:
    """Give a session of the README: its program and what it prints."""
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
    output, _ = await asyncio.wait_for(process.communicate(program.encode()), 20)
    assert output.decode() == printed


def test_every_make_command_exists() -> None:
    verbs = set(re.findall(r"(?:`|^)make ([a-z]+)", README, re.MULTILINE))
    assert {"serve", "test", "check", "generate"} <= verbs
    for verb in verbs:
        subprocess.run(["make", "-n", verb], cwd=ROOT, check=True, capture_output=True)


def test_the_options_are_all_there_with_their_variables_and_defaults() -> None:
    rows = re.findall(
        r"^\| `(--[a-z-]+)` \| `(TODO_[A-Z_]+)` \| `?([^`|]+?)`? \|", README, re.MULTILINE
    )
    options = []
    for option in serve.params:
        default = option.default
        if isinstance(default, tuple):
            default = default[0] if default else "none"
        options.append((option.opts[0], option.envvar, str(default)))
    assert rows == options


def test_every_link_leads_somewhere() -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", README):
        assert target.startswith("https://") or (ROOT / target).exists(), target
