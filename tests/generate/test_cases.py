"""Every case, and what Python, mypy, ruff, tsc and AsyncAPI's own parser say of what came out."""

from __future__ import annotations

import ast
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from asyncapi_socketio import asyncapi
from asyncapi_socketio.generate import client, generate, npm_package, npm_readme
from asyncapi_socketio.generate.conversion import converted

ROOT = Path(__file__).parent.parent.parent
CASES = Path(__file__).parent / "cases"
GOOD = sorted(case for case in CASES.iterdir() if not case.name.startswith("refused"))
REFUSED = sorted(case for case in CASES.iterdir() if case.name.startswith("refused"))


def run(*arguments: object, **options: Any) -> subprocess.CompletedProcess[str]:
    """Run a program to its end, and return what it printed and its exit code."""
    return subprocess.run(
        [str(argument) for argument in arguments],
        capture_output=True,
        text=True,
        check=False,
        cwd=options.pop("cwd", ROOT),
        env={**os.environ, **options},
    )


def named(case: Path) -> str:
    return case.name


def test_there_are_cases() -> None:
    assert len(GOOD) >= 5
    assert len(REFUSED) >= 8


def varies(path: str) -> bool:
    """Return whether a file of the npm package differs from one contract to the next."""
    return Path(path).name in {"README.md", "index.d.ts", "schemas.js", "schemas.d.ts"}


@pytest.mark.slow
@pytest.mark.parametrize("case", GOOD, ids=named)
def test_a_contract_becomes_these_files(case: Path, record: bool) -> None:
    files = generate((case / "asyncapi.yaml").read_text("utf-8"), command="make generate")
    assert "python/reference.html" in files
    del files["python/reference.html"]  # looked at in a browser, and large
    for path in [path for path in files if path.startswith("typescript/") and not varies(path)]:
        del files[path]

    expected = case / "expected"
    if record:
        for path, text in files.items():
            (expected / path).parent.mkdir(parents=True, exist_ok=True)
            (expected / path).write_text(text, "utf-8")
    found = {
        str(file.relative_to(expected)): file.read_text("utf-8")
        for file in expected.rglob("*")
        if file.is_file() and "__pycache__" not in file.parts
    }
    assert files == found


@pytest.mark.parametrize("case", REFUSED, ids=named)
def test_a_contract_is_refused_with_these_lines(case: Path, record: bool, tmp_path: Path) -> None:
    contract, out = case / "asyncapi.yaml", tmp_path / "out"
    result = run(sys.executable, "-m", "codegen", "--contract", contract, "--out", out)

    if record:
        (case / "errors.txt").write_text(result.stderr, "utf-8")
    assert result.stderr == (case / "errors.txt").read_text("utf-8")
    assert result.returncode == 2
    assert result.stdout == ""
    assert not out.exists()


@pytest.mark.parametrize("case", GOOD, ids=named)
def test_the_python_imports(case: Path) -> None:
    package = case / "expected" / "python"
    name = f"generated_from_{case.name}"
    spec = importlib.util.spec_from_file_location(name, package / "__init__.py")
    assert spec
    assert spec.loader
    sys.modules[name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(sys.modules[name])

    operations = importlib.import_module(f"{name}.operations")
    importlib.import_module(f"{name}.client")

    schemas = {file.stem for file in (package / "schemas").glob("*.json")}
    contract = operations.CONTRACT
    table = (*contract.receive, *contract.send)
    assert {name for item in table for name in (item.payload, item.ack) if name} <= schemas
    assert all(hasattr(operations.Handlers, item.method) for item in contract.receive)


def test_a_contract_without_operations_has_clients_all_the_same() -> None:
    contract = asyncapi.read(
        "asyncapi: 3.1.0\ninfo: {title: Quiet, version: 1.0.0}\nchannels: {quiet: {address: /}}"
    )
    ast.parse(client.emit(contract)["client.py"])


@pytest.mark.slow
def test_the_python_is_strictly_typed_and_meets_the_lint(tmp_path: Path) -> None:
    files = [file for case in GOOD for file in (case / "expected" / "python").glob("*.py")]
    assert run("ruff", "format", "--check", *files).returncode == 0
    lint = run("ruff", "check", "--ignore", "D101", *files)  # a schema may have no description
    assert lint.stdout == "All checks passed!\n"
    for case in GOOD:
        shutil.copytree(case / "expected" / "python", tmp_path / case.name)
    result = run("mypy", "--strict", "--config-file=", ".", cwd=tmp_path)
    assert result.stdout.startswith("Success")


@pytest.mark.slow
def test_tsc_accepts_the_typings_with_the_generics_of_socket_io() -> None:
    files = [case / "usage.ts" for case in GOOD]
    options = ["--strict", "--noEmit", "--target", "es2022", "--module", "nodenext"]
    result = run("node", "node_modules/typescript/bin/tsc", *options, *files)
    assert result.stdout == ""
    assert result.returncode == 0


@pytest.mark.slow
def test_tsc_accepts_the_examples_of_every_readme(tmp_path: Path) -> None:
    contracts = [ROOT / "asyncapi.yaml", *(case / "asyncapi.yaml" for case in GOOD)]
    programs = [readme_program(contract, tmp_path) for contract in contracts]
    for installed in (ROOT / "node_modules").iterdir():
        (tmp_path / "node_modules" / installed.name).symlink_to(installed)
    (tmp_path / "package.json").write_text('{"type": "module"}', "utf-8")
    options = ["--strict", "--noEmit", "--target", "es2022", "--module", "nodenext"]
    tsc = ROOT / "node_modules/typescript/bin/tsc"
    result = run("node", tsc, *options, *programs, cwd=tmp_path)
    assert result.stdout == ""
    assert result.returncode == 0


def readme_program(path: Path, project: Path) -> Path:
    """Install the npm package of a contract, and write the examples of its README as a program."""
    contract = asyncapi.read(converted(path.read_text("utf-8"), path.name))
    package = project / "node_modules" / npm_readme.package(contract)
    generated = path.parent / "expected/typescript"
    shutil.copytree(generated if generated.exists() else ROOT / "clients/typings", package)
    for name, text in npm_package.emit(contract).items():
        (package / name).write_text(text, "utf-8")
    manifest = json.loads((ROOT / "clients/typings/package.json").read_text("utf-8"))
    own = {**manifest, "name": package.name}  # the compiler takes two of one name for the same
    (package / "package.json").write_text(json.dumps(own), "utf-8")

    blocks = re.findall(r"```ts\n(.*?)```", npm_readme.emit(contract)["README.md"], re.DOTALL)
    lines = "".join(blocks).splitlines()
    imports = [line for line in lines if line.startswith("import ")]
    clients = [line for line in lines if " = createClient(" in line]
    shared = {*imports, *clients}
    rest = [
        "\n".join(line for line in block.splitlines() if line not in shared) for block in blocks
    ]
    declared = "declare const url: string, auth: any;\nconst socket: any = 0;"
    scopes = [f"{{\n{text}\n}}" for text in rest]
    program = project / f"{path.parent.name}.ts"
    program.write_text("\n".join([*imports, declared, *clients, *scopes]), "utf-8")
    return program


@pytest.mark.slow
def test_asyncapis_own_parser_has_nothing_to_say() -> None:
    program = CASES.parent / "diagnose.mjs"
    contracts = [ROOT / "asyncapi.yaml", *(case / "asyncapi.yaml" for case in GOOD)]
    result = run("node", program, *contracts)
    assert json.loads(result.stdout) == {str(contract): [] for contract in contracts}
