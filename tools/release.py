"""`python -m release`: everything of a release but its publication, which `release.yml` does.

Looks whether the versions, the changelog and the repository are those of a release, builds what
would be published into a folder, and looks into that. Publishes nothing, and tags nothing.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Iterator, Mapping
from importlib import metadata
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zipfile import ZipFile

ROOT = Path(__file__).parent.parent

SAID: Mapping[str, str] = {
    "packages/asyncapi-socketio/pyproject.toml": r'^version = "(.+)"$',
    "pyproject.toml": r'^version = "(.+)"$|"asyncapi-socketio\[metrics,server\]==(.+)"',
    "clients/angular/package.json": r'^  "version": "(.+)",$',
    "deploy/compose.yaml": r"image: todo-service:(.+)$",
    "deploy/kubernetes/kustomization.yaml": r"newTag: (.+)$",
    "Makefile": r"--tag todo-service:(\S+)",
    "CHANGELOG.md": r"(?s:\A.*?)^## (.+)$",
}
"""Where a release's version is said, and how."""


class NotReady(Exception):
    """This can't be released; the message says why."""


def main() -> None:
    """Build what would be published, and say what it is."""
    parser = argparse.ArgumentParser(prog="python -m release", description=__doc__)
    parser.add_argument("--out", type=Path, default=ROOT / "dist", help="[default: dist]")
    parser.add_argument("--dirty", action="store_true", help="Release what is not committed, too.")
    options = parser.parse_args()
    try:
        version = agreed()
        if not options.dirty:
            committed(version)
        print(f"{version}: {changes(version)} changes")
        files = build(options.out.absolute(), version)
        for file in files:
            look_into(file)
    except NotReady as error:
        sys.exit(f"not ready: {error}")
    for file in files:
        print(f"{hashlib.sha256(file.read_bytes()).hexdigest()}  {file.name}")
    print(f"nothing is published. To do so: git tag -s v{version} && git push origin v{version}")


def agreed() -> str:
    """Return the version that every place says."""
    said = {
        f"{name}: {version}": version
        for name, pattern in SAID.items()
        for found in re.finditer(pattern, (ROOT / name).read_text("utf-8"), re.MULTILINE)
        for version in found.groups()
        if version is not None
    }
    if missing := SAID.keys() - {place.partition(":")[0] for place in said}:
        raise NotReady(f"no version in {', '.join(sorted(missing))}")
    if len({*said.values()}) > 1:
        raise NotReady("versions differ\n  " + "\n  ".join(said))
    return next(iter(said.values()))


def committed(version: str) -> None:
    """Check that all is committed, and not released already."""
    if changed := run("git", "status", "--porcelain"):
        raise NotReady(f"not committed:\n{changed}")
    tagged = run("git", "tag", "--list", f"v{version}")
    if tagged and tagged not in run("git", "tag", "--points-at", "HEAD").splitlines():
        raise NotReady(f"{tagged} is there already, and not this")


def changes(version: str) -> int:
    """Return how many changes the changelog has for a version."""
    text = (ROOT / "CHANGELOG.md").read_text("utf-8")
    section = text.partition(f"\n## {version}\n")[2].partition("\n## ")[0]
    found = len(re.findall(r"^- ", section, re.MULTILINE))
    if not found:
        raise NotReady(f"CHANGELOG.md has nothing for {version}")
    return found


def build(out: Path, version: str) -> list[Path]:
    """Build what would be published into a folder of its own; it is the same wherever it is built.

    The page is taken as it was built.
    """
    if not (ROOT / "src/todo_service/web/index.html").exists():
        raise NotReady("the page is not built: make web")
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    python = ("--no-build-isolation", "--python", sys.executable)
    run(uv(), "build", "--quiet", "--all-packages", *python, "--out-dir", out)
    (out / ".gitignore").unlink()
    pack(ROOT / "clients/typings", out)
    for name, bom in (("todo-service", python_bom()), ("todo-service-page", page_bom())):
        text = json.dumps(bom, indent=1, sort_keys=True) + "\n"
        (out / f"{name}-{version}.cdx.json").write_text(text, "utf-8")
    return sorted(out.iterdir())


