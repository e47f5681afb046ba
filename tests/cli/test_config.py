"""What a project has set once holds for each command, and what it can't have meant is an error."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from asyncapi_socketio.cli.main import main
from asyncapi_socketio.reporting.finding import Finding, Severity
from asyncapi_socketio.reporting.report import adjusted
from tests.docs.pages import blocks, text
from tests.generate.test_cases import ROOT

CONTRACT = (ROOT / "asyncapi.yaml").read_text("utf-8")
LOOSE = CONTRACT.replace("      maxLength: 256\n", "")
UNBOUNDED = "components/schemas/Title: a string of any length: add maxLength"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder that has a contract with one finding, `api/asyncapi.yaml`."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "api").mkdir()
    (tmp_path / "api" / "asyncapi.yaml").write_text(LOOSE, "utf-8")
    return tmp_path


def sets(project: Path, settings: str, file: str = "asyncapi-socketio.toml") -> None:
    (project / file).write_text(settings, "utf-8")


def run(*arguments: str, stdin: str | None = None) -> Result:
    return CliRunner().invoke(main, arguments, stdin)


def test_the_contract_is_found_from_any_folder_of_the_project(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sets(project, '[tool.asyncapi-socketio]\ncontract = "api/asyncapi.yaml"\n', "pyproject.toml")
    assert run("lint").stdout.startswith("api/asyncapi.yaml:")
    (project / "src").mkdir()
    monkeypatch.chdir(project / "src")
    assert run("lint").stdout.startswith("../api/asyncapi.yaml:")


def test_a_pyproject_without_the_table_is_passed_by(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sets(project, 'contract = "api/asyncapi.yaml"\n')
    (project / "src").mkdir()
    sets(project / "src", "[tool.ruff]\n", "pyproject.toml")
    monkeypatch.chdir(project / "src")
    assert run("lint").stdout.startswith("../api/asyncapi.yaml:")


def test_the_command_line_goes_first(project: Path) -> None:
    sets(project, 'contract = "nowhere.yaml"\n[lint]\nformat = "json"\n')
    told = run("lint", "--contract", "api/asyncapi.yaml")
    assert [item["rule"] for item in json.loads(told.stdout)["findings"]] == ["unbounded"]
    assert "1 warning" in run("lint", "--contract", "api/asyncapi.yaml", "--format", "text").stdout


@pytest.mark.parametrize(
    ("severity", "verdict", "code"),
    [
        ("off", "no findings", 0),
        ("note", "1 note", 0),
        ("warning", "1 warning", 1),
        ("error", "1 error", 1),
    ],
)
def test_a_rule_is_as_severe_as_the_project_says(
    project: Path, severity: str, verdict: str, code: int
) -> None:
    sets(project, f'contract = "api/asyncapi.yaml"\n[lint.rules]\nunbounded = "{severity}"\n')
    told = run("lint")
    assert told.stdout.splitlines()[-1] == f"api/asyncapi.yaml: {verdict}"
    assert told.exit_code == code
    assert run("lint", "--rule", f"unbounded={severity}").stdout == told.stdout


@pytest.mark.parametrize(
    ("severity", "found"),
    [
        ("off", "patch"),
        ("safe", "1 safe; it is compatible: 1.2.0, needs 1.3.0 at least"),
        ("dangerous", "1 dangerous; it breaks old clients: 1.2.0, needs 2.0.0 at least"),
        ("breaking", "1 breaking; it breaks old clients: 1.2.0, needs 2.0.0 at least"),
    ],
)
def test_a_change_is_at_most_as_severe(project: Path, severity: str, found: str) -> None:
    sets(project, f'[breaking]\nagainst = "old.yaml"\nrules = {{bound-loosened = "{severity}"}}\n')
    (project / "old.yaml").write_text(CONTRACT, "utf-8")
    last = run("breaking", "--contract", "api/asyncapi.yaml").stdout.splitlines()[-1]
    only_texts = "1 error; only texts differ: 1.2.0, needs 1.2.1 at least"
    expected = only_texts if found == "patch" else f"1 error, {found}"
    assert last == f"api/asyncapi.yaml: {expected}"


def test_what_is_safe_or_waived_is_not_made_worse() -> None:
    severities: list[Severity] = ["breaking", "dangerous", "safe", "note"]
    found = [Finding("bound-tightened", item, "asyncapi.yaml", (), "") for item in severities]
    rated = adjusted(found, {"bound-tightened": "dangerous"})
    assert [item.severity for item in rated] == ["dangerous", "dangerous", "safe", "note"]


SETTINGS: Mapping[str, str] = {
    '[test]\nmax-exmples = 1': "test/max-exmples: unknown key: did you mean 'max-examples'?",
    '[tset]\nseed = 1': "tset: unknown key: did you mean 'test'?",
    "colour = true": "colour: unknown key: there are contract, allow-remote, init, lint,",
    '[test]\nmax-examples = "many"': "test/max-examples: 'many' is not a valid integer.",
    "[test]\nmax-examples = [1]": "test/max-examples: [1] is not one value",
    '[test]\nexclude = "a"': "test/exclude: 'a' is not a list",
    'allow-remote = "yes"': "allow-remote: 'yes' is neither true nor false",
    '[test]\nhooks = "hooks.py"': "test/hooks: Path 'hooks.py' does not exist.",
    '[test.rules]\nrevivd = "off"': "test/rules: no rule 'revivd': did you mean 'revived'?",
    '[test.rules]\nrevived = "safe"': "test/rules: revived is error, warning, note or off, not",
    '[test]\nrules = "off"': "test/rules: not a table: write [test.rules]",
    'test = "all"': "test: not a table: write [test]",
    "[test]\nexplain = true": "test/explain: unknown key: ",
    "[test": "is not valid TOML: ",
}  # fmt: skip


@pytest.mark.parametrize("settings", SETTINGS)
def test_what_can_not_be_meant_is_one_line(project: Path, settings: str) -> None:
    sets(project, settings)
    told = run("test", "http://localhost:9", "--contract", "api/asyncapi.yaml")
    assert told.exit_code == 2
    assert told.stdout == ""
    assert told.stderr.startswith(f"Error: asyncapi-socketio.toml: {SETTINGS[settings]}")
    assert told.stderr.count("\n") == 1


def test_the_table_of_another_command_is_read_when_it_runs(project: Path) -> None:
    sets(project, 'contract = "api/asyncapi.yaml"\n[test]\nmax-exmples = 1\n')
    assert run("lint").exit_code == 1
    assert run("test").exit_code == 2


@pytest.mark.parametrize("command", ["generate", "lint", "breaking", "test"])
def test_the_settings_of_the_documentation_are_valid(project: Path, command: str) -> None:
    (settings,) = blocks(text("contract/configuration.md"), "toml")
    sets(project, settings, "pyproject.toml")
    (project / "tests").mkdir()
    (project / "tests" / "hooks.py").touch()
    named = re.findall(r"^\[tool\.asyncapi-socketio\.(\w+)", settings, re.MULTILINE)
    assert command in named
    assert run(command, "--help").exit_code == 0


def test_each_target_goes_where_the_project_says(project: Path) -> None:
    sets(project, 'contract = "api/asyncapi.yaml"\n[generate]\npython = "src/chat/generated"\n')
    told = run("generate")
    assert (told.output, told.exit_code) == ("", 0)
    assert (project / "src/chat/generated/operations.py").exists()
    assert run("generate", "--check").exit_code == 0
    assert {path.name for path in project.iterdir() if path.is_dir()} == {"api", "src"}


def test_a_contract_comes_from_stdin(project: Path) -> None:
    told = run("lint", "--contract", "-", stdin=LOOSE)
    line = LOOSE.splitlines().index("    Title:") + 1
    assert told.stdout.startswith(f"stdin:{line}:5: warning: {UNBOUNDED}")
    compared = run("breaking", "--contract", "-", "--against", "api/asyncapi.yaml", stdin=LOOSE)
    assert compared.exit_code == 0
    both = run("breaking", "--contract", "-", "--against", "-", stdin=LOOSE)
    assert both.exit_code == 2
    assert "stdin holds one contract, not two." in both.stderr


def test_findings_are_annotations_of_a_change(project: Path) -> None:
    told = run("lint", "--contract", "api/asyncapi.yaml", "--format", "github").stdout
    line = LOOSE.splitlines().index("    Title:") + 1
    assert told.splitlines() == [
        f"::warning file=api/asyncapi.yaml,line={line},col=5,title=unbounded::{UNBOUNDED}",
        "api/asyncapi.yaml: 1 warning",
    ]


def test_an_annotation_is_one_line_and_names_only_files_that_are_there(project: Path) -> None:
    (project / "old.yaml").write_text(CONTRACT, "utf-8")
    told = run(
        "breaking", "--contract", "-", "--against", "old.yaml", "--format", "github", stdin=LOOSE
    ).stdout
    removed, lag, verdict = told.splitlines()
    assert removed.startswith("::error file=old.yaml,line=")
    assert "%0Aold clients break when they read " in removed
    assert lag.startswith("::error title=version-not-bumped::stdin: info/version: ")
    assert verdict.startswith("stdin: 1 error, 1 breaking; ")
