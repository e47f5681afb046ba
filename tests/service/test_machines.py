"""Two machines behind HAProxy, as `deploy/` configures it: added and drained under load."""

from __future__ import annotations

import asyncio
import signal
import ssl
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from itertools import count
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from servers.ports import free_port
from tests.conftest import TRANSPORTS
from tests.patience import PATIENCE
from tests.people import Person
from tests.processes import ServiceProcess, running
from tests.service.test_proxies import (
    DEPLOY,
    NAME,
    Site,
    certificate,
    haproxy,
    person,
    proxy,
)
from tests.transport.conftest import until

pytestmark = pytest.mark.slow

__all__ = ["certificate"]  # a fixture

APART = (sys.executable, "-m", "tests.workers.apart", "serve")
"""Nodes of two workers, none of which knows the others' sessions or todos."""

UNKNOWN = '{"code": 1, "message": "Session ID unknown"}'


class Balancer:
    """HAProxy, as its operator commands it."""

    def __init__(self, site: Site, socket: Path) -> None:
        self.site = site
        self._socket = socket

    async def command(self, text: str) -> str:
        reader, writer = await asyncio.open_unix_connection(self._socket)
        writer.write(f"{text}\n".encode())
        async with asyncio.timeout(PATIENCE):
            answer = (await reader.read()).decode().strip()
        writer.close()
        return answer

    async def set(self, node: str, state: str) -> None:
        assert await self.command(f"set server todo_service/{node} state {state}") == ""

    async def is_up(self, node: str) -> None:
        """Wait until a node has passed its health checks."""
        async with asyncio.timeout(PATIENCE):
            while "UP" not in await self._status(node):  # noqa: ASYNC110  # it tells nobody
                await asyncio.sleep(0.05)

    async def _status(self, node: str) -> str:
        lines = [line.split(",") for line in (await self.command("show stat")).splitlines()]
        return next(row[17] for row in lines if row[:2] == ["todo_service", node])


class Visitor:
    """Someone who creates, reads and deletes, one after the other, as long as it works."""

    def __init__(self, person: Person) -> None:
        self.person = person
        self.rounds = 0
        self.task = asyncio.ensure_future(self._visit())

    @property
    def node(self) -> str:
        sid: str = self.person.client.eio.sid
        return sid.partition(".")[0]

    async def goes_on(self) -> None:
        """Wait for some rounds more; fails if anything went wrong."""
        enough = self.rounds + 3
        await until(lambda: self.task.done() or self.rounds >= enough)
        assert not self.task.done(), self.task.exception()

    async def _visit(self) -> None:
        for number in count():
            todo = await self.person.creates(f"{number}")
            (found,) = await self.person.ask("todo:read", todo)
            assert found["data"]["title"] == f"{number}"
            assert await self.person.ask("todo:delete", todo) == ()
            self.rounds += 1


@asynccontextmanager
async def node(name: str, *options: str) -> AsyncIterator[ServiceProcess]:
    """Run a node."""
    store = ("--database", "memory:", "--workers", "2", "--trust-proxy", "127.0.0.1")
    async with running(*store, "--node", name, *options, program=APART) as service:
        yield service


@asynccontextmanager
async def balanced(
    ports: dict[str, int], certificate: Path, folder: Path
) -> AsyncIterator[Balancer]:
    """Run HAProxy before two nodes, of which only the first takes clients yet."""
    port = free_port()
    text = (DEPLOY / "haproxy-nodes.cfg").read_text()
    for written, real in {
        "10.0.0.11:3000": f"127.0.0.1:{ports['a']}",
        "10.0.0.12:3000": f"127.0.0.1:{ports['b']} disabled",
        "bind :443": f"bind 127.0.0.1:{port}",
        "/etc/haproxy/": f"{certificate}/",
    }.items():
        assert written in text
        text = text.replace(written, real)
    socket = folder / "admin"
    text = f"global\n    stats socket {socket} level admin\n{text}"
    async with proxy(haproxy(text, folder), port):
        await until(socket.exists)
        tls = ssl.create_default_context(cafile=certificate / f"{NAME}.crt")
        yield Balancer(Site(f"https://{NAME}:{port}", None, tls), socket)  # type: ignore[arg-type]


@asynccontextmanager
async def visitors(site: Site) -> AsyncIterator[list[Visitor]]:
    """Seat someone at each transport, twice."""
    async with AsyncExitStack() as stack:
        found = []
        for transport in [*TRANSPORTS, *TRANSPORTS]:
            someone = await stack.enter_async_context(person(site, "127.0.0.2", transport))
            found.append(Visitor(someone))
        yield found
        for visitor in found:
            visitor.task.cancel()
        await asyncio.wait([visitor.task for visitor in found])


def nodes(visitors: list[Visitor]) -> Iterator[str]:
    return (visitor.node for visitor in visitors)


async def all_go_on(*groups: list[Visitor]) -> None:
    await asyncio.gather(*(visitor.goes_on() for group in groups for visitor in group))


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the client take however much it is told in one poll; by default it breaks off at 16."""
    monkeypatch.setattr("engineio.payload.Payload.max_decode_packets", 1_000)


async def test_nodes_are_added_and_drained_while_clients_go_on(
    certificate: Path, tmp_path: Path
) -> None:
    async with AsyncExitStack() as stack:
        enter = stack.enter_async_context
        first, second = await enter(node("a")), await enter(node("b"))
        ports = {
            name: urlsplit(service.url).port or 0 for name, service in (("a", first), ("b", second))
        }
        balancer = await enter(balanced(ports, certificate, tmp_path))
        await balancer.is_up("a")

        early = await enter(visitors(balancer.site))
        assert set(nodes(early)) == {"a"}
        await balancer.set("b", "ready")
        await balancer.is_up("b")
        later = await enter(visitors(balancer.site))
        assert "b" in nodes(later)
        await all_go_on(early, later)

        await balancer.set("a", "drain")
        last = await enter(visitors(balancer.site))
        assert set(nodes(last)) == {"b"}
        await all_go_on(early, later, last)

        sid = early[0].person.client.eio.sid
        stayed = [visitor for visitor in [*later, *last] if visitor.node == "b"]
        first.signal(signal.SIGTERM)
        assert await first.end() == 0
        await all_go_on(stayed)
        async with balancer.site.browser("127.0.0.2") as browser:
            url = f"{balancer.site.url}/socket.io/?EIO=4&transport=polling&sid={sid}"
            async with browser.get(url) as response:
                assert (response.status, await response.text()) == (400, UNKNOWN)
        again = await enter(visitors(balancer.site))
        assert set(nodes(again)) == {"b"}

        await enter(node("a", "--port", str(ports["a"])))
        await balancer.set("a", "ready")
        await balancer.is_up("a")
        assert "a" in nodes(await enter(visitors(balancer.site)))
        await all_go_on(stayed, again)
