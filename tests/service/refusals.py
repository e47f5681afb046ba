"""`todo-service serve` where it does not start: imported once, and forked for each command line."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from tests import secrecy
from tests.patience import PATIENCE
from tests.processes import surroundings

SERVE = f"""
import json, os, signal, sys
from todo_service.cli import main

for line in sys.stdin:
    sys.argv[1:], variables, stderr = json.loads(line)
    child = os.fork()
    if not child:
        signal.alarm({PATIENCE:.0f})
        os.environ |= variables
        os.dup2(os.open(stderr, os.O_WRONLY | os.O_CREAT), 2)
        main()
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""


class Refusals:
    """Tries to serve, and fails."""

    def __init__(self, process: subprocess.Popen[str], folder: Path) -> None:
        self._process = process
        self._folder = folder
        self._tries = 0

    def __call__(self, *options: str, **variables: str) -> str:
        """Check that it fails with exit code 2, and return what was said: one line."""
        assert self._process.stdin
        assert self._process.stdout
        self._tries += 1
        stderr = self._folder / f"{self._tries}.txt"
        order = json.dumps([["serve", *options], variables, str(stderr)])
        self._process.stdin.write(f"{order}\n")
        self._process.stdin.flush()
        code = int(self._process.stdout.readline())
        said = stderr.read_text("utf-8").splitlines()
        for line in said:
            secrecy.logged(line)
        assert (code, len(said)) == (2, 1), said
        assert said[0].startswith("todo-service: ")
        return said[0]


@contextmanager
def refusals() -> Iterator[Refusals]:
    """Run the process that is forked."""
    with (
        TemporaryDirectory() as folder,
        subprocess.Popen(
            [sys.executable, "-c", SERVE],
            env=surroundings(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        ) as process,
    ):
        try:
            yield Refusals(process, Path(folder))
        finally:
            process.kill()