def pack(package: Path, out: Path) -> None:
    """Pack an npm package, its files with the same modes wherever they come from."""
    with TemporaryDirectory() as folder:
        copy = Path(shutil.copytree(package, Path(folder) / "package"))
        for file in copy.iterdir():
            file.chmod(0o644)
        run("npm", "pack", "--silent", "--pack-destination", out, folder=copy)


def python_bom() -> dict[str, Any]:
    """Return what the service needs from PyPI (CycloneDX), with licences."""
    export = ("export", "--quiet", "--locked", "--package", "todo-service", "--all-extras")
    cyclonedx = ("--format", "cyclonedx1.5", "--preview-features", "sbom-export")
    bom = json.loads(run(uv(), *export, *cyclonedx))
    for component in bom["components"]:
        component["licenses"] = [*licences(component["name"])]
    return lasting(bom)


def page_bom() -> dict[str, Any]:
    """Return what of npm's packages the page is made of (CycloneDX).

    `--omit dev` would leave out whatever the tools need, too.
    """
    cyclonedx = ("sbom", "--sbom-format", "cyclonedx", "--package-lock-only")
    bom = json.loads(run("npm", *cyclonedx, folder=ROOT / "clients/angular"))
    bom["components"] = [item for item in bom["components"] if not _is_tool(item)]
    kept = {item["bom-ref"] for item in (bom["metadata"]["component"], *bom["components"])}
    bom["dependencies"] = [
        {**item, "dependsOn": [ref for ref in item["dependsOn"] if ref in kept]}
        for item in bom["dependencies"]
        if item["ref"] in kept
    ]
    return lasting(bom)


def _is_tool(component: Mapping[str, Any]) -> bool:
    said = {item["name"]: item["value"] for item in component.get("properties", ())}
    return said.get("cdx:npm:package:development") == "true"


def lasting(bom: dict[str, Any]) -> dict[str, Any]:
    """Leave out what is new each time."""
    del bom["serialNumber"], bom["metadata"]["timestamp"]
    return bom


def licences(name: str) -> Iterator[dict[str, Any]]:
    """Yield a package's licence, as its metadata in this environment has it."""
    try:
        said = metadata.metadata(name)
    except metadata.PackageNotFoundError:
        return  # another system's
    if "License-Expression" in said:
        yield {"expression": said["License-Expression"]}
        return
    texts = said.get_all("Classifier") or []
    names = [text.rpartition(" :: ")[2] for text in texts if text.startswith("License :: OSI")]
    for found in names or said.get_all("License") or ():
        yield {"license": {"name": found}}


def look_into(file: Path) -> None:
    """Check that a file has what whoever gets it must have."""
    match [*file.suffixes][-1]:
        case ".whl":
            with ZipFile(file) as wheel:
                names = wheel.namelist()
            wanted = ["dist-info/licenses/LICENSE"]
            if file.name.startswith("todo_service"):
                wanted += ["web/index.html", "web/3rdpartylicenses.txt", "asyncapi.yaml"]
        case ".gz" | ".tgz":
            with tarfile.open(file) as archive:
                names = archive.getnames()
            wanted = ["/LICENSE"]
        case _:
            return
    for end in wanted:
        if not any(name.endswith(end) for name in names):
            raise NotReady(f"{file.name} has no {end}")


def uv() -> str:
    """Return the program that builds."""
    found = shutil.which("uv", path=f"{os.environ['PATH']}{os.pathsep}{ROOT / '.uv/bin'}")
    if found is None:
        raise NotReady("no uv: run `make .venv/dev.stamp`")
    return found


def run(*command: str | Path, folder: Path | None = None) -> str:
    """Return what a command prints; raise `NotReady` when it fails."""
    result = subprocess.run(
        command, cwd=folder or ROOT, capture_output=True, text=True, check=False
    )
    if result.returncode:
        raise NotReady(f"{' '.join(map(str, command))}\n{result.stderr}")
    return result.stdout.strip()


if __name__ == "__main__":
    main()
