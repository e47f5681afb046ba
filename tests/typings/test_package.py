"""The npm package: what it publishes, what its types prove, and what its guard holds back."""

from __future__ import annotations

import asyncio
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from asyncapi_socketio import asyncapi
from asyncapi_socketio.generate import npm_manifest
from chat.app import Chat
from chat.generated.operations import CONTRACT as CHAT
from tests.conftest import serving
from tests.generate.test_cases import ROOT, run
from tests.library.backends import BACKENDS
from tests.patience import PATIENCE
from todo_service.app import IN_MEMORY, open_repository

PACKAGE = ROOT / "clients" / "typings"
HERE = Path(__file__).parent
GENERATE = (sys.executable, "-m", "asyncapi_socketio", "generate", "--target", "typescript")
UUID = "^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Return a client author's project, with the package installed as npm would."""
    modules = tmp_path / "node_modules"
    modules.mkdir()
    published = json.loads(run("npm", "pack", "--dry-run", "--json", cwd=PACKAGE).stdout)
    (files,) = published.values() if isinstance(published, dict) else published
    for file in files["files"]:
        (modules / "todo-service-events").mkdir(exist_ok=True)
        shutil.copy(PACKAGE / file["path"], modules / "todo-service-events" / file["path"])
    for installed in (ROOT / "node_modules").iterdir():
        (modules / installed.name).symlink_to(installed)
    return tmp_path


def test_it_has_the_version_and_the_name_of_the_contract() -> None:
    contract = asyncapi.read((ROOT / "asyncapi.yaml").read_text("utf-8"))
    manifest = json.loads((PACKAGE / "package.json").read_text("utf-8"))
    assert manifest["version"] == contract.version
    begun = json.loads(npm_manifest.emit(contract)["package.json"])
    assert {**manifest, "keywords": begun["keywords"]} == begun
    assert f"# {manifest['name']}\n" in (PACKAGE / "README.md").read_text("utf-8")


@pytest.mark.slow
def test_the_manifest_is_its_owners_and_the_license_the_projects(tmp_path: Path) -> None:
    shutil.copy(ROOT / "examples/ticker/asyncapi.yaml", tmp_path)
    (tmp_path / "LICENSE").write_text("As you like.\n", "utf-8")
    typings = ("--typescript", "typings")
    assert run(*GENERATE, *typings, cwd=tmp_path).returncode == 0
    assert (tmp_path / "typings/LICENSE").read_text("utf-8") == "As you like.\n"
    manifest = tmp_path / "typings/package.json"
    assert "repository" not in json.loads(manifest.read_text("utf-8"))

    manifest.write_text('{"name": "@prices/events"}', "utf-8")
    assert run(*GENERATE, *typings, cwd=tmp_path).returncode == 0
    assert json.loads(manifest.read_text("utf-8")) == {"name": "@prices/events"}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("module", "resolution"),
    [("node16", "node16"), ("nodenext", "nodenext"), ("esnext", "bundler")],
)
def test_its_types_let_through_what_the_contract_allows_and_nothing_else(
    project: Path, module: str, resolution: str
) -> None:
    shutil.copy(HERE / "usage.ts", project)
    shutil.copy(HERE / "usage.ts", project / "module.mts")
    shutil.copy(HERE / "required.cts", project)
    (project / "package.json").write_text('{"type": "module"}', "utf-8")
    options = ["--module", module, "--moduleResolution", resolution]
    result = compiled(project, "usage.ts", "module.mts", "required.cts", *options)
    assert result.stdout == ""
    assert result.returncode == 0


