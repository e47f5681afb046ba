"""A contract in, every file that follows from it out: Python, JSON Schemas, TypeScript, pages."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Literal, TypeAlias, get_args

from .. import asyncapi
from ..asyncapi import Fetch, not_followed
from ..asyncapi.contract import Contract
from . import (
    client,
    interface,
    javascript,
    json_schemas,
    models,
    npm_manifest,
    npm_package,
    npm_readme,
    reference,
    typescript,
)
from .conversion import converted
from .docstrings import WIDTH

Target: TypeAlias = Literal["python", "typescript"]
TARGETS: tuple[Target, ...] = get_args(Target)

COMMAND = "asyncapi-socketio generate"
"""What the first line of a generated file says that it was made by."""


_PACKAGE = '''"""{title} {version}, generated."""

from .operations import CONTRACT, Broadcast, Context, Handlers

__all__ = ["CONTRACT", "Broadcast", "Context", "Handlers"]
'''


def generate(
    text: str,
    file: str = "asyncapi.yaml",
    *,
    targets: Sequence[Target] = TARGETS,
    command: str = COMMAND,
    fetch: Fetch = not_followed,
    branded_ids: bool = False,
) -> dict[str, str]:
    """Return every generated file, by path: `python/…` and `typescript/…`.

    `fetch` reads the files that the document refers to. One of AsyncAPI 1 or 2 is converted first.
    `branded_ids` makes types of their own of ids in TypeScript.
    Raise `InvalidContract`, and `node.NodeMissing`.
    """
    contract = asyncapi.read(converted(text, file), file, fetch)
    mark = f"Generated from {file} by `{command}`. Do not edit."
    emit: dict[Target, Callable[[Contract, str], dict[str, str]]] = {
        "python": _python,
        "typescript": partial(_typescript, branded_ids=branded_ids),
    }
    with ThreadPoolExecutor() as pool:  # Node and datamodel-code-generator take a second each
        emitted = {target: pool.submit(emit[target], contract, mark) for target in targets}
        return {
            f"{target}/{path}": body
            for target, files in emitted.items()
            for path, body in files.result().items()
        }


def _python(contract: Contract, mark: str) -> dict[str, str]:
    modules = {
        "__init__.py": _PACKAGE.format(title=contract.title, version=contract.version),
        **models.emit(contract),
        **interface.emit(contract),
        **client.emit(contract),
    }
    files = {path: _laid_out(_marked(path, body, mark)) for path, body in modules.items()}
    for path, body in reference.emit(contract).items():
        files[path] = f"<!-- {mark} -->\n{body}"
    schemas = json_schemas.emit(contract)
    return {**files, **{f"schemas/{path}": body for path, body in schemas.items()}}


def _typescript(contract: Contract, mark: str, *, branded_ids: bool) -> dict[str, str]:
    modules = {
        **typescript.emit(contract, branded_ids=branded_ids),
        **javascript.emit(contract),
        **npm_package.emit(contract),
    }
    modules |= npm_package.for_require(modules)
    files = {path: f"// {mark}\n{body}" for path, body in modules.items()}
    for path, body in npm_readme.emit(contract).items():
        files[path] = f"<!-- {mark} -->\n{body}"
    return {**files, **npm_manifest.emit(contract)}


def _marked(path: str, body: str, mark: str) -> str:
    doc = '"""The schemas as JSON-ready types."""\n\n' if path == "models.py" else ""
    return f"# {mark}\n{doc}{body.strip()}\n"


def _laid_out(python: str) -> str:
    """Format Python as the linter wants it, whatever directory this runs in."""
    rules = ["--isolated", "--line-length", str(WIDTH), "--target-version", "py311", "-"]
    tidy = ["--fix", "--exit-zero", "--quiet", "--select", "D200,D209,D212,F401,I,Q"]
    return _ruff(["format", *rules], _ruff(["check", *tidy, *rules], python))


def _ruff(arguments: list[str], text: str) -> str:
    from ruff import find_ruff_bin  # noqa: PLC0415 - only those who generate have it

    run = subprocess.run(  # noqa: S603
        [find_ruff_bin(), *arguments],
        input=text, capture_output=True, text=True, encoding="utf-8", check=True,
    )  # fmt: skip
    return run.stdout
