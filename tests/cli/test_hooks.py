"""The hooks of pre-commit, as it runs them before a commit; nothing is fetched from a network."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.docs.pages import ROOT, blocks, text
from tests.git import committed, git

pytestmark = pytest.mark.slow

HOOKS = ROOT / ".pre-commit-hooks.yaml"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Return a project with a contract, what was generated from it, and the page's hooks."""
    hooks, folder = tmp_path / "hooks", tmp_path / "project"
    hooks.mkdir()
    folder.mkdir()
    shutil.copy(HOOKS, hooks)
    committed(hooks)
    git("tag", "v1.0.0", folder=hooks)
    (config,) = blocks(text("contract/shells-and-hooks.md"), "yaml")
    (folder / ".pre-commit-config.yaml").write_text(config.replace("REPOSITORY", str(hooks)))
    program = bin_() / "asyncapi-socketio"
    subprocess.run([program, "init"], cwd=folder, check=True, capture_output=True)
    subprocess.run([program, "generate"], cwd=folder, check=True, capture_output=True)
    committed(folder)
    return folder


def bin_() -> Path:
    """Return where the programs of this Python are."""
    return Path(sys.executable).parent


def before_a_commit(project: Path) -> tuple[int, str]:
    """Run the hooks on all files."""
    variables = {
        **os.environ,
        "PATH": f"{bin_()}:{os.environ['PATH']}",
        "PRE_COMMIT_HOME": str(project.parent / "cache"),
    }
    command = [sys.executable, "-m", "pre_commit", "run", "--all-files", "--color", "never"]
    run = subprocess.run(
        command, cwd=project, env=variables, capture_output=True, text=True, check=False
    )
    return run.returncode, run.stdout + run.stderr


def test_a_commit_passes_until_its_contract_breaks_clients(project: Path) -> None:
    code, said = before_a_commit(project)
    assert code == 0, said
    assert said.count("Passed") == 3

    contract = project / "asyncapi.yaml"
    contract.write_text(contract.read_text().replace("maxLength: 500", "maxLength: 5"))
    code, said = before_a_commit(project)
    assert code == 1
    assert "[bound-tightened]" in said
    assert "stale" in said
