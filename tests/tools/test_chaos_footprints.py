"""What a process takes is measured, and what grows for good is told from what comes and goes."""

from __future__ import annotations

import os
from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path

import pytest

from chaos.footprints import Footprints, taken


def watched(what: str, values: Iterable[float], every: float = 10.0) -> Footprints:
    """Return footprints with one series."""
    footprints = Footprints()
    for step, value in enumerate(values):
        footprints.samples["node 1", what].append((step * every, value))
    return footprints


@pytest.mark.parametrize("what", ["files", "tasks", "MiB"])
def test_what_grows_with_each_fault_is_found(what: str) -> None:
    footprints = watched(what, (50 + step for step in range(60)))
    (found,) = footprints.violations()
    assert (found.rule, found.who) == ("growth", "node 1")
    assert what in found.what


@pytest.mark.parametrize("what", ["files", "tasks", "MiB"])
def test_what_comes_and_goes_is_none(what: str) -> None:
    footprints = watched(what, (50 + 30 * (step % 3) for step in range(60)))
    assert footprints.violations() == []
    assert [*footprints.figures()] == [f"{what} of node 1"]


def test_memory_may_grow_in_the_first_minute() -> None:
    assert watched("MiB", [20, 40, 60, 70, 75, 80, *[81] * 20]).violations() == []


def test_little_is_not_judged() -> None:
    assert watched("tasks", [1, 1, 1, 1, 100]).figures() == {}


def test_a_process_s_files_and_memory_are_counted(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    before = dict(taken(os.getpid()))
    with ExitStack() as stack:
        for _ in range(20):
            stack.enter_context((tmp_path / "file").open())
        after = dict(taken(os.getpid()))
    assert after["files"] - before["files"] == 20
    assert after["MiB"] > 1
