"""`python -m scale`: fill docs/scale.md and docs/operating.md from the figures of the bench.

A page has `<!-- scale: NAME -->` and `<!-- /scale -->` around what is written.
"""

from __future__ import annotations

from bench.report import FIGURES
from bench.results import read_run
from scale.report import PAGES, filled


def main() -> None:
    """Fill the pages."""
    run = read_run(FIGURES)
    for page in PAGES:
        page.write_text(filled(page.read_text("utf-8"), run), "utf-8")


if __name__ == "__main__":
    main()
