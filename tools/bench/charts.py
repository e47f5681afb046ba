"""The charts of a run: SVG that is light or dark as its reader's system is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from html import escape
from math import ceil, floor, log10
from statistics import median
from typing import NamedTuple

from bench.goals import GOALS
from bench.results import Figures, Key, Run
from bench.scenarios import BUN, CURVES, MEMORY, NODE, ROWS, SQLITE, Scenario

STYLE = """
  text { font: 13px system-ui, sans-serif; fill: #1f2328 }
  .title { font-weight: 600; font-size: 15px }
  .small { font-size: 11.5px; fill: #59636e }
  .end { text-anchor: end } .middle { text-anchor: middle }
  .grid { stroke: #d8dee4 } .one { stroke: #59636e; stroke-width: 1.5 }
  .goal { stroke: #116329; stroke-width: 3 } .path { fill: none; stroke-width: 2 }
  .node { stroke: #59636e; fill: #59636e } .bun { stroke: #bc4c00; fill: #bc4c00 }
  .memory { stroke: #0969da; fill: #ffffff } .sqlite { stroke: #0969da; fill: #0969da }
  .back { fill: #ffffff }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3 } .small { fill: #9198a1 } .back { fill: #0d1117 }
    .grid { stroke: #30363d } .one { stroke: #9198a1 } .goal { stroke: #3fb950 }
    .node { stroke: #9198a1; fill: #9198a1 } .bun { stroke: #ff9b57; fill: #ff9b57 }
    .memory { stroke: #58a6ff; fill: #0d1117 } .sqlite { stroke: #58a6ff; fill: #58a6ff }
  }
"""
NAMES = {NODE: "Node", BUN: "Bun", MEMORY: "ours, in memory", SQLITE: "ours, on SQLite"}

WIDTH = 880
MARGIN = 16
ROW = 36
TOP = 76
LABELS, VALUES = 340, 150
"""Widths of what stands left and right of the ratios."""

TICKS = 3
"""Of an axis, at the least."""

PANEL_HEIGHT = 250
PANEL_TOP = 96


class Scale:
    """Places of values on a logarithmic axis."""

    def __init__(self, values: Iterable[float], start: float, end: float) -> None:
        known = [value for value in values if value > 0]
        self.low, self.high = min(known), max(known)
        self._start, self._end = start, end

    def __call__(self, value: float) -> float:
        part = (log10(value) - log10(self.low)) / ((log10(self.high) - log10(self.low)) or 1)
        return self._start + part * (self._end - self._start)

    def ticks(self) -> list[float]:
        """Return the round numbers that are on the axis."""
        few = self._rounds((1, 2, 5))
        return few if len(few) >= TICKS else self._rounds((1, 1.5, 2, 3, 4, 5, 7))

    def _rounds(self, digits: Sequence[float]) -> list[float]:
        powers = range(floor(log10(self.low)), ceil(log10(self.high)) + 1)
        found = [digit * 10.0**power for power in powers for digit in digits]
        return [tick for tick in found if self.low * 0.999 <= tick <= self.high * 1.001]


class Mark(NamedTuple):
    """How many times better than Node a server is: the median, the least and the most."""

    server: str
    value: float
    low: float
    high: float


def ratios(run: Run) -> str:
    """Draw how many times better than Node the servers are, with the goals."""
    figures = Figures(run)
    rows = [(name, marks) for name in ROWS if (marks := _marks(figures, name))]
    goals = {name: _goals(figures, name) for name, _ in rows}
    seen = [each for _, marks in rows for mark in marks for each in (mark.low, mark.high)]
    aims = [goal for found in goals.values() for goal in found]
    ends = (min(*seen, *aims, 0.5) / 1.1, max(*seen, *aims, 2.0) * 1.1)
    scale = Scale(ends, LABELS, WIDTH - VALUES)
    height = TOP + ROW * len(rows) + 40
    lines = [
        _text(MARGIN, 26, "Times better than Node, per core", "title"),
        f'<path class="one" d="M{MARGIN + 5} 39v14"/>',
        _text(MARGIN + 15, 50, NAMES[NODE]),
        *_legend([BUN, MEMORY, SQLITE], 50, MARGIN + 73),
        f'<path class="goal" d="M{MARGIN + 445} 39v14"/>',
        _text(MARGIN + 455, 50, "goal of ours on SQLite"),
        _text(WIDTH - MARGIN, 50, "Bun · SQLite", "end small"),
        *_axis(scale, height),
    ]
    for number, (name, marks) in enumerate(rows):
        lines += _row(scale, TOP + ROW * number + ROW / 2, name, marks, goals[name])
    below = (
        f"Median of {run['repetitions']}, with the least and the most. "
        "Where there is a goal to Node and one to Bun, the farther one is drawn."
    )
    return _svg(height + 14, [*lines, _text(MARGIN, height, below, "small")])


def _marks(figures: Figures, name: str) -> list[Mark]:
    scenario = ROWS[name]
    step = scenario.steps[0]
    marks = []
    for server in (BUN, MEMORY, SQLITE):
        found = figures.ratios(Key(name, server, step), Key(name, NODE, step))
        if found:
            better = [1 / ratio if scenario.less_is_better else ratio for ratio in found]
            marks.append(Mark(server, median(better), min(better), max(better)))
    return marks


def _goals(figures: Figures, name: str) -> list[float]:
    """Return what ours has to be, in times of Node: the farthest of the goals of a row."""
    step = ROWS[name].steps[0]
    aims = []
    for goal in GOALS:
        if goal.of == Key(name, SQLITE, step) and goal.against in {NODE, BUN}:
            other = figures.ratios(Key(name, goal.against, step), Key(name, NODE, step))
            if other:
                aim = goal.bound * median(other)
                aims.append(aim if goal.at_least else 1 / aim)
    return [max(aims)] if aims else []


def _axis(scale: Scale, height: float) -> Iterator[str]:
    bottom = height - 34
    for tick in scale.ticks():
        x = scale(tick)
        kind = "one" if tick == 1 else "grid"
        yield f'<path class="{kind}" d="M{x:.1f} {TOP - 8}V{bottom:.1f}"/>'
        yield _text(x, bottom + 14, f"{tick:g}", "small middle")


def _row(
    scale: Scale, y: float, name: str, marks: Sequence[Mark], goals: Sequence[float]
) -> Iterator[str]:
    scenario = ROWS[name]
    words = f"{scenario.words}: times less" if scenario.less_is_better else scenario.words
    if name == "busy":
        words = "reads by 100 clients"
    yield _text(LABELS - 14, y + 4, words, "end")
    for place, mark in enumerate(marks):
        at = y + (place - (len(marks) - 1) / 2) * 9
        said = f"{NAMES[mark.server]}: {mark.value:.2f} ({mark.low:.2f} to {mark.high:.2f})"
        yield f'<g class="{mark.server}"><title>{said}</title>'
        yield f'<path d="M{scale(mark.low):.1f} {at:.1f}H{scale(mark.high):.1f}"/>'
        yield f'<circle cx="{scale(mark.value):.1f}" cy="{at:.1f}" r="4"/></g>'
    for goal in goals:
        yield f'<path class="goal" d="M{scale(goal):.1f} {y - 13:.1f}v26"/>'
    values = " · ".join(f"{mark.value:.2g}" for mark in marks if mark.server != MEMORY)
    yield _text(WIDTH - MARGIN, y + 4, values, "end small")


def load(run: Run) -> str:
    """Draw what an operation costs, by how much of something there is: a panel for each curve."""
    figures = Figures(run)
    names = [name for name in CURVES if any(key.scenario == name for key in figures.keys)]
    height = PANEL_TOP + PANEL_HEIGHT + 62
    width = (WIDTH - MARGIN) / len(CURVES)
    lines = [
        _text(MARGIN, 26, "µs of the server's core that one operation costs", "title"),
        *_legend([NODE, BUN, SQLITE], 50, MARGIN),
    ]
    for number, name in enumerate(names):
        lines += _panel(figures, name, MARGIN + number * width, width)
    return _svg(height, lines)


def _panel(figures: Figures, name: str, left: float, width: float) -> Iterator[str]:
    scenario = CURVES[name]
    curves = {
        server: [
            (step, cost)
            for step in scenario.steps
            if (cost := figures.get(Key(name, server, step), "server_us"))
        ]
        for server in scenario.servers
    }
    costs = [cost for curve in curves.values() for _, cost in curve]
    bottom = PANEL_TOP + PANEL_HEIGHT
    across = Scale(scenario.steps, left + 44, left + width - 24)
    up = Scale([min(costs) / 1.3, max(costs) * 1.3], bottom, PANEL_TOP)
    yield _text(left + 4, PANEL_TOP - 16, TITLES[name], "")
    yield from _grid(scenario, across, up, bottom)
    for server, curve in curves.items():
        points = " ".join(f"{across(step):.1f},{up(cost):.1f}" for step, cost in curve)
        yield f'<g class="{server}"><polyline style="fill:none" class="path" points="{points}"/>'
        for step, cost in curve:
            said = f"{NAMES[server]}: {cost:.1f} µs at {step:,} {scenario.step}"
            yield f'<circle cx="{across(step):.1f}" cy="{up(cost):.1f}" r="3.5">'
            yield f"<title>{said}</title></circle>"
        yield "</g>"


TITLES = {
    "connections": "a read, by connections that read",
    "listeners": "a delivery, by listeners",
    "todos": "a read, by todos",
}


def _grid(scenario: Scenario, across: Scale, up: Scale, bottom: float) -> Iterator[str]:
    start, end = across(across.low), across(across.high)
    for tick in up.ticks():
        yield f'<path class="grid" d="M{start:.1f} {up(tick):.1f}H{end:.1f}"/>'
        yield _text(start - 8, up(tick) + 4, f"{tick:g}", "end small")
    for step in scenario.steps:
        yield f'<path class="grid" d="M{across(step):.1f} {bottom}v5"/>'
        yield _text(across(step), bottom + 20, _short(step), "middle small")
    yield _text((start + end) / 2, bottom + 40, scenario.step, "middle small")


def _short(count: int) -> str:
    return f"{count // 1000}k" if count >= 1000 else str(count)  # noqa: PLR2004  # a thousand


def _legend(servers: Sequence[str], y: float, x: float) -> Iterator[str]:
    for server in servers:
        yield f'<circle class="{server}" cx="{x + 5:.1f}" cy="{y - 4:.1f}" r="4.5"/>'
        yield _text(x + 15, y, NAMES[server])
        x += 45 + 7 * len(NAMES[server])


def _text(x: float, y: float, text: str, kind: str = "") -> str:
    classes = f' class="{kind}"' if kind else ""
    return f'<text{classes} x="{x:.1f}" y="{y:.1f}">{escape(text)}</text>'


def _svg(height: float, lines: Iterable[str]) -> str:
    size = f'width="{WIDTH}" height="{height:.0f}" viewBox="0 0 {WIDTH} {height:.0f}"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img">'
    back = '<rect class="back" width="100%" height="100%" rx="8"/>'
    return "\n".join([head, f"<style>{STYLE}</style>", back, *lines, "</svg>", ""])


CHARTS = {"bench.svg": ratios, "bench-load.svg": load}
"""The charts, by the names of their files in `docs/images`."""
