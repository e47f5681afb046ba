# Generated from asyncapi.yaml by `asyncapi-socketio generate`. Do not edit.
"""Typed clients of Chat 1.0.0."""

from __future__ import annotations

import typing

import asyncapi_socketio.client as base

from .models import (
    Arrival,
    Confirmed,
    ConnectRefused,
    Delivery,
    Members,
    Message,
    ModeratorToken,
    NewMessage,
    Problem,
    RoomName,
    Text,
    Token,
)
from .operations import (
    ANNOUNCE,
    CLOSE_ROOM,
    CONFIRM_CLOSE,
    CONTRACT,
    JOIN_ROOM,
    LEAVE_ROOM,
    MEMBER_ARRIVED,
    MESSAGE_NEW,
    NOTICED,
    ROOM_CLOSED,
    SEND_MESSAGE,
)


class Refused(base.Rejected[Problem]):
    """It was not done.

    Carries the reason.
    """


class LobbyConnectError(base.ConnectError):
    """The server does not let the client into `/`; `data` says why."""

    data: ConnectRefused | None


class ModeratorsConnectError(base.ConnectError):
    """The server does not let the client into `/moderators`; `data` says why."""

    data: ConnectRefused | None


class Client(base.Client):
    """A client of `/`.

    Takes a token in the auth payload; `ada-token` and `bob-token` are people of this example.
    """

    def __init__(
        self, url: str, /, *, auth: base.Auth[Token], **options: typing.Unpack[base.Options]
    ) -> None:
        super().__init__(CONTRACT, "/", url, auth=auth, refused=LobbyConnectError, **options)

    async def join_room(
        self, payload: RoomName, /, *, within: float = base.ANSWER_WITHIN
    ) -> Members:
        """Join a room: `room:join`.

        Acknowledges who is in the room, and tells those who were there before. Raise `Refused`.
        """
        ack: Members = await self._call(JOIN_ROOM, (payload,), within, {1: Refused})
        return ack

    async def leave_room(self, payload: RoomName, /, *, within: float = base.ANSWER_WITHIN) -> None:
        """Leave a room: `room:leave`.

        Acknowledges with no argument, also when the client was not in the room. Raise `Refused`.
        """
        await self._call(LEAVE_ROOM, (payload,), within, {0: Refused})

    async def send_message(
        self, payload: NewMessage, /, *, within: float = base.ANSWER_WITHIN
    ) -> Delivery:
        """Send a message: `message:send`.

        Acknowledges the message as the room hears it. Only who is in a room can talk there. Raise
        `Refused`.
        """
        ack: Delivery = await self._call(SEND_MESSAGE, (payload,), within, {1: Refused})
        return ack

    async def close_room(self, payload: RoomName, /, *, within: float = base.ANSWER_WITHIN) -> None:
        """Close a room: `room:close`.

        The client is asked first; `declined` is acknowledged when it says no, or nothing in time.
        Raise `Refused`.
        """
        await self._call(CLOSE_ROOM, (payload,), within, {0: Refused})

    def on_message_new(
        self, react: base.Handler[[Message], None], /
    ) -> base.Handler[[Message], None]:
        """A message: hears `message:new`.

        Goes to everyone in the room but who said it.
        """
        return self._on(MESSAGE_NEW, react)

    def on_member_arrived(
        self, react: base.Handler[[Arrival], None], /
    ) -> base.Handler[[Arrival], None]:
        """Someone has come: hears `room:joined`.

        Goes to everyone who was in the room before.
        """
        return self._on(MEMBER_ARRIVED, react)

    def on_room_closed(
        self, react: base.Handler[[RoomName], None], /
    ) -> base.Handler[[RoomName], None]:
        """A room was closed: hears `room:closed`.

        Goes to everyone in the room.
        """
        return self._on(ROOM_CLOSED, react)

    def on_confirm_close(
        self, react: base.Handler[[RoomName], Confirmed], /
    ) -> base.Handler[[RoomName], Confirmed]:
        """Is it to be closed?: answers `room:confirm-close`.

        Expects true or false.
        """
        return self._on(CONFIRM_CLOSE, react)


class ModeratorsClient(base.Client):
    """A client of `/moderators`.

    Takes a moderator's token in the auth payload; `mia-token` is one of this example.
    """

    def __init__(
        self,
        url: str,
        /,
        *,
        auth: base.Auth[ModeratorToken],
        **options: typing.Unpack[base.Options],
    ) -> None:
        super().__init__(
            CONTRACT, "/moderators", url, auth=auth, refused=ModeratorsConnectError, **options
        )

    async def announce(self, payload: Text, /, *, within: float = base.ANSWER_WITHIN) -> None:
        """Announce something: `announce`.

        Acknowledges with no argument. Raise `Refused`.
        """
        await self._call(ANNOUNCE, (payload,), within, {0: Refused})

    def on_noticed(self, react: base.Handler[[Text], None], /) -> base.Handler[[Text], None]:
        """An announcement: hears `notice`.

        Goes to every moderator but the one who announced it.
        """
        return self._on(NOTICED, react)
