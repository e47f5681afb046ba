"""Several processes that serve one port of a machine.

    supervisor   starts the workers, starts them again, and stops them; serves nobody
    worker       what each of them knows of its place: its number, its sockets, its supervisor
    local        connections that go from one worker to another, with their sockets
    cores        how many workers a machine can use

Each worker is a process of its own, started by the same command line; nothing is shared but the
port. An event that one of them broadcasts reaches its own clients: whatever all have to hear, each
worker has to learn from what they all stand on, a database that notifies or a broker.
"""

from .cores import usable_cores
from .supervisor import CannotSupervise, Supervisor
from .worker import Worker

__all__ = ["CannotSupervise", "Supervisor", "Worker", "usable_cores"]
