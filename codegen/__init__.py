"""The contract in, every file that follows from it out; knows nothing of the service."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

from . import interface, models, readme, reference, runtime, schemas, typings
from .contract import Contract, build
from .docstrings import WIDTH
from .document import Document, Refused, parse
from .refusals import check

__all__ = ["Contract", "Refused", "generate", "model", "read"]


def read(text: str, file: str = "asyncapi.yaml") -> Contract:
    """Model an AsyncAPI document; `file` is its name in messages.

    Raises `Refused`, with everything that can't be done with it.
    """
    return model(parse(text, file))


def model(document: Document) -> Contract:
    """Model a parsed document; raises `Refused`, as `read` does."""
    refusals = check(document)
    if refusals:
        raise Refused(refusals)
    return build(document)


def generate(text: str, file: str = "asyncapi.yaml") -> dict[str, str]:
    """Give every generated file, by path: `python/…` and `typescript/…`.

    Raises `Refused`, and `typings.NodeMissing`.
    """
    contract = read(text, file)
    with ThreadPoolExecutor() as pool:  # Node and datamodel-code-generator take a second each
        typescript = pool.submit(typings.emit, contract)
        python = {
            "__init__.py": f'"""{contract.title} {contract.version}, generated."""\n',
            **models.emit(contract),
            **interface.emit(contract),
        }
        files = {
            f"python/{path}": _laid_out(_marked(path, body, file)) for path, body in python.items()
        }
        for path, body in reference.emit(contract).items():
            files[f"python/{path}"] = f"<!-- {_mark(file)} -->\n{body}"
        files |= {f"python/schemas/{path}": body for path, body in schemas.emit(contract).items()}
        scripts = {**typescript.result(), **runtime.emit(contract)}
        for path, body in scripts.items():
            files[f"typescript/{path}"] = f"// {_mark(file)}\n{body}"
        for path, body in readme.emit(contract).items():
            files[f"typescript/{path}"] = f"<!-- {_mark(file)} -->\n{body}"
    return files


def _mark(file: str) -> str:
    return f"Generated from {file} by `make generate`. Do not edit."


def _marked(path: str, body: str, file: str) -> str:
    doc = '"""The schemas as JSON-ready types."""\n\n' if path == "models.py" else ""
    return f"# {_mark(file)}\n{doc}{body.strip()}\n"


def _laid_out(python: str) -> str:
    """Lay Python out as the linter wants it, whatever directory this runs in."""
    rules = ["--isolated", "--line-length", str(WIDTH), "--target-version", "py311", "-"]
    tidy = ["--fix", "--exit-zero", "--quiet", "--select", "D200,D209,D212,F401,I,Q"]
    return _ruff(["format", *rules], _ruff(["check", *tidy, *rules], python))


def _ruff(arguments: list[str], text: str) -> str:
    run = subprocess.run(  # noqa: S603
        [sys.executable, "-m", "ruff", *arguments],
        input=text, capture_output=True, text=True, encoding="utf-8", check=True,
    )  # fmt: skip
    return run.stdout
