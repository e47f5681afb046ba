"""`python -m website`: the documentation as a site, in `build/site/html`.

Exits 1 when a link of it leads nowhere.
"""

from __future__ import annotations

import sys
from pathlib import Path

import click

from website import links
from website.sources import ROOT, write
from website.zensical import Failed, build

OUT = ROOT / "build" / "site"


@click.command()
@click.option(
    "--out", type=click.Path(path_type=Path), default=OUT, help="Where pages/ and html/ go."
)
def main(out: Path) -> None:
    """Build the site from README.md, docs/ and whatever they link to."""
    write(out / "pages")
    try:
        site = build(out)
    except Failed as error:
        sys.exit(str(error))
    broken = [*links.broken(site)]
    if broken:
        sys.exit("\n".join(broken))
    click.echo(f"Look at it: python -m http.server --directory {site}")


if __name__ == "__main__":
    main(prog_name="python -m website")
