"""`python -m wild FOLDER`: the table of documents that others wrote, made anew.

`FOLDER` has a copy of each file of `documents.json`, at REPOSITORY/PATH; fetching them is left to
whoever runs this. Those that are not there keep what the table says of them.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeAlias

import click

from wild.outcomes import COMMANDS, WORKS, complaints, events, outcomes

HERE = Path(__file__).parent
DOCUMENTS = HERE / "documents.json"
TABLE = HERE / "README.md"
COLUMNS = (*COMMANDS, "generate")
MARKS = "<!-- wild -->\n", "<!-- /wild -->"

Json: TypeAlias = Any
Row: TypeAlias = dict[str, Json]


@click.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
def main(folder: Path) -> None:
    """Try each command on each document, and write the table."""
    documents: list[Row] = json.loads(DOCUMENTS.read_text("utf-8"))
    there = [item for item in documents if _file(folder, item).exists()]
    refused = _refused([_file(folder, item) for item in there])
    with TemporaryDirectory() as generated:
        for number, item in enumerate(there):
            file = _file(folder, item)
            item["parser"] = refused[str(file)][0] if refused[str(file)] else WORKS
            item["events"] = events(file)
            item["outcomes"] = outcomes(file, Path(generated, f"document_{number}"))
            click.echo(f"{item['repository']}/{item['path']}: {item['outcomes']}")
        for name, complaint in complaints(Path(generated)).items():
            there[int(name.removeprefix("document_"))]["outcomes"]["generate"] = complaint
    DOCUMENTS.write_text(json.dumps(documents, indent=1, ensure_ascii=False) + "\n", "utf-8")
    page = TABLE.read_text("utf-8")
    before, _, rest = page.partition(MARKS[0])
    TABLE.write_text(before + MARKS[0] + table(documents) + MARKS[1] + rest.partition(MARKS[1])[2])


def _file(folder: Path, item: Row) -> Path:
    return folder / str(item["repository"]) / str(item["path"])


def _refused(files: Sequence[Path]) -> dict[str, list[str]]:
    run = subprocess.run(
        ["node", HERE / "parser.mjs", *files],
        capture_output=True, text=True, encoding="utf-8", check=True,
    )  # fmt: skip
    found: dict[str, list[str]] = json.loads(run.stdout)
    return found


def table(documents: Sequence[Row]) -> str:
    """Return the sums, and a row per document."""
    tried = [item for item in documents if "outcomes" in item]
    valid = [item for item in tried if item["parser"] == WORKS]
    of_three = [item for item in valid if not item.get("version", "3").startswith(("1", "2"))]
    eventful = [item for item in of_three if item["events"]]
    old = [item for item in valid if item not in of_three]
    asked = {f"`{name}`": (name, eventful) for name in COLUMNS}
    asked |= {"`lint`": ("lint", of_three), "`generate` of versions 1 and 2": ("generate", old)}
    sums = "\n".join(f"- {what} works for {_works(*item)}" for what, item in asked.items())
    head = f"| document | parser | events | {' | '.join(COLUMNS)} |"
    rows = "\n".join(map(_row, tried))
    return (
        f"\n{len(tried)} documents, of which AsyncAPI's parser accepts {len(valid)}; "
        f"{len(of_three)} of these are of version 3, {len(eventful)} have events.\n\n{sums}\n\n"
        f"{head}\n{'|---' * (len(COLUMNS) + 3)}|\n{rows}\n\n"
    )


def _works(name: str, items: Sequence[Row]) -> str:
    tried = [item["outcomes"][name] for item in items if name in item["outcomes"]]
    return f"{tried.count(WORKS)} of {len(tried)}"


def _row(item: Row) -> str:
    where = f"{item['repository']}: {item['path']} ({item['commit'][:7]})"
    cells = [item["parser"], item["events"], *(item["outcomes"].get(name) for name in COLUMNS)]
    return f"| {where} | {' | '.join(map(_cell, cells))} |"


def _cell(value: Json) -> str:
    if value == WORKS:
        return "✓"
    text = "" if value is None else str(value)
    return f"{text[:60]}…".replace("|", "\\|") if len(text) > 60 else text.replace("|", "\\|")  # noqa: PLR2004


if __name__ == "__main__":
    main()
