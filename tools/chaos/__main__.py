"""`python -m chaos`: nodes on one PostgreSQL under faults, and whether clients could tell.

Watchers and writers at every node list, read and write while one fault follows the other. Every
list, read, broadcast and acknowledged write is judged by the database's log. Fails when any of it
was wrong, lost, doubled, out of order or late. Writes a report beside the figures as JSON.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from random import SystemRandom

from servers.postgres import VERSIONS

from .ablations import ABLATIONS
from .faults import FAULTS
from .report import carry_out
from .verdict import Plan


def main() -> None:
    """Run, judge and report."""
    parser = argparse.ArgumentParser(prog="python -m chaos", description=__doc__)
    parser.add_argument("--seed", type=int, default=SystemRandom().randrange(1_000_000))
    parser.add_argument(
        "--minutes", type=float, default=2, help="at least; each fault has its turn"
    )
    parser.add_argument("--nodes", type=int, default=3)
    parser.add_argument("--postgres", choices=VERSIONS, default=VERSIONS[-1])
    parser.add_argument(
        "--fault", action="append", choices=[*FAULTS], help="only this one; repeatable"
    )
    parser.add_argument(
        "--without",
        choices=[*ABLATIONS],
        help="leave a rule of the service out: the run has to fail",
    )
    parser.add_argument("--out", type=Path, default=Path("chaos-report"), metavar="FOLDER")
    options = parser.parse_args()
    plan = Plan(
        seed=options.seed,
        seconds=options.minutes * 60,
        nodes=options.nodes,
        version=options.postgres,
        faults=options.fault or [*FAULTS],
        ablation=options.without,
    )
    sys.exit(carry_out(plan, options.out))


if __name__ == "__main__":
    main()
