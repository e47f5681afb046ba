"""What is published: the same wherever it is built, with its licences, and known to advisories."""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import ruamel.yaml
from aiohttp import web
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

import release
from tests.deploy.test_containers import linted
from tests.docs.pages import ROOT
from tests.git import git
from tests.patience import PATIENCE

pytestmark = pytest.mark.slow

YAML = ruamel.yaml.YAML(typ="safe")
GITHUB = ROOT / ".github"
WORKFLOWS = sorted((GITHUB / "workflows").iterdir())
LONG = 4 * PATIENCE


def copied(folder: Path) -> Path:
    """Copy what is in git, as it is now, and the page as it is built."""
    for name in git("ls-files", "-z", folder=ROOT).split("\0"):
        if name and (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, folder / name)
    shutil.copytree(ROOT / "src/todo_service/web", folder / "src/todo_service/web")
    return folder


def built(folder: Path, umask: int, zone: str) -> dict[str, str]:
    """Build a release of a folder's, and return its files' names and hashes."""
    command = (sys.executable, folder / "tools/release.py", "--dirty")
    environment = {
        **os.environ,
        "TZ": zone,
        "UV_OFFLINE": "1",
        "PATH": f"{os.environ['PATH']}{os.pathsep}{ROOT / '.uv/bin'}",
    }
    result = subprocess.run(
        command,
        check=False,
        env=environment,
        umask=umask,
        capture_output=True,
        text=True,
        timeout=LONG,
    )
    assert result.returncode == 0, result.stderr
    said = result.stdout.splitlines()
    assert said[-1].startswith("nothing is published.")
    return {name: digest for digest, name in (line.split("  ") for line in said[1:-1])}


@pytest.fixture(scope="module")
def dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a release."""
    folder = copied(tmp_path_factory.mktemp("release") / "a")
    assert built(folder, 0o022, "UTC")
    return folder / "dist"


def test_what_is_built_twice_is_the_same(dist: Path, tmp_path: Path) -> None:
    first = {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in dist.iterdir()}
    elsewhere = copied(tmp_path / "in" / "another folder")
    for file in elsewhere.rglob("*"):
        os.utime(file, (1_000_000_000, 1_000_000_000))
        file.chmod(0o700 if file.is_dir() else 0o600)
    assert built(elsewhere, 0o077, "Asia/Kathmandu") == first
    version = release.agreed()
    assert {name for name in first if name.startswith("todo_service")} == {
        f"todo_service-{version}.tar.gz",
        f"todo_service-{version}-py3-none-any.whl",
    }


def test_it_lists_what_is_in_it(dist: Path) -> None:
    strict = JsonStrictValidator(SchemaVersion.V1_5)
    components: dict[str, dict[str, Any]] = {}
    for name in ("todo-service", "todo-service-page"):
        text = (dist / f"{name}-{release.agreed()}.cdx.json").read_text("utf-8")
        assert strict.validate_str(text) is None
        components[name] = {item["name"]: item for item in json.loads(text)["components"]}
    python = components["todo-service"]
    assert {"aiohttp", "asyncapi-socketio", "asyncpg", "uvloop"} <= python.keys()
    assert not {"pytest", "hatchling"} & python.keys()
    assert all(item["licenses"] for item in python.values())
    bundled = (ROOT / "src/todo_service/web/3rdpartylicenses.txt").read_text("utf-8")
    named = {*re.findall(r"^Package: (.+)$", bundled, re.MULTILINE)}
    assert "todomvc-app-css" in named
    assert named <= components["todo-service-page"].keys()
    assert "typescript" not in components["todo-service-page"]


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Let a release be looked at in a folder of its own, with what says its version."""
    for name in release.SAID:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, tmp_path / name)
    git("init", "--quiet", folder=tmp_path)
    git("add", "--all", folder=tmp_path)
    git("commit", "--quiet", "--message", "All", folder=tmp_path)
    monkeypatch.setattr(release, "ROOT", tmp_path)
    return tmp_path


def test_a_version_that_is_said_otherwise_somewhere_is_no_release(elsewhere: Path) -> None:
    file = elsewhere / "deploy/compose.yaml"
    file.write_text(file.read_text("utf-8").replace("todo-service:1.0.0", "todo-service:0.9.0"))
    with pytest.raises(release.NotReady, match=r"deploy/compose.yaml: 0\.9\.0"):
        release.agreed()
    file.write_text("services: {}")
    with pytest.raises(release.NotReady, match=r"no version in deploy/compose.yaml"):
        release.agreed()


