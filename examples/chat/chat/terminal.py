"""`python -m chat.terminal ada-token kitchen` talks in a room; `/close` asks to close it."""

from __future__ import annotations

import sys
from asyncio import StreamReader, StreamReaderProtocol, get_running_loop, run, wait_for
from contextlib import suppress
from typing import cast

from click import echo
from socketio import AsyncClient
from socketio.exceptions import ConnectionError as NotConnected

from .generated.models import Arrival, Delivery, Members, Message, Problem, RoomName


async def talk(token: str, room: RoomName = "kitchen", url: str = "http://localhost:3002") -> None:
    """Show what is said in the room, and say what is typed, until the input ends."""
    typed, client = StreamReader(), AsyncClient()
    await get_running_loop().connect_read_pipe(lambda: StreamReaderProtocol(typed), sys.stdin)

    async def join() -> None:
        joined = cast("Members | Problem", await client.call("room:join", room))
        echo(joined["error"] if "error" in joined else f"in {room}: {', '.join(joined['members'])}")

    def arrived(arrival: Arrival) -> None:
        echo(f"{arrival['member']} has joined {arrival['room']}")

    def said(message: Message) -> None:
        echo(f"{message['author']}: {message['text']}")

    async def confirmed(room: RoomName) -> bool:
        echo(f"Close {room}? yes or no")
        with suppress(TimeoutError):  # the chat waits for 5 seconds
            return await wait_for(typed.readline(), 4) == b"yes\n"
        return False

    client.on("room:confirm-close", confirmed)
    client.on("room:closed", lambda room: echo(f"{room} was closed"))
    hears = {"connect": join, "connect_error": echo, "room:joined": arrived, "message:new": said}
    for event, react in hears.items():
        client.on(event, react)
    await client.connect(url, auth={"token": token}, wait_timeout=10)
    while line := await typed.readline():
        new = {"room": room, "text": line.decode().rstrip("\n")}
        event, payload = ("room:close", room) if line == b"/close\n" else ("message:send", new)
        acked = cast("Delivery | Problem | None", await client.call(event, payload))
        if acked and "error" in acked:
            echo(acked["error"])
    await client.disconnect()


if __name__ == "__main__":
    try:
        run(talk(*sys.argv[1:]))
    except NotConnected as error:
        sys.exit(f"can't connect: {error}")
