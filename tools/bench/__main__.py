"""`python -m bench`: the servers on one core, the load on another, taken in turns.

Rates are those of a whole core: what is counted, by the time that the server had on its core. So
others on the machine disturb them little; `by_the_wall` in the JSON is what a clock on it says.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import time
from collections.abc import Generator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from bench.meter import Load
from bench.pythons import environments, library
from bench.report import cluster, curves, pythons, verdicts, whole
from bench.results import Key, Run, figure
from bench.scenarios import PEERS, PYTHONS, SCENARIOS, STOCK, Scenario
from bench.servers import PYTHON, Served, Servers, bun

FIRST, LAST = (choose(os.sched_getaffinity(0)) for choose in (min, max))
"""The servers' core, and the load's."""

SECONDS = 1.0
MOST_SECONDS = 8.0
"""All measurements of a scenario end before its listeners must answer a ping."""

ENDS_WITHIN = 300.0
"""Seconds after which a load counts as hanging."""

TODOS = 20_000
REPETITIONS = 5
MINUTES = 25.0
BATCHES = (1, 8)
TRIES = 4


def main() -> None:
    """Run the bench, and print its tables and what has become of its goals."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there as well")
    parser.add_argument("--repetitions", type=int, default=REPETITIONS, metavar="N")
    parser.add_argument(
        "--minutes",
        type=float,
        default=MINUTES,
        help="no repetition begins that would end later, by how long the first ones took",
    )
    parser.add_argument("--seconds", type=float, default=SECONDS, help="of each measurement")
    parser.add_argument("--todos", type=int, default=TODOS, metavar="N", help="before it begins")
    parser.add_argument(
        "--only", nargs="+", default=[*SCENARIOS], choices=SCENARIOS, metavar="SCENARIO"
    )
    servers = {server: None for each in SCENARIOS.values() for server in each.servers}
    parser.add_argument(
        "--servers", nargs="+", default=[*servers], choices=[*servers, STOCK], metavar="SERVER"
    )
    parser.add_argument(
        "--pythons", nargs="+", default=[], type=Path, metavar="PROGRAM", help="to compare as well"
    )
    options = parser.parse_args()
    if options.seconds > MOST_SECONDS:
        parser.error(f"--seconds is at most {MOST_SECONDS:g}")
    os.sched_setaffinity(0, {FIRST})
    run = _last(options)
    print(*(written(run) for written in (whole, pythons, cluster, curves, verdicts)), sep="\n\n")


def _last(options: argparse.Namespace) -> Run:
    """Run repetitions while there is time, keep what is known after each, and return the last."""
    with closing(measured(options)) as runs:
        while True:
            run = next(runs)
            if options.json:
                options.json.write_text(json.dumps(run, indent=1) + "\n")
            done = run["repetitions"]
            late = run["minutes"] * (done + 1) / done > options.minutes
            if done == options.repetitions or late:
                return run


def measured(options: argparse.Namespace) -> Generator[Run, None, None]:
    """Run the repetitions, each around all scenarios and servers; what is known after each."""
    results: dict[Key, list[dict[str, float]]] = {}
    again: list[str] = []
    began = time.monotonic()
    limits = {str(batch): _limit(batch, options.seconds) for batch in BATCHES}
    pythons = environments(options.pythons)
    with Servers(pythons) as servers:
        for repetition in range(options.repetitions):
            for name in options.only:
                scenario = SCENARIOS[name]
                if scenario.most is not None and repetition >= scenario.most:
                    continue
                others = pythons if name in PYTHONS else {}
                for server in [*_servers(scenario, options.servers), *others]:
                    since = time.monotonic()
                    found = _measure_until_whole(servers, name, server, options, again)
                    for step, figures in zip(scenario.steps, found, strict=True):
                        results.setdefault(Key(name, server, step), []).append(figures)
                    took = f"{time.monotonic() - since:.1f} s"
                    turn = f"{repetition + 1}/{options.repetitions}"
                    print(f"{turn} {name} {server}: {took}", file=sys.stderr)
            yield {
                "versions": _versions(),
                "repetitions": repetition + 1,
                "seconds": options.seconds,
                "todos": options.todos,
                "minutes": (time.monotonic() - began) / 60,
                "again": again,
                "figures": [figure(key, repetitions) for key, repetitions in results.items()],
                "limits": limits,
            }


def _servers(scenario: Scenario, chosen: Sequence[str]) -> list[str]:
    """Return the chosen servers of a scenario; one that it does not have by default comes last."""
    stock = [STOCK] if STOCK in chosen and scenario.metric == "per_core" else []
    return [*(server for server in scenario.servers if server in chosen), *stock]


def _measure_until_whole(
    servers: Servers, name: str, server: str, options: argparse.Namespace, again: list[str]
) -> list[dict[str, float]]:
    """Measure again where a server has cut a connection, and note so; what we cut fails the run."""
    for _ in range(TRIES - 1):
        try:
            return _measure(servers, name, server, options)
        except subprocess.CalledProcessError:
            if server not in PEERS:
                raise
            print(f"{name} {server}: again", file=sys.stderr)
            again.append(f"{name} on {server}")
    return _measure(servers, name, server, options)


def _measure(
    servers: Servers, name: str, server: str, options: argparse.Namespace
) -> list[dict[str, float]]:
    """Run one scenario once, on a fresh server; figures for each of its steps."""
    scenario = SCENARIOS[name]
    secure = name == "read-tls"
    with servers.serving(server, secure=secure, few=scenario.few) as served:
        load = Load(
            ports=served.ports,
            processes=_parts(name, served),
            todos=options.todos,
            seconds=options.seconds * scenario.share,
            steps=scenario.steps,
            certificate=str(servers.certificate[0]) if secure else None,
        )
        command = [PYTHON, "-m", "bench.load", name, json.dumps(load._asdict())]
        figures: list[dict[str, float]] = _json_of(["taskset", "-c", str(LAST), *command])
    return figures


def _parts(name: str, served: Served) -> dict[str, list[int]]:
    """Return the processes whose time is taken; of nodes that follow, each for itself."""
    if name == "follow":
        return {"server": served.nodes[:1], "others": served.nodes[1:], **served.others}
    return {"server": served.nodes, **served.others}


def _limit(batch: int, seconds: float) -> float:
    cores = f"{FIRST},{LAST}"
    command = ["taskset", "-c", cores, PYTHON, "-m", "bench.limit", str(batch), str(seconds)]
    return float(_json_of(command)["rate"])


def _json_of(command: list[str]) -> Any:  # noqa: ANN401
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True, timeout=ENDS_WITHIN)
    return json.loads(done.stdout)


def _versions() -> dict[str, str]:
    def said(program: str) -> str:
        done = subprocess.run([program, "--version"], capture_output=True, text=True, check=True)
        return done.stdout.strip().removeprefix("v")

    python = f"{platform.python_version()} ({platform.python_compiler()})"
    ours = "compiled" if library() else "from the sources"
    return {"ours": ours, "Python": python, "Node": said("node"), "Bun": said(bun())}


if __name__ == "__main__":
    main()
