"""A worker's place: what its supervisor tells it in the environment."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self

import orjson

VARIABLE = "ASYNCAPI_SOCKETIO_WORKER"
"""The variable that makes a process a worker."""

READY = b"ready"


@dataclass(frozen=True, slots=True)
class Worker:
    """One of several processes that serve the same port."""

    number: int
    count: int
    folder: str
    """Where the workers' local sockets are, that only this user may enter."""
    supervisor: int
    """A descriptor: what is written there the supervisor reads, and it ends when that one ends."""
    descriptors: Mapping[str, Sequence[int]]
    """The listening sockets, by what they are for."""

    @classmethod
    def here(cls) -> Self | None:
        """Return the place of this process; None where no supervisor has started it.

        Processes that this one starts are no workers.
        """
        told = os.environ.pop(VARIABLE, None)
        return None if told is None else cls(**orjson.loads(told))

    def tell(self) -> dict[str, str]:
        """Return the variable that makes a process this worker."""
        return {VARIABLE: orjson.dumps(asdict(self)).decode()}

    def listeners(self, name: str) -> list[socket.socket]:
        """Return the sockets to listen on, which listen already."""
        return [socket.socket(fileno=number) for number in self.descriptors.get(name, ())]

    def address(self, number: int) -> str:
        """Return where a worker takes connections of the others."""
        return str(Path(self.folder) / str(number))

    def ready(self) -> None:
        """Tell the supervisor that this worker serves, and stop when the supervisor has ended."""
        os.write(self.supervisor, READY)
        loop = asyncio.get_running_loop()

        def ended() -> None:
            loop.remove_reader(self.supervisor)
            os.kill(os.getpid(), signal.SIGTERM)

        loop.add_reader(self.supervisor, ended)
