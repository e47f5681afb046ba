# Generated from asyncapi.yaml by `asyncapi-socketio generate`. Do not edit.
"""The operations of Chat 1.0.0."""

from __future__ import annotations

from abc import abstractmethod
from typing import cast

from asyncapi_socketio.encoded import Encoded
from asyncapi_socketio.runtime.context import BaseContext
from asyncapi_socketio.runtime.contract import Contract, Namespace, schemas_of
from asyncapi_socketio.runtime.operations import ANSWER_WITHIN, Emit, Receive, Refusal, Send
from asyncapi_socketio.runtime.operations import Ask as Asks

from .models import (
    Arrival,
    Confirmed,
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


class Broadcast:
    """Tells clients what happened, one method per event; returns at once."""

    __slots__ = ("_emit",)

    def __init__(self, emit: Emit) -> None:
        self._emit = emit

    def message_new(self, room: str, payload: Message, /, *, others: bool = False) -> None:
        """A message: `message:new` to a room.

        Goes to everyone in the room but who said it.
        """
        self._emit(MESSAGE_NEW, (payload,), room, others)

    def member_arrived(self, room: str, payload: Arrival, /, *, others: bool = False) -> None:
        """Someone has come: `room:joined` to a room.

        Goes to everyone who was in the room before.
        """
        self._emit(MEMBER_ARRIVED, (payload,), room, others)

    def room_closed(self, room: str, payload: RoomName, /, *, others: bool = False) -> None:
        """A room was closed: `room:closed` to a room.

        Goes to everyone in the room.
        """
        self._emit(ROOM_CLOSED, (payload,), room, others)

    def noticed(self, payload: Text, /) -> None:
        """An announcement: `notice` to the others.

        Goes to every moderator but the one who announced it.
        """
        self._emit(NOTICED, (payload,), None, False)


class Ask:
    """Asks the client, one method per event, and returns what it acknowledges.

    Raises `TimeoutError` after `within` seconds, and `asyncapi_socketio.NoAnswer` when
    the client has gone or its ack breaks the contract.
    """

    __slots__ = ("_ask",)

    def __init__(self, ask: Asks) -> None:
        self._ask = ask

    async def confirm_close(
        self, payload: RoomName, /, *, within: float = ANSWER_WITHIN
    ) -> Confirmed:
        """Is it to be closed?: `room:confirm-close` to the sender alone.

        Expects true or false.
        """
        answer: Confirmed = await self._ask(CONFIRM_CLOSE, (payload,), within)
        return answer


class Context(BaseContext):
    """What a handler knows of its client, and what it may tell it and others."""

    __slots__ = ()

    @property
    def broadcast(self) -> Broadcast:
        """Tells clients what happened."""
        return Broadcast(self.tell)

    @property
    def ask(self) -> Ask:
        """Asks the client."""
        return Ask(self._ask)

    @property
    def auth(self) -> ModeratorToken | Token:
        """What the client's CONNECT carried."""
        return cast("ModeratorToken | Token", super().auth)


class Handlers:
    """What the server does: a method for each operation that clients call, and hooks."""

    @abstractmethod
    async def join_room(
        self, payload: RoomName, context: Context, /
    ) -> Encoded | Members | Problem:
        """Join a room: `room:join`.

        Acknowledges who is in the room, and tells those who were there before.
        """

    @abstractmethod
    async def leave_room(self, payload: RoomName, context: Context, /) -> Encoded | Problem | None:
        """Leave a room: `room:leave`.

        Acknowledges with no argument, also when the client was not in the room.
        """

    @abstractmethod
    async def send_message(
        self, payload: NewMessage, context: Context, /
    ) -> Encoded | Delivery | Problem:
        """Send a message: `message:send`.

        Acknowledges the message as the room hears it. Only who is in a room can talk there.
        """

    @abstractmethod
    async def close_room(self, payload: RoomName, context: Context, /) -> Encoded | Problem | None:
        """Close a room: `room:close`.

        The client is asked first; `declined` is acknowledged when it says no, or nothing in time.
        """

    @abstractmethod
    async def announce(self, payload: Text, context: Context, /) -> Encoded | Problem | None:
        """Announce something: `announce`.

        Acknowledges with no argument.
        """

    @abstractmethod
    async def connect(self, auth: Token, context: Context, /) -> None:
        """Let a client into `/`, or raise `asyncapi_socketio.ConnectError`."""

    async def disconnect(self, reason: str, context: Context, /) -> None:
        """React to a client that has left `/`."""

    @abstractmethod
    async def connect_moderators(self, auth: ModeratorToken, context: Context, /) -> None:
        """Let a client into `/moderators`, or raise `asyncapi_socketio.ConnectError`."""

    async def disconnect_moderators(self, reason: str, context: Context, /) -> None:
        """React to a client that has left `/moderators`."""


JOIN_ROOM = Receive(
    id="joinRoom",
    method="join_room",
    namespace="/",
    event="room:join",
    args=1,
    payload="joinRoom.payload",
    unknown_keys="keep",
    convert=(),
    ack="joinRoom.ack",
    ack_args=(1,),
    arity_refusal=Refusal(ack={"error": "invalid payload"}, details="details"),
    payload_refusal=Refusal(ack={"error": "invalid payload"}, details="details"),
    rate_refusal=Refusal(ack={"error": "too many events"}),
    unexpected_refusal=Refusal(ack={"error": "server error"}),
    broadcasts=("memberArrived",),
)

LEAVE_ROOM = Receive(
    id="leaveRoom",
    method="leave_room",
    namespace="/",
    event="room:leave",
    args=1,
    payload="leaveRoom.payload",
    unknown_keys="keep",
    convert=(),
    ack="leaveRoom.ack",
    ack_args=(0, 1),
    arity_refusal=Refusal(ack={"error": "invalid payload"}, details="details"),
    payload_refusal=Refusal(ack={"error": "invalid payload"}, details="details"),
    rate_refusal=Refusal(ack={"error": "too many events"}),
    unexpected_refusal=Refusal(ack={"error": "server error"}),
    broadcasts=(),
)

SEND_MESSAGE = Receive(
    id="sendMessage",
    method="send_message",
    namespace="/",
    event="message:send",
    args=1,
    payload="sendMessage.payload",
    unknown_keys="drop",
    convert=(),
    ack="sendMessage.ack",
    ack_args=(1,),
    arity_refusal=Refusal(ack={"error": "invalid payload"}, details="details"),
    payload_refusal=Refusal(ack={"error": "invalid payload"}, details="details"),
    rate_refusal=Refusal(ack={"error": "too many events"}),
    unexpected_refusal=Refusal(ack={"error": "server error"}),
    broadcasts=("messageNew",),
)

CLOSE_ROOM = Receive(
    id="closeRoom",
    method="close_room",
    namespace="/",
    event="room:close",
    args=1,
    payload="closeRoom.payload",
    unknown_keys="keep",
    convert=(),
    ack="closeRoom.ack",
    ack_args=(0, 1),
    arity_refusal=Refusal(ack={"error": "invalid payload"}, details="details"),
    payload_refusal=Refusal(ack={"error": "invalid payload"}, details="details"),
    rate_refusal=Refusal(ack={"error": "too many events"}),
    unexpected_refusal=Refusal(ack={"error": "server error"}),
    broadcasts=("roomClosed", "confirmClose"),
)

ANNOUNCE = Receive(
    id="announce",
    method="announce",
    namespace="/moderators",
    event="announce",
    args=1,
    payload="announce.payload",
    unknown_keys="keep",
    convert=(),
    ack="announce.ack",
    ack_args=(0, 1),
    arity_refusal=Refusal(ack={"error": "invalid payload"}, details="details"),
    payload_refusal=Refusal(ack={"error": "invalid payload"}, details="details"),
    rate_refusal=Refusal(ack={"error": "too many events"}),
    unexpected_refusal=Refusal(ack={"error": "server error"}),
    broadcasts=("noticed",),
)

MESSAGE_NEW = Send(
    id="messageNew",
    namespace="/",
    event="message:new",
    args=1,
    payload="messageNew.payload",
    audience="room",
    ack=None,
    ack_args=(),
)

MEMBER_ARRIVED = Send(
    id="memberArrived",
    namespace="/",
    event="room:joined",
    args=1,
    payload="memberArrived.payload",
    audience="room",
    ack=None,
    ack_args=(),
)

ROOM_CLOSED = Send(
    id="roomClosed",
    namespace="/",
    event="room:closed",
    args=1,
    payload="roomClosed.payload",
    audience="room",
    ack=None,
    ack_args=(),
)

CONFIRM_CLOSE = Send(
    id="confirmClose",
    namespace="/",
    event="room:confirm-close",
    args=1,
    payload="confirmClose.payload",
    audience="sender",
    ack="confirmClose.ack",
    ack_args=(1,),
)

NOTICED = Send(
    id="noticed",
    namespace="/moderators",
    event="notice",
    args=1,
    payload="noticed.payload",
    audience="others",
    ack=None,
    ack_args=(),
)

CONTRACT: Contract[Broadcast] = Contract(
    title="Chat",
    version="1.0.0",
    namespaces=(
        Namespace(
            path="/",
            connect="connect",
            disconnect="disconnect",
            auth="lobby.auth",
            connect_errors="lobby.connectErrors",
        ),
        Namespace(
            path="/moderators",
            connect="connect_moderators",
            disconnect="disconnect_moderators",
            auth="moderators.auth",
            connect_errors="moderators.connectErrors",
        ),
    ),
    receive=(
        JOIN_ROOM,
        LEAVE_ROOM,
        SEND_MESSAGE,
        CLOSE_ROOM,
        ANNOUNCE,
    ),
    send=(
        MESSAGE_NEW,
        MEMBER_ARRIVED,
        ROOM_CLOSED,
        CONFIRM_CLOSE,
        NOTICED,
    ),
    schema=schemas_of(__package__),
    context=Context,
    broadcast=Broadcast,
    handlers=Handlers,
)
