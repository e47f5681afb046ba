"""A chat: rooms, tokens, two namespaces, and a question to the client."""

from __future__ import annotations

from collections import defaultdict
from contextlib import suppress

from asyncapi_socketio import Application, ConnectError, NoAnswer

from .generated import CONTRACT, Context, Handlers
from .generated.models import (
    Delivery,
    Members,
    Message,
    ModeratorToken,
    Name,
    NewMessage,
    Problem,
    RoomName,
    Text,
    Token,
)

PEOPLE: dict[str, Name] = {"ada-token": "ada", "bob-token": "bob", "mia-token": "mia"}
"""Whom each token was handed out to; a real service asks its database."""

MODERATORS = {"mia"}


class Chat(Handlers):
    """Who is in which room, until the process ends."""

    def __init__(self) -> None:
        self._members: dict[RoomName, dict[str, Context]] = defaultdict(dict)

    async def connect(self, auth: Token, context: Context, /) -> None:
        context.identity = _person(auth)

    async def disconnect(self, _: str, context: Context, /) -> None:
        for members in self._members.values():
            members.pop(context.sid, None)

    async def connect_moderators(self, auth: ModeratorToken, context: Context, /) -> None:
        context.identity = _person(auth)
        if context.identity not in MODERATORS:
            raise ConnectError("moderators only", {"code": 403})

    async def join_room(self, room: RoomName, context: Context, /) -> Members:
        context.enter(room)
        self._members[room][context.sid] = context
        context.broadcast.member_arrived(
            room, {"room": room, "member": context.identity}, others=True
        )
        return {"members": sorted({member.identity for member in self._members[room].values()})}

    async def leave_room(self, room: RoomName, context: Context, /) -> None:
        context.leave(room)
        self._members[room].pop(context.sid, None)

    async def send_message(self, new: NewMessage, context: Context, /) -> Delivery | Problem:
        if new["room"] not in context.rooms:
            return {"error": "not in the room"}
        message: Message = {**new, "author": context.identity}
        context.broadcast.message_new(new["room"], message, others=True)
        return {"data": message}

    async def close_room(self, room: RoomName, context: Context, /) -> Problem | None:
        if room not in context.rooms:
            return {"error": "not in the room"}
        with suppress(TimeoutError, NoAnswer):
            if await context.ask.confirm_close(room, within=5):
                context.broadcast.room_closed(room, room)
                return None
        return {"error": "declined"}

    async def announce(self, text: Text, context: Context, /) -> None:
        context.broadcast.noticed(text)


def _person(auth: Token | ModeratorToken) -> Name:
    if auth["token"] not in PEOPLE:
        raise ConnectError("unknown token", {"code": 401})
    return PEOPLE[auth["token"]]


app = Application(CONTRACT, Chat())
