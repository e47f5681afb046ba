"""Git, as Ada uses it."""

from __future__ import annotations

import subprocess
from pathlib import Path

IDENTITY = ("-c", "user.name=Ada", "-c", "user.email=ada@localhost")


def git(*arguments: str, folder: Path) -> str:
    """Run git in a folder, and return what it prints."""
    return subprocess.run(
        ["git", *IDENTITY, *arguments], cwd=folder, capture_output=True, text=True, check=True
    ).stdout


def committed(folder: Path) -> None:
    """Make a repository of a folder, with all that it has in one commit."""
    git("init", "-q", "-b", "main", folder=folder)
    git("add", ".", folder=folder)
    git("commit", "-qm", "All of it", folder=folder)
