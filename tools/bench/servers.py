"""The servers that are compared, each alone on the first core, with default settings."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

HERE = Path(__file__).parent
PYTHON = sys.executable

PEER = "peer"
SERVERS = (PEER, "memory", "sqlite", "stock")
"""The Node peer, ours in memory and on the embedded SQLite, and stock python-socketio."""


@contextmanager
def serving(server: str) -> Iterator[tuple[int, int]]:
    """Start a server, and return its port and its process's id once it listens."""
    with TemporaryDirectory() as folder, socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
        free.close()
        serve = [PYTHON, "-m", "todo_service", "serve", "--port", str(port), "--database"]
        command = {
            PEER: ["node", str(HERE / "peer.mjs"), str(port)],
            "memory": [*serve, "memory:"],
            "sqlite": [*serve, f"sqlite:///{folder}/todos.db"],
            "stock": [PYTHON, "-m", "bench.stock", str(port)],
        }[server]
        process = subprocess.Popen(
            ["taskset", "-c", str(min(os.sched_getaffinity(0))), *command],
            env={key: value for key, value in os.environ.items() if not key.startswith("TODO_")},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            _wait_for(port, process)
            yield port, process.pid
        finally:
            process.kill()
            process.wait()


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    while process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except ConnectionRefusedError:
            time.sleep(0.05)
        else:
            return
    sys.exit(f"a server ends at its start: {process.args!r}")
