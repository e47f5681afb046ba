"""Watchers and writers: official clients that keep a view from broadcasts, and compare it."""

from __future__ import annotations

import asyncio
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from random import Random
from typing import Any, NamedTuple, TypeAlias

import aiohttp
import socketio
from engineio.payload import Payload

from .history import Change, Item, Items, apply
from .judge import Acked, Session, Violation

CONNECT_WITHIN = 5.0
"""Seconds that a client gives a server to connect to, before it tries another time."""

ANSWER_WITHIN = 15.0
"""Seconds after which an ack that has not come on an open connection never comes."""

RECONNECT_AFTER = 0.1

Payload.max_decode_packets = 1_000_000  # else a poll of 17 packets ends a connection, unsaid

FAILED = "an unknown error has occurred"
MISSING = "entity not found"
NO_ANSWER = "no answer"

Answer: TypeAlias = tuple[Any, ...] | None
"""An ack's arguments; None when the connection ended before it."""


class Seat(NamedTuple):
    """Who sits where: a client's name, its node and the node's URL, and its transport."""

    name: str
    node: str
    url: str
    transport: str


class Ack(NamedTuple):
    """How a request ended, and how long that took."""

    sent_at: float
    seconds: float
    node: str
    event: str
    outcome: str


@dataclass(slots=True)
class Record:
    """All that clients were told; changes are shared between those who heard them."""

    sessions: list[Session] = field(default_factory=list)
    acks: list[Ack] = field(default_factory=list)
    acked: list[Acked] = field(default_factory=list)
    violations: list[Violation] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    _changes: dict[Change, Change] = field(default_factory=dict)

    def shared(self, change: Change) -> Change:
        """Return a change as it was first met."""
        return self._changes.setdefault(change, change)

    def violation(self, rule: str, who: str, what: str) -> None:
        """Remember what must not have happened."""
        self.violations.append(Violation(rule, time.monotonic(), who, what))


def item(todo: dict[str, Any]) -> Item:
    """Return a todo from the wire."""
    return todo["id"], todo["title"], todo["completed"]


