"""Where a contract is read from, with the files beside it: a folder, a revision, or stdin.

What is on another host is read only where `--allow-remote` says so.
"""

from __future__ import annotations

import subprocess
import sys
from functools import partial
from http.client import HTTPException
from pathlib import Path
from posixpath import dirname, join, normpath
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from .. import asyncapi
from ..asyncapi.contract import Contract
from ..asyncapi.document import Document, Fetch, InvalidContract, NotFetched, is_remote, parse
from . import options
from .errors import CouldNotRun
from .options import CONTRACT

STDIN = "stdin"
"""What a contract on stdin is called."""

REMOTE_SECONDS = 20.0
"""How long another host may take to answer."""

REMOTE_BYTES = 16 * 1024 * 1024
"""How much is read of what another host sends."""


def text(source: str, path: str = CONTRACT) -> str:
    """Read PATH, `git:REVISION` (with `path` in it), `git:REVISION:PATH` or stdin, as UTF-8.

    Raise `CouldNotRun`.
    """
    try:
        return _text(source, path)
    except (OSError, UnicodeDecodeError) as error:
        raise CouldNotRun(f"{source}: {error}") from error
    except subprocess.CalledProcessError as error:
        raise CouldNotRun(f"{source}: {error.stderr.strip()}") from error


def fetch(source: str, path: str = CONTRACT) -> Fetch:
    """Return what reads the files that a document refers to: those beside it, in its revision."""
    return partial(_fetched, source, path)


def document(source: str, path: str = CONTRACT) -> Document:
    """Parse a document, contract or not; raise `CouldNotRun` if it is not valid YAML."""
    try:
        unnamed = source.startswith("git:") and source.count(":") == 1
        own_name = Path(path).name if unnamed else None
        name = STDIN if source == "-" else source
        return parse(text(source, path), name, fetch(source, path), own_name)
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


def _text(source: str, path: str) -> str:
    if source.startswith("git:"):
        return _committed(*source.removeprefix("git:").partition(":")[::2], path)
    if source == "-":
        return sys.stdin.buffer.read().decode()
    return Path(source).read_text("utf-8")


def _committed(revision: str, named: str, path: str) -> str:
    folder, name = (Path(path).parent, Path(path).name) if not named else (Path(), named)
    place = f"{revision}:./{name}"
    run = subprocess.run(  # noqa: S603
        ["git", "show", place],  # noqa: S607
        cwd=folder, capture_output=True, text=True, encoding="utf-8", check=True,
    )  # fmt: skip
    return run.stdout


def _fetched(source: str, path: str, name: str) -> str:
    if is_remote(name):
        return _remote(name)
    try:
        if not source.startswith("git:"):
            return (Path(source).parent / name).read_text("utf-8")
        revision, _, named = source.removeprefix("git:").partition(":")
        place = normpath(join(dirname(named or path), name))
        return _committed(revision, "" if not named else place, place)
    except FileNotFoundError as error:
        raise _unreadable("no such file") from error
    except UnicodeDecodeError as error:
        raise _unreadable("it is not text in UTF-8") from error
    except OSError as error:
        raise _unreadable(error.strerror or str(error)) from error
    except subprocess.CalledProcessError as error:
        raise _unreadable(error.stderr.strip()) from error


def _unreadable(reason: str) -> NotFetched:
    return NotFetched(f"can't be resolved: {reason}", "add the file, or correct its name")


def _remote(url: str) -> str:
    if not options.allows_remote():
        problem = "leads to another host, which can change or be gone without a commit"
        way_out = "copy it beside this document, or run it with --allow-remote"
        raise NotFetched(problem, way_out, "remote-ref")
    if not url.startswith(("http://", "https://")):
        raise NotFetched("leads to what is not read over HTTP", "copy it beside this document")
    request = Request(url, headers={"Accept": "*/*"})  # noqa: S310 - HTTP it is
    try:
        with urlopen(request, timeout=REMOTE_SECONDS) as response:  # noqa: S310
            body = response.read(REMOTE_BYTES + 1)
        if len(body) > REMOTE_BYTES:
            raise NotFetched(f"leads to more than {REMOTE_BYTES:,} bytes", "copy what is needed")
        return str(body.decode("utf-8"))
    except HTTPError as error:
        with error:  # it is the response
            raise NotFetched(f"can't be resolved: {error}", "correct its address") from None
    except (HTTPException, OSError, UnicodeDecodeError) as error:
        problem = f"can't be resolved: {error}"
        raise NotFetched(problem, "copy it beside this document") from error
