"""The physical limit: a bare loop that sends frames which were built before, and does nothing else.

`python -m bench.limit BATCH SECONDS` sends BATCH frames of 110 bytes at a time to 1,000 sockets
that a child process on the other core reads, and prints the frames per second.
"""

from __future__ import annotations

import json
import os
import selectors
import socket
import sys
from time import perf_counter

LISTENERS = 1000
FRAME = bytes((0x81, 108)) + b"x" * 108


def sink(port: int) -> None:
    """Connect all listeners, and read whatever comes until it ends."""
    selector = selectors.DefaultSelector()
    for _ in range(LISTENERS):
        listener = socket.create_connection(("127.0.0.1", port))
        selector.register(listener, selectors.EVENT_READ)
    while selector.get_map():
        for key, _ in selector.select():
            if not key.fileobj.recv(1 << 16):  # type: ignore[union-attr]
                selector.unregister(key.fileobj)


def main() -> None:
    """Measure, and print one line of JSON."""
    batch, seconds = int(sys.argv[1]), float(sys.argv[2])
    server = socket.create_server(("127.0.0.1", 0), backlog=LISTENERS)
    if os.fork() == 0:
        os.sched_setaffinity(0, {max(os.sched_getaffinity(os.getppid()))})
        sink(server.getsockname()[1])
        return
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    sends = [server.accept()[0].send for _ in range(LISTENERS)]
    data = FRAME * batch
    start = perf_counter()
    rounds = 0
    while perf_counter() - start < seconds:
        for send in sends:
            send(data)
        rounds += 1
    rate = rounds * LISTENERS * batch / (perf_counter() - start)
    print(json.dumps({"rate": rate}), flush=True)


if __name__ == "__main__":
    main()
