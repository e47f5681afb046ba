"""`python -m bench`: each server alone on one core, the load on another, taken in turns.

Rates are those of a whole core: what is counted, by the time that the server had on its core. So
others on the machine disturb them little; `by_the_wall` in the JSON is what a clock on it says.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

HERE = Path(__file__).parent
PYTHON = sys.executable

SERVERS = ("peer", "memory", "sqlite", "stock")
"""The Node peer, ours in memory and on the embedded SQLite, and stock python-socketio."""

IN_FLIGHT = 8
"""Requests that a client, or a writer, has on their way at a time."""

BATCHES = (1, IN_FLIGHT)

IDLE = 5000


@dataclass(frozen=True, slots=True)
class Scenario:
    """What is measured: its unit, and the ratio to the peer that is the goal."""

    name: str
    unit: str
    goal: float
    servers: tuple[str, ...] = SERVERS
    less_is_better: bool = False


SCENARIOS = (
    Scenario("read", "acks/s", 2.0, ("peer", "memory", "stock")),
    Scenario("list", "acks/s", 2.0, ("peer", "memory", "stock")),
    Scenario("update", "deliveries/s", 2.0, ("peer", "memory", "stock")),
    Scenario("create", "deliveries/s", 2.0),
    Scenario("connects", "connects/s", 1.0, ("peer", "memory", "stock")),
    Scenario("idle", "KiB a connection", 1.0, ("peer", "memory", "stock"), less_is_better=True),
)


@dataclass
class Result:
    """What the repetitions of one scenario on one server gave."""

    scenario: Scenario
    server: str
    rates: list[float] = field(default_factory=list)
    walls: list[float] = field(default_factory=list)
    p99s: list[float] = field(default_factory=list)
    loads: list[float] = field(default_factory=list)

    def summary(self, peer: Result | None) -> dict[str, object]:
        """Give the figures as they are printed and written.

        The ratio is the median of the repetitions' own: each server runs soon after its peer, so
        that a slow spell of the machine hits both.
        """
        ratios = (
            [ours / theirs for ours, theirs in zip(self.rates, peer.rates, strict=True)]
            if peer
            else []
        )
        return {
            "scenario": self.scenario.name,
            "server": self.server,
            "unit": self.scenario.unit,
            "goal": self.scenario.goal,
            "median": median(self.rates),
            "least": min(self.rates),
            "most": max(self.rates),
            "ratio": median(ratios) if ratios else None,
            "ratios": ratios,
            "by_the_wall": median(self.walls) if self.walls else None,
            "p99_ms": median(self.p99s) if self.p99s else None,
            "load": max(self.loads, default=0.0),
        }


def main() -> None:
    """Run the bench and print its table."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there as well")
    parser.add_argument("--repetitions", type=int, default=5, metavar="N")
    parser.add_argument("--in-flight", type=int, default=IN_FLIGHT, metavar="N")
    parser.add_argument(
        "--only", nargs="*", default=[s.name for s in SCENARIOS], metavar="SCENARIO"
    )
    options = parser.parse_args()
    chosen = [scenario for scenario in SCENARIOS if scenario.name in options.only]
    results = {(s.name, server): Result(s, server) for s in chosen for server in s.servers}
    for _ in range(options.repetitions):
        for result in results.values():
            measure(result, options.in_flight)
    limits = {batch: _run("bench.limit", str(batch))["rate"] for batch in BATCHES}
    figures = [
        result.summary(results.get((result.scenario.name, "peer"))) for result in results.values()
    ]
    versions = _versions()
    print_table(figures, limits)
    print(", ".join(f"{name} {version}" for name, version in versions.items()))
    if options.json:
        report = {
            "versions": versions,
            "in_flight": options.in_flight,
            "figures": figures,
            "limits": limits,
        }
        options.json.write_text(json.dumps(report, indent=2) + "\n")


