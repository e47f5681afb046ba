"""The recipes for clients in TypeScript: each compiles, and does what its page says."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path

import pytest

from tests.conftest import serving
from tests.docs.pages import ROOT, program, saved, text
from tests.generate.test_cases import run
from tests.patience import PATIENCE
from todo_service.app import IN_MEMORY, open_repository

pytestmark = pytest.mark.slow

PAGE = text("javascript-clients.md")
STORIES = Path(__file__).parent / "recipes"
PACKAGES = [ROOT / "node_modules", ROOT / "clients/angular/node_modules"]

TOLD = [
    "lists Call Ada",
    "lists Call Ada Buy milk",
    "lists Call Ada Buy milk Sleep",
    "hears 0",
]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a reader's project: what the page has them save, compiled, and npm's packages."""
    folder = tmp_path_factory.mktemp("recipes")
    for source in (*saved(PAGE), "package.json"):
        (folder / source).write_text(saved(PAGE).get(source, '{"type": "module"}'), "utf-8")
    modules = folder / "node_modules"
    modules.mkdir()
    for installed in PACKAGES[0].iterdir():
        (modules / installed.name).symlink_to(installed)
    for name in ("@angular", "rxjs", "tslib"):
        (modules / name).unlink(missing_ok=True)
        (modules / name).symlink_to(PACKAGES[1] / name)
    shutil.copytree(ROOT / "clients/typings", modules / "todo-service-events")
    shutil.copytree(STORIES, folder, dirs_exist_ok=True)
    assert compiled(folder) == ""
    return folder


def compiled(folder: Path) -> str:
    """Compile all that the page has its reader save; return what the compiler says of it."""
    tsc = ("node", ROOT / "node_modules/typescript/bin/tsc", "--strict", "--target", "es2022")
    options = ("--module", "nodenext", "--jsx", "react-jsx", "--experimentalDecorators")
    return run(*tsc, *options, "--skipLibCheck", *saved(PAGE), cwd=folder).stdout


async def test_the_session_prints_what_the_page_says(project: Path) -> None:
    _, printed = program(PAGE, "session.ts")
    async with serving(await open_repository(IN_MEMORY)) as url:
        session = (project / "session.js").read_text("utf-8").replace("http://localhost:3000", url)
        (project / "session.js").write_text(session, "utf-8")
        assert await prints(project, "session.js") == printed


@pytest.mark.parametrize("framework", ["react", "vue", "angular"])
async def test_a_list_keeps_itself(project: Path, framework: str) -> None:
    async with serving(await open_repository(IN_MEMORY)) as url:
        told = await prints(project, f"{framework}.mjs", url)
        assert told.splitlines() == TOLD


async def prints(project: Path, name: str, *arguments: str) -> str:
    """Run a program, and return what it prints."""
    async with asyncio.timeout(PATIENCE):
        ran = await asyncio.to_thread(run, "node", name, *arguments, cwd=project)
    assert ran.stderr == ""
    return ran.stdout
