"""A live server, tried by every check; what it broke is reported, and can be saved."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import Any, TypeAlias, get_args

import click
from typing_extensions import TypedDict, Unpack

from ..asyncapi.contract import Contract, Namespace
from ..asyncapi.document import Document
from ..cli import sources
from ..cli.errors import CouldNotRun
from ..cli.options import CONTRACT
from ..reporting import render
from ..reporting.finding import Finding
from ..reporting.report import Report, counted
from .checks import Check, Phase, checks
from .client import Target, Transport
from .rules import RULES
from .runner import Failure, Runner, Unreachable
from .session import Session
from .snippets import in_node, in_python, told

Json: TypeAlias = Any

PHASES: tuple[Phase, ...] = get_args(Phase)


@dataclass(frozen=True, slots=True)
class Plan:
    """What is tried at which server, and how hard. `timeout` is in seconds."""

    url: str
    phases: Sequence[Phase] = PHASES
    max_examples: int = 100
    seed: int = 0
    transport: Transport = "websocket"
    auth: Json = None
    timeout: float = 2.0

    def target(self, namespace: str) -> Target:
        """Return a namespace of the server."""
        return Target(self.url, namespace, self.transport, self.auth, self.timeout)


class Run:
    """The checks of every namespace of a contract, about to be played at a live server."""

    def __init__(self, contract: Contract, plan: Plan) -> None:
        """Prepare; raise `CouldNotRun` when the server can't be connected to."""
        self.plan = plan
        self.contract = contract
        self._runners = [self._runner(namespace) for namespace in contract.namespaces]
        self._visit()
        self.checks: list[tuple[Runner, Check]] = [
            (runner, check)
            for runner in self._runners
            for check in checks(runner.session, plan.phases)
        ]

    def failures(self) -> Iterator[tuple[Check, list[Failure]]]:
        """Yield each check with what broke; a server that is gone ends it all."""
        try:
            for runner, played in groupby(self.checks, itemgetter(0)):
                for _, check in played:
                    yield check, [*runner.failures(check)]
                    if runner.unreachable:
                        return
                runner.leave()
        finally:
            self.close()

    def replay(self, name: str, namespace: str, value: Json) -> Failure | None:
        """Play one check again; raise `CouldNotRun` when the contract has none of that name."""
        for runner, check in self.checks:
            if (check.id, runner.session.namespace.path) == (name, namespace):
                return runner.play(check, value)
        raise CouldNotRun(f"the contract has no check '{name}'")

    def close(self) -> None:
        """Leave the server."""
        for runner in self._runners:
            runner.close()

    def _runner(self, namespace: Namespace) -> Runner:
        plan = self.plan
        session = Session(self.contract, namespace, plan.target(namespace.path))
        return Runner(session, max_examples=plan.max_examples, seed=plan.seed)

    def _visit(self) -> None:
        """Connect to each namespace once, before anything is tried."""
        try:
            for runner in self._runners:
                runner.connect()
                runner.leave()
        except Unreachable as error:
            self.close()
            raise CouldNotRun(str(error)) from error


class Options(TypedDict, total=False):
    """How hard a server is tried, and where the contract is; the defaults are the command's."""

    contract: str
    phases: Sequence[Phase]
    max_examples: int
    seed: int
    transport: Transport
    auth: Json
    timeout: float


def hold(url: str, **options: Unpack[Options]) -> None:
    """Test a live server against a contract; see `testing.test`."""
    source = options.pop("contract", CONTRACT)
    plan = Plan(url, **options)  # type: ignore[misc]

    def play() -> Report:
        document = sources.document(source)
        run = Run(sources.model(document), plan)
        failures = [failure for _, found in run.failures() for failure in found]
        return reported(run, document, failures)

    with ThreadPoolExecutor(1) as pool:  # its own loop can't run in a thread that runs another
        report = pool.submit(play).result()
    if report.failed:
        raise AssertionError(click.unstyle(render(report, "text")))


def reported(run: Run, document: Document, failures: list[Failure]) -> Report:
    """Make the report of a run."""
    findings = tuple(_finding(run, document, failure) for failure in failures)
    tried = tuple(check.id for _, check in run.checks)
    title = f"{run.contract.title} {run.contract.version}"
    verdict = f"{title} at {run.plan.url}: {len(tried)} checks, {counted(findings)}"
    facts = {"url": run.plan.url, "seed": run.plan.seed, "checks": [*tried]}
    return Report("test", RULES, findings, verdict, bool(findings), facts, tried)


def saved(contract: Contract, failures: list[Failure]) -> str:
    """Write failures as JSON, for `asyncapi-socketio replay`."""
    kept = [
        {
            "rule": failure.rule,
            "check": failure.check,
            "namespace": failure.namespace,
            "input": failure.value,
        }
        for failure in failures
    ]
    return json.dumps({"contract": contract.title, "failures": kept}, indent=2) + "\n"


def _finding(run: Run, document: Document, failure: Failure) -> Finding:
    operations = (*run.contract.receives, *run.contract.sends)
    address = next((item.address for item in operations if item.event == failure.event), ())
    line, column = document.position(address)
    target = run.plan.target(failure.namespace)
    return Finding(
        failure.rule,
        "error",
        document.file,
        address,
        f"{failure.event}: {failure.problem}",
        line=line,
        column=column,
        details=(
            told(failure.entries),
            f"In Node:\n{in_node(failure.entries, target)}",
            f"In Python:\n{in_python(failure.entries, target)}",
        ),
        check=failure.check,
    )
