"""Files that are looked at until one of them changes; a handful of them needs no library."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn, TypeAlias

EVERY = 0.2
"""Seconds from one look to the next."""

Reads: TypeAlias = Callable[[Path], object]
"""What is told of a file before it is read."""


def whenever(work: Callable[[Reads], object]) -> NoReturn:
    """Work again whenever a file that was read for it changes, until the process is interrupted."""
    while True:
        seen: dict[Path, Stamp] = {}
        work(lambda file: seen.setdefault(file, _stamp(file)))  # noqa: B023 - it ends before seen
        while all(_stamp(file) == stamp for file, stamp in seen.items()):
            time.sleep(EVERY)


Stamp: TypeAlias = tuple[int, int, int] | None
"""What changes when a file is written or replaced; None where there is none."""


def _stamp(file: Path) -> Stamp:
    try:
        status = file.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino
