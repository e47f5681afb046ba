"""What processes take under faults: memory, files and tasks, and whether that grows."""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
from prometheus_client.parser import text_string_to_metric_families

from .judge import Violation
from .nodes import Node

SLACK = {"files": 8.0, "tasks": 8.0, "MiB": 8.0}
"""What may be there more at the end than it was at the beginning."""

WARM_AFTER = 60.0
"""Seconds of a process in which its memory may grow."""

LEAST = 6
"""Samples that something can be said of."""

ANSWER_WITHIN = 3.0


@dataclass(slots=True)
class Footprints:
    """Samples by process and by what they measure, each with its time."""

    began: float = field(default_factory=time.monotonic)
    samples: dict[tuple[str, str], list[tuple[float, float]]] = field(
        default_factory=lambda: defaultdict(list)
    )

    async def take(self, nodes: Sequence[Node]) -> None:
        """Measure all processes that run."""
        now = time.monotonic()
        for node in nodes:
            for process in node.processes():
                with suppress(FileNotFoundError, ProcessLookupError):  # it has just ended
                    for what, value in taken(process):
                        self.samples[f"{node.name}, {process}", what].append((now, value))
        for node, tasks in zip(nodes, await asyncio.gather(*map(_tasks, nodes)), strict=True):
            for worker, count in tasks.items():
                self.samples[f"{node.name}{worker}", "tasks"].append((now, count))

    def growth(self) -> Iterator[tuple[str, str, float, float]]:
        """Yield who takes what: the most in the first third, and the least in the last."""
        for (who, what), samples in self.samples.items():
            warm = [
                value for at, value in samples if what != "MiB" or at - samples[0][0] > WARM_AFTER
            ]
            if len(warm) >= LEAST:
                third = len(warm) // 3
                yield who, what, max(warm[:third]), min(warm[-third:])

    def violations(self) -> list[Violation]:
        """Return what has grown for good."""
        return [
            Violation("growth", time.monotonic(), who, f"{first:.0f} {what}, in the end {last:.0f}")
            for who, what, first, last in self.growth()
            if last > first + SLACK[what]
        ]

    def figures(self) -> dict[str, str]:
        """Return how little it has grown."""
        return {
            f"{what} of {who}": f"{first:.0f} at most, in the end {last:.0f} at least"
            for who, what, first, last in self.growth()
        }


def taken(process: int) -> Iterator[tuple[str, float]]:
    """Yield what a process takes."""
    folder = Path(f"/proc/{process}")
    status = (folder / "status").read_text()
    yield "files", sum(1 for _ in (folder / "fd").iterdir())
    yield "MiB", int(status.partition("VmRSS:")[2].split()[0]) / 1024


async def _tasks(node: Node) -> dict[str, float]:
    """Return how many tasks there are in each worker of a node; nothing, when it can't say."""
    timeout = aiohttp.ClientTimeout(total=ANSWER_WITHIN)
    url = f"http://127.0.0.1:{node.admin_port}/metrics"
    try:
        async with aiohttp.ClientSession(timeout=timeout) as http, http.get(url) as answer:
            text = await answer.text()
    except (aiohttp.ClientError, TimeoutError):
        return {}
    return {
        "".join(f", worker {number}" for number in sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text)
        if family.name == "todo_tasks"
        for sample in family.samples
    }
