"""The bench and the attacks run, and the pages say what the bench's last run gave."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from pathlib import Path

import pytest

from attack import Attack, lists, on_disk, stop
from bench.charts import CHARTS
from bench.goals import GOALS
from bench.nodes import order
from bench.report import FIGURES, IMAGES, PAGES, filled
from bench.results import Figure, Figures, Key, Run, figure, read_run
from bench.scenarios import NODE, SQLITE
from bench.servers import UNTIRING
from served import served
from soak import soak

RUNS_WITHIN = 240
"""Seconds after which a program counts as hanging."""

TODOS = 300


def run_of(*figures: Figure) -> Run:
    return {
        "versions": {},
        "repetitions": 2,
        "seconds": 1.0,
        "todos": TODOS,
        "minutes": 1.0,
        "again": [],
        "figures": [*figures],
        "limits": {},
    }


@pytest.mark.parametrize("page", PAGES, ids=lambda page: f"{page.parent.name}-{page.stem}")
def test_a_page_has_the_tables_of_the_run_that_is_kept(page: Path) -> None:
    text = page.read_text("utf-8")
    assert "<!-- bench: " in text
    assert filled(text, read_run(FIGURES)) == text


@pytest.mark.parametrize("name", CHARTS)
def test_a_chart_is_that_of_the_run_that_is_kept(name: str) -> None:
    run = read_run(FIGURES)
    assert run
    assert (IMAGES / name).read_text("utf-8") == CHARTS[name](run)


def test_a_ratio_is_that_of_its_own_repetition() -> None:
    node, ours = Key("read", NODE), Key("read", SQLITE)
    run = run_of(
        figure(node, [{"per_core": 100.0}, {"per_core": 10.0}]),
        figure(ours, [{"per_core": 300.0}, {"per_core": 20.0}]),
    )
    assert Figures(run).ratios(ours, node) == [3.0, 2.0]


def test_a_goal_is_met_missed_or_not_measured() -> None:
    [goal] = [goal for goal in GOALS if goal.of == Key("read", SQLITE) and goal.against == NODE]

    def outcome(ours: float) -> bool | None:
        read = figure(Key("read", NODE), [{"per_core": 100.0}])
        return goal.met(Figures(run_of(read, figure(goal.of, [{"per_core": ours}]))))

    assert goal.bound == 2
    assert outcome(200.0) is True
    assert outcome(199.0) is False
    assert goal.met(Figures(run_of())) is None


def test_watchers_that_see_one_order_are_told_from_others() -> None:
    one = [b"a", b"b", b"c", b"d"]
    assert order([one, one]) == {"disordered": 0, "missed": 0}
    assert order([one, [b"a", b"c", b"b", b"d"]]) == {"disordered": 250, "missed": 0}
    assert order([one, [b"a", b"c", b"d"]]) == {"disordered": 0, "missed": 250}


def bench(figures: Path, scenarios: list[str], servers: list[str]) -> tuple[Run, str]:
    """Run the bench for a moment, and return its figures and what it prints."""
    command = [sys.executable, "-m", "bench", "--json", str(figures), "--repetitions", "1"]
    sizes = ["--seconds", "0.3", "--todos", str(TODOS)]
    done = subprocess.run(
        [*command, *sizes, "--only", *scenarios, "--servers", *servers],
        check=False,
        capture_output=True,
        text=True,
        timeout=RUNS_WITHIN,
    )
    assert done.returncode == 0, done.stderr
    run = read_run(figures)
    assert run
    return run, done.stdout


@pytest.mark.slow
@pytest.mark.parametrize(
    "rows",
    [
        ["read", "update-polling"],
        pytest.param(["read", "read-polling", "read-tls"], marks=pytest.mark.thorough),
    ],
)
def test_a_short_run_fills_a_page(rows: list[str], tmp_path: Path) -> None:
    run, printed = bench(tmp_path / "figures.json", rows, ["node", "bun", "sqlite"])
    figures = Figures(run)
    for peer in ("node", "bun"):
        for row in rows:
            [ratio] = figures.ratios(Key(row, SQLITE), Key(row, peer))
            assert ratio > 0
    assert not figures.get(Key("read", SQLITE), "database_us")
    page = filled("<!-- bench: whole -->\n<!-- /bench -->", run)
    assert "| `read` | 8 in flight | `sqlite` |" in page
    assert page.startswith(f"<!-- bench: whole -->\n{printed.splitlines()[0]}\n")


@pytest.mark.slow
@pytest.mark.parametrize(
    "more", [[], pytest.param(["4-workers", "cluster-postgres"], marks=pytest.mark.thorough)]
)
def test_nodes_keep_one_order_and_are_measured_beside_a_cluster(
    more: list[str], tmp_path: Path
) -> None:
    servers = ["2-nodes", "cluster-redis", *more]
    run, _ = bench(tmp_path / "figures.json", ["creates", "follow", "heard"], servers)
    figures = Figures(run)
    assert {key.server for key in figures.keys if key.scenario == "creates"} == {*servers}
    for server in {"2-nodes", "4-workers"} & {*servers}:
        nodes = Key("creates", server)
        assert (figures.get(nodes, "disordered"), figures.get(nodes, "missed")) == (0, 0)
    assert (figures.get(Key("follow", "2-nodes"), "others_us") or 0) > 0
    assert (figures.get(Key("heard", "2-nodes"), "p50_ms") or 0) > 0
    assert (figures.get(Key("creates", "cluster-redis"), "broker_us") or 0) > 0


@pytest.mark.slow
@pytest.mark.parametrize(
    ("scenario", "steps"),
    [
        ("connects", [20]),
        ("busy", [3, 9]),
        ("connections", [1, 4]),
        ("listeners", [1, 4]),
        ("todos", [5, 10]),
    ],
)
async def test_a_load_leaves_a_figure_for_each_step(scenario: str, steps: list[int]) -> None:
    async with asyncio.timeout(RUNS_WITHIN), served(*UNTIRING) as service:
        told = {
            "ports": [service.port],
            "processes": {"server": [service.process.pid]},
            "todos": TODOS,
            "seconds": 0.2,
            "steps": steps,
        }
        load = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bench.load", scenario, json.dumps(told)),
            stdout=subprocess.PIPE,
        )
        printed, _ = await load.communicate()
    assert load.returncode == 0
    figures = json.loads(printed)
    assert len(figures) == len(steps)
    assert all(found["per_core"] > 0 for found in figures)
    assert all(0 < found["p50_ms"] <= found["p99_ms"] for found in figures)


@pytest.mark.slow
async def test_unread_lists_leave_their_figures() -> None:
    async with asyncio.timeout(RUNS_WITHIN), on_disk() as service:
        figures = await lists(service, Attack(TODOS, attackers=2, readers=2), seconds=0.4)
    assert (figures["creates"], figures["others_dropped"]) == (20, 0)
    assert float(figures["create_at_most_ms"]) >= float(figures["create_p50_ms"]) > 0
    assert float(figures["mib_at_most"]) > 0
    assert "others_lists" in figures


@pytest.mark.slow
@pytest.mark.parametrize("read", [True, False], ids=["read", "unread"])
async def test_a_stop_amid_lists_leaves_its_figures(read: bool) -> None:
    async with asyncio.timeout(RUNS_WITHIN), on_disk() as service:
        figures = await stop(service, TODOS, read=read)
    assert figures["exit_code"] == 0
    assert float(figures["seconds"]) > 0


@pytest.mark.slow
async def test_a_soak_reads_and_updates() -> None:
    async with asyncio.timeout(RUNS_WITHIN), on_disk() as service:
        figures = await soak(service, 5, 1000)
    assert figures["acks_per_second"] > 0
    assert figures["deliveries_per_second"] > 0
