"""`python -m pages`: our page beside the tutorial's and TodoMVC's, in one run of one browser.

The others are first cloned and built below --sources. The figures go into `figures.json`, and
from there onto `docs/page.md`.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from contextlib import AsyncExitStack
from pathlib import Path

from bench.report import ROOT
from pages.clients import BUILDS, serving
from pages.measure import measured
from pages.report import FEW, FIGURES, MANY, PAGE, Run, filled
from tests.browser.conftest import launched

SIZES = (FEW, MANY)
REPETITIONS = 5


def main() -> None:
    """Build, measure, and write the page."""
    parser = argparse.ArgumentParser(prog="python -m pages", description=__doc__)
    parser.add_argument("--sources", type=Path, default=ROOT / "build/pages", metavar="FOLDER")
    parser.add_argument("--repetitions", type=int, default=REPETITIONS, metavar="N")
    options = parser.parse_args()
    builds = {name: example.build(options.sources) for name, example in BUILDS.items()}
    run = asyncio.run(measure(builds, SIZES, options.repetitions))
    run["versions"] |= dict(example.version(options.sources) for example in BUILDS.values())
    FIGURES.write_text(f"{json.dumps(run, indent=1)}\n", "utf-8")
    PAGE.write_text(filled(PAGE.read_text("utf-8"), run), "utf-8")


async def measure(builds: dict[str, Path], sizes: tuple[int, ...], repetitions: int) -> Run:
    """Measure our page and the built ones in turns, with each number of todos."""
    figures: dict[str, dict[str, list[dict[str, float]]]] = {}
    async with AsyncExitStack() as stack:
        browser = await stack.enter_async_context(launched())
        served = {size: await stack.enter_async_context(serving(builds, size)) for size in sizes}
        for repetition in range(repetitions):
            for size, clients in served.items():
                for client in clients:
                    found = await measured(browser, client)
                    figures.setdefault(client.name, {}).setdefault(str(size), []).append(found)
            print(f"{repetition + 1}/{repetitions}", file=sys.stderr)
        return {
            "versions": {"Chromium": browser.version},
            "repetitions": repetitions,
            "figures": figures,
        }


if __name__ == "__main__":
    main()
