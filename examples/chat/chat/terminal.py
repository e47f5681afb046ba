"""`python -m chat.terminal ada-token kitchen` talks in a room; `/close` asks to close it."""

from __future__ import annotations

import sys
from asyncio import StreamReader, StreamReaderProtocol, get_running_loop, run, wait_for
from contextlib import suppress

from click import echo

from asyncapi_socketio import ConnectError

from .generated.client import Client, Refused
from .generated.models import RoomName


async def talk(token: str, room: RoomName = "kitchen", url: str = "http://localhost:3002") -> None:
    """Show what is said in the room, and say what is typed, until the input ends."""
    typed, client = StreamReader(), Client(url, auth={"token": token})
    await get_running_loop().connect_read_pipe(lambda: StreamReaderProtocol(typed), sys.stdin)

    @client.on_connect
    async def join() -> None:
        try:
            joined = await client.join_room(room)
        except Refused as refused:
            echo(refused.ack["error"])
        else:
            echo(f"in {room}: {', '.join(joined['members'])}")

    @client.on_confirm_close
    async def confirmed(room: RoomName) -> bool:
        echo(f"Close {room}? yes or no")
        with suppress(TimeoutError):  # the chat waits for 5 seconds
            return await wait_for(typed.readline(), 4) == b"yes\n"
        return False

    client.on_member_arrived(lambda it: echo(f"{it['member']} has joined {it['room']}"))
    client.on_message_new(lambda it: echo(f"{it['author']}: {it['text']}"))
    client.on_room_closed(lambda room: echo(f"{room} was closed"))
    async with client:
        while line := await typed.readline():
            try:
                if line == b"/close\n":
                    await client.close_room(room)
                else:
                    await client.send_message({"room": room, "text": line.decode().rstrip("\n")})
            except Refused as refused:
                echo(refused.ack["error"])


if __name__ == "__main__":
    try:
        run(talk(*sys.argv[1:]))
    except (ConnectError, ConnectionError, TimeoutError) as error:
        echo(f"can't connect: {error}")
        sys.exit(1)
