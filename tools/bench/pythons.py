"""What ours runs on: the compiled library where it is built, and environments of other Pythons."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterable
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
LIBRARY = ROOT / "build/compiled/library"
SOURCES = ROOT / "packages/asyncapi-socketio/src"


@cache
def library() -> Path | None:
    """Return where the compiled library is, as `make compiled` leaves it; None: not, or stale."""
    stamp = LIBRARY / "stamp"
    if not stamp.exists():
        return None
    newest = max(source.stat().st_mtime for source in SOURCES.rglob("*.py"))
    return LIBRARY if newest < stamp.stat().st_mtime else None


def environments(programs: Iterable[Path]) -> dict[str, Path]:
    """Make an environment of each interpreter; their programs, by the names of their versions."""
    return dict(map(_environment, programs))


def _environment(program: Path) -> tuple[str, Path]:
    version = _said([str(program), "-c", "import platform; print(platform.python_version())"])
    folder = ROOT / "build/pythons" / version
    uv = shutil.which("uv") or str(ROOT / ".uv/bin/uv")
    sync = [uv, "sync", "--locked", "--quiet", "--no-default-groups", "--python", str(program)]
    env = os.environ | {"UV_PROJECT_ENVIRONMENT": str(folder)}
    subprocess.run(sync, cwd=ROOT, env=env, check=True)
    return version, folder / "bin/python"


def _said(command: list[str]) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()
