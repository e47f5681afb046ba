"""A request for another worker's session goes there with its connection, whatever its shape."""

from __future__ import annotations

from tests.transport.conftest import House
from tests.transport.wire import Poller


def at(house: House, poller: Poller) -> Poller:
    """Return a session as a client has it whose next connection another worker accepts."""
    return Poller(house, poller.handshake)


async def test_requests_are_answered_by_the_worker_that_has_the_session(
    ada: House, bob: House
) -> None:
    client = at(ada, await bob.open_polling())
    assert client.handshake["sid"].startswith("1.")
    await client.connect()
    assert (await client.post('42["hello",1]')).body == "ok"
    assert await client.packets() == ['42["hello-back",1]']
    assert bob.received == [("/", "hello", [1])]
    assert (ada.server.sessions, bob.server.sessions) == (0, 1)
