"""A run as one HTML file that fetches nothing, and as JSON."""

from __future__ import annotations

import json
import logging
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import asdict
from html import escape
from pathlib import Path
from statistics import median
from typing import Any

import uvloop

from .ablations import ABLATIONS
from .judge import lag
from .plots import Plot, rows
from .run import run
from .verdict import DEADLINE, Outcome, Plan

SAMPLES = 500
"""Points along the axis of time."""

MOST_SHOWN = 100
"""Violations on the page; the JSON has all."""

_STYLE = """
:root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif;
  --c1: #0072b2; --c2: #d55e00; --c3: #009e73; --c4: #aa4499; --c5: #888800; --c6: #666;
  --bad: #c62828; --good: #2e7d32 }
@media (prefers-color-scheme: dark) { :root {
  --c1: #56b4e9; --c2: #ff9e4a; --c3: #3fd0a4; --c4: #e08bd0; --c5: #e0d84a; --c6: #aaa;
  --bad: #ff8a80; --good: #81c784 } }
body { max-width: 72rem; margin: 2rem auto; padding: 0 1rem }
h1 { font-size: 1.4rem } h1.bad { color: var(--bad) } h1.good { color: var(--good) }
h2 { font-size: 1.1rem; margin-top: 2rem }
figure { margin: 1.5rem 0 } figcaption { font-weight: 600 }
figure p { margin: 0 } figure span { margin-right: 1rem } figure span::before { content: "\\25cf " }
svg { width: 100%; height: auto; overflow: visible }
svg text { font-size: 11px; fill: currentColor; text-anchor: end }
svg text.time { text-anchor: middle; opacity: .7 }
.grid { stroke: #8883; fill: none } .band { fill: #8882 }
.line { fill: none !important; stroke-width: 1.4; stroke-linejoin: round }
.limit { stroke: var(--bad); stroke-dasharray: 4 3; fill: none }
text.limit { stroke: none; fill: var(--bad) }
.scroll { overflow-x: auto } table { border-collapse: collapse } td, th { text-align: left;
  padding: .15rem 1rem .15rem 0; border-bottom: 1px solid #8883; vertical-align: top }
td.number { text-align: right; font-variant-numeric: tabular-nums }
code { font: .85rem/1.5 ui-monospace, monospace }
""" + "".join(
    f".c{n} {{ fill: var(--c{n}); color: var(--c{n}) }} .line.c{n} {{ stroke: var(--c{n}) }}\n"
    for n in range(1, 7)
)


SHOWN = 20
"""Violations that are printed; the report has all."""


def carry_out(plan: Plan, folder: Path) -> int:
    """Run a plan, write its report into a folder, print what came of it; return the exit code."""
    folder.mkdir(exist_ok=True)
    logging.getLogger("engineio.client").setLevel(logging.CRITICAL)  # it tells of each fault
    outcome = uvloop.run(run(plan, folder))
    (folder / "report.html").write_text(as_html(outcome))
    (folder / "report.json").write_text(as_json(outcome))
    print(json.dumps(outcome.figures, indent=2, ensure_ascii=False))
    for found in outcome.violations[:SHOWN]:
        print(f"{found.at - outcome.began:.2f} {found.who}: {found.rule}: {found.what}")
    return 1 if outcome.violations else 0


def as_json(outcome: Outcome) -> str:
    """Return the figures, the faults and the violations."""
    began = outcome.began
    data: dict[str, Any] = {
        "plan": asdict(outcome.plan),
        "figures": outcome.figures,
        "faults": [
            {**asdict(fault), "start": fault.start - began, "end": fault.end - began}
            for fault in outcome.faults
        ],
        "violations": [{**asdict(v), "at": v.at - began} for v in outcome.violations],
    }
    return json.dumps(data, indent=1, ensure_ascii=False, default=str)


def as_html(outcome: Outcome) -> str:
    """Return the page."""
    plan, found = outcome.plan, len(outcome.violations)
    verdict = f"{found} violations" if found != 1 else "1 violation"
    without = f", without the rule that {ABLATIONS[plan.ablation].rule}" if plan.ablation else ""
    title = f"{verdict}: {plan.nodes} nodes on PostgreSQL {plan.version}, seed {plan.seed}"
    return "\n".join(
        [
            '<!doctype html><html lang="en"><head><meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f"<title>chaos: {escape(title)}</title><style>{_STYLE}</style></head><body><main>",
            f'<h1 class="{"bad" if found else "good"}">{escape(title + without)}</h1>',
            _summary(outcome),
            _violations(outcome),
            _timeline(outcome),
            _acks(outcome),
            _lags(outcome),
            _deliveries(outcome),
            _faults(outcome),
            "</main></body></html>\n",
        ]
    )


def _summary(outcome: Outcome) -> str:
    figures = outcome.figures
    plain = {name: value for name, value in figures.items() if not isinstance(value, dict)}
    plain |= figures.get("footprints", {})
    plain |= {f"acks: {name}": count for name, count in figures["acks"].items()}
    return _table(
        ("", ""), ((escape(name), _number(value)) for name, value in plain.items() if value)
    )


