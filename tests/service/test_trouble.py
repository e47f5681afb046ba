"""A store that can't be relied on says so, takes no writes, answers reads, and comes back."""

from __future__ import annotations

import asyncio
import os
import re
import resource
import shutil
import signal
import sqlite3
import subprocess
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack, asynccontextmanager, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit
from uuid import uuid4

import aiohttp
import pytest

from tests.patience import PATIENCE
from tests.people import Person
from tests.processes import ServiceProcess, running
from tests.transport.wire import Address, Closed, Socket

pytestmark = pytest.mark.slow

MILK = {"title": "Buy milk", "completed": False}
FAILED = ({"error": "an unknown error has occurred"},)
SUFFIXES = ("", "-wal", "-shm")


@dataclass
class Story:
    """A service on a file, Ada who writes, Bob who hears of it, and the operator who asks."""

    service: ServiceProcess
    file: Path
    ada: Person
    bob: Person
    web: aiohttp.ClientSession

    @classmethod
    @asynccontextmanager
    async def of(cls, file: Path, *options: str) -> AsyncIterator[Self]:
        """Serve a file, with Ada and Bob connected."""
        database = ("--database", f"sqlite:///{file}", "--log-format", "json")
        async with running(*database, *options) as service, aiohttp.ClientSession() as web:
            ada, bob = [await Person.at(service.url, ["websocket"]) for _ in range(2)]
            yield cls(service, file, ada, bob, web)
            await ada.leave()
            await bob.leave()

    async def ready(self) -> tuple[int, Any]:
        """Ask whether the service is ready."""
        async with self.web.get(f"{self.service.url}/readyz") as response:
            return response.status, await response.json()

    async def becomes(self, status: int) -> None:
        """Wait until the service has noticed by itself."""
        async with asyncio.timeout(PATIENCE):
            while (await self.ready())[0] != status:  # noqa: ASYNC110
                await asyncio.sleep(0.05)

    async def takes_no_writes(self, kept: Any) -> None:
        """Check that writes are refused and told to nobody, and that reads go on."""
        answers = await asyncio.gather(
            *(self.ada.ask("todo:create", MILK) for _ in range(20)),
            self.ada.ask("todo:update", {**kept, "completed": True}),
            self.ada.ask("todo:delete", kept["id"]),
        )
        assert answers == [FAILED] * 22
        assert await self.ada.ask("todo:read", kept["id"]) == ({"data": kept},)
        assert await self.bob.lists() == [kept]
        assert await self.bob.heard_nothing()
        assert (await self.ready())[0] == 503

    async def creates(self) -> Any:
        """Let Ada create a todo, and Bob hear of it."""
        todo = {"id": await self.ada.creates("Buy milk"), **MILK}
        assert await self.bob.hears("todo:created") == todo
        return todo

    def logged(self, event: str) -> list[Any]:
        """Return the lines of one event."""
        return [line for line in self.service.log_lines if line["event"] == event]


def stored(file: Path) -> list[str]:
    """Return the ids in a file."""
    with closing(sqlite3.connect(file)) as other:
        return [row[0] for row in other.execute("SELECT id FROM todos ORDER BY position")]


