"""The units, as systemd reads them, and what the service tells systemd while it runs."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import socket
import struct
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator, Mapping
from configparser import RawConfigParser
from contextlib import closing
from pathlib import Path

import aiohttp
import pytest

from servers.ports import free_port
from tests.docs.pages import ROOT
from tests.patience import PATIENCE
from tests.people import Person
from tests.processes import SERVE, ServiceProcess, launched
from tests.service.test_listeners import certify
from tests.workers.test_supervisor import APART

pytestmark = pytest.mark.slow

UNITS = ROOT / "deploy" / "systemd"
TLS = "todo-service.service.d/tls.conf"
OURS = Path(sys.executable).with_name("todo-service")

EXPOSURE = 15
"""Tenths of systemd's measure, from 0 (nothing can be reached) to 100, that the unit may have."""


def program(name: str) -> str:
    """Find a program of systemd's; fails with what to install."""
    found = shutil.which(name)
    assert found, f"{name} is missing: apt-get install systemd"
    return found


@pytest.fixture
def units(tmp_path: Path) -> Path:
    """Return a folder with the units, for the program of the environment that runs the tests."""
    folder = tmp_path / "units"
    shutil.copytree(UNITS, folder)
    service = folder / "todo-service.service"
    text = service.read_text("utf-8")
    assert "=/opt/todo-service/bin/todo-service " in text
    service.write_text(text.replace("/opt/todo-service/bin/todo-service", str(OURS)), "utf-8")
    return folder


def analyzed(*arguments: str | Path) -> str:
    """Return what systemd-analyze says; fails when it finds something."""
    command = (program("systemd-analyze"), *arguments)
    result = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout + result.stderr


def test_systemd_takes_the_units_as_they_are(units: Path) -> None:
    files = sorted([*units.glob("*.service"), *units.glob("*.socket")])
    assert [file.name for file in files] == [
        "todo-service-admin.socket",
        "todo-service.service",
        "todo-service.socket",
    ]
    assert analyzed("verify", "--man=no", *files) == ""


def test_the_service_reaches_no_more_than_it_needs(units: Path) -> None:
    options = ("--offline=true", f"--threshold={EXPOSURE}", "--no-pager")
    said = analyzed("security", *options, units / "todo-service.service")
    assert "Overall exposure level for todo-service.service" in said


def settings(*names: str) -> dict[str, str]:
    """Return what units say of the service."""
    parser = RawConfigParser(strict=False)  # a key may be there twice
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    found: dict[str, str] = {}
    for name in names:
        parser.read_string((UNITS / name).read_text("utf-8"))
        found |= parser["Service"]
    return found


def variables(text: str) -> Iterator[tuple[str, str]]:
    """Yield the variables of an `Environment=`."""
    for pair in text.split():
        name, _, value = pair.partition("=")
        yield name, value


class Systemd:
    """Listens to a service as systemd does: only what its first process says counts."""

    def __init__(self, folder: Path) -> None:
        self.address = str(folder / "notify")
        self.told: list[tuple[int, dict[str, str]]] = []
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
        self._socket.setblocking(False)
        self._socket.bind(self.address)
        self._unheard = asyncio.Queue[dict[str, str]]()
        asyncio.get_running_loop().add_reader(self._socket, self._take)

    def environment(self, watchdog: float) -> dict[str, str]:
        """Return the variables by which a service finds it."""
        return {"NOTIFY_SOCKET": self.address, "WATCHDOG_USEC": f"{watchdog * 1e6:.0f}"}

    async def hears(self, state: str) -> dict[str, str]:
        """Wait until something is said, whatever comes before it; return all of that message."""
        async with asyncio.timeout(PATIENCE):
            while state not in (said := await self._unheard.get()):
                pass
        return said

    def _take(self) -> None:
        space = socket.CMSG_SPACE(struct.calcsize("3i"))
        data, ((_, _, sender),), _, _ = self._socket.recvmsg(4096, space)
        said = dict(variables(data.decode()))
        self.told.append((struct.unpack("3i", sender)[0], said))
        self._unheard.put_nowait(said)

    def close(self) -> None:
        """Listen no longer."""
        asyncio.get_running_loop().remove_reader(self._socket)
        self._socket.close()


@pytest.fixture
async def systemd(tmp_path: Path) -> AsyncIterator[Systemd]:
    """Return who listens."""
    with closing(Systemd(tmp_path)) as systemd:
        yield systemd


