"""The site of the documentation: what is wrong with a page stops it."""

from __future__ import annotations

from pathlib import Path

import pytest

from website import links
from website.sources import ROOT
from website.zensical import SETTINGS, Failed, build


def test_a_link_that_leads_nowhere_is_named_with_its_page(tmp_path: Path) -> None:
    (tmp_path / "there.html").write_text('<h1 id="here">There</h1>')
    (tmp_path / "page.html").write_text(
        '<a href="there.html#here"><a href="there.html#gone"><a href="/gone"><img src="no.png">'
        '<a href="https://elsewhere.example/">'
    )
    assert [*links.broken(tmp_path)] == [
        "page.html: /gone leads nowhere",
        "page.html: no.png leads nowhere",
        "page.html: there.html#gone leads nowhere",
    ]


@pytest.mark.slow
def test_a_page_that_links_to_no_page_is_not_built(tmp_path: Path) -> None:
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages" / "README.md").write_text("# Site\n\n[More](more.md)\n")
    with pytest.raises(Failed, match=r"README\.md"):
        build(tmp_path)


@pytest.mark.parametrize("page", sorted((ROOT / "docs").rglob("*.md")), ids=lambda page: page.stem)
def test_every_page_is_in_the_navigation(page: Path) -> None:
    assert f'"{page.relative_to(ROOT)}"' in SETTINGS.read_text("utf-8")
