"""Several processes at one port: started, ended by accident, started again, and stopped."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import sys
import time
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.conftest import TRANSPORTS
from tests.library.test_metrics import scrape
from tests.patience import PATIENCE
from tests.people import Person
from tests.processes import SERVE, ServiceProcess, launched, running
from tests.transport.conftest import until
from tests.transport.wire import POLLING, UPGRADE, Address, Poller
from tests.workers.test_handover import UNKNOWN

pytestmark = pytest.mark.slow

APART = (sys.executable, "-m", "tests.workers.apart", "serve")
OPTIONS = ("--workers", "2", "--database", "memory:", "--log-format", "json", "--admin-port", "0")


def workers(service: ServiceProcess) -> list[int]:
    """Return the process ids of a supervisor's workers."""
    children = Path(f"/proc/{service.pid}/task/{service.pid}/children")
    return [*map(int, children.read_text().split())]


def pid_of(service: ServiceProcess, worker: str) -> int:
    """Return the process id of a worker."""
    variable = f'"number":{worker},'.encode()
    (pid,) = (
        pid for pid in workers(service) if variable in Path(f"/proc/{pid}/environ").read_bytes()
    )
    return pid


class Node(Address):
    """A machine with two workers; `admin` is where it tells how it does."""

    def __init__(self, service: ServiceProcess, admin: str) -> None:
        super().__init__(int(service.url.rpartition(":")[2]))
        self.service = service
        self.admin = admin

    @property
    def workers(self) -> list[int]:
        """The workers' process ids."""
        return workers(self.service)

    def kill(self, worker: str) -> None:
        """End a worker at once, as a crash does."""
        os.kill(pid_of(self.service, worker), signal.SIGKILL)

    async def stats(self) -> dict[str, Any]:
        """Return what the admin listener says."""
        timeout = aiohttp.ClientTimeout(total=PATIENCE)
        async with (
            aiohttp.ClientSession(timeout=timeout) as web,
            web.get(f"{self.admin}/stats") as response,
        ):
            told: dict[str, Any] = await response.json()
            return told

    async def client_of(self, worker: str) -> Poller:
        """Open sessions until one is a worker's: the system chooses who takes a connection."""
        async with asyncio.timeout(PATIENCE):
            while True:
                client = await self.open_polling()
                if client.handshake["sid"].partition(".")[0] == worker:
                    return client

    async def has(self, workers: int) -> None:
        """Wait until so many workers serve."""
        async with asyncio.timeout(PATIENCE):
            while (await self.stats())["workers"] != workers:  # noqa: ASYNC110  # it tells nobody
                await asyncio.sleep(0.05)


@pytest.fixture
async def node() -> AsyncIterator[Node]:
    """Yield a node that runs, and keeps todos in each worker's memory."""
    async with running(*OPTIONS, program=APART) as service:
        admin = json.loads(await service.says("admin listening"))["url"]
        yield Node(service, admin)


def lives(pid: int) -> bool:
    """Return whether there is such a process."""
    return Path(f"/proc/{pid}").exists()


def of(service: ServiceProcess, event: str) -> list[dict[str, Any]]:
    """Return the log lines of an event."""
    return [line for line in map(json.loads, service.said) if line["event"] == event]


async def again(service: ServiceProcess, times: int) -> None:
    """Wait until workers have been started again so many times."""
    await until(lambda: len(of(service, "worker started again")) == times)


async def test_clients_are_served_whichever_worker_their_connections_reach(node: Node) -> None:
    (listening,) = of(node.service, "listening")
    assert listening["workers"] == 2
    for transports in TRANSPORTS.values():
        for _ in range(8):
            person = await Person.at(node.service.url, transports)
            todo = {"title": "Buy milk", "completed": False}
            created = await person.client.call("todo:create", todo, timeout=PATIENCE)
            read = await person.client.call("todo:read", created["data"], timeout=PATIENCE)
            assert read["data"]["title"] == "Buy milk"
            await person.leave()
    sids = {(await node.open_polling()).handshake["sid"].partition(".")[0] for _ in range(50)}
    assert sids == {"0", "1"}


async def test_whoever_prometheus_reaches_tells_of_each_worker(node: Node) -> None:
    for worker in "0", "1", "1":
        await node.client_of(worker)
    for _ in range(10):
        scraped = await scrape(node.admin)
        opened = {name: scraped("todo_sessions", worker=name) for name in ("0", "1")}
        assert opened["0"] >= 1
        assert opened["1"] >= 2
        assert scraped("todo_sessions_opened_total") == sum(opened.values())
        assert scraped("process_start_time_seconds", worker="0") > 1e9


async def test_whoever_is_asked_tells_of_all_workers(node: Node) -> None:
    for worker in "0", "1":
        client = await node.client_of(worker)
        assert (await client.post("nonsense")).status == 400
    told = [await node.stats() for _ in range(10)]
    assert all(stats == told[0] for stats in told)
    assert told[0]["workers"] == 2
    assert told[0]["ended and rejected"]["bad post"] == 2


async def test_whoever_is_asked_shows_and_ends_the_sessions_of_all_workers(node: Node) -> None:
    clients = [await node.client_of(worker) for worker in ("0", "1")]
    sids = {client.handshake["sid"] for client in clients}
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=PATIENCE)) as web:
        for _ in range(5):
            async with web.get(f"{node.admin}/sessions") as answer:
                told = await answer.json()
            assert sids <= {row["session"] for row in told["shown"]}
            assert told["found"] == told["facts"]["sessions"] == len(told["shown"])
        for sid in sids:
            async with web.post(f"{node.admin}/disconnect", json={"session": sid}) as answer:
                assert answer.status == 200
            async with web.post(f"{node.admin}/disconnect", json={"session": sid}) as answer:
                assert answer.status == 404
    for client in clients:
        assert (await client.poll()).body == UNKNOWN


