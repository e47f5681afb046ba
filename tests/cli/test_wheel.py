"""The library's wheel in a bare environment: each command works, or says which extra it needs."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import subprocess
from pathlib import Path

import pytest

from asyncapi_socketio.cli.main import COMMANDS
from tests.environments import Bare
from tests.generate.test_cases import ROOT, run
from tests.processes import launched

pytestmark = pytest.mark.slow

CONTRACT = ROOT / "asyncapi.yaml"


def runs(folder: Path, *arguments: object, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run the console script of an environment, which finds no other programs."""
    return run(folder / "asyncapi-socketio", *arguments, cwd=cwd, PATH=str(folder))


def test_without_extras_each_command_says_which_it_needs(bare: Bare, tmp_path: Path) -> None:
    folder = bare()
    imported = run(folder / "python", "-c", "import asyncapi_socketio", cwd=tmp_path)
    assert imported.returncode == 0, imported.stderr
    assert runs(folder, "--help", cwd=tmp_path).returncode == 0
    assert runs(folder, "init", "new", cwd=tmp_path).returncode == 0
    for command, place in COMMANDS.items():
        arguments = ("--from", "log", "api") if command == "init" else ("--help",)
        result = runs(folder, command, *arguments, cwd=tmp_path)
        assert result.returncode == 2
        extra = re.escape(f"pip install 'asyncapi-socketio[{place.extras}]'")
        assert re.fullmatch(rf"Error: {command} needs \w+: {extra}\n", result.stderr)


def test_with_docs_it_writes_the_reference_page(bare: Bare, tmp_path: Path) -> None:
    folder = bare("docs")
    result = runs(folder, "docs", "--contract", CONTRACT, "--out", "page.html", cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    assert "todo:create" in (tmp_path / "page.html").read_text("utf-8")


def test_with_generate_it_writes_python_and_says_what_typescript_needs(
    bare: Bare, tmp_path: Path
) -> None:
    folder = bare("generate")
    both = ("generate", "--contract", CONTRACT, "--out", "out")
    result = runs(folder, *both, cwd=tmp_path)
    assert result.returncode == 2
    assert result.stderr == (
        "Error: node is not on the PATH: install Node.js 20 or newer, "
        "or write --target python only\n"
    )
    python = (*both, "--target", "python")
    assert runs(folder, *python, cwd=tmp_path).returncode == 0
    assert (tmp_path / "out/python/operations.py").exists()
    assert not (tmp_path / "out/typescript").exists()
    assert runs(folder, *python, "--check", cwd=tmp_path).returncode == 0

    (tmp_path / "out/python/models.py").write_text("", "utf-8")
    stale = runs(folder, *python, "--check", cwd=tmp_path)
    assert stale.returncode == 1
    assert stale.stderr == "stale: run it without --check\n"


async def test_with_test_and_server_it_checks_mocks_and_tests(bare: Bare, tmp_path: Path) -> None:
    folder = bare("server", "test")
    for command in (("lint",), ("breaking", "--against", CONTRACT)):
        result = runs(folder, *command, "--contract", CONTRACT, cwd=tmp_path)
        assert result.returncode == 0, result.stdout + result.stderr
    program = (folder / "asyncapi-socketio", "mock", "--contract", CONTRACT)
    async with launched("--port", "0", program=program, directory=tmp_path) as mock:
        url = (await mock.says("mock of")).rpartition(" ")[2]
        tried = ("--contract", CONTRACT, "--max-examples", "5", "--timeout", "30")
        result = await asyncio.to_thread(runs, folder, "test", url, *tried, cwd=tmp_path)
        assert result.returncode == 0, result.stdout + result.stderr


async def test_with_server_it_serves_an_application(bare: Bare) -> None:
    program = (bare("server") / "asyncapi-socketio", "serve", "ticker.app:app", "--port", "0")
    async with launched(program=program, directory=ROOT / "examples" / "ticker") as ticker:
        assert await ticker.says("ticker.app:app on http://127.0.0.1:")
        ticker.signal(signal.SIGTERM)
        assert await ticker.end() == 0


def test_a_new_project_runs_at_once(bare: Bare, tmp_path: Path) -> None:
    folder = bare("server", "generate", "test")
    assert runs(folder, "init", "chat", cwd=tmp_path).returncode == 0
    path = f"{folder}{os.pathsep}{os.environ['PATH']}"
    made = run("make", "test", "check", cwd=tmp_path / "chat", PATH=path)
    assert made.returncode == 0, made.stdout + made.stderr
    assert "2 passed" in made.stdout
    assert "asyncapi.yaml: no findings" in made.stdout
