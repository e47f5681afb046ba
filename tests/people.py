"""Someone at a screen: a Socket.IO client that remembers what it heard, and checks the contract."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from importlib import resources
from typing import Any, Self

import socketio
from jsonschema import Draft7Validator, ValidationError

from tests import secrecy
from tests.patience import PATIENCE
from todo_service.generated.operations import CONTRACT

_schemas = resources.files("todo_service.generated") / "schemas"
_ack_of = {item.event: item for item in CONTRACT.receive}
_payload_of = {item.event: item for item in CONTRACT.send}


def conform(schema: str | None, args: tuple[Any, ...]) -> None:
    """Hold the arguments of an ack or of a broadcast against the contract."""
    if args and schema:
        _judge(schema).validate(args[0])


@cache
def _judge(schema: str) -> Draft7Validator:
    return Draft7Validator(json.loads((_schemas / f"{schema}.json").read_text("utf-8")))


class Person:
    """A client with everything it heard, in order; `view` is what its screen shows.

    Every ack and every broadcast that anyone in the suite gets is held against the contract.
    """

    def __init__(self, client: socketio.AsyncClient) -> None:
        self.client = client
        self.heard: list[tuple[str, Any]] = []
        self._news = asyncio.Condition()
        self._offences: list[Exception] = []
        client.on("*", self._hear)

    @classmethod
    async def at(cls, url: str, transports: list[str] | None = None, **options: Any) -> Self:
        """Sit down at a screen; connected on return."""
        person = cls(socketio.AsyncClient(reconnection=False))
        async with asyncio.timeout(PATIENCE):
            await person.client.connect(
                url, transports=transports, wait_timeout=PATIENCE, **options
            )
        return person

    async def leave(self) -> None:
        """Close the browser; fails if anything that was heard broke the contract."""
        with suppress(socketio.exceptions.SocketIOError):
            async with asyncio.timeout(PATIENCE):
                await self.client.disconnect()
        assert self._offences == []

    async def ask(self, event: str, *args: Any) -> tuple[Any, ...]:
        """Emit an event and return its ack's arguments."""
        secrecy.emitted(args)
        answered: asyncio.Future[tuple[Any, ...]] = asyncio.get_running_loop().create_future()

        def ack(*answer: Any) -> None:
            if not answered.done():
                answered.set_result(answer)

        async with asyncio.timeout(PATIENCE):
            await self.client.emit(event, args, callback=ack)
            answer = await answered
        if event in _ack_of:
            operation = _ack_of[event]
            assert len(answer) in operation.ack_args, f"{event} acked {answer}"
            conform(operation.ack, answer)
        return answer

    async def tell(self, event: str, *args: Any) -> None:
        """Emit an event without giving a callback."""
        secrecy.emitted(args)
        await self.client.emit(event, args)

    async def creates(self, title: str, *, completed: bool = False) -> str:
        """Create a todo and return its id."""
        (answer,) = await self.ask("todo:create", {"title": title, "completed": completed})
        return str(answer["data"])

    async def lists(self) -> list[Any]:
        """List the todos."""
        (answer,) = await self.ask("todo:list")
        data: list[Any] = answer["data"]
        return data

    async def hears(self, event: str) -> Any:
        """Wait until an event has been heard, and return (and forget) its argument."""
        found = await self._until(lambda: next((h for h in self.heard if h[0] == event), None))
        self.heard.remove(found)
        return found[1]

    async def heard_nothing(self) -> bool:
        """Return whether nothing has been heard that was not asked for.

        Each client gets acks and broadcasts in order, so an ack asked for now comes after any
        broadcast that was sent before.
        """
        await self.lists()
        return self.heard == []

    async def _hear(self, event: str, *args: Any) -> None:
        try:
            conform(_payload_of[event].payload, args)
        except (KeyError, ValidationError) as error:
            self._offences.append(error)
        async with self._news:
            self.heard.append((event, *args))
            self._news.notify_all()

    async def _until(self, found: Callable[[], Any]) -> Any:
        async with asyncio.timeout(PATIENCE), self._news:
            await self._news.wait_for(lambda: found() is not None)
            return found()
