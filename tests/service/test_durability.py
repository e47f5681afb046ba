"""What was acked or broadcast is kept, however often the service crashes."""

from __future__ import annotations

import asyncio
import itertools
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import pytest
import socketio

from tests.people import Person
from tests.processes import running

CRASHES = 12
WRITERS = 4
HANDS = 4  # what a writer does at the same time


@dataclass
class Life:
    """A todo's versions: the last one asked for, and the last one that anyone was promised.

    A version is whole when its title, its length and `completed` all tell the same number.
    """

    name: str
    asked: int = 0
    promised: int = -1
    id: str | None = None
    ended: int | None = None

    def version(self) -> dict[str, Any]:
        title = f"{self.name} v{self.asked} "
        return {"title": title + "x" * (self.asked * 37 % 200), "completed": self.asked % 2 == 1}

    def promise(self, version: int) -> None:
        self.promised = max(self.promised, version)


@dataclass
class Memory:
    """What was asked of the service, and what it promised, over all its crashes."""

    lives: dict[str, Life] = field(default_factory=dict)
    acks: int = 0

    def begin(self, name: str) -> Life:
        return self.lives.setdefault(name, Life(name))

    def hear(self, event: str, payload: Any) -> None:
        """Take a broadcast for the promise that it is."""
        if event == "todo:deleted":
            life = next(life for life in self.lives.values() if life.id == payload)
            assert life.ended is not None, f"{life} was deleted by nobody"
            life.promise(life.ended)
        else:
            name, version = _told(payload)
            self.lives[name].id = payload["id"]
            self.lives[name].promise(version)

    def hold_against(self, listed: list[Any]) -> None:
        """Compare a restarted service's list with all that was promised; then believe it."""
        found = {_told(todo)[0]: todo for todo in listed}
        assert len(found) == len(listed)
        assert found.keys() <= self.lives.keys()
        for name, life in [*self.lives.items()]:
            if name not in found:
                assert life.promised < 0 or life.ended is not None, f"{life} is lost"
                del self.lives[name]
                continue
            todo = found[name]
            _, version = _told(todo)
            assert life.promised <= version <= life.asked, f"{life} is {todo}"
            assert life.id in {None, todo["id"]}
            whole = Life(name, asked=version).version()
            assert todo == {"id": todo["id"], **whole}, f"{life} is half-written: {todo}"
            self.lives[name] = Life(name, asked=version, promised=version, id=todo["id"])


def _told(todo: dict[str, Any]) -> tuple[str, int]:
    told = re.fullmatch(r"(\S+) v(\d+) x*", todo["title"])
    assert told is not None, f"{todo} is half-written"
    return told[1], int(told[2])


@pytest.mark.slow
async def test_no_promise_is_lost_however_often_the_service_crashes(tmp_path: Path) -> None:
    random = Random(20)
    memory = Memory()
    names = (f"todo-{number}" for number in itertools.count())
    for _ in range(CRASHES):
        async with _served(tmp_path / "todos.db") as (service, watcher, *writers):
            memory.hold_against(await watcher.lists())
            enough = memory.acks + random.randrange(1, 400)
            lives = [*memory.lives.values()]
            hands = [
                asyncio.create_task(_write(writer, memory, lives[nth :: WRITERS * HANDS], names))
                for nth, writer in enumerate(writers * HANDS)
            ]
            while memory.acks < enough:
                await asyncio.wait(hands, timeout=random.uniform(0.001, 0.02))
                assert not any(hand.done() for hand in hands), hands
            await service.kill()
            for hand in hands:
                hand.cancel()
            await asyncio.gather(*hands, return_exceptions=True)
            for event, payload in watcher.heard:
                memory.hear(event, payload)

    async with _served(tmp_path / "todos.db") as (_, watcher, *_):
        memory.hold_against(await watcher.lists())
    assert memory.acks > CRASHES * 20


@asynccontextmanager
async def _served(file: Path) -> AsyncIterator[tuple[Any, ...]]:
    """Serve a file; give the process, and the watcher and the writers who are connected to it."""
    async with running("--database", f"sqlite:///{file}") as service:
        people = [await Person.at(service.url, ["websocket"]) for _ in range(1 + WRITERS)]
        yield (service, *people)
        await asyncio.gather(*(person.leave() for person in people))


async def _write(writer: Person, memory: Memory, lives: list[Life], names: Iterator[str]) -> None:
    """Create, change and delete todos that nobody else touches, until the connection is lost."""
    random = Random(len(lives))
    with suppress(socketio.exceptions.SocketIOError):
        while True:
            match random.choice(["create", "update", "update", "delete"]) if lives else "create":
                case "create":
                    life = memory.begin(next(names))
                    (answer,) = await writer.ask("todo:create", life.version())
                    life.id = answer["data"]
                    lives.append(life)
                case "update":
                    life = random.choice(lives)
                    life.asked += 1
                    assert await writer.ask("todo:update", {"id": life.id, **life.version()}) == ()
                case _:
                    life = lives.pop(random.randrange(len(lives)))
                    life.asked += 1
                    life.ended = life.asked
                    assert await writer.ask("todo:delete", life.id) == ()
            life.promise(life.asked)
            memory.acks += 1