async def test_a_worker_that_ends_is_started_again_and_its_sessions_are_unknown(
    node: Node,
) -> None:
    lost, kept = await node.client_of("1"), await node.client_of("0")
    await kept.connect()
    node.kill("1")
    for _ in range(20):  # on a new connection each, which either worker takes
        with suppress(ConnectionError, asyncio.IncompleteReadError):  # or none, at that moment
            assert (await lost.post("40")).body == UNKNOWN
    await node.service.says('"worker started again"')
    await node.has(workers=2)
    assert (await lost.poll()).body == UNKNOWN
    assert (await kept.post('421["todo:list"]')).body == "ok"
    assert (await kept.packets())[0].startswith("431")
    (ended,) = of(node.service, "worker ended")
    assert (ended["worker"], ended["status"]) == (1, "killed by SIGKILL")
    await node.client_of("1")


async def test_a_worker_that_ends_again_and_again_is_started_later_each_time(node: Node) -> None:
    for number in range(1, 4):
        node.kill("0")
        await again(node.service, number)
        await node.has(workers=2)
    ended = [line["again_in"] for line in of(node.service, "worker ended")]
    assert ended == [0.1, 0.2, 0.4]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_all_workers_stop_with_their_clients_told(node: Node, number: signal.Signals) -> None:
    sockets = [await node.connect() for _ in range(10)]
    workers = node.workers
    node.service.signal(number)
    assert [await socket.closed() for socket in sockets] == [1001] * 10
    assert await node.service.end() == 0
    assert not any(map(lives, workers))
    with pytest.raises(ConnectionRefusedError):
        await node.dial()


async def test_a_worker_that_does_not_stop_is_ended(node: Node) -> None:
    os.kill(node.workers[0], signal.SIGSTOP)
    began = time.monotonic()
    node.service.signal(signal.SIGTERM)
    assert await node.service.end() == 0
    assert time.monotonic() - began > 1.8


async def test_it_may_be_stopped_while_workers_start() -> None:
    async with launched("--port", "0", *OPTIONS, program=APART) as service:
        await until(lambda: workers(service))
        starting = workers(service)
        service.signal(signal.SIGTERM)
        assert await service.end() == 0
        assert not any(map(lives, starting))


async def test_workers_end_with_their_supervisor(node: Node) -> None:
    workers = node.workers
    node.service.signal(signal.SIGKILL)
    await until(lambda: not any(map(lives, workers)))
    with pytest.raises(ConnectionRefusedError):
        await node.dial()


async def test_what_keeps_workers_from_starting_is_said_once(tmp_path: Path) -> None:
    database = f"sqlite:///{tmp_path}/missing/todos.db"
    options = ("--port", "0", "--workers", "3", "--database", database)
    async with launched(*options, program=APART) as service:
        assert await service.end() == 2
        (line,) = service.said
        assert line.startswith("todo-service: ")


async def test_a_port_that_other_workers_share_is_busy(node: Node) -> None:
    options = (*OPTIONS, "--port", str(node.port))
    async with launched(*options, program=APART) as service:
        assert await service.end() == 2
        (line,) = service.said
    where = f"127.0.0.1:{node.port}: Address already in use: choose another with --port"
    assert line == f"todo-service: can't listen on {where}"


async def test_a_name_may_have_several_addresses() -> None:
    async with running(*OPTIONS, "--host", "localhost", program=APART) as service:
        port = int(service.url.rpartition(":")[2])
        for host in {str(info[4][0]) for info in socket.getaddrinfo("localhost", port)}:
            _, writer = await asyncio.open_connection(host, port)
            writer.close()


@pytest.mark.parametrize("database", ["memory:", "sqlite:///todos.db"])
async def test_several_workers_need_a_database_that_they_can_share(
    database: str, tmp_path: Path
) -> None:
    options = ("--workers", "2", "--database", database)
    async with launched(*options, program=SERVE, directory=tmp_path) as service:
        assert await service.end() == 2
        (line,) = service.said
    assert line == (
        "todo-service: --workers 2 needs a database that several processes can serve,"
        " postgresql://: a SQLite file, or memory:, has one"
    )


async def test_auto_is_one_where_several_can_not_share() -> None:
    async with running("--workers", "auto", "--database", "memory:") as service:
        node = Address(int(service.url.rpartition(":")[2]))
        assert "." not in (await node.open_polling()).handshake["sid"]


@pytest.mark.parametrize(
    "option", [("--workers", "0"), ("--workers", "many"), ("--node", "a.b"), ("--node", "a" * 33)]
)
async def test_what_is_not_a_number_or_a_name_is_refused(option: tuple[str, str]) -> None:
    async with launched(*option) as service:
        assert await service.end() == 2
        (line,) = service.said
        assert option[0] in line


async def test_a_nodes_name_begins_its_sids_and_its_workers_find_theirs() -> None:
    async with running(*OPTIONS, "--node", "a", program=APART) as service:
        node = Address(int(service.url.rpartition(":")[2]))
        client = await node.open_polling()
        name, worker, unique = client.handshake["sid"].split(".")
        assert (name, worker in {"0", "1"}, len(unique)) == ("a", True, 24)
        await client.connect()
        for _ in range(10):
            assert (await client.post("42")).status in {200, 400}
        other = Poller(node, {"sid": f"b.{worker}.{unique}"})
        assert (await other.poll()).body == UNKNOWN
        assert (await node.request("GET", other.upgrade_query, None, **UPGRADE)).status == 400
    async with running("--database", "memory:", "--node", "a") as service:
        node = Address(int(service.url.rpartition(":")[2]))
        assert (await node.get(POLLING)).body.startswith('0{"sid":"a.')
