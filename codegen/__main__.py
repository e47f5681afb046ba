"""The command line: `python -m codegen` writes what follows from the contract, or checks it."""

from __future__ import annotations

import difflib
import sys
from pathlib import Path

import click

from . import Refused, generate
from .typings import NodeMissing

ROOT = Path(__file__).parent.parent
OURS = {"python": ROOT / "src/todo_service/generated", "typescript": ROOT / "clients/typings"}
"""Where the generated files of this repository live."""

GENERATED = {
    "python": ("*.py", "*.html", "schemas/*.json"),
    "typescript": ("README.md", "index.d.ts", "schemas.*"),
}
"""What is generated in each place: a file that matches and is not generated any more is stale."""


@click.command()
@click.option("--contract", type=click.Path(path_type=Path), help="[default: asyncapi.yaml]")
@click.option("--out", type=click.Path(path_type=Path), help="Where python/ and typescript/ go.")
@click.option("--check", is_flag=True, help="Write nothing; exit 1, with a diff, on stale files.")
def main(contract: Path | None, out: Path | None, check: bool) -> None:
    """Write typed Python, JSON Schemas and TypeScript from an AsyncAPI 3 document.

    Without options: this repository's. Exits 2 when the document can't be generated from.
    """
    path = contract or ROOT / "asyncapi.yaml"
    try:
        files = generate(path.read_text("utf-8"), path.name)
    except (Refused, NodeMissing, OSError, UnicodeDecodeError) as error:
        click.echo(error, err=True)
        sys.exit(2)
    homes = {place: out / place for place in OURS} if out else OURS
    wanted = {
        homes[place] / rest: text
        for place, rest, text in ((*path.split("/", 1), text) for path, text in files.items())
    }
    stale = [file for file in _present(homes) if file not in wanted]
    if check:
        sys.exit(_compare(wanted, stale))
    _write(wanted, stale)


def _present(homes: dict[str, Path]) -> list[Path]:
    return sorted(
        file
        for place, home in homes.items()
        for pattern in GENERATED[place]
        for file in home.glob(pattern)
    )


def _compare(wanted: dict[Path, str], stale: list[Path]) -> int:
    """Print how the files differ from what they should be; 1 if they do."""
    texts = {**wanted, **dict.fromkeys(stale, "")}
    differ = False
    for file, text in sorted(texts.items()):
        old = file.read_text("utf-8") if file.exists() else ""
        if old != text or file in stale:
            differ = True
            lines = difflib.unified_diff(
                old.splitlines(keepends=True), text.splitlines(keepends=True),
                str(file), f"{file} (generated)",
            )  # fmt: skip
            click.echo("".join(lines), nl=False)
    if differ:
        click.echo("stale: run `make generate`", err=True)
    return int(differ)


def _write(wanted: dict[Path, str], stale: list[Path]) -> None:
    for file, text in wanted.items():
        file.parent.mkdir(parents=True, exist_ok=True)
        if not file.exists() or file.read_text("utf-8") != text:
            file.write_text(text, "utf-8")
    for file in stale:
        file.unlink()


main()
