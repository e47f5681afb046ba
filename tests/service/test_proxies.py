"""Behind real proxies, as `deploy/` configures them: TLS ends there, the service runs beside."""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
import ssl
import subprocess
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias
from urllib.parse import urlsplit

import aiohttp
import pytest
import socketio
from aiohttp.abc import AbstractResolver, ResolveResult

from servers.ports import free_port
from tests.conftest import TRANSPORTS
from tests.patience import PATIENCE
from tests.people import Person
from tests.processes import ServiceProcess, running

pytestmark = pytest.mark.slow

DEPLOY = Path(__file__).parents[2] / "deploy"
NAME = "todos.example"
PATH = f"{os.environ['PATH']}{os.pathsep}/usr/sbin"

HANDSHAKE = "/socket.io/?EIO=4&transport=polling"


def program(name: str) -> str:
    """Find a program; fails with what to install."""
    found = shutil.which(name, path=PATH)
    assert found, f"{name} is missing: apt-get install nginx-light haproxy openssl"
    return found


@dataclass(frozen=True)
class Site:
    """The service at the name that its certificate proves."""

    url: str
    service: ServiceProcess
    tls: ssl.SSLContext

    def browser(self, address: str) -> aiohttp.ClientSession:
        """Open a browser at an address; its pages are of the site."""
        connector = aiohttp.TCPConnector(
            resolver=_Here(), local_addr=(address, 0), ssl=self.tls, force_close=True
        )
        timeout = aiohttp.ClientTimeout(total=PATIENCE)
        return aiohttp.ClientSession(
            connector=connector, headers={"Origin": self.url}, timeout=timeout
        )


