"""Ports for programs that can't say which they took."""

from __future__ import annotations

import random
import socket
from contextlib import suppress

PORTS = range(20_000, 32_768)
"""Below those that the kernel gives out: a server keeps its port while it is down."""


def free_port() -> int:
    """Return a port that nothing listens on, and that no client is given meanwhile."""
    while True:
        port = random.choice(PORTS)  # noqa: S311  # nothing secret
        with socket.socket() as free, suppress(OSError):
            free.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            free.bind(("127.0.0.1", port))
            return port