class Client:
    """Someone at a node, again and again: its name, transport and node stay the same.

    All who `watches` have to agree after a fault.
    """

    watches = False

    def __init__(self, seat: Seat, record: Record) -> None:
        self.name, self.node, self._url, self._transport = seat
        self.session: Session | None = None
        self.view: Items = {}
        self.record = record
        self._gone = asyncio.Event()
        self._gone.set()
        self._socket: Any = None
        self._pending: set[asyncio.Future[Answer]] = set()

    @property
    def listed(self) -> bool:
        """Whether it is connected and has a view."""
        return self.session is not None and not self._gone.is_set()

    async def stay(self) -> None:
        """Be connected with a view, and be so again whenever it was cut off; never ends."""
        while True:
            try:
                async with aiohttp.ClientSession() as http:
                    if await self._connect(http):
                        await self._gone.wait()
                    await self._disconnect()
            finally:
                self._leave()
            await asyncio.sleep(RECONNECT_AFTER)

    def hang_up(self) -> None:
        """Leave, to come back."""
        self._gone.set()

    async def ask(self, event: str, *args: object) -> Answer:
        """Emit an event, and return its ack."""
        return await self._ask(event, args, lambda _: None)

    async def lists(self) -> bool:
        """List the todos, and compare them with the view; returns whether an answer came."""

        def compare(answer: tuple[Any, ...]) -> None:
            if "data" not in answer[0]:
                return
            listed = [item(todo) for todo in answer[0]["data"]]
            self.record.counts["lists"] += 1
            if self.session is None:
                self._begin(listed)
            elif listed != [*self.view.values()]:
                what = _difference(listed, [*self.view.values()])
                self.record.violation("list", self.name, what)

        return await self._ask("todo:list", (), compare) is not None

    async def reads(self, todo_id: str) -> None:
        """Read a todo, and compare it with the view."""

        def compare(answer: tuple[Any, ...]) -> None:
            if answer[0].get("error") == FAILED or self.session is None:
                return
            self.record.counts["reads"] += 1
            found = item(answer[0]["data"]) if "data" in answer[0] else None
            if found != self.view.get(todo_id):
                self.record.violation("read", self.name, f"{found}, not {self.view.get(todo_id)}")

        await self._ask("todo:read", (todo_id,), compare)

    async def _connect(self, http: aiohttp.ClientSession) -> bool:
        self._socket = socketio.AsyncClient(
            reconnection=False, handle_sigint=False, http_session=http
        )
        self._socket.on("*", self._hear)
        self._socket.on("disconnect", lambda *_: self._gone.set())
        self._gone.clear()
        try:
            async with asyncio.timeout(CONNECT_WITHIN):
                await self._socket.connect(
                    self._url, transports=[self._transport], wait_timeout=CONNECT_WITHIN
                )
                while self._wants_a_view():
                    await self.lists()
                    await asyncio.sleep(0 if self.session else RECONNECT_AFTER)
        except (socketio.exceptions.SocketIOError, TimeoutError, OSError, aiohttp.ClientError):
            return False
        return not self._wants_a_view()

    def _wants_a_view(self) -> bool:
        return self.session is None

    async def _disconnect(self) -> None:
        self._leave()
        with suppress(socketio.exceptions.SocketIOError, TimeoutError, aiohttp.ClientError):
            async with asyncio.timeout(1):
                await self._socket.disconnect()
        for loop in (self._socket.eio.read_loop_task, self._socket.eio.write_loop_task):
            if loop is not None:  # it would wait on, for what never comes
                loop.cancel()

    def _begin(self, listed: list[Item]) -> None:
        self.view = {found[0]: found for found in listed}
        self.session = Session(self.name, self.node, time.monotonic(), listed)
        self.session.watches = self.watches
        self.record.sessions.append(self.session)

    def _leave(self) -> None:
        self._gone.set()
        if self.session is not None:
            self.session.ended_at = time.monotonic()
            self.session = None
        for waiting in self._pending:
            if not waiting.done():
                waiting.set_result(None)
        self._pending.clear()

    def _hear(self, event: str, data: Any) -> None:  # noqa: ANN401  # what JSON holds
        self.record.counts["broadcasts"] += 1
        if event == "todo:deleted":
            self._told(Change("d", data))
        else:
            self._told(Change("c" if event == "todo:created" else "u", *item(data)))

    def _told(self, change: Change) -> None:
        if self.session is None:  # its first list is yet to come, and will hold it
            return
        change = self.record.shared(change)
        self.session.told(change, time.monotonic())
        apply(self.view, change)

    def _unanswered(self, event: str, sent_at: float) -> None:
        """Leave a connection on which an ack never comes."""
        self.record.acks.append(Ack(sent_at, ANSWER_WITHIN, self.node, event, NO_ANSWER))
        if self.session is not None:
            heard = sum(at > sent_at for at in self.session.at)
            what = f"{event} at {sent_at:.2f}, while {heard} changes were heard"
            self.record.violation("no answer", self.name, what)
        self.hang_up()

    async def _ask(
        self, event: str, args: tuple[object, ...], act: Callable[[tuple[Any, ...]], None]
    ) -> Answer:
        """Emit an event and return its ack, on which something is done before what comes next."""
        answered: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._pending.add(answered)
        sent_at = time.monotonic()

        def ack(*answer: Any) -> None:  # noqa: ANN401  # what JSON holds
            if not answered.done():
                answered.set_result(answer)
                act(answer)

        answer: Answer = None
        try:
            await self._socket.emit(event, args, callback=ack)
            async with asyncio.timeout(ANSWER_WITHIN):
                answer = await answered
        except socketio.exceptions.SocketIOError:
            pass
        except TimeoutError:
            self._unanswered(event, sent_at)
        finally:
            self._pending.discard(answered)
        if answer is not None:
            seconds = time.monotonic() - sent_at
            outcome = str(answer[0].get("error", "done")) if answer else "done"
            self.record.acks.append(Ack(sent_at, seconds, self.node, event, outcome))
        return answer


class Watcher(Client):
    """Hears everything, lists and reads now and then, and sometimes leaves and comes back."""

    watches = True

    async def watch(self, random: Random) -> None:
        """Watch; never ends."""
        staying = asyncio.create_task(self.stay())
        try:
            while True:
                await asyncio.sleep(random.uniform(0.2, 0.8))
                if not self.listed:
                    continue
                if random.random() < 0.01:  # noqa: PLR2004
                    self.hang_up()
                elif self.view and random.random() < 0.5:  # noqa: PLR2004
                    await self.reads(random.choice([*self.view]))
                else:
                    await self.lists()
        finally:
            staying.cancel()
            await asyncio.gather(staying, return_exceptions=True)


