"""A file that is there when it is whole, and not before."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory


@contextmanager
def new_file(path: Path, *, replace: bool) -> Iterator[Path]:
    """Yield where to write a file that is moved to `path` at the end, once it is on the disk.

    After an error, `path` is as it was. Raises `FileExistsError` for what is there already, unless
    it is to be replaced, and any other `OSError`.
    """
    _refuse_existing(path, replace=replace)
    with TemporaryDirectory(dir=path.parent, prefix=f".{path.name}-") as folder:
        part = Path(folder, path.name)
        yield part
        _sync(part)
        _refuse_existing(path, replace=replace)
        part.replace(path)
        _sync(path.parent)


def _refuse_existing(path: Path, *, replace: bool) -> None:
    if path.is_dir() or (path.exists() and not replace):
        raise FileExistsError(str(path))


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
