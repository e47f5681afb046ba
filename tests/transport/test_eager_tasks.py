"""A coroutine that runs without a task until it waits can't tell the difference."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from contextvars import ContextVar
from typing import Any

import pytest

from asyncapi_socketio.transport import eager_tasks

WHO: ContextVar[str] = ContextVar("WHO", default="nobody")


async def run(coroutine: Coroutine[Any, Any, None]) -> asyncio.Task[None] | None:
    """Run it in a callback of the loop, as the transport does."""
    loop = asyncio.get_running_loop()
    ran: asyncio.Future[asyncio.Task[None] | None] = loop.create_future()

    def begin() -> None:
        try:
            ran.set_result(eager_tasks.start(loop, coroutine))
        except ValueError as error:
            ran.set_exception(error)

    loop.call_soon(begin)
    return await ran


async def test_what_does_not_wait_is_done_at_once_and_makes_no_task() -> None:
    done: list[str] = []

    async def work() -> None:
        done.append("work")

    assert await run(work()) is None
    assert done == ["work"]


async def test_what_waits_goes_on_as_a_task() -> None:
    gate = asyncio.get_running_loop().create_future()
    steps: list[object] = []

    async def work() -> None:
        steps.append("before")
        steps.append(await gate)
        await asyncio.sleep(0)
        steps.append("after")

    task = await run(work())
    assert task is not None
    assert steps == ["before"]
    gate.set_result("gate")
    await task
    assert steps == ["before", "gate", "after"]


async def test_an_error_before_the_first_wait_is_raised_at_once() -> None:
    async def work() -> None:
        raise ValueError("at once")

    with pytest.raises(ValueError, match="at once"):
        await run(work())


async def test_inside_of_a_task_it_is_refused() -> None:
    work = asyncio.sleep(0)
    with pytest.raises(RuntimeError):
        eager_tasks.start(asyncio.get_running_loop(), work)
    work.close()


async def test_errors_and_results_of_what_is_waited_for_arrive() -> None:
    gate = asyncio.get_running_loop().create_future()
    caught: list[str] = []

    async def work() -> None:
        try:
            await gate
        except ValueError as error:
            caught.append(str(error))
        await asyncio.sleep(0)
        raise KeyError("late")

    task = await run(work())
    assert task is not None
    gate.set_exception(ValueError("early"))
    with pytest.raises(KeyError, match="late"):
        await task
    assert caught == ["early"]


async def test_it_can_be_cancelled_and_may_clean_up() -> None:
    cleaned: list[str] = []

    async def work() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            cleaned.append("up")

    task = await run(work())
    assert task is not None
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert cleaned == ["up"]


async def test_a_timeout_from_the_first_line_on_ends_the_wait() -> None:
    ended: list[str] = []

    async def work() -> None:
        try:
            async with asyncio.timeout(0.01):
                await asyncio.Event().wait()
        except TimeoutError:
            ended.append("in time")

    task = await run(work())
    assert task is not None
    await task
    assert ended == ["in time"]
    assert not task.cancelled()


async def test_a_timeout_that_has_passed_before_the_first_wait() -> None:
    ended: list[str] = []

    async def work() -> None:
        try:
            async with asyncio.timeout(0):
                await asyncio.sleep(1)
        except TimeoutError:
            ended.append("at once")

    task = await run(work())
    assert task is not None
    await task
    assert ended == ["at once"]


async def test_a_task_group_from_the_first_line_on() -> None:
    done: list[int] = []

    async def one(number: int) -> None:
        await asyncio.sleep(0)
        done.append(number)

    async def work() -> None:
        async with asyncio.TaskGroup() as group:
            for number in range(3):
                group.create_task(one(number))

    task = await run(work())
    assert task is not None
    await task
    assert done == [0, 1, 2]


async def test_a_failing_task_group_from_the_first_line_on() -> None:
    caught: list[str] = []

    async def fail() -> None:
        raise ValueError("inside")

    async def work() -> None:
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(fail())
                await asyncio.Event().wait()
        except* ValueError:
            caught.append("inside")

    task = await run(work())
    assert task is not None
    await task
    assert caught == ["inside"]


async def test_it_has_a_context_of_its_own_all_along() -> None:
    seen: list[str] = []

    async def work() -> None:
        WHO.set("somebody")
        await asyncio.sleep(0)
        seen.append(WHO.get())

    task = await run(work())
    assert task is not None
    await task
    assert seen == ["somebody"]
    assert WHO.get() == "nobody"


async def test_there_is_a_current_task_of_its_own_all_along() -> None:
    seen: list[object] = []

    async def work() -> None:
        seen.append(asyncio.current_task())
        await asyncio.sleep(0)
        seen.append(asyncio.current_task())

    task = await run(work())
    assert task is not None
    await task
    assert asyncio.current_task() not in seen
    assert None not in seen
    assert seen[1] is task


async def test_inside_of_a_task_one_may_be_started_anywhere() -> None:
    tasks: list[object] = []
    us = asyncio.current_task()

    async def work() -> None:
        tasks.append(asyncio.current_task())
        async with asyncio.timeout(10):
            await asyncio.sleep(0)
        tasks.append(asyncio.current_task())

    task = eager_tasks.start_anywhere(asyncio.get_running_loop(), work())
    assert task is not None
    assert asyncio.current_task() is us
    await task
    assert tasks[1] is task
    assert us not in tasks


async def test_what_fails_at_once_inside_of_a_task_leaves_that_task_as_it_was() -> None:
    us = asyncio.current_task()

    async def work() -> None:
        raise ValueError("at once")

    with pytest.raises(ValueError, match="at once"):
        eager_tasks.start_anywhere(asyncio.get_running_loop(), work())
    assert asyncio.current_task() is us


async def test_two_may_wait_for_the_same_future_in_one_turn() -> None:
    loop = asyncio.get_running_loop()
    gate: asyncio.Future[str] = loop.create_future()
    heard: list[str] = []

    async def work() -> None:
        heard.append(await gate)

    tasks = [eager_tasks.start_anywhere(loop, work()) for _ in range(3)]
    gate.set_result("open")
    await asyncio.gather(*filter(None, tasks))
    assert heard == ["open"] * 3