@contextmanager
def full(story: Story) -> Iterator[None]:
    """Let none of the service's files grow, as a quota would; needs no privilege."""
    room = Path(f"{story.file}-wal").stat().st_size
    _, most = before = resource.prlimit(story.service.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(story.service.pid, resource.RLIMIT_FSIZE, (room, most))
    yield
    resource.prlimit(story.service.pid, resource.RLIMIT_FSIZE, before)


@contextmanager
def locked(story: Story) -> Iterator[None]:
    """Hold the write lock, as a backup or another program would."""
    with closing(sqlite3.connect(story.file, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        yield


@contextmanager
def moved(story: Story) -> Iterator[None]:
    """Move the database out of the way, and back."""
    away = story.file.parent / "away"
    away.mkdir()
    for suffix in SUFFIXES:
        Path(f"{story.file}{suffix}").rename(away / f"todos.db{suffix}")
    yield
    for suffix in SUFFIXES:
        (away / f"todos.db{suffix}").rename(f"{story.file}{suffix}")


@contextmanager
def folder_moved(story: Story) -> Iterator[None]:
    """Move the folder that the database is in, and back."""
    folder = story.file.parent
    away = folder.rename(folder.with_name("elsewhere"))
    yield
    away.rename(folder)


@contextmanager
def table_renamed(story: Story) -> Iterator[None]:
    """Take the table away, and bring it back."""
    with closing(sqlite3.connect(story.file, isolation_level=None)) as other:
        other.execute("ALTER TABLE todos RENAME TO elsewhere")
        yield
        other.execute("ALTER TABLE elsewhere RENAME TO todos")


@pytest.mark.parametrize("trouble", [full, locked, moved, folder_moved, table_renamed])
async def test_trouble_that_passes_is_told_once_and_over_without_a_restart(
    trouble: Callable[[Story], Any], tmp_path: Path
) -> None:
    (tmp_path / "data").mkdir()
    file = tmp_path / "data" / "todos.db"
    async with Story.of(file) as story:
        kept = await story.creates()
        assert await story.ready() == (200, {"status": "ready"})
        with trouble(story):
            await story.becomes(503)
            await story.takes_no_writes(kept)
        await story.becomes(200)
        milk = await story.creates()
        assert await story.bob.lists() == [kept, milk]
        await story.service.says("store ready again")
        assert len(story.logged("store not ready")) == 1
        assert len(story.logged("store ready again")) == 1
        await story.service.kill()
    assert stored(file) == [kept["id"], milk["id"]]


def deleted(file: Path) -> None:
    for suffix in SUFFIXES:
        Path(f"{file}{suffix}").unlink()


def replaced(file: Path) -> None:
    shutil.copy(file, f"{file}.copy")
    Path(f"{file}.copy").rename(file)


def truncated(file: Path) -> None:
    os.truncate(file, 0)


def log_deleted(file: Path) -> None:
    Path(f"{file}-wal").unlink()


def log_truncated(file: Path) -> None:
    os.truncate(f"{file}-wal", 0)


@pytest.mark.parametrize("loss", [deleted, replaced, truncated, log_deleted, log_truncated])
async def test_no_write_is_acked_that_went_to_a_file_nobody_can_open(
    loss: Callable[[Path], None], tmp_path: Path
) -> None:
    file = tmp_path / "todos.db"
    async with Story.of(file) as story:
        kept = await story.creates()
        loss(file)
        await story.takes_no_writes(kept)
        await story.service.says("store not ready", "its file was ")
        assert len(story.logged("store not ready")) == 1


async def test_what_shrinks_lawfully_is_no_trouble(tmp_path: Path) -> None:
    """VACUUM makes the database shorter, and a checkpoint the log."""
    file = tmp_path / "todos.db"
    async with Story.of(file) as story:
        for title in ["x" * 256] * 200:
            await story.ada.ask("todo:create", {"title": title, "completed": False})
        for todo in (await story.ada.lists())[:199]:
            await story.ada.ask("todo:delete", todo["id"])
        (kept,) = await story.ada.lists()
        story.bob.heard.clear()
        for statement in ("PRAGMA wal_checkpoint(TRUNCATE)", "VACUUM"):
            with closing(sqlite3.connect(file, isolation_level=None)) as other:
                other.execute(statement)
                other.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            milk = await story.creates()
            assert (await story.ready())[0] == 200
            assert await story.ada.ask("todo:delete", milk["id"]) == ()
            await story.bob.hears("todo:deleted")
        assert story.logged("store not ready") == []
        await story.service.kill()
    assert stored(file) == [kept["id"]]


@contextmanager
def small_disk(folder: Path) -> Iterator[None]:
    """Mount a disk of one megabyte."""
    with ExitStack() as stack:
        command = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)]
        if subprocess.run(command, check=False, capture_output=True).returncode:
            pytest.skip("only root may mount a disk; another test limits the size of files")
        stack.callback(subprocess.check_call, ["umount", "-l", str(folder)])
        yield


async def test_a_full_disk_is_told_and_over_when_there_is_room_again(tmp_path: Path) -> None:
    with small_disk(tmp_path):
        async with Story.of(tmp_path / "todos.db") as story:
            kept = await story.creates()
            filler = tmp_path / "filler"
            with pytest.raises(OSError, match="No space"):
                filler.write_bytes(b"x" * 1024 * 1024)
            await story.becomes(503)
            await story.takes_no_writes(kept)
            filler.unlink()
            await story.becomes(200)
            milk = await story.creates()
            assert await story.bob.lists() == [kept, milk]
            await story.service.says("store ready again")
            assert len(story.logged("store not ready")) == 1
            assert "full" in story.logged("store not ready")[0]["reason"]


async def test_rows_that_are_not_todos_are_left_out_and_told_to_the_operator(
    tmp_path: Path,
) -> None:
    file = tmp_path / "todos.db"
    async with Story.of(file) as story:
        kept = await story.creates()
        bad = await story.ada.creates("a secret plan")
        with closing(sqlite3.connect(file, isolation_level=None)) as other:
            other.execute("UPDATE todos SET completed = 'a secret' WHERE id = ?", (bad,))
        assert await story.ready() == (200, {"status": "ready", "rows left out": 1})
        assert await story.ada.lists() == [kept]
    async with Story.of(file) as story:
        assert await story.ready() == (200, {"status": "ready", "rows left out": 1})
        assert await story.ada.lists() == [kept]
        await story.service.says("rows that are not valid todos left out", bad)
        assert not [line for line in story.service.said if "secret" in line]


async def test_a_full_list_refuses_creates_until_a_todo_is_deleted(tmp_path: Path) -> None:
    async with Story.of(tmp_path / "todos.db", "--max-todos", "2") as story:
        first = await story.creates()
        second = await story.creates()
        assert await story.ada.ask("todo:create", MILK) == ({"error": "too many todos"},)
        assert await story.bob.heard_nothing()
        assert await story.bob.ask("todo:delete", first["id"]) == ()
        third = await story.creates()
        assert await story.bob.lists() == [second, third]


async def test_a_signal_ends_it_in_two_seconds_whatever_is_asked_of_100_000_todos(
    tmp_path: Path,
) -> None:
    file = tmp_path / "todos.db"
    async with running("--database", f"sqlite:///{file}"):
        pass
    rows = ((str(uuid4()), f"todo {number}", number % 2) for number in range(100_000))
    with closing(sqlite3.connect(file)) as database:
        database.executemany("INSERT INTO todos (id, title, completed) VALUES (?, ?, ?)", rows)
        database.commit()

    options = ("--database", f"sqlite:///{file}", "--max-todos", "200000")
    async with running(*options) as service:
        address = Address(urlsplit(service.url).port or 0)
        readers, writers = [[await address.connect() for _ in range(5)] for _ in range(2)]
        for number in range(64):
            for reader in readers:
                reader.send(f'42{number}["todo:list"]')
            for writer in writers:
                writer.send(f'42{number}["todo:create",{{"title":"late","completed":false}}]')
        while not str(await writers[0].receive()).startswith("430"):
            pass  # what the others have created
        began = time.monotonic()
        service.signal(signal.SIGTERM)
        heard = await asyncio.gather(*(acked(writer) for writer in writers))
        assert await service.end() == 0
        assert time.monotonic() - began < 2 + service.started_in
    for reader in readers:
        reader.cut()
    ids = {todo_id for ids in heard for todo_id in ids}
    assert ids <= {*stored(file)}


async def acked(writer: Socket) -> list[str]:
    """Return the ids that a client is told until its connection is closed."""
    ids: list[str] = []
    while not isinstance(message := await writer.receive(), Closed):
        told = re.fullmatch(r'43\d+\[{"data":"(.+)"}\]', str(message))
        ids += [told[1]] if told else []
    return ids
