"""Todos in PostgreSQL and in memory, at a position of the log that all nodes write.

One task with one connection carries out what is asked, in batches: it writes them by one call each,
which returns what others have committed meanwhile, and confirms before it answers reads that the
list in memory is the newest. What others change comes by notifications too, but those are only a
hint of what the log says. Whatever is uncertain is read from the log, or loaded anew.
"""

from __future__ import annotations

import asyncio
import random
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from typing import Any, Self, TypeAlias
from uuid import UUID, uuid4

import orjson
import structlog

from asyncapi_socketio import Encoded

from ..difference import apply, difference
from ..generated.models import IdempotencyKey, Todo, TodoID
from ..repository import (
    CLOSE_WITHIN,
    MAX_BATCH,
    MAX_TODOS,
    MAX_WAITING,
    Change,
    Deleted,
    Figures,
    Health,
    StoreUnavailable,
)
from ..todo_list import TodoList
from .database import (
    Asked,
    Busy,
    Committed,
    Database,
    Gap,
    Misconfigured,
    NotMigrated,
    Position,
    Rejected,
    change_of,
    changes_of,
)

log = structlog.stdlib.get_logger(__name__)

MAX_HEARD = 10_000
"""Notifications that may wait; one more, and the log is read instead."""

ANSWER_WITHIN = 1.8
"""Seconds that a call waits for the database; what it wrote may still be committed, and told.

A client has its ack within two seconds, whatever the database does.
"""

SHARED_WITHIN = 0.05
"""Seconds in which those who read share a wait, and its end."""

QUIET = 0.5
"""Seconds without a question to the database after which it is asked: what lost news costs."""

POLL = 0.1
"""The same where a pooler passes no notifications on."""

BACK_OFF = (0.05, 1.0)
"""Seconds before the third attempt to connect, doubled for each further one, up to the last.

The second one follows at once: most often it was only the connection that broke.
"""

PRUNE_EVERY = 60.0
"""Seconds between two looks at whether the log can be shortened."""

LEFT_OUT_SHOWN = 10
"""Ids of invalid rows that are logged."""

Judge: TypeAlias = Callable[[Any], bool]
"""Says whether a value that was stored is a todo by the contract."""

Tell: TypeAlias = Callable[[Change], None]


class _Shared(asyncio.Future[TodoID | None]):
    """A future that many await: one of them who is cancelled does not cancel it for the others."""

    def cancel(self, msg: object = None) -> bool:  # noqa: ARG002  # as futures have it
        """Leave it as it is; the task is cancelled when it comes."""
        return False


class _Call:
    """Waits for the store; `callers` wait with it."""

    __slots__ = ("callers", "overdue", "result")

    def __init__(self, result: asyncio.Future[TodoID | None], overdue: float) -> None:
        self.result = result
        self.overdue = overdue
        self.callers = 1

    def answer(self, result: TodoID | None) -> None:
        if not self.result.done():
            self.result.set_result(result)

    def fail(self, error: Exception) -> None:
        if not self.result.done():
            self.result.set_exception(error)


class _Ping(_Call):
    """Waits for the store to say that it could write."""

    __slots__ = ()


class _Write(_Call):
    """Waits for a write to be durable."""

    __slots__ = ("change", "key", "shown")

    def __init__(
        self,
        change: Asked,
        key: IdempotencyKey | None,
        result: asyncio.Future[TodoID | None],
        overdue: float,
    ) -> None:
        super().__init__(result, overdue)
        self.change = change
        self.key = key
        self.shown = False


