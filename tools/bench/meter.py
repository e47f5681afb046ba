"""What a load measures: counts, waits, and the time that processes have on their cores."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from resource import RUSAGE_SELF, getrusage
from time import clock_gettime, perf_counter
from typing import NamedTuple, TypeAlias

WARM_UP = 0.5

Figures: TypeAlias = dict[str, float]


class Load(NamedTuple):
    """What a scenario is told: the servers, and how much of everything."""

    ports: Sequence[int]
    processes: Mapping[str, Sequence[int]]
    """The processes of each part, as `server` or `database`, without those that they start."""
    todos: int
    seconds: float
    """Seconds of each measurement."""
    steps: Sequence[int]
    """What differs between the measurements: requests on their way, connections, …"""
    certificate: str | None = None
    """Of servers that speak TLS."""

    @property
    def port(self) -> int:
        """The port of the only server, or of the first."""
        return self.ports[0]


class Meter:
    """Counts what comes back, and keeps how long it took."""

    def __init__(self, load: Load) -> None:
        self.count = 0
        self.latencies: list[float] = []
        self._load = load

    async def measure(self) -> Figures:
        """Return what came in the seconds after a warm-up: rates, latencies in ms, the load."""
        await asyncio.sleep(WARM_UP)
        self.count, self.latencies = 0, []
        clock = Clock(self._load)
        await asyncio.sleep(self._load.seconds)
        while not self.latencies:  # so slow is it
            await asyncio.sleep(WARM_UP)
        return clock.figures(self.count) | percentiles(self.latencies)


class Clock:
    """Takes the time, and the time that the servers and the load have had on their cores."""

    def __init__(self, load: Load) -> None:
        self._processes = load.processes
        self._start, self._load, self._cpu = perf_counter(), _load_time(), self._times()

    def figures(self, count: float) -> Figures:
        """Return the rate of a count, by the wall and per core, and the load's share of its own.

        Per core counts the time of the part `server`; what each part takes stands beside it.
        """
        seconds = perf_counter() - self._start
        taken = {part: now - self._cpu[part] for part, now in self._times().items()}
        return {
            "by_the_wall": count / seconds,
            "per_core": count / taken["server"],
            "per_cpu_second": count / sum(taken.values()),
            "load": (_load_time() - self._load) / seconds,
            **{f"{part}_us": 1e6 * cpu / count for part, cpu in taken.items()},
        }

    def _times(self) -> dict[str, float]:
        families = _children()
        return {
            part: sum(map(cpu_time, _with_children(processes, families)))
            for part, processes in self._processes.items()
        }


def percentiles(latencies: list[float]) -> Figures:
    """Return the median and the 99th percentile of seconds, in ms."""
    latencies.sort()
    return {
        name: 1000 * latencies[int(share * len(latencies))]
        for name, share in (("p50_ms", 0.5), ("p99_ms", 0.99))
    }


def cpu_time(process: int) -> float:
    """Return the seconds that a process has had on its cores, by the clock that Linux gives it."""
    try:
        return clock_gettime(~process << 3 | 2)  # as clock_getcpuclockid(3) names it
    except OSError:  # it has ended
        return 0.0


def resident(process: int) -> int:
    """Return the resident memory of a process, in KiB."""
    status = Path(f"/proc/{process}/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0])


def _load_time() -> float:
    usage = getrusage(RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def _children() -> dict[int, list[int]]:
    """Return the children of every process."""
    families: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(stat.read_text().rpartition(")")[2].split()[1])
        except (FileNotFoundError, ProcessLookupError):  # it has just ended
            continue
        families.setdefault(parent, []).append(int(stat.parent.name))
    return families


def _with_children(processes: Iterable[int], families: Mapping[int, list[int]]) -> list[int]:
    found: list[int] = []
    for process in processes:
        found += [process, *_with_children(families.get(process, ()), families)]
    return found