async def test_the_unit_is_started_reloaded_and_stopped(tmp_path: Path, systemd: Systemd) -> None:
    certify(tmp_path)
    service, encrypted = settings("todo-service.service"), settings(TLS)
    assert service["Type"] == "notify"
    given: Mapping[str, str] = {
        **dict(variables(service["Environment"])),
        **dict(variables(encrypted["Environment"])),
    }
    where = {
        "sqlite:////var/lib/todo-service": f"sqlite:///{tmp_path}",
        "/etc/ssl/todos/fullchain.pem": str(tmp_path / "site.crt"),
        "/etc/ssl/todos/privkey.pem": str(tmp_path / "site.key"),
    }
    moved = {name: _moved(value, where) for name, value in given.items()}
    command = service["ExecStart"].replace("/opt/todo-service/bin/todo-service", str(OURS)).split()
    async with launched(
        *("--port", "0"),
        program=command,
        variables={**moved, **systemd.environment(watchdog=0.2)},
        directory=tmp_path,
    ) as process:
        await process.says('"listening"', "https://127.0.0.1:")
        assert await systemd.hears("READY") == {"READY": "1"}
        assert await systemd.hears("WATCHDOG") == {"WATCHDOG": "1"}
        assert await systemd.hears("WATCHDOG") == {"WATCHDOG": "1"}
        assert encrypted["ExecReload"] == "/bin/kill -HUP $MAINPID"
        process.signal(signal.SIGHUP)
        assert int((await systemd.hears("RELOADING"))["MONOTONIC_USEC"]) > 0
        assert await systemd.hears("READY") == {"READY": "1"}
        await process.says("certificate loaded")
        process.signal(signal.SIGTERM)
        assert await systemd.hears("STOPPING") == {"STOPPING": "1"}
        assert await process.end() == 0
    assert (tmp_path / "todos.db").exists()


def _moved(value: str, where: Mapping[str, str]) -> str:
    for written, real in where.items():
        value = value.replace(written, real)
    return value


async def test_of_several_workers_only_the_supervisor_speaks(
    tmp_path: Path, systemd: Systemd
) -> None:
    workers = ("--workers", "2", "--database", "memory:", "--port", "0")
    environment = systemd.environment(watchdog=0.2)
    async with launched(*workers, program=APART, variables=environment) as service:
        await systemd.hears("READY")
        await service.says("listening")
        await systemd.hears("WATCHDOG")
        service.signal(signal.SIGTERM)
        await systemd.hears("STOPPING")
        assert await service.end() == 0
    assert {pid for pid, _ in systemd.told} == {service.pid}
    assert sum("READY" in said for _, said in systemd.told) == 1


async def test_a_library_s_application_tells_it_too(systemd: Systemd) -> None:
    ticker = (sys.executable, "-m", "asyncapi_socketio", "serve", "ticker.app:app", "--port", "0")
    folder = ROOT / "examples" / "ticker"
    given = systemd.environment(watchdog=0.2)
    async with launched(program=ticker, variables=given, directory=folder) as service:
        await systemd.hears("READY")
        await systemd.hears("WATCHDOG")
        service.signal(signal.SIGTERM)
        await systemd.hears("STOPPING")
        assert await service.end() == 0


async def test_sockets_that_systemd_has_opened_are_listened_on(tmp_path: Path) -> None:
    people, operators = free_port(), free_port()
    activate = (
        program("systemd-socket-activate"),
        *("--listen", f"127.0.0.1:{people}", "--listen", f"127.0.0.1:{operators}"),
        "--fdname=todo-service.socket:admin",
        *(f"--setenv={name}" for name in ("PATH", "PYTHONPATH") if name in os.environ),
    )
    memory = ("--database", "memory:")
    async with launched(*SERVE, *memory, program=activate, directory=tmp_path) as service:
        await service.says("Listening on", str(operators))
        async with asyncio.timeout(PATIENCE):  # whoever connects before it starts waits for it
            ada = await Person.at(f"http://127.0.0.1:{people}", ["websocket"])
            await ada.creates("Buy milk")
            async with aiohttp.request("GET", f"http://127.0.0.1:{operators}/metrics") as response:
                assert 'todo_sessions{transport="websocket"} 1.0' in await response.text()
            await ada.leave()
        await stopped(service)


async def stopped(service: ServiceProcess) -> None:
    """Stop a service: it says that it stops by ending well."""
    service.signal(signal.SIGTERM)
    assert await service.end() == 0