class PostgresTodoRepository:
    """Keeps todos in PostgreSQL; `TodoRepository` says what each method promises."""

    def __init__(self, url: str, judge: Judge, max_todos: int = MAX_TODOS) -> None:
        self._figures = Figures()
        self._url = url
        self._judge = judge
        self._max_todos = max_todos
        self._todos = TodoList()
        self._left_out: list[object] = []
        self._tell: Tell = lambda _: None
        self._loop = asyncio.get_running_loop()

        self._database: Database | None = None
        self._system: int | None = None
        self._position: Position | None = None
        self._astray = False
        self._heard: deque[str] = deque(maxlen=MAX_HEARD)

        self._calls: deque[_Call] = deque()
        self._callers = 0
        self._reads: _Call | None = None
        self._batch: Sequence[_Call] = ()
        self._committed: deque[_Write] = deque()
        self._news = asyncio.Event()
        self._resting = False
        self._idle = asyncio.Event()
        self._expiry: asyncio.TimerHandle | None = None

        self._trouble: str | None = None
        self._trouble_since = 0.0
        self._attempts = 0
        self._prune_at = self._loop.time() + random.uniform(0, PRUNE_EVERY)  # noqa: S311
        self._closed = False
        self._node: asyncio.Task[None] | None = None

    @classmethod
    async def open(cls, url: str, judge: Judge, max_todos: int = MAX_TODOS) -> Self:
        """Go to the database that `url` names; while it is away, wait for it in the background.

        Rows that `judge` rejects are left out. Raises `StoreUnavailable` with the reason in one
        line when the URL can't be used.
        """
        todos = cls(url, judge, max_todos)
        try:
            await todos._arrive()
        except Misconfigured:
            await todos.close()
            raise
        except (Gap, StoreUnavailable) as error:
            todos._disconnect()
            todos._became(str(error))
        todos._node = asyncio.ensure_future(todos._live())
        return todos

    async def add(self, todo: Todo, key: IdempotencyKey | None = None) -> TodoID | None:
        return await self._write(Asked("c", todo["id"], todo["title"], todo["completed"]), key)

    async def list(self) -> Encoded:
        await self._newest()
        return self._todos.encoded()

    async def find(self, todo_id: TodoID) -> Todo | None:
        await self._newest()
        return self._todos.find(todo_id)

    async def replace(self, todo: Todo) -> bool:
        change = Asked("u", todo["id"], todo["title"], todo["completed"])
        return await self._write(change) is not None

    async def remove(self, todo_id: TodoID) -> bool:
        return await self._write(Asked("d", todo_id)) is not None

    @property
    def figures(self) -> Figures:
        figures, place = self._figures, self._position
        if place is not None:
            news = _news(self._heard[-1], place) if self._heard else None
            figures.position, figures.behind = place.seq, max(0, news[1] - place.seq) if news else 0
        return figures

    def watch(self, tell: Tell) -> None:
        self._tell = tell

    async def ping(self) -> Health:
        await self._ask(_Ping(*self._waiting())).result
        return Health(left_out=len(self._left_out))

    async def close(self) -> None:
        if self._closed:
            return
        self._closed = True
        self._news.set()
        with suppress(TimeoutError):
            async with asyncio.timeout(CLOSE_WITHIN):
                while self._node and (self._calls or self._batch):
                    self._idle.clear()
                    await self._idle.wait()
        for call in (*self._batch, *self._calls):
            call.fail(StoreUnavailable("the store is closed"))
        self._calls.clear()
        self._disconnect()  # not while a query is cancelled: `Database` says why
        if self._node:
            self._node.cancel()
            await asyncio.wait([self._node])
        if self._expiry:
            self._expiry.cancel()

    # The callers' side

    async def _write(self, change: Asked, key: IdempotencyKey | None = None) -> TodoID | None:
        """Wait until a change is durable, and show it at the moment when its caller goes on."""
        call = _Write(change, key, *self._waiting())
        result = await self._ask(call).result
        if result == change.id:
            self._show(call)
        return result

    def _newest(self) -> asyncio.Future[TodoID | None]:
        """Return what comes when the list in memory is known to be the newest.

        All who read before the database is asked for it share the answer.
        """
        now, reads = self._loop.time(), self._reads
        if reads is None or now > reads.overdue - ANSWER_WITHIN + SHARED_WITHIN:
            shared = _Shared(loop=self._loop)
            self._reads = self._ask(_Call(shared, now + ANSWER_WITHIN))
            return shared
        self._admit()
        reads.callers += 1
        return reads.result

    def _waiting(self) -> tuple[asyncio.Future[TodoID | None], float]:
        """Return what a call waits for, and until when."""
        return self._loop.create_future(), self._loop.time() + ANSWER_WITHIN

    def _ask(self, call: _Call) -> _Call:
        """Put a call into the queue; it is answered, or fails in time."""
        if self._closed:
            raise StoreUnavailable("the store is closed")
        if self._trouble is not None and call.overdue > self._trouble_since + 2 * ANSWER_WITHIN:
            raise StoreUnavailable(self._trouble)
        self._admit()
        self._calls.append(call)
        self._news.set()
        if self._expiry is None:
            self._expiry = self._loop.call_at(call.overdue, self._expire)
        return call

    def _admit(self) -> None:
        """Count one who waits for the store; raise `StoreUnavailable` when there are too many."""
        if self._callers >= MAX_WAITING:
            raise StoreUnavailable(f"{MAX_WAITING} calls wait already")
        self._callers += 1

    def _expire(self) -> None:
        """Fail the calls that have waited for too long, whatever is under way."""
        now = self._loop.time()
        waiting = [call for call in (*self._batch, *self._calls) if not call.result.done()]
        for call in waiting:
            if call.overdue <= now:
                call.fail(StoreUnavailable(self._trouble or "the database does not answer"))
        left = [call.overdue for call in waiting if call.overdue > now]
        self._expiry = self._loop.call_at(min(left), self._expire) if left else None

    def _show(self, last: _Write | None = None) -> None:
        """Let reads see what is durable of this node's calls: all of it, or all up to `last`.

        A call that nobody waits for any more is told to everyone, its client too.
        """
        while self._committed and not (last and last.shown):
            call = self._committed.popleft()
            call.shown = True
            if call is last:
                apply(change_of(*call.change), self._todos)
            else:
                self._take([change_of(*call.change)])

    # The node's side

    async def _live(self) -> None:
        while not self._closed or self._calls:
            await self._wait()
            self._batch = self._next_batch()
            followed = self._follow()
            if self._batch or not followed or self._trouble is not None:
                await self._carry_out(self._batch)
            self._batch = ()
            self._idle.set()

    async def _wait(self) -> None:
        """Wait for calls, or for news of others that the log has to explain, but not for long."""
        if not (self._calls or self._heard):
            pooled = self._database is not None and self._database.pooled
            asking = self._loop.call_later(POLL if pooled else QUIET, self._news.set)
            self._resting = True
            try:
                await self._news.wait()
            finally:
                self._resting = False
                asking.cancel()
        self._news.clear()

    def _next_batch(self) -> Sequence[_Call]:
        batch: list[_Call] = []
        while self._calls and len(batch) < MAX_BATCH:
            call = self._calls.popleft()
            self._callers -= call.callers
            if call is self._reads:
                self._reads = None
            if not call.result.done():  # else it has waited for too long
                batch.append(call)
        return batch

    async def _carry_out(self, calls: Sequence[_Call]) -> None:
        """Carry out a batch, as often as it takes, but only once; then its callers go on in order.

        The same batch is sent until it is known what became of it, or nobody waits for it.
        """
        batch = uuid4()
        while True:
            try:
                await self._try(batch, calls)
            except Gap:
                self._astray = True
            except Rejected as error:
                await self._carry_out_each(calls, error)
                return
            except Busy as error:
                self._became(str(error))
            except Exception as error:
                if not isinstance(error, StoreUnavailable):
                    log.exception("store failed")
                self._disconnect()
                self._became(str(error))
                await self._back_off()
            else:
                return
            if self._closed or all(call.result.done() for call in calls):
                return

    async def _carry_out_each(self, calls: Sequence[_Call], error: Exception) -> None:
        """Find the calls that are at fault; the others are carried out."""
        if len(calls) == 1:
            calls[0].fail(error)
            return
        for call in calls:
            await self._carry_out([call])

    async def _try(self, batch: UUID, calls: Sequence[_Call]) -> None:
        database, position = await self._arrive()
        writes = [call for call in calls if isinstance(call, _Write)]
        if writes or any(isinstance(call, _Ping) for call in calls):
            changes, keys = [call.change for call in writes], [call.key for call in writes]
            began = self._loop.time()
            committed = await database.commit(position, batch, self._max_todos, changes, keys)
            self._figures.committed(len(writes), self._loop.time() - began)
            await self._settle(position, writes, committed)
        else:
            self._position, others = await database.since(position)
            self._take(others)
        self._became(None)
        for call in calls:
            if not isinstance(call, _Write):
                call.answer(None)
        await self._prune(database)

    async def _settle(
        self, before: Position, writes: Sequence[_Write], committed: Committed
    ) -> None:
        """Let the callers go on in the order of the commit, between what others have changed."""
        self._take(committed.others)
        done = set(committed.done)
        told = committed.first <= before.seq  # by what was loaded since they were sent
        for number, call in enumerate(writes):
            if number not in done:
                call.answer(committed.known.get(number))
            elif told:
                call.fail(StoreUnavailable("the connection was lost while it was committed"))
            else:
                self._committed.append(call)
                call.answer(call.change.id)
        await asyncio.sleep(0)  # their turn
        self._show()
        self._take(committed.later)
        self._position = committed.position

    def _hear(self, news: str) -> None:
        """Act on what the driver has heard, or keep it for when what is under way is done."""
        self._heard.append(news)
        if not (self._resting and self._follow()):
            self._news.set()

    def _follow(self) -> bool:
        """Take in what was heard; False when it does not say what there is, and the log has to."""
        followed = bool(self._heard)
        while self._heard:
            place = self._position
            news = _news(self._heard.popleft(), place)
            if place is None or news is None:
                self._heard.clear()
                return False
            before, after, changes = news
            if after <= place.seq:
                continue
            if self._astray or before != place.seq or not changes:
                self._heard.clear()
                return False
            self._take(changes_of(changes))
            self._position = Position(place.origin, after)
        return followed

    def _take(self, changes: Iterable[Change]) -> None:
        """Take in what others have committed, and tell everyone."""
        for change in changes:
            apply(change, self._todos)
            try:
                self._tell(change)
            except Exception:  # it breaks the contract: whoever wrote it, the log goes on
                todo_id = change.todo_id if isinstance(change, Deleted) else change.todo["id"]
                log.exception("change not told", id=todo_id)

    # Connecting

    async def _arrive(self) -> tuple[Database, Position]:
        """Return the connection and the position that the list is at, once there are any."""
        try:
            return await self._connect()
        except NotMigrated:
            await asyncio.to_thread(_migrate, self._url)
            log.info("database migrated")
            return await self._connect()

    async def _connect(self) -> tuple[Database, Position]:
        database = self._database
        if database is None:
            self._heard.clear()
            self._figures.reconnects += self._system is not None
            database = await Database.connect(self._url, self._hear, self._news.set)
            self._astray |= database.system != self._system  # another copy of the database
            self._database, self._system = database, database.system
        if self._position is None or self._astray:
            return database, await self._load(database)
        return database, self._position

    def _disconnect(self) -> None:
        if self._database:
            self._database.terminate()
        self._database = None

    async def _back_off(self) -> None:
        first, longest = BACK_OFF
        if self._attempts:
            delay = min(first * 2 ** (self._attempts - 1), longest)
            await asyncio.sleep(delay * random.uniform(0.5, 1))  # noqa: S311
        self._attempts += 1

    async def _load(self, database: Database) -> Position:
        """Take in the whole list, and tell everyone how it differs from the one before."""
        self._show()
        position, todos = await database.load()
        now, left_out = await asyncio.to_thread(_read, todos, self._judge)
        known, self._todos = self._todos, now
        if self._position is not None:
            log.warning("todos loaded again", reason="the log does not lead on", todos=len(now))
            for change in difference(known, now):
                self._tell(change)
        self._position, self._astray = position, False
        if left_out != self._left_out:
            self._left_out = left_out
            shown = left_out[:LEFT_OUT_SHOWN]
            log.warning("rows that are not valid todos left out", count=len(left_out), ids=shown)
        return position

    async def _prune(self, database: Database) -> None:
        """Shorten the log now and then."""
        if self._loop.time() >= self._prune_at:
            more = await database.prune()
            self._prune_at = self._loop.time() + (0 if more else PRUNE_EVERY)

    def _became(self, trouble: str | None) -> None:
        """Log once that the store can't be used, or can again."""
        if trouble is None:
            self._attempts = 0
        if trouble == self._trouble:
            return
        if self._trouble is None:
            self._trouble_since = self._loop.time()
        self._trouble = trouble
        self._figures.ready = trouble is None
        if trouble is None:
            log.info("store ready again")
        else:
            log.error("store not ready", reason=trouble)


def _migrate(url: str) -> None:
    from .migrate import migrate  # noqa: PLC0415  # Alembic is slow to import, and rarely needed

    migrate(url)


def _news(heard: str, place: Position | None) -> tuple[int, int, str] | None:
    """Return what a notification says: from where to where, and the changes if they fit.

    None when it is not about the log that a position is in.
    """
    origin, _, news = heard.partition(" ")
    if place is None or origin != place.origin:
        return None
    before, after, changes = news.split(" ", 2)
    return int(before), int(after), changes


def _read(stored: bytes, judge: Judge) -> tuple[TodoList, list[object]]:
    """Return the list that was stored, and the ids of the rows that are not valid todos."""
    todos, left_out = TodoList(), list[object]()
    for todo_id, title, completed in orjson.loads(stored):
        todo: Todo = {"id": todo_id, "title": title, "completed": completed}
        if judge(todo):
            todos.add(todo)
        else:
            left_out.append(todo_id)
    todos.encoded()  # here, not in the loop, where everyone would wait for it
    return todos, left_out
