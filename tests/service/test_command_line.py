"""The command line, as an operator meets it: options, refusals, signals, health and logs."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import pytest

from tests.patience import PATIENCE
from tests.people import Person
from tests.processes import SERVE, ServiceProcess, launched, running
from tests.service.refusals import Refusals, refusals
from tests.transport.wire import Address, Closed, Socket
from todo_service.sqlite_file import APPLICATION_ID, VERSION

JSON_LOG = ("--log-format", "json")
HANDSHAKE = "/socket.io/?EIO=4&transport="


@pytest.fixture
async def web() -> AsyncIterator[aiohttp.ClientSession]:
    """Yield a client that can send any header."""
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=PATIENCE)) as session:
        yield session


@pytest.fixture(scope="module")
def refused() -> Iterator[Refusals]:
    """Try to serve, fail with exit code 2, and return what was said: one line."""
    with refusals() as refused:
        yield refused


async def lets_in(web: aiohttp.ClientSession, url: str, origin: str | None) -> tuple[bool, bool]:
    """Return whether a page of this origin may connect, by polling and by WebSocket."""
    headers = {"Origin": origin} if origin else {}
    async with web.get(f"{url}{HANDSHAKE}polling", headers=headers) as response:
        by_polling = response.status == 200
        if origin and by_polling:
            assert response.headers["Access-Control-Allow-Origin"] == origin
    try:
        async with web.ws_connect(f"{url}{HANDSHAKE}websocket", headers=headers) as tab:
            by_websocket = (await tab.receive_str()).startswith("0")
    except aiohttp.WSServerHandshakeError:
        by_websocket = False
    return by_polling, by_websocket


async def admin_url(service: ServiceProcess) -> str:
    """Return where the admin listener listens."""
    listening = re.search(r"http://[^\s\"]+", await service.says("admin listening"))
    assert listening
    return listening[0]


# Options


@pytest.mark.slow
@pytest.mark.parametrize("given", ["options", "variables"])
async def test_each_option_can_be_given_on_the_line_or_as_a_variable(
    given: str, tmp_path: Path, web: aiohttp.ClientSession
) -> None:
    wanted = {
        "host": "127.0.0.2",
        "port": "0",
        "database": f"sqlite:///{tmp_path}/mine.db",
        "origin": "https://a.example https://b.example:8443",
        "log-format": "json",
        "log-level": "debug",
    }
    if given == "options":
        origins = [("--origin", origin) for origin in wanted.pop("origin").split()]
        pairs = [*origins, *((f"--{name}", value) for name, value in wanted.items())]
        starting = running(*(part for pair in pairs for part in pair))
    else:
        names = {name: f"TODO_{name.upper().replace('-', '_')}" for name in wanted}
        variables = {names[name]: value for name, value in wanted.items()}
        starting = running(variables=variables)

    async with starting as service:
        assert re.fullmatch(r"http://127\.0\.0\.2:[1-9]\d+", service.url)
        assert (tmp_path / "mine.db").exists()
        assert await lets_in(web, service.url, "https://a.example") == (True, True)
        assert await lets_in(web, service.url, "https://b.example:8443") == (True, True)
        assert await lets_in(web, service.url, "http://localhost:4200") == (False, False)
        for level in ("debug", "info"):
            await service.says(f'"level": "{level}"')


@pytest.mark.slow
async def test_without_options_the_tutorials_page_is_served_and_a_file_kept(
    tmp_path: Path, web: aiohttp.ClientSession
) -> None:
    async with running(directory=tmp_path) as service:
        assert service.url.startswith("http://127.0.0.1:")
        assert (tmp_path / "todos.db").exists()
        assert await lets_in(web, service.url, "http://localhost:4200") == (True, True)
        assert "[info     ] listening" in await service.says("listening")


@pytest.mark.slow
async def test_an_option_on_the_line_wins_over_its_variable(tmp_path: Path) -> None:
    database = f"sqlite:///{tmp_path}/line.db"
    async with running("--database", database, variables={"TODO_DATABASE": "memory:"}):
        assert (tmp_path / "line.db").exists()


@pytest.mark.slow
async def test_each_bound_can_be_set_and_what_it_refuses_is_counted(
    web: aiohttp.ClientSession,
) -> None:
    limits = ["--limit", "connections=1", "--limit", "events_per_second=1"]
    async with running("--database", "memory:", *limits, "--admin-port", "0") as service:
        ada = await Person.at(service.url, ["websocket"])
        async with asyncio.timeout(PATIENCE):
            while await ada.ask("todo:list") != ({"error": "too many events"},):
                pass  # two of them within a second
        await ada.tell("todo:archive")
        assert await lets_in(web, service.url, None) == (False, False)
        async with web.get(f"{await admin_url(service)}/stats") as response:
            stats = await response.json()
        async with web.get(f"{service.url}/stats") as response:
            assert response.status == 404
        await ada.leave()
    assert stats["sessions"] == 1
    assert stats["ended and rejected"]["Too many connections"] == 2
    assert stats["ended and rejected"]["too many events"] >= 1


@pytest.mark.slow
async def test_an_address_of_ip_6_makes_a_url(web: aiohttp.ClientSession) -> None:
    async with running("--host", "::1", "--database", "memory:") as service:
        assert service.url.startswith("http://[::1]:")
        async with web.get(f"{service.url}/healthz") as response:
            assert response.status == 200


# Refusals


@pytest.mark.slow
@pytest.mark.parametrize(
    ("option", "value", "reason"),
    [
        ("origin", "*", "'*' would let any web page act for whoever looks at it: name each origin"),
        ("origin", "localhost:4200", "'localhost:4200' is not an origin: write it as"),
        ("origin", "http://[::1", "'http://[::1' is not an origin: write it as"),
        ("origin", "http://localhost:4200/todos", "is not an origin: write it as scheme://host"),
        ("origin", "https://ada@a.example", "is not an origin: write it as scheme://host"),
        ("origin", "https://a b.example", "is not an origin: write it as scheme://host"),
        ("origin", "https://a.example:https", "is not an origin: write it as scheme://host"),
        ("origin", "null", "'null' would let in every page that hides where it comes from"),
        ("port", "65536", "65536 is not in the range"),
        ("host", "203.0.113.1", "can't listen on 203.0.113.1:"),
        ("database", "", "the database is not a URL: write sqlite:///FILE, or memory:"),
        ("database", "todos.db", "the database is not a URL: write sqlite:///FILE, or memory:"),
        (
            "database",
            "postgresql://a@db:port/todos",
            "the database is not a URL: write postgresql://",
        ),
        ("database", "sqlite://", "sqlite://: it names no file: write sqlite:///FILE, or memory:"),
        ("database", "sqlite:///", "sqlite:///: it names no file: write sqlite:///FILE, or memory"),
        ("database", "sqlite:///:memory:", "it names no file: write sqlite:///FILE, or memory:"),
        ("database", "sqlite://todos.db", "a host is not accepted: write sqlite:///FILE"),
        ("database", "sqlite:///todos.db?colour=blue", "options after '?' are not accepted"),
        ("database", "sqlite:///{folder}/no/todos.db", "/no does not exist (make it first): name"),
        (
            "database",
            "sqlite:///{folder}",
            "{folder} is a directory: name another file, or memory:",
        ),
        ("database", "sqlite:///{folder}/notes.txt/todos.db", "notes.txt is not a directory"),
        ("database", "sqlite:///{folder}/pipe", "{folder}/pipe is not a regular file"),
        ("database", "sqlite:///{folder}/loop", "can't look at {folder}/loop: Symlink loop"),
        (
            "database",
            "sqlite:///" + "x" * 300,
            ": File name too long: name another file, or",
        ),
        ("database", "sqlite:////proc/todos.db", "can't write in /proc: "),
        ("database", "sqlite:///{folder}/notes.txt", "file is not a database: name another file"),
        ("max-todos", "0", "0 is not in the range x>=1"),
        ("log-level", "loud", "'loud' is not one of"),
        ("log-format", "xml", "'xml' is not one of"),
        ("limit", "patience=1", "'patience' is not a limit: it is one of ping_interval,"),
        ("limit", "connections=0", "connections is a whole number from 1 to 2,147,483,647, not 0"),
        ("limit", "ping_interval=nan", "ping_interval is a number from 0.001 to 86,400, not nan"),
        ("limit", "payload=much", "'much' is not a whole number from 1 to 2,147,483,647 for"),
        ("trust-proxy", "10.0.0.0/8,proxy", "'proxy' does not appear to be an IPv4 or IPv6"),
        ("trust-proxy", "10.0.0.1/8", "10.0.0.1/8 has host bits set: write 10.0.0.7,"),
        ("base-path", "todos", "'todos' is not a path: write it as /todos"),
        ("base-path", "/{{sid}}", "is not a path: write it as /todos"),
        ("admin-port", "-1", "-1 is not in the range"),
    ],
)
def test_what_cant_be_served_is_refused_in_one_line(
    option: str, value: str, reason: str, tmp_path: Path, refused: Refusals
) -> None:
    (tmp_path / "notes.txt").write_text("Nothing that SQLite could read. " * 100)
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "loop").symlink_to("loop")
    value = value.format(folder=tmp_path)
    assert reason.format(folder=tmp_path) in refused(
        f"--{option}", value, **({} if option == "database" else {"TODO_DATABASE": "memory:"})
    )


@pytest.mark.slow
def test_a_variable_is_refused_like_its_option(refused: Refusals) -> None:
    assert "'*' would let any web page act" in refused(
        TODO_ORIGIN="https://a.example *", TODO_DATABASE="memory:"
    )


@pytest.mark.slow
@pytest.mark.parametrize("given", ["option", "variable"])
def test_a_busy_port_is_refused_in_one_line(given: str, tmp_path: Path, refused: Refusals) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as other:
        port = str(other.getsockname()[1])
        database = f"sqlite:///{tmp_path}/todos.db"
        if given == "option":
            line = refused("--port", port, "--database", database)
        else:
            line = refused(TODO_PORT=port, TODO_DATABASE=database)
    assert line == (
        f"todo-service: can't listen on 127.0.0.1:{port}: Address already in use:"
        " choose another with --port"
    )


@pytest.mark.slow
def test_a_busy_admin_port_is_refused_in_one_line(refused: Refusals) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as other:
        port = str(other.getsockname()[1])
        line = refused("--port", "0", "--admin-port", port, "--database", "memory:")
    assert line.endswith(f"{port}: Address already in use: choose another with --admin-port")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("mode_of", "reason"),
    [
        ("todos.db", "todos.db can't be read and written by this user: name another file"),
        ("", "can't be written by this user: name another file, or memory:"),
    ],
)
async def test_what_this_user_may_not_write_is_refused(
    mode_of: str, reason: str, tmp_path: Path
) -> None:
    (tmp_path / "todos.db").touch()
    (tmp_path / mode_of).chmod(0o555)
    no_privilege = ["setpriv", "--bounding-set=-dac_override"] if os.getuid() == 0 else []
    program = [*no_privilege, *SERVE]
    database = f"sqlite:///{tmp_path}/todos.db"
    async with launched("--database", database, program=program) as service:
        assert await service.end() == 2
    (tmp_path / mode_of).chmod(0o755)
    assert service.said[0].startswith(f"todo-service: {database}: ")
    assert reason in service.said[0]


BEFORE_VERSIONS = """
CREATE TABLE todos (
    position INTEGER NOT NULL,
    id VARCHAR(36) NOT NULL,
    title VARCHAR(256) NOT NULL,
    completed BOOLEAN NOT NULL,
    PRIMARY KEY (position),
    UNIQUE (id)
);
INSERT INTO todos VALUES (3, '8c6e7a52-3f0b-4b9d-9c1e-2a4f6d8b0e13', 'Buy milk', 1);
"""
"""What todo-service 1.0.0 has made."""

FOREIGN = "it belongs to another program: name another file, or memory: to keep nothing"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("script", "reason"),
    [
        ("CREATE TABLE songs (title)", FOREIGN),
        ("PRAGMA application_id = 7", FOREIGN),
        ("CREATE TABLE todos (id, title, completed)", "its table 'todos' has another schema: name"),
        (
            f"{BEFORE_VERSIONS} ALTER TABLE todos ADD COLUMN due DATE",
            "its table 'todos' has another schema: name another file, or memory:",
        ),
        (
            f"{BEFORE_VERSIONS} CREATE TABLE used_keys (opens)",
            "its table 'used_keys' has another schema: name another file, or memory:",
        ),
        (
            f"PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {VERSION + 1}",
            f"a newer todo-service has written it (schema {VERSION + 1}, this one knows {VERSION})",
        ),
    ],
)
def test_a_database_of_another_schema_is_refused_and_left_as_it_is(
    script: str, reason: str, tmp_path: Path, refused: Refusals
) -> None:
    file = tmp_path / "todos.db"
    with closing(sqlite3.connect(file)) as database:
        database.executescript(script)
    before = file.read_bytes()
    assert reason in refused("--database", f"sqlite:///{file}")
    assert file.read_bytes() == before


@pytest.mark.slow
async def test_a_database_from_before_schemas_had_versions_is_taken_over(tmp_path: Path) -> None:
    file = tmp_path / "todos.db"
    with closing(sqlite3.connect(file)) as database:
        database.executescript(BEFORE_VERSIONS)
    async with running("--database", f"sqlite:///{file}") as service:
        ada = await Person.at(service.url, ["websocket"])
        (kept,) = await ada.lists()
        assert (kept["title"], kept["completed"]) == ("Buy milk", True)
        await ada.creates("Buy bread")
        await ada.leave()
    with closing(sqlite3.connect(file)) as database:
        assert database.execute("PRAGMA application_id").fetchone() == (APPLICATION_ID,)
        assert database.execute("PRAGMA user_version").fetchone() == (VERSION,)
        assert database.execute("SELECT max(position) FROM todos").fetchone() == (4,)


@pytest.mark.slow
async def test_a_second_server_on_one_file_is_refused_until_the_first_has_ended(
    tmp_path: Path, refused: Refusals
) -> None:
    (tmp_path / "link.db").symlink_to("todos.db")
    database, link = (f"sqlite:///{tmp_path}/{name}.db" for name in ("todos", "link"))
    async with running("--database", database) as first:
        for url in (database, link):
            line = refused("--database", url)
            assert f"{url}: another todo-service has it open: stop that one, or name" in line
        await first.kill()
        async with running("--database", link):
            pass


@pytest.mark.slow
def test_a_database_that_another_process_holds_is_refused(
    tmp_path: Path, refused: Refusals
) -> None:
    with closing(sqlite3.connect(tmp_path / "todos.db", isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        line = refused("--database", f"sqlite:///{tmp_path}/todos.db")
    assert "database is locked" in line


@pytest.mark.slow
@pytest.mark.parametrize(
    "database",
    [
        "postgresql+unknown://ada:secret@host/todos",
        "postgresql+unknown://ada:more@secret@host/todos",
        "postgresql+unknown://ada:more/secret@host/todos",
        "postgresql+unknown://host/todos?password=secret",
        "sqlite://ada:secret@host/todos.db",
        "sqlite:///todos.db?password=secret",
        "postgresql://ada:secret@host:port/todos",
        "ada:secret@host",
        "://ada:secret@host",
    ],
)
def test_a_password_is_never_shown(database: str, refused: Refusals) -> None:
    assert "secret" not in refused("--database", database)


# Signals


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_signal_ends_it_in_two_seconds_with_200_clients(number: signal.Signals) -> None:
    async with running("--database", "memory:", *JSON_LOG) as service:
        address = Address(urlsplit(service.url).port or 0)
        tabs = [await address.connect() for _ in range(200)]
        ends = [asyncio.create_task(tab.closed()) for tab in tabs]
        began = time.monotonic()
        service.signal(number)
        code = await service.end()
        took = time.monotonic() - began
        closed_with = await asyncio.gather(*ends)

    assert code == 0
    assert took < 2 + service.started_in
    assert closed_with == [1001] * 200
    assert "stopping" in [line["event"] for line in service.log_lines]
    assert not [line for line in service.log_lines if line["level"] == "error"]


@pytest.mark.slow
async def test_what_was_read_before_a_signal_is_carried_out_and_answered(tmp_path: Path) -> None:
    file = tmp_path / "todos.db"
    async with running("--database", f"sqlite:///{file}") as service:
        address = Address(urlsplit(service.url).port or 0)
        tabs = [await address.connect() for _ in range(20)]
        for tab in tabs:
            tab.send(*['421["todo:create",{"title":"Buy milk","completed":false}]'] * 20)
        async with asyncio.timeout(PATIENCE):
            while not (await tabs[0].hear()).startswith("431"):
                pass  # what the others have created
        service.signal(signal.SIGTERM)
        heard = await asyncio.gather(*(told(tab) for tab in tabs))
        assert await service.end() == 0

    acks = [packet for packets in heard for packet in packets if packet.startswith("431")]
    with closing(sqlite3.connect(file)) as database:
        (stored,) = database.execute("SELECT count(*) FROM todos").fetchone()
    assert 1 + len(acks) == stored


async def told(tab: Socket) -> list[str]:
    """Everything that comes until the connection is closed."""
    packets: list[str] = []
    async with asyncio.timeout(PATIENCE):
        while not isinstance(message := await tab.receive(), Closed):
            packets.append(str(message))
    return packets


@pytest.mark.slow
async def test_a_signal_ends_it_in_two_seconds_while_the_database_is_locked(
    tmp_path: Path,
) -> None:
    file = tmp_path / "todos.db"
    async with running("--database", f"sqlite:///{file}") as service:
        tab = await Address(urlsplit(service.url).port or 0).connect()
        with closing(sqlite3.connect(file, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            tab.send('421["todo:create",{"title":"Buy milk","completed":false}]')
            assert await tab.ask(2, "todo:read", "malformed") == [{"error": "entity not found"}]
            began = time.monotonic()
            service.signal(signal.SIGTERM)
            assert await service.end() == 0
            assert time.monotonic() - began < 2 + service.started_in
    assert await tab.hear("431") == '431[{"error":"an unknown error has occurred"}]'
    assert await tab.closed() == 1001


# Health


@pytest.mark.slow
async def test_it_is_ready_whenever_the_database_answers(
    tmp_path: Path, web: aiohttp.ClientSession
) -> None:
    file = tmp_path / "todos.db"
    async with running("--database", f"sqlite:///{file}", *JSON_LOG) as service:

        async def status(path: str) -> int:
            async with web.get(f"{service.url}{path}") as response:
                return response.status

        assert await status("/readyz") == 200
        with closing(sqlite3.connect(file, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            assert await status("/readyz") == 503
            assert await status("/healthz") == 200
            other.execute("ROLLBACK")
            assert await status("/readyz") == 200
            other.execute("ALTER TABLE todos RENAME TO elsewhere")
            assert await status("/readyz") == 503
            other.execute("ALTER TABLE elsewhere RENAME TO todos")
        assert await status("/readyz") == 200


# Logs


@pytest.mark.slow
@pytest.mark.parametrize("form", ["text", "json"])
async def test_each_happening_is_one_line_that_names_the_client_and_keeps_the_payload_quiet(
    form: str, tmp_path: Path
) -> None:
    file = tmp_path / "todos.db"
    async with running("--database", f"sqlite:///{file}", "--log-format", form) as service:
        ada = await Person.at(service.url, ["websocket"])
        sid = str(ada.client.get_sid())
        await service.says("connected", sid)
        await ada.creates("a secret plan")
        await ada.ask("todo:create", {"title": "a secret plan", "completed": "a secret"})
        await service.says("event rejected", sid, "todo:create", "boolean.base")
        with closing(sqlite3.connect(file, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            await ada.ask("todo:create", {"title": "a secret plan", "completed": False})
        await service.says("unavailable", sid, "todo:create", "database is locked")
        await ada.tell("todo:a-secret-wish", "a secret plan")
        await service.says("unknown event", sid, "todo:a-secret-wish")
        await ada.leave()
        await service.says("disconnected", sid)
        service.signal(signal.SIGTERM)
        await service.end()

    about = [line for line in service.said if sid in line]
    assert len(about) == 5, service.said
    assert not any("secret plan" in line for line in service.said)
    if form == "json":
        lines = [json.loads(line) for line in about]
        assert [line["event"] for line in lines] == [
            "connected",
            "event rejected",
            "unavailable",
            "unknown event",
            "disconnected",
        ]
        assert {line["sid"] for line in lines} == {sid}
        assert all(line.keys() >= {"timestamp", "level", "logger"} for line in lines)


# Help


@pytest.mark.slow
@pytest.mark.parametrize("options", [["-h"], ["serve", "-h"]])
def test_help_has_a_short_option(options: list[str]) -> None:
    program = (sys.executable, "-m", "todo_service", *options)
    shown = subprocess.run(program, capture_output=True, check=True, timeout=60)
    assert shown.stdout.startswith(b"Usage: ")


# Paths


@pytest.mark.slow
@pytest.mark.parametrize("base", ["/todos", "/all/todos/"])
async def test_everything_is_served_below_a_path(base: str, web: aiohttp.ClientSession) -> None:
    async with running("--database", "memory:", "--base-path", base) as service:
        path = base.rstrip("/")
        assert service.url.endswith(path)
        for below in ("/", "/docs", "/healthz", "/readyz", "/asyncapi.yaml"):
            async with web.get(f"{service.url}{below}") as response:
                assert response.status == 200
        async with web.get(service.url) as response:
            assert response.url.path == f"{path}/"
        outside = service.url.removesuffix(path)
        for above in ("/", "/healthz", f"{HANDSHAKE}polling"):
            async with web.get(f"{outside}{above}") as response:
                assert response.status == 404
        ada = await Person.at(outside, socketio_path=f"{path}/socket.io")
        await ada.creates("Buy milk")
        await ada.leave()


# Origins


@pytest.mark.slow
async def test_an_origin_is_taken_as_browsers_send_it(web: aiohttp.ClientSession) -> None:
    written = ["HTTPS://A.Example:443/", "http://bücher.example:80", "http://[0:0::1]:4200"]
    options = [part for origin in written for part in ("--origin", origin)]
    async with running("--database", "memory:", *options) as service:
        for sent in ("https://a.example", "http://xn--bcher-kva.example", "http://[::1]:4200"):
            assert await lets_in(web, service.url, sent) == (True, True)


@pytest.mark.slow
async def test_only_pages_of_the_listed_origins_and_programs_are_let_in(
    web: aiohttp.ClientSession,
) -> None:
    async with running("--database", "memory:", "--origin", "https://a.example") as service:
        verdicts: dict[str | None, Any] = {
            origin: await lets_in(web, service.url, origin)
            for origin in (
                "https://a.example",
                None,
                "http://a.example",
                "https://a.example:8443",
                "https://a.example.evil.example",
                "https://A.example",
                "null",
            )
        }
    let_in = {origin for origin, verdict in verdicts.items() if verdict == (True, True)}
    assert let_in == {"https://a.example", None}
    kept_out = {origin for origin, verdict in verdicts.items() if verdict == (False, False)}
    assert let_in | kept_out == verdicts.keys()
