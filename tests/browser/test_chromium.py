"""Without a Chromium nothing passes silently: what is missing is said, and what to do."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.browser import chromium
from tests.browser.conftest import headless


def test_what_is_missing_names_the_command_that_brings_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("CHROMIUM", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(chromium, "PACKAGE", tmp_path / "none")
    with pytest.raises(chromium.NoChromium, match="run `npm ci`"):
        chromium.find()


def test_a_test_without_one_fails_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHROMIUM", "/nowhere")
    with pytest.raises(pytest.fail.Exception, match="CHROMIUM=/nowhere is no program"):
        headless()
