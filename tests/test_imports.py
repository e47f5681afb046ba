"""The laws of dependency (DESIGN.md), read off the imports themselves."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SERVICE = ROOT / "src" / "todo_service"


def imports(file: Path) -> Iterator[str]:
    """Yield every module that a file imports, relative ones as `todo_service.…`."""
    inside = SERVICE in file.parents
    package = list(file.relative_to(ROOT / "src").parent.parts) if inside else []
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            module = ".".join([*base, *filter(None, [node.module])])
            yield module
            yield from (f"{module}.{alias.name}" for alias in node.names)


def importers(*modules: str) -> set[str]:
    """Name the service's modules that import one of `modules` or something in it."""
    return {
        str(file.relative_to(SERVICE).with_suffix("")).replace("/", ".")
        for file in SERVICE.rglob("*.py")
        if any(f"{name}.".startswith(f"{module}.") for name in imports(file) for module in modules)
    }


def test_the_codegen_knows_nothing_of_the_service() -> None:
    for file in (ROOT / "codegen").rglob("*.py"):
        assert not [name for name in imports(file) if name.split(".")[0] == "todo_service"], file


def test_generated_code_stands_on_the_standard_library_alone() -> None:
    for file in (SERVICE / "generated").rglob("*.py"):
        roots = {name.split(".")[0] for name in imports(file) if "generated" not in name}
        assert roots <= sys.stdlib_module_names | {"typing_extensions"}, file


@pytest.mark.parametrize(
    ("libraries", "allowed"),
    [
        (["socketio", "engineio"], {"gateway", "transport"}),
        (["jsonschema", "jsonschema_rs"], {"validation"}),
        (["sqlalchemy", "aiosqlite", "asyncpg", "sqlite3"], {"sqlite_file"}),
    ],
)
def test_each_library_has_one_room(libraries: list[str], allowed: set[str]) -> None:
    assert {name.split(".")[0] for name in importers(*libraries)} <= allowed


def test_handlers_and_repositories_know_neither_the_wire_nor_each_other() -> None:
    wire = {"todo_service.gateway", "todo_service.transport", "aiohttp"}
    strangers = {
        "handlers": {*wire, "todo_service.sqlite_repository"},
        "repository": {*wire, "todo_service.handlers", "todo_service.sqlite_repository"},
        "sqlite_file": {*wire, "todo_service.handlers", "todo_service.validation"},
        "sqlite_repository": {*wire, "todo_service.handlers", "todo_service.validation"},
        "todo_list": {*wire, "todo_service.handlers", "todo_service.repository"},
    }
    for module, unknown in strangers.items():
        assert not unknown & {*imports(SERVICE / f"{module}.py")}, module


def test_only_the_command_line_imports_the_application() -> None:
    assert importers("todo_service.app") == {"cli"}


def test_only_the_application_chooses_implementations() -> None:
    implementations = ("todo_service.handlers", "todo_service.sqlite_repository")
    assert importers(*implementations) == {"app"}
    users = importers("todo_service.transport")
    assert {user for user in users if not user.startswith("transport.")} == {"app"}
