"""`test`: each planted fault is found by its rule, and a sound server has none."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import AsyncIterator, Callable, Iterator
from itertools import cycle
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from structlog.testing import capture_logs

from asyncapi_socketio import testing as tools
from asyncapi_socketio.cli import sources
from asyncapi_socketio.reporting.rule import page
from asyncapi_socketio.testing import replay
from asyncapi_socketio.testing.client import TRANSPORTS, Target, Transport
from asyncapi_socketio.testing.command import command
from asyncapi_socketio.testing.rules import RULES
from asyncapi_socketio.testing.run import PHASES, Plan, Run
from asyncapi_socketio.testing.runner import Failure
from asyncapi_socketio.testing.session import LogEntry
from asyncapi_socketio.testing.snippets import in_node, in_python
from tests.patience import PATIENCE
from tests.processes import running
from tests.testing.faults import LATE, EchoesToTheSender, Sound, every, served

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parent.parent.parent
QUICK = ["--max-examples", "5", "--timeout", str(LATE / 1.5)]


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """Keep what servers in this process log out of what commands print."""
    with capture_logs():
        yield


def first_failure(url: str, patience: float = LATE / 1.5) -> Failure | None:
    """Play every check until one fails."""
    run = Run(sources.contract("asyncapi.yaml"), Plan(url, max_examples=12, timeout=patience))
    try:
        played = (runner.failures(check) for runner, check in run.checks)
        return next((failure for failures in played for failure in failures), None)
    finally:
        run.close()


def test_a_sound_service_is_clean() -> None:
    with served(Sound) as url:
        assert first_failure(url, PATIENCE) is None


MARKS: tuple[tuple[pytest.MarkDecorator, ...], ...] = ((), *[(pytest.mark.thorough,)] * 7)
"""Every eighth fault is planted by `make test`, the others by `make thorough`, too."""


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(fault, id=fault.__name__, marks=marks)
        for fault, marks in zip(every(), cycle(MARKS))
    ],
)
def test_a_planted_fault_is_found(fault: type[Sound]) -> None:
    with served(fault) as url:
        failure = first_failure(url)
    assert failure
    assert failure.rule == fault.rule, failure


ELSEWHERE = {
    "broadcast-outside", "precondition-ignored", "hook",
    "let-in", "unknown-let-in", "connect-error", "namespace-leak",
}  # fmt: skip
"""Rules that the todo service has no part in: test_other_domains.py finds their faults."""


def test_every_rule_finds_a_fault() -> None:
    assert {fault.rule for fault in every()} | ELSEWHERE == {rule.id for rule in RULES}


def test_the_page_of_the_rules_is_fresh(record: bool) -> None:
    file = ROOT / "docs/contract/test-rules.md"
    if record:
        file.write_text(page("Rules of `asyncapi-socketio test`", RULES), "utf-8")
    assert file.read_text("utf-8") == page("Rules of `asyncapi-socketio test`", RULES)


@pytest.fixture
def faulty() -> Iterator[str]:
    """Yield a server whose senders hear of their own changes."""
    with served(EchoesToTheSender) as url:
        yield url


def run(url: str, *options: str) -> Result:
    return CliRunner().invoke(command, [url, *QUICK, *options])


def test_a_failure_is_told_with_what_was_sent_what_came_and_how_to_see_it_again(
    faulty: str,
) -> None:
    result = run(faulty, "--phases", "examples")
    assert result.exit_code == 1
    first, *rest = result.output.splitlines()
    assert first == (
        "asyncapi.yaml:112:3: error: operations/createTodo: todo:create: "
        "the sender itself heard todo:created [broadcast-echo]"
    )
    assert '    > ada emits todo:create {"title": "Buy milk", "completed": false}' in rest
    assert any(line.startswith("    < ada hears todo:created {") for line in rest)
    assert result.output.splitlines()[-1].endswith("4 checks, 3 errors")


@pytest.mark.parametrize(
    ("write", "program"),
    [(in_node, ["node", "--input-type=module", "-"]), (in_python, [sys.executable, "-"])],
    ids=["Node", "Python"],
)
def test_a_snippet_makes_it_happen_again(
    faulty: str, write: Callable[..., str], program: list[str]
) -> None:
    failure = first_failure(faulty)
    assert failure
    again = subprocess.run(
        program,
        input=write(failure.entries, Target(faulty, "/")),
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        timeout=PATIENCE,
        check=True,
    )
    lines = again.stdout.splitlines()
    assert any(line.startswith("ada is acked") for line in lines)
    assert any(line.startswith("ada hears todo:created") for line in lines)


def test_what_the_server_made_up_is_taken_from_its_acks() -> None:
    key = "8c6e7a52-3f0b-4b9d-9c1e-2a4f6d8b0e13"
    entries = (
        LogEntry("ada", "emits", "todo:create", ({"title": "x" * 256},)),
        LogEntry("ada", "is acked", "todo:create", ({"data": key},)),
        LogEntry("bob", "emits", "todo:read", (key,), asked=False),
    )
    target = Target("http://localhost:3000", "/todos", "polling", {"token": "abc"})
    node, python = in_node(entries, target), in_python(entries, target)
    assert 'emitWithAck("todo:create", {"title": "x".repeat(256)})' in node
    assert 'bob.emit("todo:read", ack1["data"]);' in node
    assert 'io("http://localhost:3000/todos", {' in node
    assert "await ada.call('todo:create', ({'title': 'x' * 256},), namespace='/todos'" in python
    assert "await bob.emit('todo:read', (ack1[\"data\"],), namespace='/todos')" in python
    assert "auth={'token': 'abc'}" in python


def test_the_formats_say_the_same(faulty: str) -> None:
    said = {
        form: run(faulty, "--phases", "examples", "--format", form).stdout
        for form in ("json", "junit", "sarif")
    }
    findings = json.loads(said["json"])["findings"]
    assert {item["rule"] for item in findings} == {"broadcast-echo"}
    suite = ET.fromstring(said["junit"])
    failed = [case.get("name") for case in suite if case.find("failure") is not None]
    assert (len(suite.findall("testcase")), set(failed)) == (
        4,
        {item["check"] for item in findings},
    )
    results = json.loads(said["sarif"])["runs"][0]["results"]
    assert [item["ruleId"] for item in results] == ["broadcast-echo"] * 3


def test_what_was_saved_is_replayed_until_it_is_mended(faulty: str, tmp_path: Path) -> None:
    file, report = tmp_path / "failures.json", tmp_path / "report.html"
    run(faulty, "--phases", "examples", "--save", str(file), "--html", str(report))
    again = CliRunner().invoke(replay.command, [str(file), faulty])
    assert again.exit_code == 1
    assert again.output.count("[broadcast-echo]") == 3
    with served(Sound) as url:
        mended = CliRunner().invoke(replay.command, [str(file), url])
    assert mended.exit_code == 0
    html = report.read_text("utf-8")
    assert "the sender itself heard todo:created" in html
    assert "src=" not in html
    assert "http" not in html.replace(faulty, "")


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        (["--phases", "guessing"], "no phase 'guessing'"),
        (["--auth", "{"], "--auth is not valid JSON"),
        (["--contract", "none.yaml"], "none.yaml"),
    ],
)
def test_what_can_not_run_is_one_line_and_exit_code_2(options: list[str], problem: str) -> None:
    result = run("http://127.0.0.1:9", *options)
    assert result.exit_code == 2
    assert problem in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_without_a_server_nothing_runs() -> None:
    result = run("http://127.0.0.1:9")
    assert result.exit_code == 2
    assert result.stderr.startswith("Error: can't connect to http://127.0.0.1:9/")


class Guarded(Sound):
    """Lets in who knows the word."""

    def admits(self, namespace: str, auth: Any) -> tuple[str, Any] | None:
        return None if auth == {"word": "sesame"} else ("no", None)


def test_a_guarded_server_is_entered_with_auth() -> None:
    with served(Guarded) as url:
        outside = run(url, "--phases", "examples")
        inside = run(url, "--phases", "examples", "--auth", '{"word": "sesame"}')
    assert (outside.exit_code, inside.exit_code) == (2, 0), inside.output
    assert outside.stderr.startswith("Error: can't connect")


@pytest.fixture
async def service(tmp_path: Path) -> AsyncIterator[str]:
    """Yield the service as its operator starts it, on SQLite."""
    async with running("--database", f"sqlite:///{tmp_path}/todos.db") as process:
        yield process.url


@pytest.mark.parametrize("transport", TRANSPORTS)
async def test_our_service_is_clean_in_a_suite_of_ones_own(
    service: str, transport: Transport
) -> None:
    await asyncio.to_thread(
        tools.test,
        service,
        max_examples=10,
        transport=transport,
        phases=PHASES,
        seed=1,
        timeout=PATIENCE,
    )


def test_the_plugin_gives_a_project_its_tester(pytester: pytest.Pytester, faulty: str) -> None:
    pytester.path.joinpath("asyncapi.yaml").write_bytes((ROOT / "asyncapi.yaml").read_bytes())
    pytester.makepyfile(
        f"""
        def test_api(asyncapi_socketio):
            asyncapi_socketio.test("{faulty}", phases=["examples"])
        """
    )
    result = pytester.runpytest_subprocess()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*the sender itself heard todo:created*"])
