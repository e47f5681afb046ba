"""The service with one fault planted: a class a fault, which names the rule that it breaks."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, ClassVar, TypeAlias

import orjson
from aiohttp import web

from asyncapi_socketio import JOI
from asyncapi_socketio.encoded import Encoded
from asyncapi_socketio.runtime.gateway import Ack, Gateway
from asyncapi_socketio.runtime.relay import Relay
from asyncapi_socketio.transport import Server, listen
from tests.patience import PATIENCE
from tests.stores import decoded
from todo_service.generated.operations import CONTRACT
from todo_service.handlers import TodoHandlers
from todo_service.repository import Change, Figures, Health

LATE = 1.5
"""Seconds that a late ack takes: more than the tests wait, and less than twice that."""

SOMEONE = "11111111-1111-4111-8111-111111111111"

Args: TypeAlias = list[Any]
Emit: TypeAlias = Callable[..., None]


class Store:
    """A store that faults can reach into: `todos` is all that is stored, by id."""

    def __init__(self) -> None:
        self.figures = Figures()
        self.todos: dict[str, Any] = {}
        self.keys: dict[str, str] = {}

    async def add(self, todo: Any, key: str | None = None) -> str:
        if key in self.keys:
            return self.keys[key]
        self.todos[todo["id"]] = todo
        if key is not None:
            self.keys[key] = todo["id"]
        return str(todo["id"])

    async def list(self) -> Encoded:
        return Encoded((orjson.dumps(self.listed()),))

    def listed(self) -> Sequence[Any]:
        """Return what is listed."""
        return [*self.todos.values()]

    async def find(self, todo_id: str) -> Any:
        return self.todos.get(todo_id)

    async def replace(self, todo: Any) -> bool:
        if todo["id"] not in self.todos:
            return False
        self.todos[todo["id"]] = todo
        return True

    async def remove(self, todo_id: str) -> bool:
        return self.todos.pop(todo_id, None) is not None

    def watch(self, tell: Callable[[Change], None]) -> None:
        """Tell nothing: nobody else writes."""

    async def ping(self) -> Health:
        return Health()

    async def close(self) -> None:
        return


class Sound(Relay):
    """The service without a fault: what arrives, is acknowledged and sent passes three methods."""

    rule: ClassVar[str] = ""
    store: ClassVar[type[Store]] = Store

    def __init__(self) -> None:
        self.todos = self.store()
        self.server = Server(namespaces={"/"}, origins=[])
        super().__init__(self.server)
        self.gateway = Gateway(CONTRACT, TodoHandlers(self.todos), self, JOI)
        self.app = web.Application()
        self.server.attach(self.app, self)
        self.app.on_shutdown.append(self._stop)
        self.die: Callable[[], object] = lambda: None

    async def connect(self, sid: str, namespace: str, auth: Any) -> tuple[str, Any] | None:
        """Judge a client that connects."""
        return self.admits(namespace, auth)

    async def disconnected(self, sid: str, namespace: str, reason: str) -> None:
        """Forget nothing: nothing is kept of a client."""

    def too_many(self, namespace: str, event: str) -> tuple[Any, ...] | None:
        """Leave it unanswered."""

    async def receive(
        self, sid: str, namespace: str, event: str, args: Args, ack: Ack | None
    ) -> None:
        """Carry out an event."""

        def give(*answer: Any) -> None:
            if ack is not None:
                values = (decoded(arg) if isinstance(arg, Encoded) else arg for arg in answer)
                self.acks(ack, event, sent, tuple(values))

        sent = [*args]
        taken = self.takes(event, args, asked=ack is not None)
        if taken is not None:
            await self.gateway.receive(sid, namespace, event, taken, ack and give)

    def emit(
        self,
        namespace: str,
        event: str,
        args: tuple[Any, ...],
        *,
        room: str | None = None,
        skip: str | None = None,
    ) -> None:
        """Broadcast an event."""
        self.sends(
            lambda name, *more, to_all=False: super(Sound, self).emit(
                namespace, name, more, room=room, skip=None if to_all else skip
            ),
            event,
            *args,
        )

    def admits(self, namespace: str, auth: Any) -> tuple[str, Any] | None:
        """Let a client in; else say why not."""
        return None

    def takes(self, event: str, args: Args, *, asked: bool) -> Args | None:
        """Return the arguments that are carried out; None: nothing is."""
        return args

    def acks(self, ack: Ack, event: str, args: Args, answer: tuple[Any, ...]) -> None:
        """Return an ack."""
        ack(*answer)

    def sends(self, emit: Emit, event: str, *args: Any) -> None:
        """Send a broadcast."""
        emit(event, *args)

    async def _stop(self, _: web.Application) -> None:
        await self.server.stop()


@contextmanager
def served(service_class: type[Sound]) -> Iterator[str]:
    """Serve it in a loop of its own, and give its URL."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()

    async def start() -> web.AppRunner:
        service = service_class()
        runner = await listen(service.app, "127.0.0.1", 0)
        service.die = lambda: loop.create_task(runner.cleanup())
        return runner

    def run(story: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(story, loop).result(PATIENCE)

    runner = run(start())
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        run(runner.cleanup())
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


def titled(args: Args) -> bool:
    return len(args) == 1 and isinstance(args[0], dict) and isinstance(args[0].get("title"), str)


def failed(answer: tuple[Any, ...]) -> bool:
    return bool(answer) and "error" in answer[0]


class NeverAcksDeletes(Sound):
    """Never acks deletes."""

    rule = "ack-missing"

    def acks(self, ack: Ack, event: str, args: Args, answer: tuple[Any, ...]) -> None:
        if event != "todo:delete":
            ack(*answer)


class AcksUpdatesLate(Sound):
    """Acks updates late."""

    rule = "ack-late"

    def acks(self, ack: Ack, event: str, args: Args, answer: tuple[Any, ...]) -> None:
        delay = LATE if event == "todo:update" else 0
        asyncio.get_running_loop().call_later(delay, lambda: ack(*answer))


class AcksCreatesTwice(Sound):
    """Acks creates twice."""

    rule = "ack-twice"

    def acks(self, ack: Ack, event: str, args: Args, answer: tuple[Any, ...]) -> None:
        for _ in range(2 if event == "todo:create" else 1):
            ack(*answer)


class AcksTheBareKey(Sound):
    """Acks the bare key."""

    rule = "ack-shape"

    def acks(self, ack: Ack, event: str, args: Args, answer: tuple[Any, ...]) -> None:
        bare = event == "todo:create" and not failed(answer)
        ack(answer[0]["data"] if bare else answer[0]) if answer else ack()


class AcksWithAnArgument(Sound):
    """Acks with an argument."""

    rule = "ack-shape"

    def acks(self, ack: Ack, event: str, args: Args, answer: tuple[Any, ...]) -> None:
        ack(*answer or ({},))


class ReadsWithoutTitle(Sound):
    """Reads without title."""

    rule = "ack-shape"

    def acks(self, ack: Ack, event: str, args: Args, answer: tuple[Any, ...]) -> None:
        if event == "todo:read" and not failed(answer):
            answer = ({"data": {"id": args[0], "completed": False}},)
        ack(*answer)


class ListsAnotherEnvelope(Sound):
    """Lists another envelope."""

    rule = "ack-shape"

    def acks(self, ack: Ack, event: str, args: Args, answer: tuple[Any, ...]) -> None:
        ack({"todos": answer[0]["data"]}) if event == "todo:list" else ack(*answer)


class CountsUnits(Sound):
    """Counts units."""

    rule = "rejected-valid"

    def takes(self, event: str, args: Args, *, asked: bool) -> Args | None:
        if titled(args) and len(args[0]["title"].encode("utf-16-le", "surrogatepass")) > 512:
            return [{**args[0], "title": "x" * 300}]
        return args


class TakesBlanksForEmpty(Sound):
    """Takes blanks for empty."""

    rule = "rejected-valid"

    def takes(self, event: str, args: Args, *, asked: bool) -> Args | None:
        blank = titled(args) and not args[0]["title"].strip()
        return [{**args[0], "title": ""}] if blank else args


class ConvertsNothing(Sound):
    """Converts nothing."""

    rule = "rejected-valid"

    def takes(self, event: str, args: Args, *, asked: bool) -> Args | None:
        spelt = titled(args) and isinstance(args[0].get("completed"), str)
        return [{**args[0], "completed": 1}] if spelt else args


class RefusesUnknownKeys(Sound):
    """Refuses unknown keys."""

    rule = "rejected-valid"

    def takes(self, event: str, args: Args, *, asked: bool) -> Args | None:
        more = titled(args) and args[0].keys() - {"id", "title", "completed"}
        return [{}] if more else args


class Trims(Sound):
    """Trims."""

    rule = "broadcast-wrong"

    def takes(self, event: str, args: Args, *, asked: bool) -> Args | None:
        return [{**args[0], "title": args[0]["title"].strip() or " "}] if titled(args) else args


class FillsEmptyTitles(Sound):
    """Fills empty titles."""

    rule = "accepted-invalid"

    def takes(self, event: str, args: Args, *, asked: bool) -> Args | None:
        return [{**args[0], "title": "?"}] if titled(args) and not args[0]["title"] else args


class CutsLongTitles(Sound):
    """Cuts long titles."""

    rule = "accepted-invalid"

    def takes(self, event: str, args: Args, *, asked: bool) -> Args | None:
        return [{**args[0], "title": args[0]["title"][:256]}] if titled(args) else args


class DropsKeysOnCreate(Sound):
    """Drops keys on create."""

    rule = "accepted-invalid"

    def takes(self, event: str, args: Args, *, asked: bool) -> Args | None:
        if event == "todo:create" and titled(args):
            return [{key: value for key, value in args[0].items() if key != "id"}]
        return args


class TakesOneForTrue(Sound):
    """Takes one for true."""

    rule = "accepted-invalid"

    def takes(self, event: str, args: Args, *, asked: bool) -> Args | None:
        number = titled(args) and type(args[0].get("completed")) is int
        return [{**args[0], "completed": bool(args[0]["completed"])}] if number else args


class IgnoresFurtherArguments(Sound):
    """Ignores further arguments."""

    rule = "accepted-invalid"

    def takes(self, event: str, args: Args, *, asked: bool) -> Args | None:
        return [] if event == "todo:list" else args[:1]


class HasAnotherErrorForArity(Sound):
    """Has another error for arity."""

    rule = "wrong-rejection"

    def acks(self, ack: Ack, event: str, args: Args, answer: tuple[Any, ...]) -> None:
        wrong = len(args) != (0 if event == "todo:list" else 1)
        ack({"error": "entity not found"}) if wrong else ack(*answer)


class ForgetsTheDetails(Sound):
    """Forgets the details."""

    rule = "wrong-rejection"

    def acks(self, ack: Ack, event: str, args: Args, answer: tuple[Any, ...]) -> None:
        ack({"error": answer[0]["error"]}) if failed(answer) else ack(*answer)


class FailsOnMarkup(Sound):
    """Fails on markup."""

    rule = "unexpected-error"

    def acks(self, ack: Ack, event: str, args: Args, answer: tuple[Any, ...]) -> None:
        markup = titled(args) and "<" in args[0]["title"]
        ack({"error": "an unknown error has occurred"}) if markup else ack(*answer)


class TellsOfItsInsides(Sound):
    """Tells of its insides."""

    rule = "leak"

    def acks(self, ack: Ack, event: str, args: Args, answer: tuple[Any, ...]) -> None:
        if failed(answer) and "errorDetails" in answer[0]:
            detail = {"message": "TypeError: x is not a y", "path": [], "type": "any"}
            answer = ({**answer[0], "errorDetails": [detail]},)
        ack(*answer)


class AcksTheException(Sound):
    """Acks the exception."""

    rule = "ack-shape"

    def acks(self, ack: Ack, event: str, args: Args, answer: tuple[Any, ...]) -> None:
        ack({"error": "ValueError: no such todo"}) if failed(answer) else ack(*answer)


class SwapsTitles(Sound):
    """Swaps titles."""

    rule = "read-wrong"

    class store(Store):  # noqa: N801, D106
        async def find(self, todo_id: str) -> Any:
            todo = await super().find(todo_id)
            others = [other["title"] for other in self.todos.values() if other["id"] != todo_id]
            return {**todo, "title": others[-1]} if todo and others else todo


class LosesUpdates(Sound):
    """Loses updates."""

    rule = "read-wrong"

    class store(Store):  # noqa: N801, D106
        async def replace(self, todo: Any) -> bool:
            return todo["id"] in self.todos


class UpdatesTheTitleOnly(Sound):
    """Updates the title only."""

    rule = "read-wrong"

    class store(Store):  # noqa: N801, D106
        async def replace(self, todo: Any) -> bool:
            old = self.todos.get(todo["id"], todo)
            return await super().replace(todo | {"completed": old["completed"]})


class DropsDeletes(Sound):
    """Drops deletes."""

    rule = "delete-ignored"

    class store(Store):  # noqa: N801, D106
        async def remove(self, todo_id: str) -> bool:
            return todo_id in self.todos


class ListsTheDeleted(Sound):
    """Lists the deleted."""

    rule = "delete-ignored"

    class store(Store):  # noqa: N801, D106
        async def remove(self, todo_id: str) -> bool:
            self.gone = {**getattr(self, "gone", {}), todo_id: self.todos.get(todo_id)}
            return await super().remove(todo_id)

        def listed(self) -> Any:
            gone = getattr(self, "gone", {}).values()
            return [*super().listed(), *(todo for todo in gone if todo)]


class RevivesTheDeleted(Sound):
    """Revives the deleted."""

    rule = "revived"

    class store(Store):  # noqa: N801, D106
        async def replace(self, todo: Any) -> bool:
            self.todos[todo["id"]] = todo
            return True


class StoresRefusedUpdates(Sound):
    """Stores refused updates."""

    rule = "rejected-stored"

    def takes(self, event: str, args: Args, *, asked: bool) -> Args | None:
        if event == "todo:update" and titled(args) and str(args[0].get("id")) in self.todos.todos:
            self.todos.todos[args[0]["id"]]["title"] = args[0]["title"][:256] or "?"
        return args


class StoresRefusedCreates(Sound):
    """Stores refused creates."""

    rule = "rejected-stored"

    def acks(self, ack: Ack, event: str, args: Args, answer: tuple[Any, ...]) -> None:
        if event == "todo:create" and failed(answer):
            self.todos.todos[SOMEONE] = {"id": SOMEONE, "title": "?", "completed": False}
        ack(*answer)


class ListsAllButTheLast(Sound):
    """Lists all but the last."""

    rule = "list-wrong"

    class store(Store):  # noqa: N801, D106
        def listed(self) -> Any:
            return super().listed()[:-1]


class ListsTwice(Sound):
    """Lists twice."""

    rule = "list-wrong"

    class store(Store):  # noqa: N801, D106
        def listed(self) -> Any:
            return [todo for todo in super().listed() for _ in range(2)]


class FindsWhatIsNot(Sound):
    """Finds what is not."""

    rule = "ghost"

    class store(Store):  # noqa: N801, D106
        async def find(self, todo_id: str) -> Any:
            nothing = {"id": todo_id, "title": "?", "completed": False}
            return await super().find(todo_id) or nothing


class GivesOneKey(Sound):
    """Gives one key."""

    rule = "key-reused"

    def acks(self, ack: Ack, event: str, args: Args, answer: tuple[Any, ...]) -> None:
        if event == "todo:create" and not failed(answer):
            todo = self.todos.todos.pop(answer[0]["data"])
            self.todos.todos[SOMEONE] = {**todo, "id": SOMEONE}
            answer = ({"data": SOMEONE},)
        ack(*answer)

    def sends(self, emit: Emit, event: str, *args: Any) -> None:
        emit(event, {**args[0], "id": SOMEONE}) if event == "todo:created" else emit(event, *args)


class EchoesToTheSender(Sound):
    """Echoes to the sender."""

    rule = "broadcast-echo"

    def sends(self, emit: Emit, event: str, *args: Any) -> None:
        emit(event, *args, to_all=True)


class ForgetsABroadcast(Sound):
    """Forgets a broadcast."""

    rule = "broadcast-missing"

    def sends(self, emit: Emit, event: str, *args: Any) -> None:
        if event != "todo:updated":
            emit(event, *args)


class BroadcastsTwice(Sound):
    """Broadcasts twice."""

    rule = "broadcast-twice"

    def sends(self, emit: Emit, event: str, *args: Any) -> None:
        for _ in range(2 if event == "todo:deleted" else 1):
            emit(event, *args)


class BroadcastsFailures(Sound):
    """Broadcasts failures."""

    rule = "broadcast-on-failure"

    def acks(self, ack: Ack, event: str, args: Args, answer: tuple[Any, ...]) -> None:
        ack(*answer)
        if event == "todo:delete" and failed(answer):
            self.server.emit("/", "todo:deleted", (SOMEONE,))


class BroadcastsReads(Sound):
    """Broadcasts reads."""

    rule = "broadcast-undeclared"

    def acks(self, ack: Ack, event: str, args: Args, answer: tuple[Any, ...]) -> None:
        ack(*answer)
        if event == "todo:read" and not failed(answer):
            self.server.emit("/", "todo:updated", (answer[0]["data"],))


class BroadcastsTheKeyOnly(Sound):
    """Broadcasts the key only."""

    rule = "broadcast-shape"

    def sends(self, emit: Emit, event: str, *args: Any) -> None:
        emit(event, args[0]["id"] if event == "todo:updated" else args[0])


class BroadcastsWithoutArgument(Sound):
    """Broadcasts without argument."""

    rule = "broadcast-shape"

    def sends(self, emit: Emit, event: str, *args: Any) -> None:
        emit(event)


class BroadcastsAnotherTitle(Sound):
    """Broadcasts another title."""

    rule = "broadcast-wrong"

    def sends(self, emit: Emit, event: str, *args: Any) -> None:
        emit(event, {**args[0], "title": "?"} if event == "todo:created" else args[0])


class BroadcastsAnotherKey(Sound):
    """Broadcasts another key."""

    rule = "broadcast-wrong"

    def sends(self, emit: Emit, event: str, *args: Any) -> None:
        emit(event, SOMEONE if event == "todo:deleted" else args[0])


class EmitsTheUndeclared(Sound):
    """Emits the undeclared."""

    rule = "event-undeclared"

    def sends(self, emit: Emit, event: str, *args: Any) -> None:
        emit(event, *args)
        emit("todo:changed", *args)


class BroadcastsInAnyOrder(Sound):
    """Broadcasts in any order."""

    rule = "broadcast-order"

    def __init__(self) -> None:
        super().__init__()
        self.held: list[tuple[Emit, Any]] = []

    def sends(self, emit: Emit, event: str, *args: Any) -> None:
        if event != "todo:updated":
            emit(event, *args)
            return
        if not self.held:
            asyncio.get_running_loop().call_soon(self._let_go)
        self.held.insert(0, (emit, args))

    def _let_go(self) -> None:
        for emit, args in self.held:
            emit("todo:updated", *args)
        self.held.clear()


class ForgetsKeys(Sound):
    """Forgets idempotency keys."""

    rule = "carried-out-again"

    class store(Store):  # noqa: N801, D106
        async def add(self, todo: Any, key: str | None = None) -> str:
            return await super().add(todo)


class TellsOfRepeats(Sound):
    """Tells everyone of a create that is sent again."""

    rule = "carried-out-again"

    def __init__(self) -> None:
        super().__init__()
        self.created: set[str] = set()

    def acks(self, ack: Ack, event: str, args: Args, answer: tuple[Any, ...]) -> None:
        ack(*answer)
        if event == "todo:create" and not failed(answer):
            if answer[0]["data"] in self.created:
                self.server.emit("/", "todo:created", (self.todos.todos[answer[0]["data"]],))
            self.created.add(answer[0]["data"])


class IgnoresWhoDoesNotAsk(Sound):
    """Ignores who does not ask."""

    rule = "no-callback"

    def takes(self, event: str, args: Args, *, asked: bool) -> Args | None:
        return args if asked else None


class DiesWithoutCallback(Sound):
    """Dies without callback."""

    rule = "dead"

    def takes(self, event: str, args: Args, *, asked: bool) -> Args | None:
        if not asked:
            self.die()
        return args


class DiesOfTheUnknown(Sound):
    """Dies of the unknown."""

    rule = "dead"

    def takes(self, event: str, args: Args, *, asked: bool) -> Args | None:
        if not event.startswith("todo:"):
            self.die()
        return args


class HangsUpOnWrongArity(Sound):
    """Hangs up on wrong arity."""

    rule = "closed"

    async def receive(
        self, sid: str, namespace: str, event: str, args: Args, ack: Ack | None
    ) -> None:
        if len(args) > 1:
            raise RuntimeError  # the transport ends the connection
        await super().receive(sid, namespace, event, args, ack)


def every() -> list[type[Sound]]:
    """Return all that is planted."""
    return [fault for fault in Sound.__subclasses__() if fault.rule]
