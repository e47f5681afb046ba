"""mypy in strict mode, on a file of a user's: it finds each mistake in it, and nothing else."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from tests.generate.test_cases import ROOT, run

USAGE = Path(__file__).parent / "usage.py"
MARK = re.compile(r"  # type: ignore\[([\w-]+)\]$", re.MULTILINE)


@pytest.mark.slow
def test_a_wrong_payload_and_a_forgotten_case_are_errors(tmp_path: Path) -> None:
    marked = {
        (number, code[1])
        for number, line in enumerate(USAGE.read_text("utf-8").splitlines(), 1)
        if (code := MARK.search(line))
    }
    assert len(marked) == 12
    (tmp_path / "usage.py").write_text(MARK.sub("", USAGE.read_text("utf-8")), "utf-8")
    shutil.copytree(ROOT / "examples" / "chat" / "chat", tmp_path / "chat")

    result = run("mypy", "--strict", "--config-file=", "usage.py", cwd=tmp_path)

    found = re.findall(r"^usage\.py:(\d+): error: .*\[([\w-]+)\]$", result.stdout, re.MULTILINE)
    assert {(int(number), code) for number, code in found} == marked, result.stdout
    assert result.stdout.endswith(f"Found {len(found)} errors in 1 file (checked 1 source file)\n")
