"""The dashboard's first row, drawn from what a run has left, as a real Prometheus answers it."""

from __future__ import annotations

import asyncio
import json
import time
from asyncio.subprocess import DEVNULL
from collections.abc import Callable, Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

import aiohttp

from tests.docs.pages import ROOT
from tests.patience import PATIENCE
from tests.service.prometheus import program, prometheus

PANELS = json.loads((ROOT / "deploy" / "grafana" / "todo.json").read_text("utf-8"))["panels"]
ROW = [panel for panel in PANELS if panel["type"] != "row"][:4]
STEP = 15

WIDTH, HEIGHT = 460, 190
COLOURS = ("#1f60c4", "#c4501f", "#37872d", "#8f3bb8", "#b8860b")
UNITS: Mapping[str, Callable[[float], str]] = {
    "short": lambda value: f"{value:g}",
    "reqps": lambda value: f"{value:g}/s",
    "s": lambda value: f"{1000 * value:g} ms",
    "bytes": lambda value: f"{value / 1e6:g} MB",
}

Curves = Mapping[str, Sequence[tuple[float, float]]]


async def draw(series: Mapping[str, Sequence[float | None]], folder: Path, target: Path) -> None:
    """Draw the row from series that have a value every `STEP` seconds."""
    steps = max(map(len, series.values()))
    begin = int(time.time()) - steps * STEP - 3600
    await store(series, begin, folder)
    (folder / "prometheus.yml").write_text("global: {}\n", "utf-8")
    span = {"start": str(begin), "end": str(begin + (steps - 1) * STEP), "step": str(STEP)}
    async with prometheus(folder) as server:
        url = f"{server}/api/v1/query_range"
        charts = [chart(panel, await curves(panel, url, span, begin), steps) for panel in ROW]
    target.write_text(picture(charts), "utf-8")  # noqa: ASYNC240  # a small file


def picture(charts: Sequence[str]) -> str:
    """Put charts beside and below each other."""
    width, height = 2 * WIDTH, 2 * HEIGHT
    placed = "".join(
        f'<g transform="translate({number % 2 * WIDTH} {number // 2 * HEIGHT})">{one}</g>'
        for number, one in enumerate(charts)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        'font-family="sans-serif" font-size="11">'
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>{placed}</svg>\n'
    )


async def store(series: Mapping[str, Sequence[float | None]], begin: int, folder: Path) -> None:
    """Write series as Prometheus keeps them."""
    lines = [
        f"{name} {value!r} {begin + step * STEP}"
        for name, values in series.items()
        for step, value in enumerate(values)
        if value is not None
    ]
    file = folder / "series.txt"
    file.write_text("\n".join([*lines, "# EOF\n"]), "utf-8")
    process = await asyncio.create_subprocess_exec(
        *(program("promtool"), "tsdb", "create-blocks-from", "openmetrics", file, folder / "data"),
        stdout=DEVNULL,
    )
    assert await process.wait() == 0


async def curves(panel: Any, url: str, span: Mapping[str, str], begin: int) -> Curves:
    """Ask what a panel shows: the minutes and values of each of its curves."""
    found: dict[str, Sequence[tuple[float, float]]] = {}
    timeout = aiohttp.ClientTimeout(total=PATIENCE)
    async with aiohttp.ClientSession(timeout=timeout) as web:
        for target in panel["targets"]:
            query = target["expr"].replace("$job", "todo").replace("$instance", ".*")
            query = query.replace("$__rate_interval", "1m")
            async with web.get(url, params={"query": query, **span}) as response:
                result = (await response.json())["data"]["result"]
            for item in result:
                name = target["legendFormat"]
                for label, value in item["metric"].items():
                    name = name.replace("{{" + label + "}}", value)
                found[name] = [
                    ((at - begin) / 60, float(value))
                    for at, value in item["values"]
                    if value != "NaN"
                ]
    return found


def chart(panel: Any, found: Curves, steps: int) -> str:
    """Return a panel with its curves, as a part of an SVG."""
    minutes = steps * STEP / 60
    most = max((value for points in found.values() for _, value in points), default=0) or 1
    left, top, right, bottom = 58, 34, WIDTH - 12, HEIGHT - 22
    show = UNITS[panel["fieldConfig"]["defaults"]["unit"]]
    parts = [f'<text x="{left}" y="16" font-weight="bold">{escape(panel["title"])}</text>']
    for part in (0, 0.5, 1):
        y = bottom - part * (bottom - top)
        parts.append(
            f'<path d="M{left} {y:.1f}H{right}" stroke="#d8d9da"/>'
            f'<text x="{left - 6}" y="{y + 4:.1f}" text-anchor="end">'
            f"{escape(show(float(f'{part * most:.2g}')))}</text>"
        )
    for minute in range(0, int(minutes) + 1, 15):
        x = left + minute / minutes * (right - left)
        parts.append(f'<text x="{x:.1f}" y="{HEIGHT - 6}" text-anchor="middle">{minute} min</text>')
    for number, (name, points) in enumerate(found.items()):
        colour = COLOURS[number % len(COLOURS)]
        path = "L".join(
            f"{left + at / minutes * (right - left):.1f} "
            f"{bottom - value / most * (bottom - top):.1f}"
            for at, value in points
        )
        parts.append(f'<path d="M{path}" fill="none" stroke="{colour}" stroke-width="1.4"/>')
        parts.append(
            f'<text x="{right - 76 * (len(found) - 1 - number)}" y="28" fill="{colour}" '
            f'text-anchor="end">{escape(name)}</text>'
        )
    return "".join(parts)
