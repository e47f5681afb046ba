"""The wheel carries the page: who installs it serves it, without Node and without this folder."""

from __future__ import annotations

import os
import shutil
import sys
import sysconfig
import venv
from pathlib import Path
from zipfile import ZipFile

import pytest
from aiohttp import ClientSession

from tests.browser.chromium import ROOT
from tests.browser.conftest import Open
from tests.generate.test_cases import run
from tests.processes import running
from todo_service import page

pytestmark = pytest.mark.slow

UV = shutil.which("uv", path=f"{os.environ['PATH']}{os.pathsep}{ROOT / '.uv' / 'bin'}")


def uv(*arguments: object) -> None:
    """Run uv, without a network."""
    assert UV, "no uv: run `make .venv/dev.stamp`"
    result = run(UV, "--offline", *arguments)
    assert result.returncode == 0, result.stderr


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the service's wheel, beside its library's, built by our own hatchling."""
    folder = tmp_path_factory.mktemp("dist")
    whole = ("--all-packages", "--no-build-isolation", "--python", sys.executable)
    uv("build", *whole, "-o", folder)
    (built,) = folder.glob("todo_service-*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a fresh environment's programs: the wheel, and what this environment has of others.

    Its own packages come first; what is installed here to be edited is not seen from there.
    """
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, symlinks=True)
    packages = Path(sysconfig.get_path("purelib", vars={"base": str(folder)}))
    (packages / "others.pth").write_text(sysconfig.get_path("purelib"), "utf-8")
    uv(
        "pip",
        "install",
        "--no-deps",
        "--python",
        folder / "bin" / "python",
        *wheel.parent.glob("*.whl"),
    )
    return folder / "bin"


def test_it_has_the_whole_page_and_nothing_of_its_making(wheel: Path) -> None:
    names = set(ZipFile(wheel).namelist())
    built = {f"todo_service/web/{file.name}" for file in page.BUILT.iterdir()}
    assert built <= names
    assert {"todo_service/web/index.html.br", "todo_service/web/index.html.gz"} <= built
    assert "todo_service/asyncapi.yaml" in names
    assert {name.partition("/")[0] for name in names} == {
        "todo_service",
        "todo_service-1.0.0.dist-info",
    }


@pytest.mark.asyncio(loop_scope="session")
async def test_who_installs_it_serves_the_page_without_node(
    installed: Path, tmp_path: Path, opens: Open
) -> None:
    program = (installed / "todo-service", "serve")
    variables = {"PATH": str(installed)}
    async with running(program=program, variables=variables, directory=tmp_path) as service:
        ada, bob = await opens(service.url), await opens(service.url)
        await ada.writes("Buy milk")
        await bob.sees("Buy milk")
        async with (
            ClientSession(auto_decompress=False) as session,
            session.get(service.url, headers={"Accept-Encoding": "br, gzip"}) as answer,
        ):
            assert answer.headers["Content-Encoding"] == "br"
            plain = {"Accept-Encoding": "identity"}
            async with session.get(f"{service.url}/asyncapi.yaml", headers=plain) as contract:
                assert await contract.read() == (ROOT / "asyncapi.yaml").read_bytes()
    assert (tmp_path / "todos.db").exists()


def test_what_is_served_is_what_was_installed(installed: Path, tmp_path: Path) -> None:
    program = "from todo_service.page import BUILT; print(BUILT)"
    result = run(installed / "python", "-c", program, cwd=tmp_path)
    assert result.stdout.startswith(str(installed.parent))
