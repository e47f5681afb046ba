"""`test` at servers that are no CRUD: correct ones are clean, and each planted bug is found."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path
from typing import TypeAlias

import pytest
from click.testing import CliRunner

from asyncapi_socketio.cli import sources
from asyncapi_socketio.testing.access import Credentials, credentials
from asyncapi_socketio.testing.checks import Phase
from asyncapi_socketio.testing.command import command
from asyncapi_socketio.testing.run import PHASES, Plan, Run
from asyncapi_socketio.testing.runner import Failure
from tests.patience import PATIENCE

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parent.parent.parent
SERVERS = Path(__file__).parent / "servers"
Failures: TypeAlias = Generator[Failure, None, None]
MARKS: tuple[tuple[pytest.MarkDecorator, ...], ...] = (*[(pytest.mark.thorough,)] * 19, ())
"""Every twentieth bug is planted by `make test`, the others by `make thorough`, too."""
IN_TIME = 2.0
"""Seconds that an ack may take where one planted bug takes longer."""


@dataclass(frozen=True)
class Domain:
    """A server of another domain, its contract beside it, and how to get in."""

    file: str
    auth: tuple[str, ...] = ()
    path: str = "/socket.io"
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def contract(self) -> str:
        """Where its contract is."""
        return str((SERVERS / self.file).with_suffix(".yaml"))

    @property
    def bugs(self) -> list[str]:
        """The bugs that can be planted in it, as its program names them."""
        text = (SERVERS / self.file).read_text("utf-8")
        return [*dict.fromkeys(re.findall(r'(?<![.\w])has\("([^"]+)"\)', text))]

    @property
    def credentials(self) -> Credentials:
        """What its clients enter with."""
        return credentials(self.auth)


DOMAINS = (
    Domain(
        "chat.mjs",
        auth=(
            'ada={"token": "ada-token"}',
            'bob={"token": "bob-token"}',
            'ada@/moderators={"token": "mia-token"}',
            'bob@/moderators={"token": "max-token"}',
        ),
    ),
    Domain("board.mjs"),
    Domain("teams.mjs", auth=('ada={"token": "ada-token"}', 'bob={"token": "bob-token"}')),
    Domain("ticker.py", path="/feed", headers={"Authorization": "Bearer ada"}),
)


@contextmanager
def served(domain: Domain, bug: str = "") -> Iterator[str]:
    """Yield the address of a server in a process of its own."""
    program = "node" if domain.file.endswith(".mjs") else sys.executable
    command = [program, str(SERVERS / domain.file), bug]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout
            yield f"http://127.0.0.1:{int(process.stdout.readline())}"
        finally:
            process.kill()


def tried(domain: Domain, url: str, timeout: float, *phases: Phase, examples: int = 30) -> Failures:
    """Try every check with a few inputs."""
    plan = Plan(
        url,
        phases or PHASES,
        max_examples=examples,
        timeout=timeout,
        auth=domain.credentials,
        path=domain.path,
        headers=domain.headers,
    )
    run = Run(sources.contract(domain.contract), plan)
    for _, failures in run.failures():
        yield from failures


@pytest.mark.parametrize("examples", [2, pytest.param(30, marks=pytest.mark.thorough)])
@pytest.mark.parametrize("domain", DOMAINS, ids=lambda domain: domain.file)
def test_a_correct_server_of_another_domain_is_clean(domain: Domain, examples: int) -> None:
    with served(domain) as url:
        assert [*tried(domain, url, PATIENCE, examples=examples)] == []


@pytest.mark.parametrize(
    ("domain", "bug"),
    [
        pytest.param(domain, bug, id=f"{domain.file}: {bug}", marks=marks)
        for domain in DOMAINS
        for bug, marks in zip(domain.bugs, cycle(MARKS))
    ],
)
def test_a_bug_planted_in_it_is_found(domain: Domain, bug: str) -> None:
    with served(domain, bug) as url:
        found = tried(domain, url, IN_TIME)
        assert next(found, None) is not None
        found.close()


def test_the_planted_bugs_are_many() -> None:
    assert sum(len(domain.bugs) for domain in DOMAINS) >= 40


@pytest.mark.parametrize(
    ("bug", "rule"),
    [
        ("needs no token", "let-in"),
        ("refuses without a code", "connect-error"),
        ("speaks through walls", "precondition-ignored"),
        ("tells everybody", "broadcast-outside"),
        pytest.param("tells nobody", "broadcast-missing", marks=pytest.mark.thorough),
    ],
)
def test_who_may_enter_and_hear_has_rules_of_its_own(bug: str, rule: str) -> None:
    with served(DOMAINS[0], bug) as url:
        rules = {
            failure.rule
            for failure in tried(DOMAINS[0], url, IN_TIME, "access", "examples", "boundaries")
        }
    assert rule in rules


@pytest.mark.parametrize(
    ("bug", "rule"),
    [
        ("lets any token in", "unknown-let-in"),
        ("compares the start of a token", "unknown-let-in"),
        ("tells other teams", "namespace-leak"),
    ],
)
def test_teams_are_kept_apart(bug: str, rule: str) -> None:
    (teams,) = (domain for domain in DOMAINS if domain.file == "teams.mjs")
    with served(teams, bug) as url:
        assert rule in {failure.rule for failure in tried(teams, url, IN_TIME, "access")}


HOOKS = """
def auth(namespace, client):
    moderators = {"ada": "mia", "bob": "max"}
    name = moderators[client] if namespace == "/moderators" else client
    return {"token": f"{name}-token"}

def payload(event, value):
    return {**value, "room": "kitchen"} if event == "room:join" else value

def after_call(client, event, args, ack):
    assert event != "room:join" or "members" not in ack[0], "somebody is there"
"""


def test_a_file_of_hooks_says_who_enters_and_judges_each_call(tmp_path: Path) -> None:
    hooks = tmp_path / "hooks.py"
    hooks.write_text(HOOKS, "utf-8")
    options = ["--hooks", str(hooks), "--contract", DOMAINS[0].contract, "--phases", "fuzzing"]
    with served(DOMAINS[0]) as url:
        result = CliRunner().invoke(command, [url, *options, "--include", "room:join"])
    assert "room:join: somebody is there [hook]" in result.stdout
    assert result.stdout.splitlines()[-1].endswith("2 checks, 1 error")


def test_what_is_excluded_is_not_played_and_time_is_kept() -> None:
    chat = DOMAINS[0]
    auth = [word for text in chat.auth for word in ("--auth", text)]
    options = ["--contract", chat.contract, *auth, "--exclude", "*:*", "--exclude", "/*"]
    with served(chat) as url:
        one = CliRunner().invoke(command, [url, *options, "--include", "announce"])
        none = CliRunner().invoke(command, [url, *options[:-4], "--max-time", "0"])
    assert (one.exit_code, none.exit_code) == (0, 0), one.output + none.output
    assert "announce" not in one.stdout
    assert "not played in 0 s (--max-time)" in none.stdout


def test_it_explains_what_it_takes_each_operation_for() -> None:
    board = ["--explain", "--contract", DOMAINS[1].contract]
    said = CliRunner().invoke(command, board).stdout
    assert (
        "card:archive (archiveCard) in /\n  has no part in the life of a thing: `role: none`"
        in said
    )
    assert "  boardId is the key of a Board that board:create has made: its name and schema" in said
    assert "  comes after board:watch: `preconditions`" in said
