"""Eager tasks: a coroutine runs at once, in its caller's turn; only one that waits makes a task.

`asyncio.eager_task_factory` (Python 3.12) makes a task for each: twice the time for one that never
waits, as most events do not, and less for one that does.
"""

from __future__ import annotations

import asyncio
from asyncio.tasks import _enter_task, _leave_task  # the loop's own hooks for tasks of any make
from collections.abc import Callable, Coroutine, Generator
from contextvars import Context, copy_context
from typing import Any


def start(
    loop: asyncio.AbstractEventLoop, coroutine: Coroutine[Any, Any, None]
) -> asyncio.Task[None] | None:
    """Run a coroutine up to its first wait; return the task that does the rest, if any.

    Whatever it raises before it waits is raised here. It has a context of its own and a current
    task all along, so that timeouts and task groups work in it from its first line. The caller is
    a callback of the loop: raises `RuntimeError` inside of a task.
    """
    context = copy_context()
    step = _Step()
    _enter_task(loop, step)  # type: ignore[arg-type]
    try:
        # `next` with a default makes no StopIteration, which is half the price of `send`.
        awaited = context.run(next, coroutine.__await__(), _DONE)
    finally:
        _leave_task(loop, step)  # type: ignore[arg-type]
    if awaited is _DONE:
        return None
    return step.become(loop, _Rest(coroutine, awaited), context)


def start_anywhere(
    loop: asyncio.AbstractEventLoop, coroutine: Coroutine[Any, Any, None]
) -> asyncio.Task[None] | None:
    """Run a coroutine as `start` does, from a callback of the loop or inside of a task."""
    current = asyncio.current_task(loop)
    if current is None:
        return start(loop, coroutine)
    _leave_task(loop, current)
    try:
        return start(loop, coroutine)
    finally:
        _enter_task(loop, current)


_DONE = object()


class _Step:
    """Stands for the task that a coroutine may turn out to need."""

    _cancels = 0
    _task: asyncio.Task[None] | None = None

    def become(
        self,
        loop: asyncio.AbstractEventLoop,
        coroutine: Coroutine[Any, Any, None],
        context: Context,
    ) -> asyncio.Task[None]:
        self._task = loop.create_task(coroutine, context=context)
        for _ in range(self._cancels):
            self._task.cancel()
        return self._task

    def cancel(self, msg: object = None) -> bool:
        if self._task is not None:
            return self._task.cancel(msg)
        self._cancels += 1
        return True

    def uncancel(self) -> int:
        if self._task is not None:
            return self._task.uncancel()
        self._cancels = max(0, self._cancels - 1)
        return self._cancels

    def cancelling(self) -> int:
        return self._cancels if self._task is None else self._task.cancelling()

    def done(self) -> bool:
        return self._task is not None and self._task.done()

    def get_loop(self) -> asyncio.AbstractEventLoop:
        return asyncio.get_running_loop()

    def add_done_callback(self, callback: Callable[[Any], object]) -> None:
        if self._task is not None:
            self._task.add_done_callback(callback)


class _Rest(Coroutine[Any, Any, None]):
    """What is left of a coroutine that waits: for a task, it begins with that wait.

    A task that is cancelled before it begins throws that into the coroutine, not past it. A future
    that is awaited is marked as such until a task has seen it; meanwhile others may await it too.
    """

    __slots__ = ("_awaited", "_begun", "_coroutine")

    def __init__(self, coroutine: Coroutine[Any, Any, None], awaited: Any) -> None:  # noqa: ANN401
        self._coroutine = coroutine
        self._awaited = awaited
        if awaited is not None:
            awaited._asyncio_future_blocking = False  # noqa: SLF001
        self._begun = False

    def send(self, value: object) -> Any:  # noqa: ANN401
        if self._begun:
            return self._coroutine.send(value)
        self._begun = True
        awaited, self._awaited = self._awaited, None
        if awaited is not None:
            awaited._asyncio_future_blocking = True  # noqa: SLF001
        return awaited

    def throw(self, *error: Any) -> Any:  # noqa: ANN401
        self._begun = True
        return self._coroutine.throw(*error)

    def close(self) -> None:
        self._coroutine.close()

    def __await__(self) -> Generator[Any, Any, None]:
        raise TypeError("only a task runs this")