class _Here(AbstractResolver):
    """Finds every name on this machine."""

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        return [
            ResolveResult(
                hostname=host, host="127.0.0.1", port=port, family=socket.AF_INET, proto=0, flags=0
            )
        ]

    async def close(self) -> None:
        """Close nothing."""


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a certificate of the name, its key, and both in one file."""
    folder = tmp_path_factory.mktemp("certificate")
    subprocess.run(
        [
            *(program("openssl"), "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"),
            *("-subj", f"/CN={NAME}", "-addext", f"subjectAltName=DNS:{NAME}"),
            *("-keyout", folder / f"{NAME}.key", "-out", folder / f"{NAME}.crt"),
        ],
        check=True,
        capture_output=True,
    )
    both = [(folder / f"{NAME}.{part}").read_text() for part in ("crt", "key")]
    (folder / f"{NAME}.pem").write_text("".join(both))
    return folder


def nginx(site: str, folder: Path) -> list[str]:
    """Write the configuration around a site, and return the command that runs it."""
    temporary = "".join(
        f"{kind}_temp_path {folder}/{kind};\n"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    main = f"pid {folder}/pid; events {{}} http {{ access_log off; {temporary} {site} }}"
    (folder / "nginx.conf").write_text(main)
    options = "daemon off; master_process off; error_log stderr;"
    return [program("nginx"), "-c", f"{folder}/nginx.conf", "-e", "stderr", "-g", options]


def haproxy(site: str, folder: Path) -> list[str]:
    """Write the configuration, and return the command that runs it."""
    (folder / "haproxy.cfg").write_text(site)
    return [program("haproxy"), "-db", "-f", f"{folder}/haproxy.cfg"]


PROXIES: dict[str, Callable[[str, Path], list[str]]] = {
    "nginx.conf": nginx,
    "haproxy.cfg": haproxy,
    "haproxy-tcp.cfg": haproxy,
}

Serve: TypeAlias = Callable[..., Awaitable[Site]]


@pytest.fixture(params=PROXIES)
async def serve(
    request: pytest.FixtureRequest, tmp_path: Path, certificate: Path
) -> AsyncIterator[Serve]:
    """Serve with options, behind each proxy."""
    async with AsyncExitStack() as stack:

        async def start(*options: str) -> Site:
            trust = ("--trust-proxy", "127.0.0.1", "--database", "memory:")
            service = await stack.enter_async_context(running(*trust, *options))
            port = free_port()
            text = (DEPLOY / request.param).read_text()
            for written, real in {
                "127.0.0.1:3000": f"127.0.0.1:{urlsplit(service.url).port}",
                "listen 443": f"listen 127.0.0.1:{port}",
                "bind :443": f"bind 127.0.0.1:{port}",
                "/etc/ssl/": f"{certificate}/",
                "/etc/haproxy/": f"{certificate}/",
            }.items():
                text = text.replace(written, real)
            await stack.enter_async_context(proxy(PROXIES[request.param](text, tmp_path), port))
            tls = ssl.create_default_context(cafile=certificate / f"{NAME}.crt")
            return Site(f"https://{NAME}:{port}", service, tls)

        yield start


@asynccontextmanager
async def proxy(command: list[str], port: int) -> AsyncIterator[None]:
    """Run a proxy until it is no longer needed; inside, it listens."""
    process = await asyncio.create_subprocess_exec(*command, stderr=subprocess.PIPE)
    try:
        async with asyncio.timeout(PATIENCE):
            await _listens(process, port)
        yield
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def _listens(process: asyncio.subprocess.Process, port: int) -> None:
    assert process.stderr is not None
    while process.returncode is None:
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except ConnectionRefusedError:
            await asyncio.sleep(0.05)
        else:
            writer.close()
            return
    pytest.fail(f"the proxy has ended: {(await process.stderr.read()).decode()}")


@asynccontextmanager
async def person(site: Site, address: str, transport: str) -> AsyncIterator[Person]:
    """Seat someone at an address, on a page of the site."""
    async with site.browser(address) as browser:
        someone = Person(socketio.AsyncClient(reconnection=False, http_session=browser))
        headers = {"Origin": site.url}
        await someone.client.connect(
            site.url, headers, transports=TRANSPORTS[transport], wait_timeout=PATIENCE
        )
        try:
            yield someone
        finally:
            await someone.leave()


async def get(browser: aiohttp.ClientSession, url: str, **headers: str) -> int:
    async with browser.get(url, headers=headers) as response:
        return response.status


@pytest.mark.parametrize("transport", TRANSPORTS)
async def test_the_page_s_own_origin_is_let_in_over_tls(serve: Serve, transport: str) -> None:
    site = await serve()
    async with (
        person(site, "127.0.0.2", transport) as ada,
        person(site, "127.0.0.3", transport) as bob,
    ):
        assert ada.client.transport() == ("polling" if transport == "polling" else "websocket")
        await ada.creates("Buy milk")
        assert (await bob.hears("todo:created"))["title"] == "Buy milk"
        assert [todo["title"] for todo in await bob.lists()] == ["Buy milk"]


async def test_the_page_is_served_and_no_other_is_let_in(serve: Serve) -> None:
    site = await serve()
    async with site.browser("127.0.0.2") as browser:
        assert await get(browser, f"{site.url}/healthz") == 200
        assert await get(browser, f"{site.url}/asyncapi.yaml") == 200
        assert await get(browser, f"{site.url}{HANDSHAKE}") == 200
        stranger = {"Origin": "https://evil.example"}
        assert await get(browser, f"{site.url}{HANDSHAKE}", **stranger) == 403
        forged = {"X-Forwarded-For": "203.0.113.7", "X-Forwarded-Host": "evil.example"}
        assert await get(browser, f"{site.url}{HANDSHAKE}", **stranger, **forged) == 403
    line = await site.service.says("rejected", "origin=https://evil.example")
    assert "--origin https://evil.example" in line
    assert "address=127.0.0.2" in line


async def test_the_limits_count_the_real_client(serve: Serve) -> None:
    site = await serve("--limit", "connections_per_address=1")
    async with (
        person(site, "127.0.0.2", "websocket") as ada,
        person(site, "127.0.0.3", "websocket"),
    ):
        async with site.browser("127.0.0.2") as browser:
            forged = {"X-Forwarded-For": "203.0.113.7"}
            assert await get(browser, f"{site.url}{HANDSHAKE}", **forged) == 429
        assert await ada.lists() == []


async def test_it_may_be_served_below_a_path(serve: Serve) -> None:
    site = await serve("--base-path", "/todos")
    async with site.browser("127.0.0.2") as browser:
        assert await get(browser, f"{site.url}/todos/healthz") == 200
        assert await get(browser, f"{site.url}/todos{HANDSHAKE}") == 200
        assert await get(browser, f"{site.url}{HANDSHAKE}") == 404
