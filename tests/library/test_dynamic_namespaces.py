"""Namespaces whose paths have parameters, served on each backend."""

from __future__ import annotations

from typing import Any

import pytest
import socketio
from socketio.exceptions import ConnectionError as NotConnected

from asyncapi_socketio import Application, ConnectError
from asyncapi_socketio.addresses import Addresses, filled
from asyncapi_socketio.transport import Limits
from tests.generate.test_cases import CASES
from tests.library.backends import BACKENDS, Serve, guests
from tests.library.test_cases_served import generated
from tests.patience import PATIENCE

CASE = CASES / "dynamic"


class Building:
    """Tells a room what is said in it; the lobby opens rooms."""

    async def open(self, room: str, context: Any) -> None:
        context.broadcast.opened(parameters={"id": room})

    async def say(self, line: str, context: Any) -> None:
        if line == "sure?":
            line = str(await context.ask.sure(within=PATIENCE))
        if line == "anywhere":
            context.broadcast.opened(parameters={"id": "not/a/room"})
        context.broadcast.said(f"{context.parameters['id']}: {line}")

    async def say_in_attic(self, line: str, context: Any) -> None:
        context.session["said"] = line

    async def sit(self, seat: int, context: Any) -> None:
        context.enter("table")
        where = context.parameters
        context.broadcast.taken("table", f"{where['floor']} {where['seat-number']}: {seat}")

    async def connect_room(self, context: Any) -> None:
        if context.parameters["id"] == "cellar":
            raise ConnectError("closed")

    async def connect_seat(self, auth: Any, context: Any) -> None:
        context.identity = auth["name"]


@pytest.fixture(params=BACKENDS)
def serve(request: pytest.FixtureRequest) -> Serve:
    """Serve a contract on a backend."""
    return BACKENDS[request.param]


async def test_what_is_said_in_a_room_is_heard_there_only(serve: Serve) -> None:
    async with (
        serve(generated(CASE).CONTRACT, Building()) as (url, broadcast),
        guests(url, "/rooms/kitchen") as into_kitchen,
        guests(url, "/rooms/hall") as into_hall,
        guests(url) as into_lobby,
    ):
        ada, bob = await into_kitchen(), await into_kitchen(sure=lambda: True)
        eve, zoe = await into_hall(), await into_lobby()
        assert await ada.call("say", "soup") is None
        assert await bob.hears() == ("said", "kitchen: soup")
        assert await bob.call("say", "sure?") is None
        assert await ada.hears() == ("said", "kitchen: True")
        assert await zoe.call("open", "hall") is None
        assert await eve.hears() == ("opened",)
        broadcast.opened(parameters={"id": "kitchen"})
        assert await ada.hears() == ("opened",)
        assert await zoe.call("open", "no/room") == {"error": "failed"}
        assert await ada.call("say", "anywhere") == {"error": "failed"}
        assert eve.heard_nothing()


async def test_a_path_without_parameters_comes_first(serve: Serve) -> None:
    async with (
        serve(generated(CASE).CONTRACT, Building()) as (url, _),
        guests(url, "/rooms/attic") as come,
    ):
        ada, bob = await come(), await come()
        await ada.client.emit("say", "boo", namespace="/rooms/attic")
        await bob.client.emit("say", "boo", namespace="/rooms/attic")
        assert ada.heard_nothing()


async def test_several_parameters_and_rooms(serve: Serve) -> None:
    seat = "/first/seats/7"
    async with serve(generated(CASE).CONTRACT, Building()) as (url, _), guests(url, seat) as come:
        ada = await come({"name": "ada"})
        await ada.client.emit("sit", 3, namespace=seat)
        assert await ada.hears() == ("taken", "first 7: 3")


@pytest.mark.parametrize(
    "namespace",
    ["/rooms", "/rooms/", "/rooms/a/b", "/rooms/{id}", "/rooms/cellar", "/attic/seats/7", "/seats"],
)
async def test_who_asks_for_another_namespace_is_turned_away(serve: Serve, namespace: str) -> None:
    async with serve(generated(CASE).CONTRACT, Building()) as (url, _):
        client = socketio.AsyncClient(reconnection=False)
        with pytest.raises(NotConnected):
            await client.connect(
                url, auth={"name": "ada"}, namespaces=[namespace], transports=["websocket"],
                wait_timeout=PATIENCE,
            )  # fmt: skip
        await client.disconnect()


async def test_a_session_enters_so_many_and_an_empty_one_is_forgotten() -> None:
    app = Application(generated(CASE).CONTRACT, Building(), limits=Limits(namespaces=3))
    runner = await app.listen(port=0)
    url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    client = socketio.AsyncClient(reconnection=False)
    names = [f"/rooms/{number}" for number in range(4)]
    with pytest.raises(NotConnected, match=r"/rooms/3$"):
        await client.connect(url, namespaces=names, transports=["websocket"], wait_timeout=PATIENCE)
    await client.disconnect()
    async with guests(url, "/rooms/5") as come:
        await come()
        assert app.figures.clients["/rooms/{id}"] == 1
        assert app.figures.connects["/rooms/{id}", "rejected"] == 1
    await runner.cleanup()


def test_a_path_is_filled_and_found_again() -> None:
    addresses = Addresses(["/", "/a/{x}", "/a/fixed", "/{x}.{y}/{x}"])
    for path, values in [("/a/{x}", {"x": "ä b"}), ("/{x}.{y}/{x}", {"x": "1", "y": "2"})]:
        found = addresses.find(filled(path, values))
        assert found is not None
        assert (found.path, found.parameters) == (path, values)
    fixed = addresses.find("/a/fixed")
    assert fixed is not None
    assert fixed.parameters == {}
    assert addresses.find("/1.2/3") is None
    with pytest.raises(ValueError, match="needs a value of x"):
        filled("/a/{x}", {"x": "b/c"})
