"""A live server, tried by every check; what it broke is reported, and can be saved."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from itertools import groupby
from operator import itemgetter
from typing import Any, TypeAlias, get_args

import click
from typing_extensions import TypedDict, Unpack

from ..addresses import filled
from ..asyncapi.contract import Contract, Namespace
from ..asyncapi.document import Document
from ..cli import sources
from ..cli.errors import CouldNotRun
from ..cli.options import CONTRACT
from ..reporting import render
from ..reporting.finding import Finding
from ..reporting.report import Report, Severities, adjusted, counted
from .access import Credentials
from .checks import Check, Phase, checks
from .client import PATH, Target, Transport
from .hooks import Hooks
from .rules import RULES
from .runner import Failure, Runner, Unreachable
from .session import EVERYONE, Neighbourhood, Session
from .snippets import in_node, in_python, told

Json: TypeAlias = Any

MAX_TIME = 60.0
"""Seconds after which no further check is begun, unless told otherwise."""

SHARES = 3.0
"""How much more than an equal share of the time that is left one check may take."""

PHASES: tuple[Phase, ...] = get_args(Phase)


@dataclass(frozen=True, slots=True)
class Plan:
    """What is tried at which server, and how hard. `timeout` and `max_time` are in seconds.

    `auth` is what everyone sends, or `Credentials`. `parameters` are those in the paths of
    namespaces, in place of the contract's examples. `include` and `exclude` are patterns of the
    events, operations and namespaces whose checks are played, or not.
    """

    url: str
    phases: Sequence[Phase] = PHASES
    max_examples: int = 100
    seed: int = 0
    transport: Transport = "websocket"
    auth: Json = None
    timeout: float = 2.0
    max_time: float = MAX_TIME
    include: Sequence[str] = ()
    exclude: Sequence[str] = ()
    path: str = PATH
    headers: Mapping[str, str] = field(default_factory=dict)
    hooks: Hooks = field(default_factory=Hooks)
    parameters: Mapping[str, str] = field(default_factory=dict)

    def target(self, namespace: Namespace) -> Target:
        """Return a namespace of the server; raise `CouldNotRun` for a parameter that can't be."""
        path = namespace.path
        auths: dict[str, Json] = {who: self._auth(who, path) for who in EVERYONE}
        examples = {name: values[0] for name, values in namespace.examples.items()}
        try:
            place = filled(path, {**examples, **self.parameters})
        except ValueError as error:
            raise CouldNotRun(f"--parameter: {error}") from error
        return Target(
            self.url,
            place,
            self.transport,
            auths["ada"],
            self.timeout,
            auths,
            self.path,
            self.headers,
        )

    def plays(self, check: Check, session: Session) -> bool:
        """Return whether a check is one of those to play."""
        expectations = session.expectations.get(check.event)
        names = [check.event, session.namespace.path]
        names += [expectations.operation.id] if expectations else []

        def matches(patterns: Sequence[str]) -> bool:
            return any(fnmatchcase(name, pattern) for name in names for pattern in patterns)

        return (not self.include or matches(self.include)) and not matches(self.exclude)

    def _auth(self, who: str, namespace: str) -> Json:
        if self.hooks.gives_auth:
            return self.hooks.auth(namespace, who)
        if isinstance(self.auth, Credentials):
            return self.auth.of(who, namespace)
        return self.auth

    def strangers(self, namespace: str) -> list[Json]:
        """Return the auth payloads that suffice elsewhere, where a namespace wants its own."""
        if self.hooks.gives_auth or not isinstance(self.auth, Credentials):
            return []
        return self.auth.elsewhere(namespace)


