"""The command `mock`: any contract, served over Socket.IO without a handler."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from functools import partial

import click
import uvloop

from .. import logs
from ..asyncapi.contract import Contract
from ..cli import options, sources
from ..cli.errors import CouldNotRun
from ..cli.listening import Listener, until_stopped
from ..jsonschema.strategies import Undrawable
from ..origins import named_origins
from ..process import prepared
from ..transport import listen
from .service import MockService

log = logging.getLogger(__name__)


@click.command(
    epilog="Example: asyncapi-socketio mock --port 4000 --latency 200 --fail todo:create=0.1"
)
@options.contract
@options.host
@options.port
@click.option("--seed", default=0, show_default=True, help="What drawn values are drawn by.")
@click.option(
    "--latency",
    default=0,
    show_default=True,
    type=click.IntRange(0),
    metavar="MS",
    help="Milliseconds that every event waits before it is carried out.",
)
@click.option(
    "--fail",
    "failing",
    multiple=True,
    metavar="EVENT=RATE",
    help="The share of an event's calls, 0 to 1, that fail unexpectedly; repeatable.",
)
@click.option(
    "--origin",
    "origins",
    default=("http://localhost:4200",),
    multiple=True,
    show_default=True,
    callback=named_origins,
    metavar="ORIGIN",
    help="A page's origin that may connect; repeatable.",
)
def command(
    source: str,
    host: str,
    port: int,
    seed: int,
    latency: int,
    failing: tuple[str, ...],
    origins: tuple[str, ...],
) -> None:
    """Serve a contract over Socket.IO without a handler, until SIGTERM or SIGINT.

    What comes in is validated. Acks are the contract's examples, else drawn from their schemas;
    events follow to the audience that is declared. What clients create is remembered, where the
    contract shows how: it can then be read, listed, changed and deleted, until the mock stops.
    """
    contract = sources.contract(source)
    try:
        service = MockService(
            contract,
            seed=seed,
            latency=latency / 1000,
            rates=_rates(contract, failing),
            say=log.info,
        )
    except Undrawable as error:
        raise CouldNotRun(f"{source}: {error}") from error
    start = partial(listen, service.application(origins))
    with prepared():
        logs.configure("text", "error")
        logs.show_plainly(log)
        uvloop.run(until_stopped(Listener(start, f"mock of {service.title}", host, port)))


def _rates(contract: Contract, failing: Iterable[str]) -> dict[str, float]:
    """Read `EVENT=RATE`s; raise `click.BadParameter`."""
    return dict(_rate(contract, item) for item in failing)


def _rate(contract: Contract, text: str) -> tuple[str, float]:
    event, _, share = text.rpartition("=")
    operations = [item for item in contract.receives if item.event == event]
    if not operations:
        known = ", ".join(dict.fromkeys(item.event for item in contract.receives))
        raise _bad(f"{event or text!r} is not an event that clients emit: {known}")
    if not all("unexpected" in item.errors for item in operations):
        raise _bad(f"{event!r} declares no ack for what is unexpected (x-socketio: errors)")
    try:
        rate = float(share)
    except ValueError:
        rate = -1
    if not 0 <= rate <= 1:
        raise _bad(f"{share!r} is not a rate: write {event}=0.1 for every tenth call")
    return event, rate


def _bad(problem: str) -> click.BadParameter:
    return click.BadParameter(problem, param_hint="'--fail'")
