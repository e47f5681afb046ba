"""Generated files on disk: written, or compared with what they should be."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from pathlib import Path

import click

from . import Target

GENERATED: Mapping[Target, tuple[str, ...]] = {
    "python": ("*.py", "*.html", "schemas/*.json"),
    "typescript": (
        "README.md",
        "index.*",
        "schemas.*",
        "validate.*",
        "client.*",
    ),
}
"""What is generated in each folder: a file that matches and is not generated any more is stale."""


OWNED = {"package.json"}
"""What is written where it is missing, and is its owner's from then on."""


def license_of(contract: Path) -> dict[str, str]:
    """Return the file `typescript/LICENSE`: what stands beside a contract, or in this folder."""
    found = [folder / "LICENSE" for folder in (contract.parent, Path())]
    text = next((file.read_text("utf-8") for file in found if file.is_file()), None)
    return {} if text is None else {"typescript/LICENSE": text}


class Output:
    """The files of a contract, in the folder of each target."""

    def __init__(self, files: Mapping[str, str], folders: Mapping[Target, Path]) -> None:
        self._texts = {
            folder / path.removeprefix(f"{target}/"): text
            for target, folder in folders.items()
            for path, text in files.items()
            if path.startswith(f"{target}/")
        }
        self._stale = [
            file
            for target, folder in folders.items()
            for pattern in GENERATED[target]
            for file in sorted(folder.glob(pattern))
            if file not in self._texts
        ]

        for file in [file for file in self._texts if file.name in OWNED and file.exists()]:
            del self._texts[file]

    def is_fresh(self) -> bool:
        """Check that the files are what they should be; print how they differ."""
        texts = {**self._texts, **dict.fromkeys(self._stale, "")}
        fresh = True
        for file, text in sorted(texts.items()):
            old = file.read_text("utf-8") if file.exists() else ""
            if old != text or file in self._stale:
                fresh = False
                lines = difflib.unified_diff(
                    old.splitlines(keepends=True), text.splitlines(keepends=True),
                    str(file), f"{file} (generated)",
                )  # fmt: skip
                click.echo("".join(lines), nl=False)
        return fresh

    def write(self) -> int:
        """Write what differs, and remove what is stale; return how many files that were."""
        written = 0
        for file, text in self._texts.items():
            file.parent.mkdir(parents=True, exist_ok=True)
            if not file.exists() or file.read_text("utf-8") != text:
                file.write_text(text, "utf-8")
                written += 1
        for file in self._stale:
            file.unlink()
        return written + len(self._stale)