class Run:
    """The checks of every namespace of a contract, about to be played at a live server."""

    def __init__(self, contract: Contract, plan: Plan) -> None:
        """Prepare; raise `CouldNotRun` when the server can't be connected to."""
        self._end = time.monotonic() + plan.max_time
        self.plan = plan
        self.contract = contract
        self.skipped: list[Check] = []
        plan.hooks.set_up(plan.url)
        self._runners = [self._runner(namespace) for namespace in contract.namespaces]
        self._visit()
        self.checks: list[tuple[Runner, Check]] = [
            (runner, check)
            for runner in self._runners
            for check in checks(runner.session, plan.phases)
            if plan.plays(check, runner.session)
        ]

    def failures(self) -> Iterator[tuple[Check, list[Failure]]]:
        """Yield each check with what broke; a server that is gone ends it all, or the time.

        Each check has its share of the time that is left, so that all come to be played.
        """
        checks = self.checks
        try:
            while checks and not self._is_over():
                yield from self._round(checks)
                checks = [(runner, check) for runner, check in checks if runner.is_cut(check)]
            self.skipped += [check for _, check in checks if check not in self.skipped]
        finally:
            self.close()

    @property
    def why_skipped(self) -> str:
        """Say what ended the run before all was played."""
        if self._is_gone:
            return "since the server is gone"
        return f"in {self.plan.max_time:g} s (--max-time)"

    @property
    def _is_gone(self) -> bool:
        return any(runner.unreachable for runner in self._runners)

    def _is_over(self) -> bool:
        return time.monotonic() > self._end or self._is_gone

    def _round(
        self, played: Sequence[tuple[Runner, Check]]
    ) -> Iterator[tuple[Check, list[Failure]]]:
        """Play checks once, as long as each may take."""
        left = len(played)
        for runner, group in groupby(played, itemgetter(0)):
            for _, check in group:
                now = time.monotonic()
                if self._is_over():
                    self.skipped.append(check)
                else:
                    runner.end = self._end
                    runner.until = now + min(1, SHARES / left) * (self._end - now)
                    yield check, [*runner.failures(check)]
                left -= 1
            runner.leave()

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
        self.plan.hooks.tear_down(self.plan.url)

    def _runner(self, namespace: Namespace) -> Runner:
        plan = self.plan
        others = [item for item in self.contract.namespaces if item != namespace]
        neighbours = {item.path: plan.target(item) for item in others}
        neighbourhood = Neighbourhood(neighbours, plan.strangers(namespace.path))
        target = plan.target(namespace)
        session = Session(self.contract, namespace, target, neighbourhood, plan.hooks)
        return Runner(session, max_examples=plan.max_examples, seed=plan.seed)

    def _visit(self) -> None:
        """Connect to each namespace once, before anything is tried."""
        try:
            for runner in self._runners:
                runner.connect()
                runner.leave()
        except Unreachable as error:
            self.close()
            names = [name for item in self.contract.namespaces for name in item.examples]
            hint = f"; say which with --parameter {names[0]}=VALUE" if names else ""
            raise CouldNotRun(f"{error}{hint}") from error


class Options(TypedDict, total=False):
    """How hard a server is tried, and where the contract is; the defaults are the command's."""

    contract: str
    phases: Sequence[Phase]
    max_examples: int
    seed: int
    transport: Transport
    auth: Json
    timeout: float
    max_time: float
    include: Sequence[str]
    exclude: Sequence[str]
    path: str
    headers: Mapping[str, str]
    hooks: Hooks
    parameters: Mapping[str, str]


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


def reported(
    run: Run, document: Document, failures: list[Failure], severities: Severities | None = None
) -> Report:
    """Make the report of a run."""
    found = (_finding(run, document, failure) for failure in failures)
    findings = adjusted(found, severities or {})
    skipped_checks = [id(check) for check in run.skipped]
    tried = tuple(check.id for _, check in run.checks if id(check) not in skipped_checks)
    title = f"{run.contract.title} {run.contract.version}"
    verdict = f"{title} at {run.plan.url}: {len(tried)} checks, {counted(findings)}"
    skipped = [check.id for check in run.skipped]
    if skipped:
        verdict += f"; {len(skipped)} checks not played {run.why_skipped}"
    facts = {
        "url": run.plan.url,
        "seed": run.plan.seed,
        "checks": [*tried],
        "not_played": skipped,
    }
    failed = any(finding.severity != "note" for finding in findings)
    return Report("test", RULES, findings, verdict, failed, facts, tried)


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
    target = next(
        run.plan.target(item) for item in run.contract.namespaces if item.path == failure.namespace
    )
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
