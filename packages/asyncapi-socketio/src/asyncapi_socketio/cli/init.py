"""`asyncapi-socketio init`: a first contract, with a server on it, or of one that is there."""

from __future__ import annotations

from importlib import resources
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import click

from . import NAME, options
from .errors import CouldNotRun

STARTER = resources.files(__package__) / "starter"


@click.command(epilog="Example: asyncapi-socketio init --from http://localhost:3000")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), default=".")
@click.option(
    "--from",
    "origin",
    metavar="URL|LOG",
    help="Draft a contract: from a live server, or from what a browser has recorded (HAR).",
)
@click.option("--namespace", "namespaces", multiple=True, help="One to enter; / without any.")
@click.option("--auth", multiple=True, metavar="[NAMESPACE=]JSON", help="What is sent on connect.")
@click.option("--seconds", default=5.0, show_default=True, help="How long a server is listened to.")
def command(
    folder: Path,
    origin: str | None,
    namespaces: tuple[str, ...],
    auth: tuple[str, ...],
    seconds: float,
) -> None:
    """Write a contract, its handlers, a test and a Makefile into FOLDER.

    With --from, write a contract alone: what a server publishes at /asyncapi.yaml, else what it
    says within some seconds, or what a recording shows. Files that are there are left alone.
    """
    if origin is None:
        _write(folder, {file.name.removesuffix(".in"): file.read_text("utf-8") for file in
                        sorted(STARTER.iterdir(), key=lambda file: file.name)})  # fmt: skip
        click.echo(f"next: make serve, or make test; {NAME} --help says more")
    elif not origin.startswith(("http://", "https://")):
        _draft(folder, origin, None)
    elif (text := _published(origin)) is not None:
        _write(folder, {options.CONTRACT: text})
        click.echo(f"{origin} publishes its contract: this is it")
    else:
        _draft(folder, origin, (namespaces or ("/",), auth, seconds))


def _draft(
    folder: Path, origin: str, live: tuple[tuple[str, ...], tuple[str, ...], float] | None
) -> None:
    from ..drafting.contract import LIMITS, draft  # noqa: PLC0415 - a starter takes no extra
    from ..testing import recording as recordings  # noqa: PLC0415
    from ..testing.access import credentials  # noqa: PLC0415
    from ..testing.client import Target  # noqa: PLC0415

    if live is None:
        recording = recordings.read(Path(origin))
    else:
        namespaces, auth, seconds = live
        known = credentials(auth)
        targets = [Target(origin, space, auth=known.of("ada", space)) for space in namespaces]
        recording = recordings.listen(targets, seconds)
    _write(folder, {options.CONTRACT: draft(recording, folder.resolve().name)})
    by_clients = sum(event.by_client for event in recording.events)
    click.echo(
        f"learnt from {by_clients} events of clients and {len(recording.events) - by_clients} "
        f"of the server, in {', '.join(recording.namespaces)}"
    )
    if recording.left_out:
        click.echo(f"left out: {recording.left_out} packets, which are binary or not valid")
    if live is not None:
        click.echo("a server does not say what it listens to: record a client (docs, init)")
    click.echo(LIMITS)


def _published(url: str) -> str | None:
    """Return the contract that a server publishes, as those of this library do."""
    try:
        with urlopen(f"{url.rstrip('/')}/{options.CONTRACT}", timeout=5) as response:  # noqa: S310
            text = response.read(1 << 20).decode()
    except (URLError, OSError, ValueError):
        return None
    return text if "asyncapi:" in text or '"asyncapi"' in text else None


def _write(folder: Path, files: dict[str, str]) -> None:
    """Write files, all or none; raise `CouldNotRun` where one is there."""
    there = [name for name in files if (folder / name).exists()]
    if there:
        raise CouldNotRun(f"{folder / there[0]} is there already: name another folder")
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / name).write_text(text, "utf-8")
        click.echo(f"wrote {folder / name}")
