"""Every test has a deadline: one that hangs is failed or killed, and says where it was.

At its deadline (`timeout` in pyproject.toml, longer for slow tests) pytest-timeout fails a test,
with what each task of its loop waits for in the captured stderr. Where that does not end it,
because it hangs in C or catches what ends it, the process is killed, with the stacks of all threads
on its own stderr; pytest-xdist then names the test, and goes on with the others.
"""

from __future__ import annotations

import asyncio
import faulthandler
import os
import signal
import sys
from collections.abc import Generator, Iterator
from types import FrameType
from typing import Any

import pytest

SLOW = 300.0
"""Seconds for a test that is marked as slow."""

GRACE = 60.0
"""Seconds that a test has after its deadline, and its fixtures afterwards, until the kill."""

_stderr = pytest.StashKey[int]()


def pytest_configure(config: pytest.Config) -> None:
    config.stash[_stderr] = os.dup(sys.__stderr__.fileno() if sys.__stderr__ else 2)


def pytest_unconfigure(config: pytest.Config) -> None:
    os.close(config.stash[_stderr])


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.get_closest_marker("slow") and not item.get_closest_marker("timeout"):
            item.add_marker(pytest.mark.timeout(SLOW))


@pytest.hookimpl(wrapper=True)
def pytest_timeout_set_timer(item: pytest.Item, settings: Any) -> Generator[None, Any, Any]:
    """Say what everyone waits for before the test fails, and kill what goes on after it."""
    timer = yield
    fail = signal.getsignal(signal.SIGALRM)

    def say_and_fail(number: int, frame: FrameType | None) -> None:
        __tracebackhide__ = True
        sys.stderr.writelines(_waits())
        assert callable(fail)
        fail(number, frame)

    signal.signal(signal.SIGALRM, say_and_fail)
    _kill_in(item, settings.timeout + GRACE)
    return timer


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item) -> Generator[None, Any, Any]:
    """Bound the end of a test too: its failure has stopped both clocks."""
    _kill_in(item, GRACE)
    try:
        return (yield)
    finally:
        faulthandler.cancel_dump_traceback_later()


def _kill_in(item: pytest.Item, seconds: float) -> None:
    faulthandler.dump_traceback_later(seconds, exit=True, file=item.config.stash[_stderr])


def _waits() -> Iterator[str]:
    """Name each task of the loop that runs, and the lines in which it waits, outermost first."""
    try:
        tasks = asyncio.all_tasks()
    except RuntimeError:  # no loop runs
        return
    for task in tasks:
        yield f"{task.get_name()} waits in\n"
        awaited: Any = task.get_coro()
        while frame := getattr(awaited, "cr_frame", None):
            yield f"  {frame.f_code.co_filename}:{frame.f_lineno} {frame.f_code.co_name}\n"
            awaited = awaited.cr_await