def compiled(project: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Check the types of a project's files."""
    tsc = ("node", "node_modules/typescript/bin/tsc", "--strict", "--noEmit", "--target", "es2022")
    return run(*tsc, *arguments, cwd=project)


@pytest.mark.slow
def test_with_branded_ids_a_title_is_no_id(project: Path) -> None:
    written = run(*GENERATE, "--branded-ids", "--typescript", project / "typings")
    assert written.returncode == 0, written.stderr
    shutil.copy(HERE / "branded.ts", project)
    (project / "package.json").write_text('{"type": "module"}', "utf-8")
    result = compiled(project, "branded.ts", "--module", "nodenext")
    assert result.stdout == ""


@pytest.mark.slow
def test_it_is_required_as_well_as_imported(project: Path) -> None:
    program = """
        const names = ["", "/schemas", "/validate", "/client"];
        for (const name of names) console.log(Object.keys(require(`todo-service-events${name}`)));
    """
    result = run("node", "--input-type=commonjs", "--eval", program, cwd=project)
    assert result.stderr == ""
    assert result.stdout.splitlines() == [
        "[]",
        "[ 'schemas' ]",
        "[ 'ContractError', 'checkAck', 'checkEvent', 'guard', 'validation' ]",
        "[ 'CallError', 'createClient' ]",
    ]


@pytest.mark.slow
def test_its_guard_lets_nothing_through_that_breaks_the_contract(project: Path) -> None:
    shutil.copy(HERE / "guard.mjs", project)
    result = run("node", "guard.mjs", cwd=project)
    assert result.stderr == ""
    assert result.stdout.splitlines() == [
        "read Buy milk",
        "deleted undefined",
        "ContractError todo:list /data/0/id",
        "operation has timed out",
        "heard Call Ada",
        f'todo:list/data/0/id: must match pattern "{UUID}"',
        "todo:created/title: must NOT have fewer than 1 characters",
        "todo:deleted: 2 argument(s), not 1",
    ]


@pytest.mark.slow
async def test_two_people_by_the_typed_client(project: Path) -> None:
    async with serving(await open_repository(IN_MEMORY)) as url:
        assert await plays(project, "two_clients.mjs", url) == [
            "Bob lists []",
            "Bob hears Buy milk",
            "Bob lists anew [ 'Buy milk', 'Call Ada' ]",
            """invalid payload [ '"title" is not allowed to be empty' ]""",
            "updated undefined",
            "Bob reads Bread",
            "CallError todo:list todo:list: operation has timed out",
        ]


@pytest.mark.slow
async def test_what_breaks_the_contract_or_comes_too_late_is_an_error(project: Path) -> None:
    assert await plays(project, "lying_service.mjs") == [
        "kept { data: [] }",
        "ContractError todo:read /data/id",
        "heard Call Ada",
        "todo:update: operation has timed out",
        "CallError todo:list: operation has timed out",
        "ContractError todo:created/title: must NOT have fewer than 1 characters",
        "not today { code: 401 }",
    ]


@pytest.mark.slow
async def test_another_contract_has_such_a_client_as_well(project: Path) -> None:
    contract = ROOT / "examples/chat/asyncapi.yaml"
    chat = project / "node_modules" / "chat-events"
    written = await asyncio.to_thread(run, *GENERATE, "--contract", contract, "--typescript", chat)
    assert written.returncode == 0, written.stderr
    async with BACKENDS["own"](CHAT, Chat()) as (url, _):
        assert await plays(project, "chat.mjs", url) == [
            "in the kitchen: [ 'ada' ]",
            "not in the room",
            "bob sent Hello",
            "bob: Hello",
            "closed kitchen",
            "unknown token { code: 401 }",
            "announced undefined",
        ]


async def plays(project: Path, program: str, *arguments: str) -> list[str]:
    """Check a program's types, run it, and return what it printed."""
    shutil.copy(HERE / program, project)
    checked = ("--allowJs", "--checkJs", "--module", "nodenext", "--types", "node")
    types = await asyncio.to_thread(compiled, project, program, *checked)
    assert types.stdout == ""
    async with asyncio.timeout(PATIENCE):
        ran = await asyncio.to_thread(run, "node", program, *arguments, cwd=project)
    assert ran.stderr == ""
    return ran.stdout.splitlines()


@pytest.mark.slow
def test_what_would_be_published_is_sound() -> None:
    lint = run("node_modules/.bin/publint", "--strict", "--pack", "false", PACKAGE)
    assert lint.returncode == 0, lint.stdout
    types = run("node_modules/.bin/attw", "--pack", PACKAGE)
    assert types.returncode == 0, types.stdout
    assert run("npm", "publish", "--dry-run", cwd=PACKAGE).returncode == 0
