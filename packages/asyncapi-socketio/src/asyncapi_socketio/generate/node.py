"""Node, where TypeScript is written and older documents are converted."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

from ..jsonschema.references import Json


class NodeMissing(Exception):
    """Node, or what it needs, is not there; the message says what to run."""


class NodeFailed(Exception):
    """A program in Node did not take what it was given; the message is its own."""


def run(program: Path, given: Json, purpose: str, packages: str, without: str) -> str:
    """Run a program with JSON on its standard input, and return what it prints.

    `packages` is what `npm install` has to install for its purpose; `without` is what to do where
    there is no Node. Raise `NodeMissing` and `NodeFailed`.
    """
    try:
        done = subprocess.run(  # noqa: S603
            ["node", program],  # noqa: S607
            input=json.dumps(given), capture_output=True, text=True, encoding="utf-8", check=False,
        )  # fmt: skip
    except FileNotFoundError as error:
        raise NodeMissing(
            f"node is not on the PATH: install Node.js 20 or newer, or {without}"
        ) from error
    if done.returncode:
        if "MODULE_NOT_FOUND" in done.stderr:
            raise NodeMissing(f"{purpose} needs npm packages: npm install {packages}")
        raise NodeFailed(done.stderr)
    return done.stdout
