"""The bench and the attacks run, and the pages say what the bench's last run gave."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest

from attack import Attack, lists, on_disk, stop
from bench.report import FIGURES, PAGES, filled, read_run
from bench.results import Result
from soak import soak

RUNS_WITHIN = 240
"""Seconds after which a program counts as hanging."""

TODOS = 300


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.parent.name))
def test_a_page_has_the_tables_of_the_run_that_is_kept(page: Path) -> None:
    text = page.read_text("utf-8")
    assert "<!-- bench: " in text
    assert filled(text, read_run(FIGURES)) == text


def test_a_ratio_is_that_of_its_own_repetition() -> None:
    peer = Result("read", "peer", 1, [{"per_core": 100.0}, {"per_core": 10.0}])
    ours = Result("read", "sqlite", 1, [{"per_core": 300.0}, {"per_core": 20.0}])
    assert ours.figure(peer)["ratios"] == [3.0, 2.0]


@pytest.mark.slow
def test_a_short_run_fills_a_page(tmp_path: Path) -> None:
    figures = tmp_path / "figures.json"
    command = [sys.executable, "-m", "bench", "--json", str(figures), "--repetitions", "1"]
    sizes = ["--seconds", "0.3", "--todos", str(TODOS), "--servers", "peer", "sqlite"]
    scenarios = ["--only", "read", "list", "create", "connects"]
    done = subprocess.run(
        [*command, *sizes, *scenarios],
        check=False,
        capture_output=True,
        text=True,
        timeout=RUNS_WITHIN,
    )
    assert done.returncode == 0, done.stderr
    run = read_run(figures)
    assert run
    ratios = {
        (figure["scenario"], figure["in_flight"]): figure["ratios"]
        for figure in run["figures"]
        if figure["server"] == "sqlite"
    }
    assert {*ratios} == {
        *((name, depth) for name in ("read", "list", "create") for depth in (1, 8)),
        ("connects", 1),
    }
    assert all(ratio > 0 for [ratio] in ratios.values())
    page = filled("<!-- bench: whole -->\n<!-- /bench -->", run)
    assert "| `read` | `sqlite` |" in page
    assert page.startswith(f"<!-- bench: whole -->\n{done.stdout.splitlines()[0]}\n")


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
