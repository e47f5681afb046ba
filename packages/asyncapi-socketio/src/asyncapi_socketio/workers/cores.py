"""How many processes can run at a time."""

from __future__ import annotations

import math
import os
from contextlib import suppress
from pathlib import Path

_CGROUPS = Path("/sys/fs/cgroup")


def usable_cores(cgroups: Path = _CGROUPS) -> int:
    """Return how many cores this process may use, by its affinity and its container's quota."""
    try:
        cores = len(os.sched_getaffinity(0))
    except AttributeError:  # macOS
        cores = os.cpu_count() or 1
    quota = _quota(cgroups)
    return cores if quota is None else max(1, min(cores, math.ceil(quota)))


def _quota(cgroups: Path) -> float | None:
    """Return the cores' time that a container may use; None without a bound.

    A container sees its own group at the root (cgroup v2, then v1).
    """
    with suppress(OSError, ValueError):
        most, period = (cgroups / "cpu.max").read_text().split()
        return None if most == "max" else int(most) / int(period)
    with suppress(OSError, ValueError):
        most = (cgroups / "cpu/cpu.cfs_quota_us").read_text()
        period = (cgroups / "cpu/cpu.cfs_period_us").read_text()
        return int(most) / int(period) if int(most) > 0 else None
    return None
