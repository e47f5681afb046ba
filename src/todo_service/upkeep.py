"""The commands that keep and move todos: `backup`, `restore`, `export` and `import`."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import BinaryIO

import click
import uvloop

from asyncapi_socketio import logs

from .app import back_up, open_repository, read_store, restore, wrong
from .new_file import new_file
from .options import CannotStart, database_option, max_todos_option
from .repository import StoreUnavailable
from .transfer import BadLine, Exported, Imported, export, take_in

STANDARD = Path("-")
"""Names standard input and output."""

file_argument = click.argument("file", type=click.Path(path_type=Path))
force_option = click.option("--force", is_flag=True, help="Replace what is there.")


@click.command("backup")
@file_argument
@database_option
@force_option
def backup_command(file: Path, database: str, force: bool) -> None:
    """Copy the SQLite database into FILE as it is at one moment, also while it is served."""
    with _said(file), _new(file, replace=force) as part:
        count = back_up(database, part)
    click.echo(f"{file}: {count:,} todos")


@click.command("restore")
@file_argument
@database_option
@force_option
def restore_command(file: Path, database: str, force: bool) -> None:
    """Put a backup in the place of the SQLite database; its service has to be stopped first."""
    with _said(file):
        count, replaced = restore(database, file, replace=force)
    before = "" if replaced is None else f", in the place of {replaced}"
    click.echo(f"{database}: {count:,} todos{before}")


@click.command("export")
@file_argument
@database_option
@force_option
def export_command(file: Path, database: str, force: bool) -> None:
    """Write all todos into FILE, or to standard output (-), as lines of JSON.

    They are those of one moment, in their order, with their ids and the idempotency keys that are
    remembered. It can be done while they are served.
    """
    with _said(file):
        if file == STANDARD:
            done = uvloop.run(_export(database, sys.stdout.buffer))
        else:
            with _new(file, replace=force) as part, part.open("wb") as out:
                done = uvloop.run(_export(database, out))
    left_out = f", {done.left_out:,} left out as they are not valid" if done.left_out else ""
    click.echo(f"{file}: {done.written:,} todos{left_out}", err=True)


@click.command("import")
@file_argument
@database_option
@max_todos_option
def import_command(file: Path, database: str, max_todos: int) -> None:
    """Store the todos that `export` has written into FILE, or standard input (-), after the others.

    A todo whose id is there, or whose idempotency key was used, is left as it is, so that nothing
    is doubled when it is done twice. PostgreSQL may be served meanwhile, a SQLite file may not.
    """
    logs.configure("text", "warning")
    done = Imported()
    try:
        with _said(file), ExitStack() as stack:
            standard = file == STANDARD
            lines = sys.stdin.buffer if standard else stack.enter_context(file.open("rb"))
            size = None if standard else file.stat().st_size
            uvloop.run(_import(database, max_todos, lines, size, done))
    except CannotStart as error:
        again = f"; {_shown(done)}: import again, once it is corrected" if done.stored else ""
        raise CannotStart(f"{error.message}{again}") from None
    click.echo(f"{database}: {_shown(done)}", err=True)


COMMANDS = (backup_command, restore_command, export_command, import_command)


async def _export(database: str, out: BinaryIO) -> Exported:
    async with read_store(database) as (count, todos):
        with _progress("exporting", count) as advance:
            return await export(todos, out, wrong, advance)


async def _import(
    database: str, max_todos: int, lines: BinaryIO, size: int | None, done: Imported
) -> None:
    todos = await open_repository(database, max_todos)
    try:
        with _progress("importing", size) as advance:
            await take_in(lines, todos, wrong, done, advance)
    finally:
        await todos.close()


@contextmanager
def _progress(label: str, length: int | None) -> Iterator[Callable[[int], None]]:
    """Yield what moves a bar on, which only a terminal shows."""
    hidden = length is None or not sys.stderr.isatty()
    with click.progressbar(length=length or 1, label=label, hidden=hidden, file=sys.stderr) as bar:
        yield bar.update


def _shown(done: Imported) -> str:
    return f"{done.stored:,} todos imported, {done.known:,} were there"


@contextmanager
def _new(file: Path, *, replace: bool) -> Iterator[Path]:
    try:
        with new_file(file, replace=replace) as part:
            yield part
    except FileExistsError:
        is_directory = file.is_dir()
        advice = "name a file in it" if is_directory else "name another, or replace it by --force"
        raise CannotStart(f"{file} is there already: {advice}") from None


@contextmanager
def _said(file: Path) -> Iterator[None]:
    """Say in one line what can't be done."""
    try:
        yield
    except (StoreUnavailable, BadLine) as error:
        raise CannotStart(str(error)) from error
    except OSError as error:
        raise CannotStart(f"{file}: {error.strerror}") from error
