"""`python -m bench`: each server alone on one core, the load on another, taken in turns.

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
from pathlib import Path
from typing import Any

from bench.report import whole
from bench.results import UNITS, Result, Run
from bench.servers import PEER, PYTHON, SERVERS, serving

IN_FLIGHT = (1, 8)
"""Requests that a client, or a writer, has on their way at a time: the headline, and a second."""

SECONDS = 3.0
MOST_SECONDS = 8.0
"""Both measurements of a scenario end before its listeners must answer a ping."""

ENDS_WITHIN = 300.0
"""Seconds after which a load counts as hanging."""

TODOS = 20_000
REPETITIONS = 5


def main() -> None:
    """Run the bench and print its table."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there as well")
    parser.add_argument("--repetitions", type=int, default=REPETITIONS, metavar="N")
    parser.add_argument("--seconds", type=float, default=SECONDS, help="of each measurement")
    parser.add_argument("--todos", type=int, default=TODOS, metavar="N", help="before it begins")
    parser.add_argument("--only", nargs="+", default=[*UNITS], choices=UNITS, metavar="SCENARIO")
    parser.add_argument(
        "--servers", nargs="+", default=[*SERVERS], choices=SERVERS, metavar="SERVER"
    )
    options = parser.parse_args()
    if options.seconds > MOST_SECONDS:
        parser.error(f"--seconds is at most {MOST_SECONDS:g}")
    run = measured(options)
    print(whole(run))
    if options.json:
        options.json.write_text(json.dumps(run, indent=2) + "\n")


def measured(options: argparse.Namespace) -> Run:
    """Run the repetitions, each around all servers."""
    results: dict[tuple[str, str, int], Result] = {}
    for repetition in range(options.repetitions):
        for scenario in options.only:
            for server in options.servers:
                print(
                    f"{repetition + 1}/{options.repetitions} {scenario} {server}", file=sys.stderr
                )
                found = _measure(scenario, server, options)
                for in_flight, figures in zip(IN_FLIGHT, found, strict=False):
                    key = (scenario, server, in_flight)
                    results.setdefault(key, Result(*key)).repetitions.append(figures)
    return {
        "versions": _versions(),
        "repetitions": options.repetitions,
        "seconds": options.seconds,
        "todos": options.todos,
        "figures": [
            result.figure(results.get((scenario, PEER, in_flight)) if server != PEER else None)
            for (scenario, server, in_flight), result in results.items()
        ],
        "limits": {str(batch): _limit(batch, options.seconds) for batch in IN_FLIGHT},
    }


def _measure(scenario: str, server: str, options: argparse.Namespace) -> list[dict[str, float]]:
    """Run one scenario once, on a fresh server; figures for each number of requests in flight."""
    with serving(server) as (port, pid):
        load = [PYTHON, "-m", "bench.load", scenario, str(port), str(pid)]
        sizes = ["--todos", str(options.todos), "--seconds", str(options.seconds)]
        in_flight = ["--in-flight", *map(str, IN_FLIGHT)]
        core = ["taskset", "-c", str(max(os.sched_getaffinity(0)))]
        figures: list[dict[str, float]] = _json_of([*core, *load, *sizes, *in_flight])
    return figures


def _limit(batch: int, seconds: float) -> float:
    limit = _json_of([PYTHON, "-m", "bench.limit", str(batch), str(seconds)])
    return float(limit["rate"])


def _json_of(command: list[str]) -> Any:  # noqa: ANN401
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True, timeout=ENDS_WITHIN)
    return json.loads(done.stdout)


def _versions() -> dict[str, str]:
    node = subprocess.run(["node", "--version"], capture_output=True, text=True, check=True).stdout
    python = f"{platform.python_version()} ({platform.python_compiler()})"
    return {"Python": python, "Node": node.strip().removeprefix("v")}


if __name__ == "__main__":
    main()
