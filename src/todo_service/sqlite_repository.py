"""Todos in a SQLite file and in memory: reads from memory, many writes in one durable commit.

One task has the writes committed, in the order in which they are asked for. What comes in while a
commit is under way makes up the next one (group commit), which shares the cost of making it
durable. Each caller goes on in that same order, so that acks and broadcasts have it too.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from time import perf_counter
from typing import Literal, Self, TypeAlias, TypeVar

import structlog

from asyncapi_socketio import Encoded

from .difference import apply, difference
from .generated.models import IdempotencyKey, Todo, TodoID
from .keys import UsedKeys
from .repository import (
    CLOSE_WITHIN,
    MAX_BATCH,
    MAX_TODOS,
    MAX_WAITING,
    Change,
    Figures,
    Health,
    StoreUnavailable,
)
from .sqlite_file import ChangedElsewhere, Changes, Judge, SqliteFile
from .todo_list import TodoList

log = structlog.stdlib.get_logger(__name__)

RELOADS = 3
"""Times that a batch is judged again because another program has changed the file."""

CHECK_EVERY = 1.0
"""Seconds without a write after which the file is looked at."""

LEFT_OUT_SHOWN = 10
"""Ids of invalid rows that are logged, each cut to as many characters as `ID_SHOWN`."""

ID_SHOWN = 40

SLICE = 100
"""Changes of another program that are told without a pause."""

T = TypeVar("T")

_Kind: TypeAlias = Literal["add", "ping", "remove", "replace"]


@dataclass(slots=True, eq=False)
class _Call:
    kind: _Kind
    todo_id: TodoID
    todo: Todo | None
    key: IdempotencyKey | None
    result: asyncio.Future[TodoID | None]
    done: bool = False
    shown: bool = False

    def answer(self, result: TodoID | None) -> None:
        if not self.result.done():
            self.result.set_result(result)

    def fail(self, error: Exception) -> None:
        if not self.result.done():
            self.result.set_exception(error)


@dataclass(frozen=True, slots=True)
class _Judged:
    """What becomes of a batch once its changes are durable; `count` todos are stored then.

    The result of a call is the id of the todo that it is about, None when there is none. `done` are
    the calls that are carried out.
    """

    results: Sequence[TodoID | None]
    done: Sequence[_Call]
    changes: Changes
    count: int


class SqliteTodoRepository:
    """Keeps todos in a SQLite file; `TodoRepository` says what each method promises."""

    def __init__(self, file: SqliteFile, thread: ThreadPoolExecutor, max_todos: int) -> None:
        self.figures = Figures()
        self._file = file
        self._thread = thread
        self._max_todos = max_todos
        self._todos = TodoList()
        self._keys = UsedKeys()
        self._left_out: Sequence[object] = []
        self._calls: asyncio.Queue[_Call] = asyncio.Queue(MAX_WAITING)
        self._committed: deque[_Call] = deque()
        self._ahead: dict[TodoID, bool] = {}
        self._durable = 0
        self._trouble: str | None = None
        self._closed = False
        self._tell: Callable[[Change], None] = lambda _: None
        self._writer: asyncio.Task[None] | None = None

    @classmethod
    async def open(cls, url: str, judge: Judge, max_todos: int = MAX_TODOS) -> Self:
        """Open the file that `url` names, made where there is none; leave out what `judge` rejects.

        Raises `StoreUnavailable` with the reason in one line.
        """
        thread = ThreadPoolExecutor(1, "sqlite")
        loop = asyncio.get_running_loop()
        try:
            file = await loop.run_in_executor(thread, SqliteFile.open, url, judge)
        except BaseException:
            thread.shutdown(wait=False)
            raise
        todos = cls(file, thread, max_todos)
        try:
            await todos._reload()
            await todos._in_thread(todos._todos.encoded)  # in the loop, everyone would wait for it
        except BaseException:
            await todos.close()
            raise
        todos._writer = asyncio.ensure_future(todos._carry_out_forever())
        log.debug("store opened", todos=len(todos._todos))
        return todos

    async def add(self, todo: Todo, key: IdempotencyKey | None = None) -> TodoID | None:
        return await self._call("add", todo["id"], todo, key)

    async def list(self) -> Encoded:
        return self._todos.encoded()

    async def find(self, todo_id: TodoID) -> Todo | None:
        return self._todos.find(todo_id)

    async def replace(self, todo: Todo) -> bool:
        return await self._call("replace", todo["id"], todo) is not None

    async def remove(self, todo_id: TodoID) -> bool:
        return await self._call("remove", todo_id) is not None

    def watch(self, tell: Callable[[Change], None]) -> None:
        self._tell = tell

    async def ping(self) -> Health:
        await self._call("ping")
        return Health(left_out=len(self._left_out))

    async def close(self) -> None:
        if self._closed:
            return
        self._closed = True
        await self._finish()
        self._file.stop_waiting()
        while not self._calls.empty():
            self._calls.get_nowait().fail(StoreUnavailable("the store is closed"))
            self._calls.task_done()
        await self._finish()
        if self._writer is not None:
            self._writer.cancel()
        closing = self._in_thread(self._file.close)
        self._thread.shutdown(wait=False)
        await asyncio.wait([closing], timeout=CLOSE_WITHIN)

    async def _finish(self) -> None:
        """Wait until all that was asked is carried out, but not for long."""
        with suppress(TimeoutError):
            async with asyncio.timeout(CLOSE_WITHIN):
                await self._calls.join()

    def _in_thread(self, function: Callable[..., T], *args: object) -> asyncio.Future[T]:
        """Run a function in the thread that the file belongs to."""
        return asyncio.get_running_loop().run_in_executor(self._thread, function, *args)

    # The callers' side

    async def _call(
        self,
        kind: _Kind,
        todo_id: TodoID = "",
        todo: Todo | None = None,
        key: IdempotencyKey | None = None,
    ) -> TodoID | None:
        """Wait until the call is durable, and show it at the moment when its caller goes on."""
        if self._closed:
            raise StoreUnavailable("the store is closed")
        call = _Call(kind, todo_id, todo, key, asyncio.get_running_loop().create_future())
        try:
            self._calls.put_nowait(call)
        except asyncio.QueueFull:
            raise StoreUnavailable(f"{MAX_WAITING} calls wait already") from None
        result = await call.result
        if call.done:
            self._show(call)
        return result

    def _show(self, last: _Call | None = None) -> None:
        """Let reads see what is durable: all of it, or all up to `last`.

        A call whose caller was cancelled is shown with the next one.
        """
        while self._committed and not (last and last.shown):
            call = self._committed.popleft()
            call.shown = True
            match call:
                case _Call("add", todo=todo) if todo:
                    self._todos.add(todo)
                case _Call("replace", todo=todo) if todo:
                    self._todos.replace(todo)
                case _Call("remove", todo_id):
                    self._todos.remove(todo_id)
        if not self._committed:
            self._ahead.clear()

    # The writer's side

    async def _carry_out_forever(self) -> None:
        while True:
            batch = await self._next_batch()
            if batch:
                await self._carry_out(batch)
            else:
                await self._look()
            for _ in batch:
                self._calls.task_done()

    async def _next_batch(self) -> Sequence[_Call]:
        """Return what waits; nothing when nothing has come for a while."""
        try:
            async with asyncio.timeout(CHECK_EVERY):
                batch = [await self._calls.get()]
        except TimeoutError:
            return ()
        await self._gather()
        while len(batch) < MAX_BATCH and not self._calls.empty():
            batch.append(self._calls.get_nowait())
        return batch

    async def _gather(self) -> None:
        """Let what comes right behind a call share its commit: a turn without another ends it."""
        waiting = -1
        while waiting < self._calls.qsize() < MAX_BATCH:
            waiting = self._calls.qsize()
            await asyncio.sleep(0)

    async def _look(self) -> None:
        """See whether the file has changed; if it has, or there was trouble, whether it writes."""
        if self._trouble is None:
            with suppress(ChangedElsewhere, StoreUnavailable):
                await self._in_thread(self._file.check)
                return
        probe = _Call("ping", "", None, None, asyncio.get_running_loop().create_future())
        await self._carry_out([probe])
        probe.result.exception()  # which was logged

    async def _carry_out(self, batch: Sequence[_Call]) -> None:
        """Carry out a batch in one commit, then let its callers go on in order."""
        try:
            judged = await self._commit(batch)
        except StoreUnavailable as error:
            self._became(str(error))
            _fail(batch, error)
        except asyncio.CancelledError:
            _fail(batch, StoreUnavailable("the store is closed"))
            raise
        except Exception as error:  # noqa: BLE001  # one call is at fault, not the store
            if len(batch) == 1:
                _fail(batch, error)
                return
            for call in batch:
                await self._carry_out([call])
        else:
            self._settle(batch, judged)

    async def _commit(self, batch: Sequence[_Call]) -> _Judged:
        """Judge and commit a batch, again when others have changed the file meanwhile."""
        for _ in range(RELOADS):
            judged = self._judge(batch)
            if not judged.done:
                return judged
            began = perf_counter()
            try:
                await self._in_thread(self._file.commit, judged.changes)
            except ChangedElsewhere:
                await self._reload()
            else:
                self.figures.committed(len(batch), perf_counter() - began)
                self._became(None)
                return judged
        raise StoreUnavailable("another program keeps changing its file")

    def _judge(self, batch: Sequence[_Call]) -> _Judged:
        """Decide what each call of a batch changes, behind all that was committed before it."""
        changes, count = Changes(), self._durable
        results: deque[TodoID | None] = deque()
        carried_out: deque[_Call] = deque()
        for call in batch:
            if first := self._first_with(call.key, changes):
                results.append(first)
                continue
            todo_id, there = call.todo_id, self._is_there(call.todo_id, changes)
            done = count < self._max_todos if call.kind == "add" else there or call.kind == "ping"
            if done and call.kind == "remove":
                changes.remove(todo_id)
                count -= 1
            elif done and call.todo is not None:
                changes.put[todo_id] = call.todo
                count += not there
            if done and call.key:
                changes.keys[call.key] = todo_id
            results.append(todo_id if done else None)
            if done:
                carried_out.append(call)
        return _Judged(results, carried_out, changes, count)

    def _is_there(self, todo_id: TodoID, changes: Changes) -> bool:
        if todo_id in changes.put:
            return True
        return todo_id not in changes.removed and self._ahead.get(todo_id, todo_id in self._todos)

    def _first_with(self, key: IdempotencyKey | None, changes: Changes) -> TodoID | None:
        """Return the id of the todo first stored with a key; None when there is none."""
        return key and (changes.keys.get(key) or self._keys.find(key))

    def _settle(self, batch: Sequence[_Call], judged: _Judged) -> None:
        """Let the callers go on in the order of the commit; nobody's turn comes in between."""
        self._durable = judged.count
        self._ahead.update(dict.fromkeys(judged.changes.removed, False))
        self._ahead.update(dict.fromkeys(judged.changes.put, True))
        for key, todo_id in judged.changes.keys.items():
            self._keys.add(key, todo_id)
        self._committed.extend(judged.done)
        self.figures.position += len(judged.done)
        for call in judged.done:
            call.done = True
        for call, result in zip(batch, judged.results, strict=True):
            call.answer(result)
        asyncio.get_running_loop().call_soon(self._show)  # the last ones, if they were cancelled

    async def _reload(self) -> None:
        """Take in what the file holds now, whoever has written it, and tell of it."""
        await asyncio.sleep(0)  # the callers of all that is durable have had their turn
        self._show()
        now = await self._in_thread(_load, self._file, self._todos)
        self._keys, self._durable = now.keys, len(now.todos)
        if self._writer is None:
            self._todos = now.todos
        elif now.changes:
            log.warning("todos changed by another program", todos=len(now.todos))
            await self._tell_of(now.changes)
        if now.left_out != self._left_out:
            self._left_out = now.left_out
            shown = [repr(row)[:ID_SHOWN] for row in now.left_out[:LEFT_OUT_SHOWN]]
            count = len(now.left_out)
            log.warning("rows that are not valid todos left out", count=count, ids=shown)

    async def _tell_of(self, changes: Sequence[Change]) -> None:
        """Show and tell changes, in slices, so that others have their turn in between."""
        for start in range(0, len(changes), SLICE):
            for change in changes[start : start + SLICE]:
                apply(change, self._todos)
                self._tell(change)
            await asyncio.sleep(0)

    def _became(self, trouble: str | None) -> None:
        """Log once that the store can't be written, or can again."""
        if trouble == self._trouble:
            return
        self._trouble = trouble
        self.figures.ready = trouble is None
        if trouble is None:
            log.info("store ready again")
        else:
            log.error("store not ready", reason=trouble)


@dataclass(frozen=True, slots=True)
class _Loaded:
    """What a file holds, and what has made it so since it was read."""

    todos: TodoList
    changes: Sequence[Change]
    keys: UsedKeys
    left_out: Sequence[object]


def _load(file: SqliteFile, known: TodoList) -> _Loaded:
    todos, keys = TodoList(), UsedKeys()
    left_out = file.load(todos, keys)
    return _Loaded(todos, [*difference(known, todos)], keys, left_out)


def _fail(batch: Sequence[_Call], error: Exception) -> None:
    for call in batch:
        call.fail(error)