def _violations(outcome: Outcome) -> str:
    if not outcome.violations:
        return ""
    shown = (
        (_number(v.at - outcome.began), escape(v.who), escape(v.rule), _code(v.what))
        for v in outcome.violations[:MOST_SHOWN]
    )
    return "<h2>Violations</h2>" + _table(("at, s", "who", "rule", "what"), shown)


def _timeline(outcome: Outcome) -> str:
    began = outcome.began
    bars = [
        (f.kind, f.start - began, f.end - began, f.end - began + (f.agreed_after or 0), f.what)
        for f in outcome.faults
    ]
    title = "Faults, and (green) how long until every watcher has seen all that was committed"
    return rows(title, outcome.ended - began, bars)


def _acks(outcome: Outcome) -> str:
    slowest = max((ack.seconds for ack in outcome.record.acks), default=1.0)
    plot = _plot(outcome, "Acks: seconds from the request", max(10 * DEADLINE, slowest), 0.001)
    width = (outcome.ended - outcome.began) / SAMPLES
    good: defaultdict[int, list[float]] = defaultdict(list)
    bad: defaultdict[int, list[float]] = defaultdict(list)
    for ack in outcome.record.acks:
        into = bad if ack.outcome.startswith(("an unknown", "no answer")) else good
        into[int((ack.sent_at + ack.seconds - outcome.began) / width)].append(ack.seconds)
    plot.dots(((n * width, max(some)) for n, some in sorted(good.items())), 1, "slowest")
    medians = (median(good[n]) if n in good else None for n in range(SAMPLES + 1))
    plot.line(((n * width, value) for n, value in enumerate(medians)), 3, "median")
    plot.dots(((n * width, max(some)) for n, some in sorted(bad.items())), 2, "slowest error")
    plot.limit(DEADLINE, "deadline")
    return plot.svg()


def _lags(outcome: Outcome) -> str:
    end = outcome.ended - outcome.began
    moments = [outcome.began + end * n / SAMPLES for n in range(SAMPLES)]
    names = sorted({track.session.node for track in outcome.tracks})
    lags = {
        name: lag(outcome.history, (t for t in outcome.tracks if t.session.node == name), moments)
        for name in names
    }
    most = max((n for values in lags.values() for n in values if n is not None), default=1)
    plot = _plot(outcome, "Each node behind the log, in changes", max(10, most))
    for colour, (name, values) in enumerate(lags.items()):
        points = ((moment - outcome.began, n) for moment, n in zip(moments, values, strict=True))
        plot.line(points, colour % 6 + 1, name)
    return plot.svg()


def _deliveries(outcome: Outcome) -> str:
    width = max(0.5, (outcome.ended - outcome.began) / SAMPLES)
    heard: Counter[int] = Counter()
    for session in outcome.record.sessions:
        heard.update(int((at - outcome.began) / width) for at in session.at)
    line = outcome.history.now
    committed = Counter(int((at - outcome.began) / width) for at in line.at)
    most = max(10.0, max(heard.values(), default=0) / width)
    plot = _plot(outcome, "Deliveries per second", most, least=1)
    buckets = range(int((outcome.ended - outcome.began) / width) + 1)
    plot.line(((n * width, heard[n] / width) for n in buckets), 1, "heard by all clients")
    plot.line(((n * width, committed[n] / width) for n in buckets), 2, "committed")
    return plot.svg()


def _plot(outcome: Outcome, title: str, most: float, least: float = 0.0) -> Plot:
    plot = Plot(title, outcome.ended - outcome.began, most, least=least)
    for fault in outcome.faults:
        what = f"{fault.kind}: {fault.what}"
        plot.band(fault.start - outcome.began, fault.end - outcome.began, what)
    return plot


def _faults(outcome: Outcome) -> str:
    lines = (
        (
            _number(fault.start - outcome.began),
            _number(fault.end - fault.start),
            escape(fault.kind),
            escape(fault.what),
            "never" if fault.agreed_after is None else _number(fault.agreed_after),
            "never" if fault.ready_after is None else _number(fault.ready_after),
        )
        for fault in outcome.faults
    )
    head = ("at, s", "lasted, s", "fault", "what", "all agree after, s", "all ready after, s")
    return "<h2>Faults</h2>" + _table(head, lines)


def _table(head: Iterable[str], lines: Iterable[Iterable[str]]) -> str:
    top = "".join(f"<th>{name}</th>" for name in head)
    body = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in line)}</tr>" for line in lines)
    return f'<div class="scroll"><table><tr>{top}</tr>{body}</table></div>'


def _number(value: object) -> str:
    if isinstance(value, float):
        return f"{value:,.2f}"
    return f"{value:,}" if isinstance(value, int) else escape(str(value))


def _code(text: str) -> str:
    return f"<code>{escape(text)}</code>"
