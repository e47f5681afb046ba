"""`python -m scale`: fill docs/scale.md from the figures of the bench.

A page has `<!-- scale: NAME -->` and `<!-- /scale -->` around what is written.
"""

from __future__ import annotations

from bench.report import FIGURES
from bench.results import read_run
from scale.report import PAGE, filled


def main() -> None:
    """Fill the page."""
    PAGE.write_text(filled(PAGE.read_text("utf-8"), read_run(FIGURES)), "utf-8")


if __name__ == "__main__":
    main()
