"""Prose of the contract as Python docstrings, within the linter's width."""

from __future__ import annotations

import re
import textwrap

WIDTH = 100
"""Characters that a line of generated Python may have; the linter's `line-length`."""


def docstring(first: str, rest: str = "", indent: int = 0) -> str:
    """Return a docstring, in quotes, of a first line and a paragraph."""
    pad = " " * indent
    lines = [f"{pad}{line}".rstrip() for line in lines_of(first, rest, WIDTH - indent)]
    end = f"\n{pad}" if len(lines) > 1 else ""
    return '"""' + "\n".join(lines).strip() + end + '"""'


def lines_of(first: str, rest: str, width: int) -> list[str]:
    """Lay prose out as a docstring's lines: one that sums up, an empty one, and the rest."""
    first, rest = _escaped(first), _escaped(rest)
    room = width - len('""""""')
    if len(first) > room:
        first, rest = f"{first[: room - 2].rsplit(' ', 1)[0]} …", f"{first} {rest}"
    return [first, "", *textwrap.wrap(rest, width)] if rest.strip() else [first]


def summary_of(text: str) -> tuple[str, str]:
    """Split prose into its first sentence and the rest."""
    first, _, rest = re.sub(r"\s+", " ", text).strip().partition(". ")
    return (f"{first}.", rest) if rest else (first, "")


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"""', "'''")
