"""What people write is theirs: no test may find a stored title in a line of the log.

Every title that someone in the suite emits is looked for in all that is logged meanwhile, by this
process at level info and above, and by the served processes that it listens to.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path

import pytest
import structlog

SHORTEST = 6
"""Characters of a title that is looked for; shorter ones are found anywhere."""

_TITLE = re.compile(r'"title":("(?:[^"\\]|\\.)*")')

ROOT = Path(__file__).parents[1]

titles: set[str] = set()
lines: list[str] = []


def emitted(args: Iterable[object]) -> None:
    """Remember the titles in the arguments of an event."""
    for value in args:
        title = value.get("title") if isinstance(value, dict) else None
        if isinstance(title, str) and len(title.strip()) >= SHORTEST:
            titles.add(title)


def written(text: str) -> None:
    """Remember the titles in what is written to a socket."""
    for found in _TITLE.findall(text):
        with suppress(ValueError):  # of what is malformed on purpose
            emitted([{"title": json.loads(found)}])


def logged(line: str) -> None:
    """Remember a line of a served process, unless it is of level debug."""
    if "[debug" not in line and '"level": "debug"' not in line:
        lines.append(line)


class _Listener(logging.Handler):
    """Takes what the libraries log in this process, tracebacks included."""

    def emit(self, record: logging.LogRecord) -> None:
        lines.append(self.format(record))


def _take(_: object, name: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """Take what the service logs in this process."""
    if name != "debug":
        lines.append(repr(event))
    return event


@cache
def _sources() -> str:
    """Return our own words: Hypothesis draws titles from them, and the log is made of them."""
    files = [file for folder in ("src", "packages") for file in (ROOT / folder).rglob("*.py")]
    return "".join(file.read_text("utf-8") for file in files)


@pytest.fixture(autouse=True, scope="session")
def listening() -> Iterator[None]:
    """Listen to all that is logged."""
    listener = _Listener(logging.INFO)
    logging.getLogger().addHandler(listener)
    structlog.configure(processors=[_take, *structlog.get_config()["processors"]])
    yield
    logging.getLogger().removeHandler(listener)


@pytest.fixture(autouse=True)
def secrecy() -> Iterator[None]:
    """Fail a test that has left a title in the log."""
    titles.clear()
    lines.clear()
    yield
    told = titles - {title for title in titles if title in _sources()}
    assert [(title, line) for title in told for line in lines if title in line] == []
