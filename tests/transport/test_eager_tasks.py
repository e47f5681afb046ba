"""A coroutine that runs without a task until it waits can't tell the difference."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from contextvars import ContextVar
from typing import Any

import pytest

from asyncapi_socketio.transport import eager_tasks
from asyncapi_socketio.transport.eager_tasks import EagerTask
from tests.patience import PATIENCE

WHO: ContextVar[str] = ContextVar("WHO", default="nobody")


async def run(coroutine: Coroutine[Any, Any, None]) -> EagerTask | None:
    """Run it in a callback of the loop, as the transport does."""
    loop = asyncio.get_running_loop()
    ran: asyncio.Future[EagerTask | None] = loop.create_future()

    def begin() -> None:
        try:
            ran.set_result(eager_tasks.start(loop, coroutine))
        except ValueError as error:
            ran.set_exception(error)

    loop.call_soon(begin)
    return await ran


@pytest.fixture
async def gate() -> asyncio.Future[str]:
    """Return what a test opens, and its coroutine waits for."""
    return asyncio.get_running_loop().create_future()


async def ended(task: EagerTask | None) -> None:
    """Wait until it has ended, and raise what it has raised."""
    assert task is not None
    await eager_tasks.wait([task], PATIENCE)
    assert task.done()
    if error := task.exception():
        raise error


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
    await ended(task)
    assert steps == ["before", "gate", "after"]


async def test_what_waits_once_makes_no_task_of_asyncios(gate: asyncio.Future[str]) -> None:
    heard: list[str] = []

    async def work() -> None:
        heard.append(await gate)

    task = await run(work())
    others = asyncio.all_tasks()
    gate.set_result("open")
    await ended(task)
    assert heard == ["open"]
    assert asyncio.all_tasks() == others


async def test_what_waits_for_several_futures_gets_each(gate: asyncio.Future[str]) -> None:
    second, heard = asyncio.get_running_loop().create_future(), []

    async def work() -> None:
        heard.append(await gate)
        heard.append(await second)

    task = await run(work())
    gate.set_result("first")
    asyncio.get_running_loop().call_later(0.01, second.set_result, "second")
    await ended(task)
    assert heard == ["first", "second"]


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
        await ended(task)
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
        await ended(task)
    assert cleaned == ["up"]


async def test_who_waits_for_what_cant_be_cancelled_is_cancelled_when_it_comes() -> None:
    class Shared(asyncio.Future[str]):
        def cancel(self, msg: object = None) -> bool:
            return False

    gate, heard = Shared(), list[str]()

    async def work(name: str) -> None:
        try:
            heard.append(f"{name}: {await gate}")
        except asyncio.CancelledError:
            heard.append(f"{name}: cancelled")
            raise

    one, two = await run(work("one")), await run(work("two"))
    assert one is not None
    assert one.cancel()
    gate.set_result("open")
    await ended(two)
    with pytest.raises(asyncio.CancelledError):
        await ended(one)
    assert one.cancelled()
    assert sorted(heard) == ["one: cancelled", "two: open"]


async def test_who_cancels_itself_is_cancelled_where_it_waits_next(
    gate: asyncio.Future[str],
) -> None:
    async def work() -> None:
        await gate
        us = asyncio.current_task()
        assert us is not None
        us.cancel()
        assert us.cancelling() == 1
        await asyncio.get_running_loop().create_future()

    task = await run(work())
    gate.set_result("open")
    with pytest.raises(asyncio.CancelledError):
        await ended(task)


async def test_a_cancellation_that_is_taken_back_ends_nothing(gate: asyncio.Future[str]) -> None:
    async def work() -> None:
        us = asyncio.current_task()
        assert us is not None
        us.cancel()
        us.uncancel()
        await gate

    task = await run(work())
    gate.set_result("open")
    await ended(task)


async def test_what_has_ended_cant_be_cancelled(gate: asyncio.Future[str]) -> None:
    async def work() -> None:
        await gate

    task = await run(work())
    gate.set_result("open")
    await ended(task)
    assert task is not None
    assert not task.cancel()
    assert not task.cancelled()


async def test_a_timeout_from_the_first_line_on_ends_the_wait() -> None:
    outcome: list[str] = []

    async def work() -> None:
        try:
            async with asyncio.timeout(0.01):
                await asyncio.Event().wait()
        except TimeoutError:
            outcome.append("in time")

    task = await run(work())
    await ended(task)
    assert outcome == ["in time"]
    assert task is not None
    assert not task.cancelled()


async def test_a_timeout_that_has_passed_before_the_first_wait() -> None:
    outcome: list[str] = []

    async def work() -> None:
        try:
            async with asyncio.timeout(0):
                await asyncio.sleep(1)
        except TimeoutError:
            outcome.append("at once")

    task = await run(work())
    await ended(task)
    assert outcome == ["at once"]


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
    await ended(task)
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
    await ended(task)
    assert caught == ["inside"]


async def test_it_has_a_context_of_its_own_all_along() -> None:
    seen: list[str] = []

    async def work() -> None:
        WHO.set("somebody")
        await asyncio.sleep(0)
        seen.append(WHO.get())

    task = await run(work())
    await ended(task)
    assert seen == ["somebody"]
    assert WHO.get() == "nobody"


async def test_there_is_a_current_task_of_its_own_all_along() -> None:
    seen: list[object] = []

    async def work() -> None:
        seen.append(asyncio.current_task())
        await asyncio.sleep(0)
        seen.append(asyncio.current_task())

    task = await run(work())
    await ended(task)
    assert asyncio.current_task() not in seen
    assert None not in seen


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
    await ended(task)
    assert us not in tasks
    assert None not in tasks


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
    for task in tasks:
        await ended(task)
    assert heard == ["open"] * 3
