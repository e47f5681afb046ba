"""`make chaos`, short: nothing is wrong under faults, and what two rules prevent is found."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from chaos.faults import FAULTS
from chaos.report import as_html, as_json
from chaos.run import run
from chaos.verdict import Outcome, Plan

pytestmark = pytest.mark.slow

QUICK = (
    "node-killed",
    "worker-killed",
    "backend-killed",
    "database-crashed",
    "black-holed",
    "reset",
    "reply-lost",
    "notify-suppressed",
    "log-truncated",
    "promoted",
)
"""Faults that are over soon."""

SLOWNESS = {"late ack", "agreement", "readiness"}
"""Rules about time, which a slow machine may break: `make chaos` judges by them, on a quiet one."""


async def test_clients_can_not_tell_that_anything_happened(tmp_path: Path) -> None:
    outcome = await run(Plan(seed=13, seconds=0, nodes=2, version="18", faults=QUICK), tmp_path)
    assert [v for v in outcome.violations if v.rule not in SLOWNESS] == []
    assert {fault.kind for fault in outcome.faults} == {"empty-database", *QUICK}
    assert outcome.figures["changes"] > 0
    assert {"tasks of node 1, worker 0", "tasks of node 2 (pooler)"} <= {
        *outcome.figures["footprints"]
    }
    reported = json.loads(as_json(outcome))
    assert reported["figures"] == outcome.figures
    assert ">database-crashed<" in as_html(outcome)


async def ablated(rule: str, fault: str, folder: Path) -> tuple[Outcome, Counter[str]]:
    """Run without a rule, on the older PostgreSQL."""
    plan = Plan(seed=1, seconds=8, nodes=3, version="15", faults=[fault], ablation=rule)
    outcome = await run(plan, folder)
    return outcome, Counter(violation.rule for violation in outcome.violations)


@pytest.mark.thorough
async def test_it_finds_that_a_retry_takes_more_than_its_own_rows(tmp_path: Path) -> None:
    outcome, found = await ablated("retry", "reply-lost", tmp_path)
    assert found["broadcast"] + found["list"] > 0, outcome.figures
    assert "violation" in as_html(outcome)


@pytest.mark.thorough
async def test_it_finds_that_a_callback_broadcasts(tmp_path: Path) -> None:
    outcome, found = await ablated("callback", "reset", tmp_path)
    assert found["broadcast"] > 0, outcome.figures


def test_every_fault_says_what_it_does() -> None:
    assert all(fault.__doc__ for fault in FAULTS.values())


def test_its_options_are_explained() -> None:
    said = subprocess.run(
        [sys.executable, "-m", "chaos", "--help"], capture_output=True, text=True, check=True
    )
    assert all(name in said.stdout for name in FAULTS)