def test_a_release_is_committed_and_tagged_once(elsewhere: Path) -> None:
    version = release.agreed()
    release.committed(version)
    git("tag", f"v{version}", folder=elsewhere)
    release.committed(version)
    (elsewhere / "more").write_text("")
    with pytest.raises(release.NotReady, match="not committed"):
        release.committed(version)
    git("add", "--all", folder=elsewhere)
    git("commit", "--quiet", "--message", "More", folder=elsewhere)
    with pytest.raises(release.NotReady, match="is there already"):
        release.committed(version)


def test_a_release_says_what_has_changed(elsewhere: Path) -> None:
    assert release.changes(release.agreed())
    with pytest.raises(release.NotReady, match=r"nothing for 9\.9\.9"):
        release.changes("9.9.9")
    with pytest.raises(release.NotReady, match="page is not built"):
        release.build(elsewhere / "dist", "1.0.0")


@asynccontextmanager
async def advisories(flaws: Mapping[str, str]) -> AsyncIterator[str]:
    """Answer as OSV and npm's registry do, of packages that have a flaw; yield the URL."""

    async def osv(request: web.Request) -> web.Response:
        name = (await request.json())["package"]["name"]
        if name not in flaws:
            return web.json_response({})
        found = [
            {
                "id": flaws[name],
                "summary": "A flaw",
                "modified": "2026-01-01T00:00:00Z",
                "published": "2026-01-01T00:00:00Z",
                "affected": [
                    {
                        "package": {"ecosystem": "PyPI", "name": name},
                        "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}]}],
                    }
                ],
            }
        ]
        return web.json_response({"vulns": found})

    async def npm(request: web.Request) -> web.Response:
        asked = json.loads(await request.read())
        found = {
            name: [
                {
                    "id": 1,
                    "url": flaw,
                    "title": flaw,
                    "severity": "high",
                    "vulnerable_versions": "*",
                    "cwe": [],
                    "cvss": {"score": 0, "vectorString": None},
                }
            ]
            for name, flaw in flaws.items()
            if name in asked
        }
        return web.json_response(found)

    app = web.Application(client_max_size=2**24)
    app.add_routes(
        [web.post("/v1/query", osv), web.post("/-/npm/v1/security/advisories/bulk", npm)]
    )
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


async def audited(url: str) -> tuple[int, str]:
    """Let `make audit` ask; return its exit code and what it says."""
    process = await asyncio.create_subprocess_exec(
        *("make", "--no-print-directory", "audit", f"OSV={url}/v1/query"),
        *("--assume-old=.venv/dev.stamp", "--assume-old=uv.lock"),
        cwd=ROOT,
        env={**os.environ, "npm_config_registry": url, "npm_config_fetch_retries": "0"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    async with asyncio.timeout(LONG):
        said, _ = await process.communicate()
        return await process.wait(), said.decode()


@pytest.mark.parametrize(
    ("flaws", "shown"),
    [
        ({}, "No known vulnerabilities found"),
        ({"aiohttp": "PYSEC-2026-1"}, "PYSEC-2026-1"),
        ({"socket.io-parser": "GHSA-of-a-parser"}, "GHSA-of-a-parser"),
    ],
    ids=["none", "python", "npm"],
)
async def test_what_has_a_flaw_is_found(flaws: dict[str, str], shown: str) -> None:
    async with advisories(flaws) as url:
        code, said = await audited(url)
    assert shown in said
    assert (code == 0) is (not flaws), said


async def test_who_can_t_ask_is_told_so() -> None:
    async with advisories({}) as url:
        pass
    code, said = await audited(url)
    assert code != 0, said


def test_github_takes_its_files() -> None:
    for schema, files in {
        "github-workflows": WORKFLOWS,
        "github-issue-forms": sorted((GITHUB / "ISSUE_TEMPLATE").glob("[!c]*.yml")),
        "github-issue-config": [GITHUB / "ISSUE_TEMPLATE/config.yml"],
        "dependabot": [GITHUB / "dependabot.yml"],
    }.items():
        assert files
        linted("check-jsonschema", "--builtin-schema", f"vendor.{schema}", *files)


def test_workflows_are_as_safe_as_their_auditor_knows() -> None:
    linted("zizmor", "--offline", "--quiet", GITHUB)


def test_workflows_do_what_there_is() -> None:
    verbs = {*re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)}
    for file in WORKFLOWS:
        for job in YAML.load(file.read_text("utf-8"))["jobs"].values():
            for step in job["steps"]:
                if verb := re.match(r"make (\S+)$", step.get("run", "")):
                    assert verb[1] in verbs
                assert re.fullmatch(r"\S+@[0-9a-f]{40}", step.get("uses", f"a@{40 * '0'}"))
