"""Zensical, run strictly on the pages."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

SETTINGS = Path(__file__).parent / "zensical.toml"


class Failed(Exception):
    """Zensical warns of something; the message is what it prints."""


def build(folder: Path) -> Path:
    """Build `pages/` of a folder into its `html/`, and return that; raise `Failed`."""
    shutil.copy(SETTINGS, folder)
    command = [sys.executable, "-m", "zensical", "build", "--clean", "--strict"]
    run = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, encoding="utf-8", check=False
    )
    if run.returncode:
        raise Failed(re.sub(r"\x1b\[[\d;]*m", "", run.stdout + run.stderr))
    return folder / "html"
