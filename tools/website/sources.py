"""The pages of the site: README.md, docs/, what these link to, and the examples' references.

They keep their places in the repository, so that their links hold.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

from asyncapi_socketio import asyncapi
from asyncapi_socketio.asyncapi.contract import Operation

ROOT = Path(__file__).parent.parent.parent
LINK = re.compile(r"(?<=\]\()([^)\s#:]+)(?=[#)])")
UPWARDS = re.compile(r"\[([^\]]+)\]\((\.\./[^)\s]*)\)")
"""A link that may lead out of the repository, to what its host has: there is none on the site."""
REFERENCES: Mapping[str, tuple[Path, Path]] = {
    "todo": (ROOT / "asyncapi.yaml", ROOT / "src/todo_service/generated/reference.html"),
    **{
        folder.name: (folder / "asyncapi.yaml", folder / folder.name / "generated/reference.html")
        for folder in sorted((ROOT / "examples").iterdir())
    },
}
"""The contract and the reference page of each application here."""


def write(out: Path) -> None:
    """Write all pages into an empty folder."""
    shutil.rmtree(out, ignore_errors=True)
    for path in sorted(reached([ROOT / "README.md", *(ROOT / "docs").rglob("*.md")])):
        _write(path, out / _place(path).relative_to(ROOT))
    for name, (contract, reference) in REFERENCES.items():
        folder = out / "reference"
        folder.mkdir(exist_ok=True)
        shutil.copy(reference, folder / f"{name}.html")
        (folder / f"{name}-events.md").write_text(events(name, contract), "utf-8")


def reached(pages: list[Path]) -> set[Path]:
    """Return the pages, and all files and folders that they and their pages link to."""
    found: set[Path] = set()
    while pages:
        page = pages.pop()
        if page not in found:
            found.add(page)
            pages += linked(page)
    return found


def linked(page: Path) -> Iterator[Path]:
    """Yield the files and folders of the repository that a page links to."""
    if page.is_dir():
        yield from (path for path in page.iterdir() if path.is_file())
    elif page.suffix == ".md":
        for link in LINK.findall(page.read_text("utf-8")):
            target = Path(os.path.normpath(page.parent / link))
            if target.exists():
                yield target


def _place(path: Path) -> Path:
    return path / "index.md" if path.is_dir() else path


def _write(path: Path, out: Path) -> None:
    out.parent.mkdir(parents=True, exist_ok=True)
    if path.is_dir():
        out.write_text(listing(path), "utf-8")
    elif path.suffix == ".md":
        text = UPWARDS.sub(lambda link: _within(path, link), path.read_text("utf-8"))
        out.write_text(LINK.sub(lambda link: _led(path, link[0]), text), "utf-8")
    else:
        shutil.copy(path, out)


def _within(page: Path, link: re.Match[str]) -> str:
    target = Path(os.path.normpath(page.parent / link[2]))
    return link[0] if target.is_relative_to(ROOT) else link[1]


def _led(page: Path, link: str) -> str:
    return f"{link.rstrip('/')}/index.md" if (page.parent / link).is_dir() else link


def listing(folder: Path) -> str:
    """Return a page that lists the files of a folder, for links to the folder."""
    files = sorted(path.name for path in folder.iterdir() if path.is_file())
    rows = "\n".join(f"- [{name}]({name})" for name in files)
    return f"# {folder.relative_to(ROOT)}\n\n{rows}\n"


def events(name: str, file: Path) -> str:
    """Return a page with each event of a contract: the search does not look into its reference."""
    contract = asyncapi.read(file.read_text("utf-8"), file.name)
    parts = [
        f"# Events of {contract.title}",
        f"Payloads, acks, errors, examples and a console are in its [reference]({name}.html).",
        *(_event(name, operation) for operation in (*contract.receives, *contract.sends)),
    ]
    return "\n\n".join(parts) + "\n"


def _event(name: str, operation: Operation) -> str:
    title = f"## `{operation.message.name}`: {operation.title or operation.id}"
    link = f"[{operation.id} in the reference]({name}.html#{operation.id})"
    return "\n\n".join(filter(None, [title, operation.summary, operation.description, link]))
