"""The process that serves: how it is told to stop, and how its interpreter is set for a server."""

from __future__ import annotations

import asyncio
import gc
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

SIGNALS = (signal.SIGTERM, signal.SIGINT)

STOP_WITHIN = 1.8
"""Seconds from a signal to the end of the process, however busy it is."""

COLLECTIONS = (50_000, 20, 20)
"""What makes Python look for cycles: events make next to none, only sessions that end do."""

HAND_OVER = 0.0005
"""Seconds after which a busy event loop hands over to a thread that others wait for.

Python's default is ten times as long, and a commit takes several turns.
"""


@contextmanager
def prepared() -> Iterator[None]:
    """Keep signals for `stop_signal`: threads that are started inside do not take them."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def stop_signal() -> asyncio.Event:
    """Return what is set when SIGTERM or SIGINT asks for a stop; call it in the running loop.

    The process then has `STOP_WITHIN` to end, and is ended after that. A loop that is busy can't
    be relied on for either. Nothing is lost by it: what was acked is durable.
    """
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()

    def stop() -> None:
        loop.call_soon_threadsafe(stopped.set)

    for number in SIGNALS:  # for one that reaches a thread which was there before
        loop.add_signal_handler(number, stopped.set)
    threading.Thread(target=_await_signal, args=(stop,), name="signals", daemon=True).start()
    return stopped


def settle() -> None:
    """Set the interpreter for a server, once what it needs is imported."""
    gc.freeze()  # what is imported stays: no collection, and no exit, need look at it again
    gc.set_threshold(*COLLECTIONS)
    sys.setswitchinterval(HAND_OVER)


def _await_signal(stop: Callable[[], object]) -> None:
    signal.sigwait(SIGNALS)
    stop()
    time.sleep(STOP_WITHIN)
    os._exit(0)
