"""The laws of dependency (DESIGN.md), read off the imports themselves."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SERVICE = ROOT / "src" / "todo_service"
LIBRARY = ROOT / "packages" / "asyncapi-socketio" / "src" / "asyncapi_socketio"


@cache
def imports(file: Path) -> frozenset[str]:
    """Return every module that a file imports, relative ones by their whole names."""
    return frozenset(_imports(file))


def _imports(file: Path) -> Iterator[str]:
    package: list[str] = []
    for source in (SERVICE.parent, LIBRARY.parent):
        if source in file.parents:
            package = list(file.relative_to(source).parent.parts)
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            module = ".".join([*base, *filter(None, [node.module])])
            yield module
            yield from (f"{module}.{alias.name}" for alias in node.names)


def importers(package: Path, *modules: str) -> set[str]:
    """Name a package's modules that import one of `modules` or something in it."""
    return {
        str(file.relative_to(package).with_suffix("")).replace("/", ".")
        for file in package.rglob("*.py")
        if any(f"{name}.".startswith(f"{module}.") for name in imports(file) for module in modules)
    }


def rooms(modules: set[str]) -> set[str]:
    """Name the folders, or the modules outside of any, that modules are in."""
    return {module.split(".")[0] for module in modules}


def test_the_library_knows_no_application() -> None:
    assert not importers(LIBRARY, "todo_service", "codegen", "tests")


def test_generated_code_stands_on_the_library_and_the_standard_library_alone() -> None:
    library = {
        "asyncapi_socketio.client",
        "asyncapi_socketio.encoded",
        "asyncapi_socketio.runtime.contract",
        "asyncapi_socketio.runtime.operations",
        "asyncapi_socketio.runtime.context",
    }
    for file in (SERVICE / "generated").rglob("*.py"):
        names = {name for name in imports(file) if not name.startswith("todo_service.generated")}
        ours = {name for name in names if name.startswith("asyncapi_socketio")}
        assert all(any(name.startswith(module) for module in library) for name in ours), file
        roots = {name.split(".")[0] for name in names - ours}
        assert roots <= sys.stdlib_module_names | {"typing_extensions"}, file


@pytest.mark.parametrize(
    ("libraries", "allowed"),
    [
        (["socketio", "engineio"], {"backends", "client", "testing"}),
        (["jsonschema", "jsonschema_rs"], {"jsonschema"}),
        (["hypothesis"], {"jsonschema", "mock", "testing"}),
        (["yaml"], {"asyncapi"}),
        (["jinja2", "markdown_it", "datamodel_code_generator", "ruff"], {"generate"}),
        (["pytest"], {"testing"}),
        (["prometheus_client"], {"metrics"}),
        (["opentelemetry"], {"tracing"}),
    ],
)
def test_each_library_has_its_rooms(libraries: list[str], allowed: set[str]) -> None:
    assert rooms(importers(LIBRARY, *libraries)) == allowed
    assert not importers(SERVICE, *libraries)


def test_the_transport_is_our_own() -> None:
    libraries = ("socketio", "engineio")
    assert "transport" not in rooms(importers(LIBRARY, *libraries))
    assert not importers(SERVICE, *libraries)


def test_what_aiohttp_does_not_document_has_one_module() -> None:
    transport = LIBRARY / "transport"
    private = re.compile(
        r"aiohttp\._|aiohttp\.web_protocol|\._(message_tail|task_handler|make_request)"
    )
    users = {file.stem for file in transport.rglob("*.py") if private.search(file.read_text())}
    assert users == {"_aiohttp"}


@pytest.mark.parametrize("package", [LIBRARY, SERVICE], ids=lambda package: package.name)
def test_no_module_imports_itself_by_way_of_others(package: Path) -> None:
    """`TYPE_CHECKING` is no excuse: two modules that need each other's types are one."""
    files = {_module(file, package.parent): file for file in package.rglob("*.py")}
    graph = {name: (_needed(file) & files.keys()) - {name} for name, file in files.items()}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(f"a cycle of imports: {' → '.join(error.args[1])}")


