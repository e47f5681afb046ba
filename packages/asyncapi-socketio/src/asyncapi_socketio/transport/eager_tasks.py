"""Eager tasks: a coroutine runs at once, in its caller's turn; most never need a task of asyncio's.

`asyncio.eager_task_factory` (Python 3.12) makes a task for each: twice the time for one that never
waits, as most events do not. One that waits for a future, as a write does for its commit, goes on
in that future's callback: half the time of a task. Only what waits again gets one, which is
quicker from then on.
"""

from __future__ import annotations

import asyncio
from asyncio.tasks import _enter_task, _leave_task  # the loop's own hooks for tasks of any make
from collections.abc import Callable, Collection, Coroutine, Generator, Iterator
from contextvars import Context, copy_context
from typing import Any


def start(
    loop: asyncio.AbstractEventLoop, coroutine: Coroutine[Any, Any, None]
) -> EagerTask | None:
    """Run a coroutine up to its first wait; return what does the rest, if any.

    Whatever it raises before it waits is raised here. It has a context of its own and a current
    task all along, so that timeouts and task groups work in it from its first line. The caller is
    a callback of the loop: raises `RuntimeError` inside of a task.
    """
    context = copy_context()
    task = EagerTask()
    steps = coroutine.__await__()
    _enter_task(loop, task)  # type: ignore[arg-type]
    try:
        # `next` with a default makes no StopIteration, which is half the price of `send`.
        awaited: Any = context.run(next, steps, _DONE)
    finally:
        _leave_task(loop, task)  # type: ignore[arg-type]
    if awaited is _DONE:
        return None
    task.wait_for(awaited, loop, coroutine, steps, context)
    return task


def start_anywhere(
    loop: asyncio.AbstractEventLoop, coroutine: Coroutine[Any, Any, None]
) -> EagerTask | None:
    """Run a coroutine as `start` does, from a callback of the loop or inside of a task."""
    current = asyncio.current_task(loop)
    if current is None:
        return start(loop, coroutine)
    _leave_task(loop, current)
    try:
        return start(loop, coroutine)
    finally:
        _enter_task(loop, current)


async def wait(tasks: Collection[EagerTask], timeout: float) -> None:  # noqa: ASYNC109  # as asyncio's
    """Wait until all tasks have ended, but no longer than that."""
    loop = asyncio.get_running_loop()

    def end(task: EagerTask) -> None:
        if not ends[task].done():
            ends[task].set_result(None)

    ends = {task: loop.create_future() for task in tasks if not task.done()}
    for task in ends:
        task.add_done_callback(end)
    if ends:
        await asyncio.wait(ends.values(), timeout=timeout)


_DONE = object()


class EagerTask:
    """Runs a coroutine: it is the current task there, until a task of asyncio's does the rest."""

    # Named as they are in `asyncio.Task`, where anyio looks for them.
    _fut_waiter: asyncio.Future[Any] | None = None
    _must_cancel = False

    _cancels = 0
    _done = False
    _error: BaseException | None = None
    _task: asyncio.Task[None] | None = None
    _callbacks: list[Callable[[EagerTask], object]]
    _loop: asyncio.AbstractEventLoop
    _coroutine: Coroutine[Any, Any, None]
    _steps: Iterator[Any]
    _context: Context

    def wait_for(
        self,
        awaited: Any,  # noqa: ANN401
        loop: asyncio.AbstractEventLoop,
        coroutine: Coroutine[Any, Any, None],
        steps: Iterator[Any],
        context: Context,
    ) -> None:
        """Run a coroutine on when what it awaits is there."""
        self._callbacks = []
        self._loop, self._coroutine, self._steps, self._context = loop, coroutine, steps, context
        if awaited is None or self._must_cancel:
            self._become(awaited)
            return
        awaited._asyncio_future_blocking = False  # noqa: SLF001
        self._fut_waiter = awaited
        awaited.add_done_callback(self._go_on)

    def _go_on(self, awaited: asyncio.Future[Any]) -> None:
        self._fut_waiter = None
        if self._must_cancel:  # what it waited for could not be
            self._become(awaited)
            return
        _enter_task(self._loop, self)  # type: ignore[arg-type]
        try:
            following: Any = self._context.run(next, self._steps, _DONE)
        except BaseException as error:
            self._end(error)
            if not isinstance(error, Exception | asyncio.CancelledError):
                raise
            return
        finally:
            _leave_task(self._loop, self)  # type: ignore[arg-type]
        if following is _DONE:
            self._end(None)
        else:
            self._become(following)

    def _become(self, awaited: Any) -> None:  # noqa: ANN401
        """Have a task of asyncio's do the rest, cancelled where this one was in vain."""
        rest = _Rest(self._coroutine, awaited)
        self._task = task = self._loop.create_task(rest, context=self._context)
        for _ in range(self._cancels if self._must_cancel else 0):
            task.cancel()
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._end(asyncio.CancelledError() if task.cancelled() else task.exception())

    def _end(self, error: BaseException | None) -> None:
        self._done, self._error = True, error
        for callback in self._callbacks:
            callback(self)

    # As a task

    def cancel(self, msg: object = None) -> bool:
        if self._task is not None:
            return self._task.cancel(msg)
        if self._done:
            return False
        self._cancels += 1
        if self._fut_waiter is None or not self._fut_waiter.cancel(msg):
            self._must_cancel = True
        return True

    def uncancel(self) -> int:
        if self._task is not None:
            return self._task.uncancel()
        self._cancels = max(0, self._cancels - 1)
        self._must_cancel &= self._cancels > 0
        return self._cancels

    def cancelling(self) -> int:
        return self._cancels if self._task is None else self._task.cancelling()

    def done(self) -> bool:
        return self._done

    def cancelled(self) -> bool:
        return isinstance(self._error, asyncio.CancelledError)

    def exception(self) -> BaseException | None:
        return self._error

    def get_loop(self) -> asyncio.AbstractEventLoop:
        return asyncio.get_running_loop()

    def add_done_callback(self, callback: Callable[[EagerTask], object]) -> None:
        """Call back in the turn in which it ends."""
        self._callbacks.append(callback)


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
