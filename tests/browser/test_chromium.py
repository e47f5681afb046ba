"""Without a Chromium nothing passes silently: what is missing is said, and what to do."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.browser import chromium
from tests.generate.test_cases import run

PYTEST = (sys.executable, "-m", "pytest", "tests/browser/test_todomvc.py")


def test_what_is_missing_names_the_command_that_brings_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("CHROMIUM", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(chromium, "PACKAGE", tmp_path / "none")
    with pytest.raises(chromium.NoChromium, match="run `npm ci`"):
        chromium.find()


@pytest.mark.slow
def test_a_run_without_one_fails_and_says_so() -> None:
    result = run(*PYTEST, "-k", "counter", CHROMIUM="/nowhere")
    assert result.returncode == 1
    assert "CHROMIUM=/nowhere is no program" in result.stdout
    assert "passed" not in result.stdout
    assert "skipped" not in result.stdout
