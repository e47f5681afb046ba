"""`test` at servers that are no CRUD: correct ones are clean, and each planted bug is found."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from asyncapi_socketio.cli import sources
from asyncapi_socketio.testing.access import Credentials, credentials
from asyncapi_socketio.testing.run import Plan, Run
from asyncapi_socketio.testing.runner import Failure
from tests.patience import PATIENCE

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parent.parent.parent
SERVERS = Path(__file__).parent / "servers"
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
        return [*dict.fromkeys(re.findall(r'\bhas\("([^"]+)"\)', text))]

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


def tried(domain: Domain, url: str, timeout: float) -> Iterator[Failure]:
    """Try every check with a few inputs."""
    plan = Plan(
        url,
        max_examples=30,
        timeout=timeout,
        auth=domain.credentials,
        path=domain.path,
        headers=domain.headers,
    )
    run = Run(sources.contract(domain.contract), plan)
    for _, failures in run.failures():
        yield from failures


@pytest.mark.parametrize("domain", DOMAINS, ids=lambda domain: domain.file)
def test_a_correct_server_of_another_domain_is_clean(domain: Domain) -> None:
    with served(domain) as url:
        assert [*tried(domain, url, PATIENCE)] == []


@pytest.mark.parametrize(
    ("domain", "bug"),
    [
        pytest.param(domain, bug, id=f"{domain.file}: {bug}")
        for domain in DOMAINS
        for bug in domain.bugs
    ],
)
def test_a_bug_planted_in_it_is_found(domain: Domain, bug: str) -> None:
    with served(domain, bug) as url:
        found = tried(domain, url, IN_TIME)
        assert next(found, None) is not None
        found.close()


def test_the_planted_bugs_are_many() -> None:
    assert sum(len(domain.bugs) for domain in DOMAINS) >= 40
