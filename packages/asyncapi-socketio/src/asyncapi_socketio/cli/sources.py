"""Where a contract is read from: a file, or a revision of a git repository."""

from __future__ import annotations

import subprocess
from pathlib import Path

from .. import asyncapi
from ..asyncapi.contract import Contract
from ..asyncapi.document import Document, InvalidContract, parse
from .errors import CouldNotRun
from .options import CONTRACT


def text(source: str, path: str = CONTRACT) -> str:
    """Read PATH, `git:REVISION` (with `path` in it) or `git:REVISION:PATH`, as UTF-8.

    Raise `CouldNotRun`.
    """
    try:
        if source.startswith("git:"):
            return _committed(*source.removeprefix("git:").partition(":")[::2], path)
        return Path(source).read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CouldNotRun(f"{source}: {error}") from error
    except subprocess.CalledProcessError as error:
        raise CouldNotRun(f"{source}: {error.stderr.strip()}") from error


def _committed(revision: str, named: str, path: str) -> str:
    folder, name = (Path(path).parent, Path(path).name) if not named else (Path(), named)
    place = f"{revision}:./{name}"
    run = subprocess.run(  # noqa: S603
        ["git", "show", place],  # noqa: S607
        cwd=folder, capture_output=True, text=True, encoding="utf-8", check=True,
    )  # fmt: skip
    return run.stdout


def document(source: str, path: str = CONTRACT) -> Document:
    """Parse a document, contract or not; raise `CouldNotRun` if it is not valid YAML."""
    try:
        return parse(text(source, path), source)
    except InvalidContract as error:
        raise CouldNotRun(str(error)) from error


def contract(source: str, path: str = CONTRACT) -> Contract:
    """Parse and model a contract; raise `CouldNotRun` with all that is refused."""
    return model(document(source, path))


def model(document: Document) -> Contract:
    """Model a contract that is parsed; raise `CouldNotRun` with all that is refused."""
    try:
        return asyncapi.model(document)
    except InvalidContract as error:
        raise CouldNotRun(str(error)) from error
