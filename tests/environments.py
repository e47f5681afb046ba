"""The library's wheel in an environment of its own, as a new user has it."""

from __future__ import annotations

import os
import shutil
import sys
import venv
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import pytest

from tests.generate.test_cases import ROOT, run

UV = shutil.which("uv", path=f"{os.environ['PATH']}{os.pathsep}{ROOT / '.uv' / 'bin'}")
Bare: TypeAlias = Callable[..., Path]


def uv(*arguments: object, **variables: str) -> None:
    """Run uv, without a network."""
    assert UV, "no uv: run `make .venv/dev.stamp`"
    result = run(UV, "--offline", *arguments, **variables)
    assert result.returncode == 0, result.stderr


@pytest.fixture(scope="session")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Bare:
    """Make an environment with the wheel and the libraries of some extras, and return its bin."""
    dist = tmp_path_factory.mktemp("dist")
    hatchling = ("--no-build-isolation", "--python", sys.executable)
    uv("build", "--package", "asyncapi-socketio", *hatchling, "-o", dist)

    def make(*extras: str) -> Path:
        folder = tmp_path_factory.mktemp("environment")
        venv.create(folder, symlinks=True)
        wanted = [option for extra in extras for option in ("--extra", extra)]
        locked = ("sync", "--package", "asyncapi-socketio", "--locked", "--no-install-workspace")
        uv(*locked, *wanted, UV_PROJECT_ENVIRONMENT=str(folder))
        python = folder / "bin" / "python"
        uv("pip", "install", "--no-deps", "--python", python, *dist.glob("*.whl"))
        return folder / "bin"

    return make
