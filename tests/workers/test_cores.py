"""How many workers `auto` is."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from asyncapi_socketio.workers import usable_cores


@pytest.fixture
def cgroups(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder of a container's bounds, on a machine of eight cores."""
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(8)))
    return tmp_path


def test_without_a_bound_it_is_the_cores_that_the_process_may_use(cgroups: Path) -> None:
    assert usable_cores(cgroups) == 8


@pytest.mark.parametrize(
    ("bound", "cores"),
    [("max 100000", 8), ("200000 100000", 2), ("150000 100000", 2), ("10000 100000", 1),
     ("9900000 100000", 8), ("nonsense", 8)],
)  # fmt: skip
def test_a_containers_quota_bounds_it(cgroups: Path, bound: str, cores: int) -> None:
    (cgroups / "cpu.max").write_text(f"{bound}\n")
    assert usable_cores(cgroups) == cores


@pytest.mark.parametrize(("quota", "cores"), [("-1", 8), ("250000", 3)])
def test_an_older_containers_quota_too(cgroups: Path, quota: str, cores: int) -> None:
    (cgroups / "cpu").mkdir()
    (cgroups / "cpu/cpu.cfs_quota_us").write_text(f"{quota}\n")
    (cgroups / "cpu/cpu.cfs_period_us").write_text("100000\n")
    assert usable_cores(cgroups) == cores
