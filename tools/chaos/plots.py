"""Plots as SVG: a few kinds of marks over one time axis, in the page's colours."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from html import escape
from math import floor, log10
from typing import TypeAlias

WIDTH, LEFT, RIGHT = 1100, 150, 16

Points: TypeAlias = Iterable[tuple[float, float | None]]
"""Times and values; a line is broken where there is no value."""


@dataclass(slots=True)
class Plot:
    """A plot from `start` to `end`, of values from 0 (or from `least`, logarithmic) to `most`."""

    title: str
    end: float
    most: float
    height: int = 170
    least: float = 0.0
    unit: str = ""
    _marks: list[str] = field(default_factory=list)
    _legend: list[str] = field(default_factory=list)

    def x(self, at: float) -> float:
        """Return where a time lies."""
        return LEFT + (WIDTH - LEFT - RIGHT) * at / self.end

    def y(self, value: float) -> float:
        """Return where a value lies."""
        if self.least:
            value = min(max(value, self.least), self.most)
            share = log10(value / self.least) / log10(self.most / self.least)
        else:
            share = min(value, self.most) / self.most
        return 10 + (self.height - 20) * (1 - share)

    def band(self, start: float, end: float, what: str) -> None:
        """Shade a time."""
        self._marks.append(
            f'<rect class="band" x="{self.x(start):.1f}" y="10" '
            f'width="{max(1.0, self.x(end) - self.x(start)):.1f}" height="{self.height - 20}">'
            f"<title>{escape(what)}</title></rect>"
        )

    def line(self, points: Points, colour: int, name: str) -> None:
        """Draw a line."""
        path, pen = [], "M"
        for at, value in points:
            if value is None:
                pen = "M"
                continue
            path.append(f"{pen}{self.x(at):.1f} {self.y(value):.1f}")
            pen = "L"
        self._marks.append(f'<path class="line c{colour}" d="{"".join(path)}"/>')
        self._name(colour, name)

    def dots(self, points: Points, colour: int, name: str) -> None:
        """Draw a dot for each value."""
        self._marks += (
            f'<circle class="c{colour}" r="1.8" cx="{self.x(at):.1f}" cy="{self.y(value):.1f}"/>'
            for at, value in points
            if value is not None
        )
        self._name(colour, name)

    def limit(self, value: float, name: str) -> None:
        """Draw a value that must not be passed."""
        y = self.y(value)
        self._marks.append(
            f'<path class="limit" d="M{LEFT} {y:.1f}H{WIDTH - RIGHT}"/>'
            f'<text class="limit" x="{WIDTH - RIGHT}" y="{y - 4:.1f}">{escape(name)}</text>'
        )

    def svg(self) -> str:
        """Return the plot with its title and legend."""
        values = _powers(self.least, self.most) if self.least else _steps(self.most, 4)
        grid = "".join(
            f'<path class="grid" d="M{LEFT} {self.y(value):.1f}H{WIDTH - RIGHT}"/>'
            f'<text x="{LEFT - 8}" y="{self.y(value) + 4:.1f}">{value:,g}{self.unit}</text>'
            for value in values
        )
        legend = f"<p>{' '.join(self._legend)}</p>" if self._legend else ""
        return figure(
            self.title,
            grid + "".join(self._marks) + times(self.end, self.height),
            self.height,
            legend,
        )

    def _name(self, colour: int, name: str) -> None:
        self._legend.append(f'<span class="c{colour}">{escape(name)}</span>')


def rows(title: str, end: float, bars: Sequence[tuple[str, float, float, float, str]]) -> str:
    """Return a row for each name, with bars from a start to an end, and their tails."""
    names = [*dict.fromkeys(sorted(bar[0] for bar in bars))]
    height = 20 + 18 * len(names)
    plot = Plot(title, end, 1)
    marks = [
        f'<text x="{LEFT - 8}" y="{18 * n + 23}">{escape(name)}</text>'
        f'<path class="grid" d="M{LEFT} {18 * n + 19}H{WIDTH - RIGHT}"/>'
        for n, name in enumerate(names)
    ]
    for name, start, stop, tail, what in bars:
        y, x = 18 * names.index(name) + 13, plot.x(start)
        width = max(2.0, plot.x(stop) - x)
        marks.append(
            f'<rect class="c1" x="{x:.1f}" y="{y}" width="{width:.1f}" height="12">'
            f"<title>{escape(what)}</title></rect>"
            f'<rect class="c3" x="{x + width:.1f}" y="{y + 4}" '
            f'width="{max(0.0, plot.x(tail) - x - width):.1f}" height="4"/>'
        )
    return figure(title, "".join(marks) + times(end, height), height)


def figure(title: str, marks: str, height: int, legend: str = "") -> str:
    """Return marks in a figure of their own."""
    return (
        f"<figure><figcaption>{escape(title)}</figcaption>{legend}"
        f'<svg viewBox="0 0 {WIDTH} {height + 16}" role="img" aria-label="{escape(title)}">'
        f"{marks}</svg></figure>"
    )


def times(end: float, height: int) -> str:
    """Return the axis of time."""
    long = end > 300  # noqa: PLR2004  # seconds
    scale, unit = (60, " min") if long else (1, " s")
    plot = Plot("", end, 1)
    return "".join(
        f'<text class="time" x="{plot.x(value * scale):.1f}" y="{height + 8}">'
        f"{value:g}{unit}</text>"
        for value in [0.0, *_steps(end / scale, 10)]
    )


def _steps(most: float, count: int) -> list[float]:
    """Return about so many round values up to the most, without 0."""
    rough = most / count
    power = 10.0 ** floor(log10(rough))
    step = next(m * power for m in (1, 2, 5, 10) if m * power >= rough)
    return [step * n for n in range(1, int(most / step) + 1)]


def _powers(least: float, most: float) -> list[float]:
    return [10.0**n for n in range(round(log10(least)), floor(log10(most)) + 1)]
