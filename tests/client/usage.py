"""What a user writes on the chat's client; mypy finds each mistake that is marked here."""

from __future__ import annotations

from typing import assert_never

from click import echo

from chat.generated.client import Client, LobbyConnectError, ModeratorsClient, Refused
from chat.generated.models import Message

ada = Client("http://localhost:3002", auth={"token": "ada-token"})


@ada.on_message_new
async def said(message: Message) -> None:
    """Take what the event carries."""
    echo(message["author"] + message["text"])


@ada.on_confirm_close
def confirm(room: str) -> bool:
    """Return what the ack carries."""
    return room == "kitchen"


@ada.on_room_closed  # type: ignore[arg-type]
def closed(room: int) -> None:
    """Take another type than the event has."""
    echo(room)


@ada.on_confirm_close  # type: ignore[arg-type]
async def forgotten(room: str) -> None:
    """Forget the answer."""
    echo(room)


async def talk() -> None:
    """Call what there is, rightly and wrongly."""
    joined = await ada.join_room("kitchen", within=2)
    names: list[str] = joined["members"]
    echo(names)
    joined["mebmers"]  # type: ignore[typeddict-item]
    await ada.send_message({"room": "kitchen"})  # type: ignore[typeddict-item]
    await ada.send_message({"room": "kitchen", "text": 1})  # type: ignore[typeddict-item]
    await ada.join_room()  # type: ignore[call-arg]
    await ada.announce("Lunch")  # type: ignore[attr-defined]
    Client("http://localhost:3002")  # type: ignore[call-arg]
    ModeratorsClient("http://localhost:3002", auth={"name": "mia"})  # type: ignore[arg-type]
    echo(await ada.close_room("kitchen"))  # type: ignore[func-returns-value]


async def say(text: str) -> str:
    """Tell every error from every other; the last function forgets one."""
    try:
        await ada.send_message({"room": "kitchen", "text": text})
    except Refused as refused:
        match refused.ack["error"]:
            case "not in the room" | "declined" as error:
                return error
            case "invalid payload" | "too many events" | "server error":
                return "later"
            case other:
                assert_never(other)
    return "said"


def forgets(refused: Refused) -> None:
    """Forget an error."""
    match refused.ack["error"]:
        case "not in the room" | "declined" | "invalid payload" | "too many events":
            pass
        case other:
            assert_never(other)  # type: ignore[arg-type]


def why(error: LobbyConnectError) -> int | None:
    """Return the declared data of a connect error."""
    if error.data is None:
        return None
    error.data["reason"]  # type: ignore[typeddict-item]
    return error.data["code"]