def _module(file: Path, source: Path) -> str:
    parts = file.relative_to(source).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _needed(file: Path) -> set[str]:
    """Return what a file imports; a module of a package stands for itself, not for the package."""
    names = imports(file)
    return {name for name in names if not _is_package_of(name, names)}


def _is_package_of(name: str, names: frozenset[str]) -> bool:
    path = name.split(".")
    return any(
        source.joinpath(*path, f"{inner.rpartition('.')[2]}.py").exists()
        for source in (SERVICE.parent, LIBRARY.parent)
        for inner in names
        if inner.rpartition(".")[0] == name
    )


@pytest.mark.parametrize("room", ["asyncapi", "jsonschema"])
def test_contracts_and_schemas_do_no_io(room: str) -> None:
    doers = ("aiohttp", "asyncio", "click", "os", "pathlib", "socket", "subprocess", "threading")
    assert room not in rooms(importers(LIBRARY, *doers))


def test_schemas_know_nothing_of_contracts() -> None:
    assert "jsonschema" not in rooms(importers(LIBRARY, "asyncapi_socketio.asyncapi"))


@pytest.mark.parametrize("tool", ["lint", "breaking", "mock", "testing", "generate"])
def test_tools_stand_alone(tool: str) -> None:
    """A tool is imported by the command line only, which finds it by its name."""
    assert rooms(importers(LIBRARY, f"asyncapi_socketio.{tool}")) <= {tool, "cli"}


def test_only_the_sql_stores_import_a_database() -> None:
    databases = ("alembic", "sqlalchemy", "aiosqlite", "asyncpg", "sqlite3")
    migrations = {name for name in importers(SERVICE, "alembic") if ".migrations." in name}
    assert importers(SERVICE, "asyncpg") == {"postgres.database"}
    assert importers(SERVICE, *databases) - migrations == {
        "postgres.database", "postgres.migrate", "sqlite_copy", "sqlite_file",
    }  # fmt: skip
    assert not importers(LIBRARY, *databases)


def test_the_transport_knows_neither_contracts_nor_schemas_nor_processes() -> None:
    inside = (
        "asyncapi_socketio.runtime",
        "asyncapi_socketio.jsonschema",
        "asyncapi_socketio.workers",
    )
    assert "transport" not in rooms(importers(LIBRARY, *inside))


def test_handlers_and_repositories_know_neither_the_wire_nor_each_other() -> None:
    wire = {"asyncapi_socketio.runtime.gateway", "asyncapi_socketio.transport", "aiohttp"}
    judge = "asyncapi_socketio.jsonschema.validation"
    strangers = {
        "handlers": {*wire, "todo_service.sqlite_repository"},
        "repository": {*wire, "todo_service.handlers", "todo_service.sqlite_repository"},
        "sqlite_file": {*wire, "todo_service.handlers", judge},
        "sqlite_repository": {*wire, "todo_service.handlers", judge},
        "todo_list": {*wire, "todo_service.handlers", "todo_service.repository"},
        "transfer": {*wire, "todo_service.handlers", "todo_service.sqlite_copy", judge},
    }
    for module, unknown in strangers.items():
        assert not unknown & imports(SERVICE / f"{module}.py"), module


def test_only_the_command_line_imports_the_application() -> None:
    assert importers(SERVICE, "todo_service.app") == {"cli", "upkeep"}


def test_only_the_application_chooses_implementations() -> None:
    implementations = (
        "todo_service.handlers",
        "todo_service.postgres.repository",
        "todo_service.sqlite_copy",
        "todo_service.sqlite_repository",
    )
    assert importers(SERVICE, *implementations) == {"app"}


def test_the_service_stands_on_the_public_api_of_the_library() -> None:
    public = {
        "documents",
        "histogram",
        "listeners",
        "logs",
        "metrics",
        "origins",
        "process",
        "systemd",
        "tracing",
        "workers",
    }
    modules = {
        file.relative_to(LIBRARY).parts[0].removesuffix(".py") for file in LIBRARY.rglob("*.py")
    }
    inner = {f"asyncapi_socketio.{name}" for name in modules - public - {"__init__"}}
    users = importers(SERVICE, *inner)
    assert not {user for user in users if not user.startswith("generated.")}
