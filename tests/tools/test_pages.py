"""The page is measured, and what is written of it follows from one run."""

from __future__ import annotations

from pathlib import Path

import pytest

from pages.__main__ import measure
from pages.clients import OURS, REACTS
from pages.examples import Repository
from pages.report import PAGE, filled, read_run

LISTS = """<!doctype html>
<ul class="todo-list"></ul>
<script>
for (const { title } of JSON.parse(localStorage.todos)) {
  const row = document.createElement("li");
  row.innerHTML = `<input class="toggle" type="checkbox">${title}`;
  row.firstChild.onclick = () => row.classList.toggle("completed");
  document.querySelector(".todo-list").append(row);
}
</script>
"""


def test_the_page_has_the_figures_of_the_run_that_is_kept() -> None:
    text = PAGE.read_text("utf-8")
    assert "<!-- pages -->" in text
    assert filled(text, read_run()) == text


@pytest.mark.slow
async def test_a_short_run_measures_our_page_and_another(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text(LISTS, "utf-8")
    run = await measure({REACTS: tmp_path}, (3,), 1)
    for name in (OURS, REACTS):
        [found] = run["figures"][name]["3"]
        assert found.pop("rows") == 3
        assert (found.pop("raw_kib") > 0) is (name == OURS)
        assert (found.pop("gzip_kib") > 0) is (name == OURS)
        assert min(found.values()) > 0


def test_what_can_not_be_cloned_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_ALLOW_PROTOCOL", "file")
    with pytest.raises(SystemExit, match="put its commit 1a2b3c into"):
        Repository("nobody/nothing", "1a2b3c", ("src",)).checkout(tmp_path)
