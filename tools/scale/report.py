"""The tables of docs/scale.md and docs/operating.md."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from bench.nodes import WATCHERS, WRITERS
from bench.report import ROOT, UNMEASURED, number, table
from bench.results import Figures, Key, Run
from bench.scenarios import NODES_1, NODES_2, NODES_4
from scale.costs import Cost, Costs, NotMeasured, costs
from scale.plans import CORES, USES, batches_per_second, plan
from scale.simulation import Setting, simulated

PAGES = (ROOT / "docs/scale.md", ROOT / "docs/operating.md")
PLANNED = (10_000, 100_000, 1_000_000)
NODES = {1: NODES_1, 2: NODES_2, 4: NODES_4}
COMMITS = (1.0, 2.0, 5.0, 10.0)
"""ms of a commit: a local disk, a replica in the same zone, several zones."""

LOADED = 256
"""Writers that fill batches."""


def inputs(found: Costs, _: Run) -> str:
    """Return what the bench has measured, as the simulation takes it."""

    def parts(cost: Cost) -> str:
        return f"{number(cost.each)} + {number(cost.once)} per turn"

    rows = [
        ("a read", f"{number(found.read)} µs of the node"),
        ("a list of 1,000", f"{number(found.list_all)} µs of the node"),
        ("a connect", f"{number(found.connect)} µs of the node"),
        ("an idle connection", f"{number(found.kib)} KiB"),
        ("a delivery to one client", f"{parts(found.delivery)} µs of the node"),
        ("a change, where it is written", f"{parts(found.write)} µs of the node"),
        ("a change", f"{parts(found.database)} µs of the database"),
        ("a change, on each further node", f"{number(found.follow)} µs of that node"),
        ("the same", f"{number(found.database_follow)} µs of the database"),
        ("a commit", f"{number(found.commit_ms)} ms without a core"),
    ]
    return table(["what", "costs"], rows)


def checked(found: Costs, run: Run) -> str:
    """Return what the simulation says of the bench's own nodes, beside what was measured."""
    figures = Figures(run)
    rows = []
    for count, server in NODES.items():
        key = Key("creates", server)
        setting = Setting(
            nodes=count, writers=WRITERS, listeners=WRITERS + WATCHERS - 1, one_core=True
        )
        said = simulated(found, setting)
        rows.append(
            [
                str(count),
                *_beside(said.node_us, figures.get(key, "server_us")),
                *_beside(said.database_us, figures.get(key, "database_us")),
                *_beside(said.per_cpu_second, figures.get(key, "per_cpu_second")),
            ]
        )
    heads = ("nodes, µs per create", "database, µs per create", "creates per CPU second")
    head = [title for name in heads for title in (f"{name}: predicted", "measured", "")]
    return table(["nodes", *head], rows)


def _beside(predicted: float, measured: float | None) -> tuple[str, str, str]:
    if not measured:
        return number(predicted), "", ""
    return number(predicted), number(measured), f"{predicted / measured - 1:+.0%}"


def node(found: Costs, _: Run) -> str:
    """Return what one node takes, when it does nothing else."""
    rows = [
        ("reads per second", number(1e6 / found.read)),
        ("lists of 1,000 per second", number(1e6 / found.list_all)),
        ("connects per second", number(1e6 / found.connect)),
        ("deliveries per second, a frame each", number(1e6 / found.delivery.of(1))),
        ("deliveries per second, eight frames each", number(1e6 / found.delivery.of(8))),
        ("changes per second of other nodes that it follows", number(1e6 / found.follow)),
        ("connections in a GiB", number(2**20 / found.kib)),
    ]
    return table(["one core", ""], rows)


def single_log(found: Costs, _: Run) -> str:
    """Return what one log does at different commit times, by simulation: no core is shared."""
    rows = []
    for commit in COMMITS:
        slow = replace(found, commit_ms=commit)
        few, many = (
            simulated(slow, Setting(nodes=4, writers=writers, listeners=0))
            for writers in (WRITERS, LOADED)
        )
        rows.append(
            [
                f"{commit:g} ms",
                number(batches_per_second(commit)),
                number(few.per_second),
                number(few.p50_ms),
                number(many.per_second),
                number(many.batch),
                number(many.p50_ms),
            ]
        )
    head = ["commit", "commits/s at most", f"{WRITERS} writers: changes/s", "ack p50, ms"]
    return table([*head, f"{LOADED} writers: changes/s", "per commit", "ack p50, ms"], rows)


def plans(found: Costs, _: Run) -> str:
    """Return machines and cores for so many connections."""
    rows = []
    for use in USES:
        for connections in PLANNED:
            made = plan(found, use, connections)
            rows.append(
                [
                    use.words,
                    f"{connections:,}",
                    number(made.changes),
                    f"{made.deliveries:,.0f}",
                    f"{made.nodes:,}",
                    f"{made.memory_gib:.1f} GiB",
                    f"{made.logs:,}",
                    f"{made.machines:,} × {CORES} cores, database {made.database_cores:,}",  # noqa: RUF001
                    f"${made.per_hour:.2f}",
                ]
            )
    head = ["what people do", "connections", "changes/s", "deliveries/s", "nodes", "memory"]
    return table([*head, "logs", "machines", "cores per hour"], rows)


def rules(found: Costs, _: Run) -> str:
    """Return what an operator reckons with: what so much of something takes."""

    def core(micros: float) -> str:
        return f"{micros / 1e6:.1%} of a core"

    rows = [
        ("1,000 clients that are connected", f"{number(1000 * found.kib / 1024)} MiB"),
        ("1,000 clients that connect within a minute", core(1000 * found.connect / 60)),
        ("1,000 reads per second", core(1000 * found.read)),
        ("100 lists of 1,000 todos per second", core(100 * found.list_all)),
        ("one change per second that 1,000 clients hear", core(1000 * found.delivery.of(1))),
        ("100 changes per second, at the node that is asked", core(100 * found.write.of(1))),
        ("the same, at each other node", core(100 * found.follow)),
        ("the same, at the database", core(100 * found.database.of(1))),
    ]
    return table(["so much", "takes"], rows)


TABLES: dict[str, Callable[[Costs, Run], str]] = {
    "inputs": inputs,
    "checked": checked,
    "node": node,
    "log": single_log,
    "plans": plans,
    "rules": rules,
}


def filled(page: str, run: Run | None) -> str:
    """Return the page with the tables of a run between its markers."""

    def fill(marker: re.Match[str]) -> str:
        return f"{marker[1]}\n{_table(marker[2], run)}\n{marker[3]}"

    return re.sub(r"(<!-- scale: (\w+) -->)\n.*?(<!-- /scale -->)", fill, page, flags=re.DOTALL)


def _table(name: str, run: Run | None) -> str:
    if run is None:
        return UNMEASURED
    try:
        return TABLES[name](costs(run), run)
    except NotMeasured as missing:
        return f"Not measured yet: {missing}."
