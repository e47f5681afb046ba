"""The links of a built site: those that lead nowhere."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit


class Page(HTMLParser):
    """What a page links to, fetches, and has an address within."""

    def __init__(self, text: str) -> None:
        """Read a page."""
        super().__init__()
        self.links: set[str] = set()
        self.anchors = {"", "__skip"}
        self.feed(text)

    def handle_starttag(self, _tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element's links and addresses."""
        found = dict(attrs)
        self.links |= {value for key in ("href", "src") if (value := found.get(key))}
        self.anchors |= {value for key in ("id", "name") if (value := found.get(key))}


@cache
def read(path: Path) -> Page:
    """Read a page of the site, once."""
    return Page(path.read_text("utf-8"))


def broken(site: Path) -> Iterator[str]:
    """Yield a line for each link within the site to a page, file or anchor that is not there."""
    for path in sorted(site.rglob("*.html")):
        for link in sorted(read(path).links):
            if not _leads(site, path, link):
                yield f"{path.relative_to(site)}: {link} leads nowhere"


def _leads(site: Path, page: Path, link: str) -> bool:
    parts = urlsplit(link)
    if parts.scheme or parts.netloc:
        return True
    target = _target(site, page, unquote(parts.path))
    if not target.exists():
        return False
    return target.suffix != ".html" or unquote(parts.fragment) in read(target).anchors


def _target(site: Path, page: Path, path: str) -> Path:
    base = site if path.startswith("/") else page.parent
    target = base / path.lstrip("/") if path else page
    return target / "index.html" if target.is_dir() else target