def _versions() -> dict[str, str]:
    node = subprocess.run(["node", "--version"], capture_output=True, text=True, check=True).stdout
    python = f"{platform.python_version()} ({platform.python_compiler()}, {sys.base_prefix})"
    return {"Python": python, "Node": node.strip().removeprefix("v")}


def measure(result: Result, in_flight: int) -> None:
    """Run one scenario once, on a fresh server."""
    with serving(result.server) as (port, process):
        if result.scenario.name == "idle":
            result.rates.append(_idle_memory(port, process.pid))
            return
        figures = _run(
            "bench.load", result.scenario.name, str(port), str(in_flight), str(process.pid)
        )
    result.rates.append(figures["per_core"])
    result.walls.append(figures["rate"])
    result.loads.append(figures["load"])
    if "p99" in figures:
        result.p99s.append(figures["p99"])


@contextmanager
def serving(server: str) -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
    """Start a server on the first core, and give its port once it listens."""
    with TemporaryDirectory() as folder, socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
        free.close()
        serve = [PYTHON, "-m", "todo_service", "serve", "--port", str(port), "--database"]
        command = {
            "peer": ["node", str(HERE / "peer.mjs"), str(port)],
            "memory": [*serve, "memory:"],
            "sqlite": [*serve, f"sqlite:///{folder}/todos.db"],
            "stock": [PYTHON, "-m", "bench.stock", str(port)],
        }[server]
        first = {min(os.sched_getaffinity(0))}
        process = subprocess.Popen(
            ["taskset", "-c", *map(str, first), *command],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            _wait_for(port, process)
            yield port, process
        finally:
            process.kill()
            process.wait()


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    while process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except ConnectionRefusedError:
            time.sleep(0.05)
        else:
            return
    sys.exit(f"a server ends at its start: {process.args!r}")


def _load(*arguments: str) -> list[str]:
    last = max(os.sched_getaffinity(0))
    return ["taskset", "-c", str(last), PYTHON, "-m", *arguments]


def _run(module: str, *arguments: str) -> dict[str, float]:
    # The limit takes both cores, one for itself and one for its listeners.
    command = [PYTHON, "-m", module, *arguments] if "limit" in module else _load(module, *arguments)
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True)
    figures: dict[str, float] = json.loads(done.stdout)
    return figures


def _idle_memory(port: int, pid: int) -> float:
    """Give the KiB that each of 5,000 idle connections takes."""
    before = _resident(pid)
    command = _load("bench.load", "idle", str(port), "1", str(pid))
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as load:
        assert load.stdout is not None  # noqa: S101  # Popen was given a pipe
        if not load.stdout.readline():
            sys.exit("the load ends before its connections are made")
        grown = _resident(pid) - before
        load.kill()
    return grown / IDLE


def _resident(pid: int) -> int:
    """Give the resident memory of a process, in KiB."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0])


def print_table(figures: list[dict[str, object]], limits: dict[int, float]) -> None:
    """Print medians, spreads and ratios to the peer."""
    line = "{:<10}{:<8}{:>12}  {:>23}  {:<17}{:>7}{:>6}{:>9}{:>7}"
    print(
        line.format("scenario", "server", "median", "spread", "", "ratio", "goal", "p99 ms", "load")
    )
    for f in figures:
        ratio = f"{f['ratio']:.2f}" if f["ratio"] else ""
        goal = f["goal"] if f["server"] == "memory" else ""
        p99 = f"{f['p99_ms']:.1f}" if f["p99_ms"] else ""
        spread = f"{f['least']:,.1f} to {f['most']:,.1f}"
        print(
            line.format(
                f["scenario"],
                f["server"],
                f"{f['median']:,.1f}",
                spread,
                f["unit"],
                ratio,
                goal,
                p99,
                f"{f['load']:.0%}",
            )
        )
    for batch, rate in limits.items():
        print(f"bare send() loop, {batch} frame(s) a call: {rate:,.0f} frames/s to 1,000 sockets")


if __name__ == "__main__":
    main()
