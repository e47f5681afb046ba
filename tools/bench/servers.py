"""The servers that are compared, all on the first core, with default settings."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from functools import cached_property
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Self

from bench.pythons import library
from bench.scenarios import (
    BUN,
    CLUSTER_POSTGRES,
    CLUSTER_REDIS,
    MEMORY,
    NODE,
    NODES_1,
    NODES_2,
    NODES_4,
    PEERS,
    POSTGRES,
    SOURCE,
    STOCK,
    WORKERS_4,
)
from servers.ports import free_port
from servers.postgres import Postgres, create

HERE = Path(__file__).parent
PYTHON = sys.executable
CLUSTER = 4
"""Workers of ours, and processes of socket.io's own cluster."""

NODES = {POSTGRES: 1, NODES_1: 1, NODES_2: 2, NODES_4: 4}
"""Nodes of ours on one database, each a process with a port of its own."""

UNTIRING = ["--limit", "events_per_second=1000000"]
"""For a few clients that ask again as soon as they are answered."""

LISTEN = "0A"
"""The state of a socket that listens, in /proc/net/tcp."""

STARTS_WITHIN = 30.0


@dataclass(frozen=True, slots=True)
class Served:
    """What runs: the ports to ask, and the first process of each part."""

    ports: list[int]
    nodes: list[int]
    others: dict[str, list[int]] = field(default_factory=dict)
    """Programs that the nodes use: `database` and `broker`."""


class Servers:
    """Starts servers; those that others use run as long as this does."""

    def __init__(self, pythons: Mapping[str, Path]) -> None:
        """Start ours by other Pythons as well: programs, by the names that servers have."""
        self._pythons = pythons
        self._stack = ExitStack()
        self._databases = count()
        self._folder = Path(self._stack.enter_context(TemporaryDirectory()))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    @contextmanager
    def serving(self, server: str, *, secure: bool = False, few: bool = False) -> Iterator[Served]:
        """Start a server afresh, and return once it listens; few clients may ask more each."""
        with ExitStack() as stack:
            folder = Path(stack.enter_context(TemporaryDirectory()))
            if server in NODES:
                yield self._nodes(stack, NODES[server])
            elif server == WORKERS_4:
                yield self._workers(stack, CLUSTER)
            elif server in {CLUSTER_POSTGRES, CLUSTER_REDIS}:
                yield self._cluster(stack, server)
            else:
                port = free_port()
                certificate = [*map(str, self.certificate)] if secure else []
                command = self._command(server, port, folder, certificate)
                if few and server not in PEERS:
                    command += UNTIRING
                compiled = server not in {SOURCE, *self._pythons}
                yield Served([port], [_started(stack, command, port, compiled=compiled)])

    @cached_property
    def certificate(self) -> tuple[Path, Path]:
        """A certificate for this machine, and its key."""
        return make_certificate(self._folder)

    def _command(
        self, server: str, port: int, folder: Path, certificate: Sequence[str]
    ) -> list[str]:
        if server == NODE:
            return ["node", str(HERE / "peer.mjs"), str(port), *certificate]
        if server == BUN:
            return [bun(), str(HERE / "bun.mjs"), str(port), *certificate]
        if server == STOCK:
            return [PYTHON, "-m", "bench.stock", str(port)]
        database = "memory:" if server == MEMORY else f"sqlite:///{folder}/todos.db"
        if certificate:
            return [PYTHON, "-m", "bench.secure", str(port), database, *certificate]
        return _ours(port, database, str(self._pythons.get(server, PYTHON)))

    def _nodes(self, stack: ExitStack, number: int) -> Served:
        database = self._database()
        ports = [free_port() for _ in range(number)]
        nodes = [_started(stack, _ours(port, database), port) for port in ports]
        return Served(ports, nodes, {"database": [self._postgres_process]})

    def _workers(self, stack: ExitStack, number: int) -> Served:
        port = free_port()
        command = [*_ours(port, self._database()), "--workers", str(number)]
        supervisor = _started(stack, command, port, listening=number)
        return Served([port], [supervisor], {"database": [self._postgres_process]})

    def _cluster(self, stack: ExitStack, server: str) -> Served:
        port = free_port()
        adapter = "redis" if server == CLUSTER_REDIS else "postgres"
        others = {"database": [self._postgres_process]}
        command = ["node", str(HERE / "cluster.mjs"), str(port), str(CLUSTER), adapter]
        command.append(self._database())
        if adapter == "redis":
            broker, process = self._redis(stack)
            command.append(f"redis://127.0.0.1:{broker}")
            others["broker"] = [process]
        return Served([port], [_started(stack, command, port)], others)

    @cached_property
    def _postgres(self) -> Postgres:
        postgres = asyncio.run(create("18"))
        self._stack.callback(postgres.remove)
        asyncio.run(postgres.start())
        return postgres

    @property
    def _postgres_process(self) -> int:
        return int((self._postgres.folder / "data/postmaster.pid").read_text().split()[0])

    def _database(self) -> str:
        return asyncio.run(self._postgres.database(f"bench_{next(self._databases)}"))

    @staticmethod
    def _redis(stack: ExitStack) -> tuple[int, int]:
        if shutil.which("redis-server") is None:
            sys.exit("Redis is missing: apt-get install redis-server")
        port = free_port()
        options = ["--save", "", "--bind", "127.0.0.1", "--dir", "/"]
        return port, _started(stack, ["redis-server", "--port", str(port), *options], port)


def make_certificate(folder: Path) -> tuple[Path, Path]:
    """Make a certificate for this machine, and its key, in a folder."""
    if shutil.which("openssl") is None:
        sys.exit("openssl is missing: apt-get install openssl")
    certificate, key = folder / "certificate", folder / "key"
    subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
    new = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", *subject]
    files = ["-keyout", str(key), "-out", str(certificate)]
    subprocess.run(["openssl", *new, *files], check=True, capture_output=True)
    return certificate, key


def bun() -> str:
    """Return Bun's program, which npm brings for each platform in a package of its own."""
    programs = [*(HERE.parents[1] / "node_modules/@oven").glob("*/bin/bun")]
    if not programs:
        sys.exit("Bun is missing: make node_modules/.package-lock.json (npm has it for Linux)")
    return str(programs[0])


def _ours(port: int, database: str, python: str = PYTHON) -> list[str]:
    return [python, "-m", "todo_service", "serve", "--port", str(port), "--database", database]


def _started(
    stack: ExitStack,
    command: Sequence[str],
    port: int,
    *,
    listening: int = 1,
    compiled: bool = True,
) -> int:
    """Start a program that ends with the stack; its process, once so many listen at its port.

    Ours takes the compiled library where there is one, unless it shall not.
    """
    env = {key: value for key, value in os.environ.items() if not key.startswith("TODO_")}
    if compiled and (fast := library()):
        env["PYTHONPATH"] = os.pathsep.join(filter(None, (str(fast), env.get("PYTHONPATH"))))
    process = subprocess.Popen(
        command,
        env=env,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    stack.callback(_kill, process)
    deadline = time.monotonic() + STARTS_WITHIN
    while process.poll() is None and time.monotonic() < deadline:
        if _listening(port) == listening:
            return process.pid
        time.sleep(0.02)
    sys.exit(f"a server does not start: {process.args!r}")


def _listening(port: int) -> int:
    """Return how many sockets listen at a port; those of workers share it."""
    sockets = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    return sum(
        state == LISTEN and int(address.rpartition(":")[2], 16) == port
        for _, address, _, state, *_ in sockets
    )


def _kill(process: subprocess.Popen[bytes]) -> None:
    """Kill a program with all that it has started."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
