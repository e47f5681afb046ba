"""The command `test`: whether a live Socket.IO server, in any language, keeps a contract."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias, get_args

import click
from typing_extensions import TypedDict, Unpack

from ..asyncapi.contract import Contract, Namespace
from ..asyncapi.document import Document
from ..cli import options, sources
from ..reporting import Format, render
from ..reporting.finding import Finding
from ..reporting.html import html
from ..reporting.report import Report, counted
from ..reporting.rule import Rule
from .checks import Check, Phase, checks
from .client import Target, Transport
from .runner import Failure, Runner, Unreachable
from .session import Session
from .snippets import in_node, in_python, told

Json: TypeAlias = Any

PHASES: tuple[Phase, ...] = get_args(Phase)

RULES = tuple(
    Rule(id_, "error", summary, reason)
    for id_, summary, reason in (
        (
            "ack-missing", "Every event with a declared ack is acknowledged.",
            "A client that waits for an ack waits for ever, or shows an error for what was done.",
        ),
        (
            "ack-late", "Acks come in time.",
            "Clients give up after a timeout (`--timeout`), and try again what was done already.",
        ),
        (
            "ack-twice", "An event is acknowledged once.",
            "A second ack is lost, or taken for that of another event.",
        ),
        (
            "ack-shape", "Every ack is one of the declared ones.",
            "Typed clients read what is declared; anything else is undefined in their hands.",
        ),
        (
            "refused-valid", "What the contract allows is not refused.",
            "The server is stricter than its contract: values at the edges are where it shows.",
        ),
        (
            "accepted-invalid", "What the contract forbids is not accepted.",
            "The server is laxer than its contract: other clients get what they can't expect.",
        ),
        (
            "wrong-refusal", "A refusal is the declared one.",
            "`x-socketio: errors` says what a wrong payload or arity is acknowledged as.",
        ),
        (
            "unexpected-error", "What clients send does not make the server fail.",
            "The server acknowledged its own failure: a defect, whatever was sent.",
        ),
        (
            "read-wrong", "What is read is what was acknowledged.",
            "A success ack of a create or update expectations that it is there.",
        ),
        (
            "list-wrong", "What is listed is what is there.",
            "Everything created and not deleted, once, as it was last acknowledged.",
        ),
        (
            "refused-stored", "What is refused changes nothing.",
            "A client that is told of an error shows the old state, and others see the new one.",
        ),
        (
            "delete-ignored", "What is deleted is gone.",
            "An ack of success for a delete expectations that nobody reads or lists it again.",
        ),
        (
            "revived", "What is deleted does not come back.",
            "One client's late edit would bring back what another has deleted, on some screens.",
        ),
        (
            "ghost", "What was never created is not there.",
            "A success ack for an unknown key is about something else.",
        ),
        (
            "key-reused", "A key is given once.",
            "Two things of one key are one thing to every client.",
        ),
        (
            "no-callback", "An event without callback is carried out.",
            "Socket.IO's ack is optional: not asking for one is not an error.",
        ),
        (
            "broadcast-missing", "Others hear of each change.",
            "Their screens are wrong until they ask again.",
        ),
        (
            "broadcast-twice", "Others hear of each change once.",
            "Counters count twice, and lists show twice.",
        ),
        (
            "broadcast-echo", "The sender does not hear of its own change.",
            "With `audience: others`, a sender that hears it too applies it twice.",
        ),
        (
            "broadcast-on-failure", "Nobody hears of what failed.",
            "Others would show what is not there.",
        ),
        (
            "broadcast-undeclared", "Only declared broadcasts follow an event.",
            "`x-socketio: broadcasts` says what an operation may send.",
        ),
        (
            "broadcast-shape", "Events of the server have the declared payload.",
            "Typed clients read what is declared.",
        ),
        (
            "broadcast-wrong", "A broadcast tells of what was changed.",
            "It carries the key, and what was acknowledged.",
        ),
        (
            "broadcast-order", "What was heard last is what is stored.",
            "With two changes at once, broadcasts in another order than the writes mislead all.",
        ),
        (
            "event-undeclared", "The server emits declared events only.",
            "No client can know of it, nor of its payload.",
        ),
        (
            "leak", "An error does not tell of the server's insides.",
            "Exception texts, paths and SQL help an attacker, and nobody else.",
        ),
        (
            "closed", "What a client emits does not end its connection.",
            "An event that the contract allows, or that is merely unknown or wrong, has an ack.",
        ),
        (
            "dead", "What a client emits does not end the server.",
            "One client's mistake ends the service for everyone.",
        ),
    )
)  # fmt: skip


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
        self._hunters = [self._runner(path) for path in contract.namespaces]
        self.checks: list[tuple[Runner, Check]] = [
            (runner, check)
            for runner in self._hunters
            for check in checks(runner.session, plan.phases)
        ]

    def failures(self) -> Iterator[tuple[Check, list[Failure]]]:
        """Yield each check with what broke; a server that is gone ends it all."""
        try:
            for runner, check in self.checks:
                yield check, [*runner.failures(check)]
                if runner.unreachable:
                    return
        finally:
            self.close()

    def replay(self, name: str, namespace: str, value: Json) -> Failure | None:
        """Play one check again; raise `CouldNotRun` when the contract has none of that name."""
        for runner, check in self.checks:
            if (check.id, runner.session.namespace.path) == (name, namespace):
                return runner.play(check, value)
        raise sources.CouldNotRun(f"the contract has no check '{name}'")

    def close(self) -> None:
        """Leave the server."""
        for runner in self._hunters:
            runner.close()

    def _runner(self, namespace: Namespace) -> Runner:
        plan = self.plan
        session = Session(self.contract, namespace, plan.target(namespace.path))
        runner = Runner(session, max_examples=plan.max_examples, seed=plan.seed)
        try:
            runner.connect()
        except Unreachable as error:
            runner.close()
            raise sources.CouldNotRun(str(error)) from error
        return runner


@click.command(epilog="Example: asyncapi-socketio test http://localhost:3000 --html report.html")
@click.argument("url")
@options.contract
@options.form
@click.option(
    "--phases",
    default=",".join(PHASES),
    show_default=True,
    help="What is tried, of these.",
)
@click.option("--max-examples", default=100, show_default=True, help="Inputs that a check draws.")
@click.option("--seed", default=0, show_default=True, help="Another seed draws other inputs.")
@click.option(
    "--transport", type=click.Choice(get_args(Transport)), default="websocket", show_default=True
)
@click.option("--auth", help="JSON that is sent on connect.")
@click.option("--timeout", default=2.0, show_default=True, help="Seconds that an ack may take.")
@click.option("--save", type=click.Path(path_type=Path), help="Where failures go, for replay.")
@click.option("--html", "html_file", type=click.Path(path_type=Path), help="Where a report goes.")
def command(
    source: str, form: Format, save: Path | None, html_file: Path | None, **plan: Json
) -> None:
    """Test a live Socket.IO server, in any language, against its contract.

    Nobody else should use the server meanwhile: what others cause looks like what it does wrong.
    """
    document = sources.document(source)
    contract = sources.model(document)
    run = Run(
        contract, Plan(**{**plan, "phases": _phases(plan["phases"]), "auth": _auth(plan["auth"])})
    )
    failures = []
    bar = click.progressbar(
        run.failures(),
        length=len(run.checks),
        file=sys.stderr,
        hidden=not sys.stderr.isatty(),
        item_show_func=lambda item: item[0].id if item else "",
    )
    with bar as played:
        for _, found in played:
            failures += found
    report = reported(run, document, failures)
    if save:
        save.write_text(saved(contract, failures), "utf-8")
    if html_file:
        html_file.write_text(html(report, run.plan.url), "utf-8")
    click.echo(render(report, form))
    sys.exit(report.failed)


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
    source = options.pop("contract", sources.CONTRACT)
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


def _phases(text: str) -> list[Phase]:
    named = [name.strip() for name in text.split(",")]
    if unknown := [name for name in named if name not in PHASES]:
        raise sources.CouldNotRun(f"no phase '{unknown[0]}': there are {', '.join(PHASES)}")
    return [phase for phase in PHASES if phase in named]


def _auth(text: str | None) -> Json:
    try:
        return None if text is None else json.loads(text)
    except ValueError as error:
        raise sources.CouldNotRun(f"--auth is not valid JSON: {error}") from error