class Writer(Client):
    """Creates, updates and deletes, some at a time, and hands on creates that were not answered."""

    def __init__(self, seat: Seat, record: Record, again: asyncio.Queue[dict[str, Any]]) -> None:
        super().__init__(seat, record)
        self.stopping = False
        self._again = again
        self._written = 0
        self._busy: set[str] = set()

    async def write(self, random: Random, pause: float, wanted: int, at_once: int) -> None:
        """Write, and keep the list near a length, until it is `stopping`."""
        staying = asyncio.create_task(self.stay())
        try:
            async with asyncio.TaskGroup() as group:
                for _ in range(at_once):
                    group.create_task(self._write(random, pause, wanted))
        finally:
            staying.cancel()
            await asyncio.gather(staying, return_exceptions=True)

    async def _write(self, random: Random, pause: float, wanted: int) -> None:
        while not self.stopping:
            await asyncio.sleep(random.uniform(0, 2 * pause))
            if not self.listed:
                continue
            free = [todo_id for todo_id in self.view if todo_id not in self._busy]
            chance = random.random()
            if not free or chance < 0.35 * 2 * wanted / (wanted + len(self.view)):
                await self._create(random)
            elif chance < 0.7 and len(self.view) < 2 * wanted:  # noqa: PLR2004
                await self._update(random.choice(free), random)
            else:
                await self._delete(random.choice(free))

    def _title(self, random: Random) -> str:
        self._written += 1
        return f"{self.name} {self._written} {random.choice(_FILLINGS)}"[:256]

    async def _create(self, random: Random) -> None:
        title = self._title(random)
        key = str(uuid.UUID(int=random.getrandbits(128), version=4))
        new = {"title": title, "completed": False, "idempotencyKey": key}

        def created(answer: tuple[Any, ...]) -> None:
            if "data" in answer[0]:
                self._wrote(Change("c", answer[0]["data"], title, False))

        answer = await self._ask("todo:create", (new,), created)
        if answer is None or answer[0].get("error") == FAILED:
            self._again.put_nowait(new)

    async def _update(self, todo_id: str, random: Random) -> None:
        changed = (todo_id, self._title(random), random.random() < 0.5)  # noqa: PLR2004
        todo = dict(zip(("id", "title", "completed"), changed, strict=True))

        def updated(answer: tuple[Any, ...]) -> None:
            self._settled(todo_id, answer, Change("u", *changed))

        await self._ask("todo:update", (todo,), updated)

    async def _delete(self, todo_id: str) -> None:
        self._busy.add(todo_id)

        def deleted(answer: tuple[Any, ...]) -> None:
            self._settled(todo_id, answer, Change("d", todo_id))

        await self._ask("todo:delete", (todo_id,), deleted)
        self._busy.discard(todo_id)

    def _settled(self, todo_id: str, answer: tuple[Any, ...], change: Change) -> None:
        if not answer:
            self._wrote(change)
        elif answer[0]["error"] == MISSING and self.session is not None and todo_id in self.view:
            self.record.violation("missing", self.name, f"{MISSING}: {todo_id}, which is there")

    def _wrote(self, change: Change) -> None:
        change = self.record.shared(change)
        self.record.acked.append(Acked(change, time.monotonic(), self.name))
        self._told(change)


class Retrier(Client):
    """Sends creates again that others got no answer to, with their keys, until they are acked."""

    async def retry(self, again: asyncio.Queue[dict[str, Any]]) -> None:
        """Retry; never ends."""
        staying = asyncio.create_task(self.stay())
        try:
            while True:
                new = await again.get()
                while not await self._created(new):
                    await asyncio.sleep(RECONNECT_AFTER)
                again.task_done()
        finally:
            staying.cancel()
            await asyncio.gather(staying, return_exceptions=True)

    def _wants_a_view(self) -> bool:
        """Keep none: an ack does not say whether it or its forerunner has created the todo."""
        return False

    async def _created(self, new: dict[str, Any]) -> bool:
        answer = None if self._gone.is_set() else await self.ask("todo:create", new)
        if answer is None or "data" not in answer[0]:
            return False
        self.record.counts["retried creates"] += 1
        change = self.record.shared(Change("c", answer[0]["data"], new["title"], False))
        self.record.acked.append(Acked(change, time.monotonic(), self.name))
        return True


def _difference(listed: list[Item], view: list[Item]) -> str:
    """Say where a list and a view part."""
    shorter = min(len(listed), len(view))
    place = next((n for n in range(shorter) if listed[n] != view[n]), shorter)
    there, seen = (
        f"{some[place][0][:8]} {some[place][1][:24]}" if place < len(some) else "nothing"
        for some in (listed, view)
    )
    return (
        f"{len(listed)} todos listed, {len(view)} in the view; first different is number "
        f"{place + 1}: {there}, not {seen}"
    )


def _fillings() -> Iterator[str]:
    """Yield what titles end with: none, long ones, and characters of up to four bytes."""
    yield from ("", "milk", "·" * 60, "漢字" * 40, "🥛" * 100, "x" * 240)


_FILLINGS = [*_fillings()]
