"""`python -m codegen`: fresh or stale, the same bytes anywhere, and a handler that is missing."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

from asyncapi_socketio.generate import generate

from .test_cases import CASES, ROOT, run

CODEGEN = (sys.executable, "-m", "codegen")


def generated(folder: Path) -> dict[str, str]:
    return {
        str(file.relative_to(folder)): file.read_text("utf-8")
        for file in folder.rglob("*")
        if file.is_file()
    }


@pytest.mark.slow
def test_what_is_committed_is_fresh() -> None:
    result = run(*CODEGEN, "--check")
    assert result.stdout == ""
    assert result.returncode == 0


@pytest.mark.slow
def test_a_stale_file_is_shown_and_left_alone(tmp_path: Path) -> None:
    arguments = ["--contract", CASES / "plain_json" / "asyncapi.yaml", "--out", tmp_path]
    assert run(*CODEGEN, *arguments).returncode == 0
    models = tmp_path / "python" / "models.py"
    models.write_text(models.read_text("utf-8").replace("str", "int"), "utf-8")
    left_over = tmp_path / "python" / "schemas" / "gone.payload.json"
    left_over.write_text("{}\n", "utf-8")
    before = generated(tmp_path)

    result = run(*CODEGEN, *arguments, "--check")

    assert result.returncode == 1
    assert "-HelloPayload: TypeAlias = int\n+HelloPayload: TypeAlias = str\n" in result.stdout
    assert "gone.payload.json" in result.stdout
    assert generated(tmp_path) == before

    assert run(*CODEGEN, *arguments).returncode == 0
    assert run(*CODEGEN, *arguments, "--check").returncode == 0
    assert not left_over.exists()


@pytest.mark.slow
@pytest.mark.parametrize(("seed", "zone"), [("0", "UTC"), ("1", "Asia/Tokyo"), ("random", "")])
def test_the_output_is_the_same_anywhere_and_at_any_time(
    tmp_path: Path, seed: str, zone: str
) -> None:
    case = CASES / "shapes"
    contract = case / "asyncapi.yaml"
    result = run(
        *CODEGEN, "--contract", contract, "--out", tmp_path / "out",
        cwd=tmp_path, PYTHONHASHSEED=seed, TZ=zone, LC_ALL="C", PYTHONPATH=str(ROOT),
    )  # fmt: skip
    assert result.stderr == ""
    assert generated(tmp_path / "out") == generate(
        contract.read_text("utf-8"), command="make generate"
    )


def test_a_missing_contract_is_one_line() -> None:
    result = run(*CODEGEN, "--contract", "nowhere.yaml")
    assert result.returncode == 2
    assert result.stderr == "[Errno 2] No such file or directory: 'nowhere.yaml'\n"


@pytest.mark.slow
def test_without_node_it_says_what_to_run(tmp_path: Path) -> None:
    (tmp_path / "ruff").symlink_to(str(shutil.which("ruff")))
    contract = CASES / "plain_json" / "asyncapi.yaml"
    result = run(*CODEGEN, "--contract", contract, "--out", tmp_path / "out", PATH=str(tmp_path))
    assert result.returncode == 2
    assert result.stderr == (
        "node is not on the PATH: install Node.js 20 or newer, or write --target python only\n"
    )


ARCHIVE = """
  archiveTodo:
    action: receive
    title: Archive a todo
    channel:
      $ref: '#/channels/todos'
    messages:
      - $ref: '#/channels/todos/messages/archive'
    reply:
      channel:
        $ref: '#/channels/todos'
      messages:
        - $ref: '#/channels/todos/messages/done'
        - $ref: '#/channels/todos/messages/refused'
"""


@pytest.mark.slow
def test_a_new_event_names_the_handler_that_is_missing(tmp_path: Path) -> None:
    for part in ("src", "codegen", "pyproject.toml"):
        copy = shutil.copytree if (ROOT / part).is_dir() else shutil.copy
        copy(ROOT / part, tmp_path / part)
    (tmp_path / "node_modules").symlink_to(ROOT / "node_modules")
    contract = (ROOT / "asyncapi.yaml").read_text("utf-8")
    contract = contract.replace("\noperations:\n", f"\noperations:{ARCHIVE}", 1).replace(
        "    messages:\n      list:\n",
        "    messages:\n      archive: {name: todo:archive}\n      list:\n",
        1,
    )
    (tmp_path / "asyncapi.yaml").write_text(contract, "utf-8")

    assert run(*CODEGEN, cwd=tmp_path).returncode == 0

    checked = run("mypy", "src", cwd=tmp_path)
    assert checked.returncode == 1
    assert "archive_todo" in checked.stdout
    assert "app.py" in checked.stdout
    served = run(
        sys.executable, "-m", "todo_service", "serve", "--database", "memory:", "--port", "0",
        cwd=tmp_path, PYTHONPATH=str(tmp_path / "src"),
    )  # fmt: skip
    assert served.returncode == 2
    assert served.stderr == (
        "todo-service: operations/archiveTodo: TodoHandlers has no method 'archive_todo'\n"
    )
