"""The pages of the documentation, and the programs and sessions that stand on them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
LIBRARY = ROOT / "packages" / "asyncapi-socketio"
PAGES = [LIBRARY / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


def text(name: str) -> str:
    """Return a page of `docs/`."""
    return (ROOT / "docs" / name).read_text("utf-8")


def blocks(page: str, language: str) -> list[str]:
    """Return the blocks of a page that are in one language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", page, re.DOTALL | re.MULTILINE)


def saved(page: str) -> dict[str, str]:
    """Return the files that a page has its reader save, by name."""
    found = re.findall(
        r"\b[Ss]ave (?:this|it) as\s`([\w.]+)`(?:(?!\n\n).)*:\n\n```\w+\n(.*?)^```$",
        page,
        re.DOTALL | re.MULTILINE,
    )
    return dict(found)


def program(page: str, name: str) -> tuple[str, str]:
    """Return a program that a page has its reader save, and what the page says that it prints."""
    source = saved(page)[name]
    behind = page[page.index(source) + len(source) :]
    printed = re.match(r"```\n\nprints\n\n```text\n(.*?)^```$", behind, re.DOTALL | re.MULTILINE)
    assert printed, f"{name} prints nothing"
    return source, printed[1]


def commands(page: str) -> Iterator[tuple[str, str]]:
    """Yield the commands of a page's sessions, each with what it prints."""
    for block in blocks(page, "console"):
        for part in block.split("$ ")[1:]:
            command, _, printed = part.partition("\n")
            yield command, printed
