"""Tables of a run, as they stand in the pages.

`python -m bench.report [FIGURES]` writes them there, from `figures.json` when nothing is given.
A page has `<!-- bench: NAME -->` and `<!-- /bench -->` around what is written.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from statistics import median

from bench.results import UNITS, Figure, Run
from bench.servers import PEER

HERE = Path(__file__).parent
FIGURES = HERE / "figures.json"
PAGES = (HERE / "README.md", HERE.parent.parent / "README.md")
UNMEASURED = "Not measured yet: `make bench ARGS='--json tools/bench/figures.json'`."

SMALL = 100
"""Below it a number has a digit behind the point."""

WORDS = {
    "read": "reads of random todos, 64 clients",
    "list": "lists of 1,000 todos, 64 clients",
    "update": "updates, to 1,000 listeners",
    "create": "creates by 4 clients, to 200 listeners",
    "connects": "connects, 1,000 at once",
    "idle": "memory of an idle connection (less is better)",
}


def number(value: float | None) -> str:
    """Return a number as short as it says something."""
    if value is None:
        return ""
    return f"{value:,.0f}" if value >= SMALL else f"{value:.1f}"


def ratio(figure: Figure | None) -> str:
    """Return the median of the ratios, and the least and the most."""
    if figure is None or not figure["ratios"]:
        return ""
    ratios = figure["ratios"]
    return f"{median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table in Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def whole(run: Run) -> str:
    """Return all figures: a row for a scenario on a server, columns for what is in flight."""
    figures = {(f["scenario"], f["server"], f["in_flight"]): f for f in run["figures"]}
    depths = sorted({f["in_flight"] for f in run["figures"]})
    head = ["scenario", "server"]
    for depth in depths:
        head += [f"{depth} in flight: per core", "to the peer", "p50, p99 ms"]
    rows = []
    for scenario, server in dict.fromkeys((f["scenario"], f["server"]) for f in run["figures"]):
        found = [figures.get((scenario, server, depth)) for depth in depths]
        row = [f"`{scenario}`", f"`{server}`"]
        for figure in found:
            row += _cells(figure)
        loads = [f["load"] for f in found if f and f["load"] is not None]
        rows.append([*row, f"{max(loads):.0%}" if loads else ""])
    limits = ", ".join(
        f"{rate:,.0f} with {batch} per call" for batch, rate in run["limits"].items()
    )
    versions = ", ".join(f"{name} {version}" for name, version in run["versions"].items())
    return (
        f"{table([*head, 'load'], rows)}\n\n"
        f"Frames per second of a bare `send()` loop: {limits}.\n"
        f"{run['repetitions']} repetitions of {run['seconds']:g} s, {run['todos']:,} todos; "
        f"{versions}."
    )


def _cells(figure: Figure | None) -> list[str]:
    if figure is None:
        return ["", "", ""]
    value = f"{number(median(figure['values']))} {figure['unit']}"
    waits = [number(wait) for wait in (figure["p50_ms"], figure["p99_ms"]) if wait is not None]
    return [value, ratio(figure), ", ".join(waits)]


def short(run: Run) -> str:
    """Return the ratios of ours to the peer, with one request in flight."""
    figures = {
        (f["scenario"], f["server"]): f
        for f in run["figures"]
        if f["in_flight"] == 1 and f["server"] != PEER
    }
    return table(
        ["times the Node peer's, per core", "SQLite, the default", "in memory"],
        [
            [
                WORDS[scenario],
                ratio(figures.get((scenario, "sqlite"))),
                ratio(figures.get((scenario, "memory"))),
            ]
            for scenario in UNITS
            if any(name == scenario for name, _ in figures)
        ],
    )


TABLES: dict[str, Callable[[Run], str]] = {"whole": whole, "short": short}


def filled(page: str, run: Run | None) -> str:
    """Return a page with the tables of a run between its markers."""

    def fill(marker: re.Match[str]) -> str:
        text = UNMEASURED if run is None else TABLES[marker[2]](run)
        return f"{marker[1]}\n{text}\n{marker[3]}"

    return re.sub(r"(<!-- bench: (\w+) -->)\n.*?(<!-- /bench -->)", fill, page, flags=re.DOTALL)


def read_run(path: Path) -> Run | None:
    """Return the run that a file keeps, or None without the file."""
    if not path.exists():
        return None
    run: Run = json.loads(path.read_text("utf-8"))
    return run


def main() -> None:
    """Fill the pages."""
    run = read_run(Path(sys.argv[1]) if len(sys.argv) > 1 else FIGURES)
    for page in PAGES:
        page.write_text(filled(page.read_text("utf-8"), run), "utf-8")


if __name__ == "__main__":
    main()
