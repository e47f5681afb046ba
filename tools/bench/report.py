"""Tables and charts of a run, as they stand in the pages.

`python -m bench.report [FIGURES]` writes them there, from `figures.json` when nothing is given.
A page has `<!-- bench: NAME -->` and `<!-- /bench -->` around what is written.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from statistics import median

from bench.charts import CHARTS
from bench.goals import GOALS
from bench.results import Figures, Key, Run, read_run
from bench.scenarios import (
    BUN,
    CLUSTER,
    CURVES,
    MEMORY,
    NODE,
    PYTHONS,
    ROWS,
    SCENARIOS,
    SOURCE,
    SQLITE,
    Scenario,
)

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
FIGURES = HERE / "figures.json"
IMAGES = ROOT / "docs/images"
PAGES = (HERE / "README.md", ROOT / "README.md", ROOT / "docs/scale.md")
UNMEASURED = "Not measured yet: `make bench ARGS='--json tools/bench/figures.json'`."

LARGE, SMALL = 100, 1
"""From the one on a number has no digit behind the point, below the other one it has two."""


def number(value: float | None) -> str:
    """Return a number as short as it says something."""
    if value is None:
        return ""
    if abs(value) >= LARGE:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= SMALL or not value else f"{value:.2f}"


def spread(values: Sequence[float], digits: Callable[[float], str] = number) -> str:
    """Return a median, and the least and the most."""
    if not values:
        return ""
    low, middle, high = (digits(choose(values)) for choose in (min, median, max))
    return middle if low == high else f"{middle} ({low} to {high})"


def ratio(figures: Figures, of: Key, than: Key) -> str:
    """Return the median of the ratios of two figures, and the least and the most."""
    return spread(figures.ratios(of, than), lambda value: f"{value:.2f}")


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table in Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def whole(run: Run) -> str:
    """Return all figures of single servers, and what the run was."""
    limits = ", ".join(
        f"{rate:,.0f} with {batch} per call" for batch, rate in run["limits"].items()
    )
    versions = ", ".join(f"{name} {version}" for name, version in run["versions"].items())
    said = [
        f"Frames per second of a bare `send()` loop: {limits}.",
        (
            f"{run['repetitions']} repetitions of {run['seconds']:g} s, {run['todos']:,} todos, "
            f"{run['minutes']:.0f} minutes; {versions}."
        ),
    ]
    if run["again"]:
        said.append(f"Measured again, as the server had cut a connection: {_counted(run)}.")
    rows = [_row(Figures(run), key) for key in Figures(run).keys if key.scenario in ROWS]
    head = ["scenario", "", "server", "", "to Node", "to Bun", "p50, p99 ms", "load"]
    return f"{table(head, rows)}\n\n{chr(10).join(said)}"


def _counted(run: Run) -> str:
    return ", ".join(f"{what} ({times} ×)" for what, times in Counter(run["again"]).items())  # noqa: RUF001


def _row(figures: Figures, key: Key) -> list[str]:
    scenario = ROWS[key.scenario]
    found = figures[key]["medians"]
    return [
        f"`{key.scenario}`",
        _step(key, scenario),
        f"`{key.server}`",
        f"{spread(figures[key]['values'])} {scenario.unit}",
        *(
            "" if key.server == peer else ratio(figures, key, key._replace(server=peer))
            for peer in (NODE, BUN)
        ),
        _waits(found),
        f"{found['load']:.0%}" if "load" in found else "",
    ]


def _step(key: Key, scenario: Scenario) -> str:
    return f"{key.step:,} {scenario.step}" if key.step > 1 else ""


def _waits(found: Mapping[str, float]) -> str:
    return ", ".join(number(found[wait]) for wait in ("p50_ms", "p99_ms") if wait in found)


def cluster(run: Run) -> str:
    """Return the figures of several nodes on one database."""
    figures = Figures(run)
    rows = []
    for key in figures.keys:
        if key.scenario in CLUSTER:
            found = figures[key]["medians"]
            parts = (f"{name} {number(cost)}" for part, name in PARTS if (cost := found.get(part)))
            rows.append(
                [
                    f"`{key.scenario}`",
                    f"`{key.server}`",
                    f"{spread(figures[key]['values'])} {CLUSTER[key.scenario].unit}",
                    ", ".join(parts),
                    number(found.get("disordered")),
                    _waits(found),
                ]
            )
    head = ["scenario", "server", "", "µs of CPU each", "out of order, ‰", "p50, p99 ms"]
    return table(head, rows)


PARTS = [
    ("server_us", "nodes"),
    ("others_us", "each that follows"),
    ("database_us", "database"),
    ("broker_us", "Redis"),
]


def curves(run: Run) -> str:
    """Return what one operation costs the server, in µs, by how much of something there is."""
    figures = Figures(run)
    tables = []
    for name, scenario in CURVES.items():
        rows = [
            [
                f"{step:,}",
                *(
                    number(figures.get(Key(name, server, step), "server_us"))
                    for server in scenario.servers
                ),
            ]
            for step in scenario.steps
        ]
        heads = [f"`{server}`, µs" for server in scenario.servers]
        tables.append(f"{scenario.words}:\n\n{table([scenario.step, *heads], rows)}")
    return "\n\n".join(tables)


def pythons(run: Run) -> str:
    """Return how fast the sources are on other interpreters."""
    figures = Figures(run)
    rows = []
    for key in figures.keys:
        if key.scenario in PYTHONS:
            version = run["versions"]["Python"] if key.server == SOURCE else key.server
            own = key._replace(server=SOURCE)
            scenario = PYTHONS[key.scenario]
            rows.append(
                [
                    version.split()[0],
                    _step(key, scenario),
                    f"{spread(figures[key]['values'])} {scenario.unit}",
                    "" if key == own else ratio(figures, key, own),
                ]
            )
    return table(["Python", "", "", "to the first"], rows)


def verdicts(run: Run) -> str:
    """Return what each goal asks for, and what the run gave."""
    figures = Figures(run)
    said = {True: "met", False: "missed", None: "not measured"}
    rows = []
    for goal in GOALS:
        value = goal.measured(figures)
        measured = "" if value is None else f"{value:.2f} {goal.unit}"
        scenario = SCENARIOS[goal.of.scenario]
        step = _step(goal.of, scenario)
        rows.append(
            [
                f"`{goal.of.scenario}` of `{goal.of.server}`{step and f', {step}'}: {goal.words}",
                goal.wanted,
                measured,
                said[goal.met(figures)],
            ]
        )
    return table(["goal", "wanted", "measured", ""], rows)


def short(run: Run) -> str:
    """Return the ratios of ours to both peers, with one request in flight."""
    figures = Figures(run)
    head = ["per core, times …", "Node", "Bun", "in memory, times Node", "not compiled, times Node"]
    rows = []
    for name, scenario in ROWS.items():
        step = scenario.steps[-1] if name == "busy" else scenario.steps[0]
        ours = Key(name, SQLITE, step)
        if ours in figures:
            node = ours._replace(server=NODE)
            less = " (less is better)" if scenario.less_is_better else ""
            rows.append(
                [
                    f"{scenario.words}{less}",
                    ratio(figures, ours, node),
                    ratio(figures, ours, ours._replace(server=BUN)),
                    ratio(figures, ours._replace(server=MEMORY), node),
                    ratio(figures, ours._replace(server=SOURCE), node),
                ]
            )
    return table(head, rows)


TABLES: dict[str, Callable[[Run], str]] = {
    "whole": whole,
    "short": short,
    "cluster": cluster,
    "curves": curves,
    "pythons": pythons,
    "goals": verdicts,
}


def filled(page: str, run: Run | None) -> str:
    """Return a page with the tables of a run between its markers."""

    def fill(marker: re.Match[str]) -> str:
        text = UNMEASURED if run is None else TABLES[marker[2]](run)
        return f"{marker[1]}\n{text}\n{marker[3]}"

    return re.sub(r"(<!-- bench: (\w+) -->)\n.*?(<!-- /bench -->)", fill, page, flags=re.DOTALL)


def main() -> None:
    """Fill the pages, and draw the charts."""
    run = read_run(Path(sys.argv[1]) if len(sys.argv) > 1 else FIGURES)
    for page in PAGES:
        page.write_text(filled(page.read_text("utf-8"), run), "utf-8")
    if run is not None:
        for name, draw in CHARTS.items():
            (IMAGES / name).write_text(draw(run), "utf-8")


if __name__ == "__main__":
    main()
