"""What is listened on beside a port: TLS of the service's own, a Unix socket, systemd's sockets."""

from __future__ import annotations

import asyncio
import shutil
import signal
import socket
import ssl
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest
import socketio

from tests.conftest import TRANSPORTS
from tests.patience import PATIENCE
from tests.people import Person
from tests.processes import launched, running

pytestmark = pytest.mark.slow

MEMORY = ("--database", "memory:")


def certify(folder: Path) -> Path:
    """Write a new certificate for localhost and its key, and return the former."""
    openssl = shutil.which("openssl")
    assert openssl, "openssl is missing: apt-get install openssl"
    subprocess.run(
        [
            *(openssl, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"),
            *("-nodes", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"),
            *("-keyout", folder / "site.key", "-out", folder / "site.crt", "-days", "1"),
        ],
        check=True,
        capture_output=True,
    )
    return folder / "site.crt"


def tls(folder: Path) -> tuple[str, ...]:
    """Return the options that serve HTTPS by what is in a folder."""
    certificate, key = str(folder / "site.crt"), str(folder / "site.key")
    return ("--tls-cert", certificate, "--tls-key", key)


def presented(port: int) -> str:
    """Return the certificate that a new connection is shown."""
    return ssl.get_server_certificate(("127.0.0.1", port), timeout=PATIENCE)


@asynccontextmanager
async def seated(
    url: str, connector: aiohttp.BaseConnector, transport: str = "websocket"
) -> AsyncIterator[Person]:
    """Seat somebody who comes by a connector."""
    timeout = aiohttp.ClientTimeout(total=PATIENCE)
    async with aiohttp.ClientSession(connector=connector, timeout=timeout) as web:
        person = Person(socketio.AsyncClient(reconnection=False, http_session=web))
        await person.client.connect(
            url, {"Origin": url}, transports=TRANSPORTS[transport], wait_timeout=PATIENCE
        )
        yield person
        await person.leave()


def trusting(certificate: Path) -> aiohttp.TCPConnector:
    """Return what connects to who has the certificate."""
    return aiohttp.TCPConnector(ssl=ssl.create_default_context(cafile=certificate))


@pytest.mark.parametrize("transport", TRANSPORTS)
async def test_people_come_by_https(tmp_path: Path, transport: str) -> None:
    certificate = certify(tmp_path)
    async with running(*MEMORY, *tls(tmp_path)) as service:
        assert service.url.startswith("https://127.0.0.1:")
        url = service.url.replace("127.0.0.1", "localhost")
        async with (
            seated(url, trusting(certificate), transport) as ada,
            seated(url, trusting(certificate), transport) as bob,
        ):
            milk = await ada.creates("Buy milk")
            assert (await bob.hears("todo:created"))["id"] == milk
            for number in range(300):
                await ada.creates(f"{number} {240 * 'x'}")
            assert len(await bob.lists()) == 301


async def test_a_new_certificate_is_loaded_and_nobody_dropped(tmp_path: Path) -> None:
    first = certify(tmp_path).read_text()
    async with running(*MEMORY, *tls(tmp_path)) as service:
        port = int(service.url.rpartition(":")[2])
        url = service.url.replace("127.0.0.1", "localhost")
        async with seated(url, trusting(tmp_path / "site.crt")) as ada:
            milk = await ada.creates("Buy milk")
            assert await asyncio.to_thread(presented, port) == first
            second = certify(tmp_path).read_text()
            service.signal(signal.SIGHUP)
            await service.says("certificate loaded")
            assert second != first
            assert await asyncio.to_thread(presented, port) == second

            (tmp_path / "site.key").write_text("no key")
            service.signal(signal.SIGHUP)
            await service.says("certificate not loaded", "the one before stays")
            assert await asyncio.to_thread(presented, port) == second
            assert [todo["id"] for todo in await ada.lists()] == [milk]


async def test_what_is_no_certificate_is_one_line(tmp_path: Path) -> None:
    certify(tmp_path)
    (tmp_path / "other").mkdir()
    certify(tmp_path / "other").rename(tmp_path / "site.crt")
    async with launched(*MEMORY, *tls(tmp_path)) as service:
        assert await service.end() == 2
    (line,) = service.said
    assert line.endswith("site.key: not a certificate with its key")
    async with launched(*MEMORY, *tls(tmp_path)[:2]) as service:
        assert await service.end() == 2
    assert service.said == ["todo-service: --tls-cert and --tls-key: one needs the other"]


@pytest.mark.parametrize("transport", TRANSPORTS)
async def test_people_come_by_a_unix_socket_whose_peer_may_say_who_they_are(
    tmp_path: Path, transport: str
) -> None:
    path = str(tmp_path / "todos.sock")
    options = (*MEMORY, "--unix-socket", path, "--trust-proxy", "unix", "--log-format", "json")
    async with launched(*options) as service:
        await service.says("listening", f"unix:{path}")
        timeout = aiohttp.ClientTimeout(total=PATIENCE)
        connector = aiohttp.UnixConnector(path)
        async with aiohttp.ClientSession(connector=connector, timeout=timeout) as web:
            ada = Person(socketio.AsyncClient(reconnection=False, http_session=web))
            headers = {"X-Forwarded-For": "203.0.113.7"}
            await ada.client.connect(
                "http://localhost", headers, transports=TRANSPORTS[transport], wait_timeout=PATIENCE
            )
            await ada.creates("Buy milk")
            await service.says('"connected"', "203.0.113.7")
            await ada.leave()
        service.signal(signal.SIGTERM)
        assert await service.end() == 0
    assert not (tmp_path / "todos.sock").exists()


async def test_a_socket_that_nobody_listens_on_is_replaced_and_no_other(tmp_path: Path) -> None:
    path = tmp_path / "todos.sock"
    options = (*MEMORY, "--unix-socket", str(path))
    async with launched(*options) as killed:
        await killed.says("listening")
        await killed.kill()
    assert path.exists()
    async with launched(*options) as service:
        await service.says("listening")
        async with launched(*options) as second:
            assert await second.end() == 2
        (line,) = second.said
        assert line == f"todo-service: can't listen on {path}: Address already in use"
        assert path.exists()
    path.unlink()
    path.write_text("precious")
    async with launched(*options) as service:
        assert await service.end() == 2
    assert service.said == [f"todo-service: can't listen on {path}: File exists"]
    assert path.read_text() == "precious"


async def test_a_busy_admin_port_is_named_beside_a_unix_socket(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as busy:
        port = str(busy.getsockname()[1])
        options = (*MEMORY, "--unix-socket", str(tmp_path / "todos.sock"), "--admin-port", port)
        async with launched(*options) as service:
            assert await service.end() == 2
    (line,) = service.said
    assert f"can't listen on 127.0.0.1:{port}" in line
    assert not (tmp_path / "todos.sock").exists()


async def test_several_workers_take_ports_only(tmp_path: Path) -> None:
    options = ("--workers", "2", "--database", "postgresql://localhost/todos")
    async with launched(*options, "--unix-socket", str(tmp_path / "todos.sock")) as service:
        assert await service.end() == 2
    (line,) = service.said
    assert line.startswith("todo-service: --workers 2: TLS, a Unix socket and systemd's sockets")
