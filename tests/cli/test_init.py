"""A first contract: a project that runs at once, or a draft of what a server was seen to do."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path

import pytest
import socketio
from aiohttp import web
from click.testing import CliRunner, Result

from asyncapi_socketio import asyncapi
from asyncapi_socketio.cli.init import STARTER
from asyncapi_socketio.cli.main import main
from asyncapi_socketio.drafting.contract import LIMITS
from asyncapi_socketio.jsonschema.references import Json
from tests.docs.pages import saved, text
from tests.generate.test_cases import ROOT

SESSION = saved(text("contract/init.md"))["session.txt"]


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["init", *map(str, arguments)])


def drafted(folder: Path) -> asyncapi.Contract:
    """Read a draft, as every command does."""
    return asyncapi.read((folder / "asyncapi.yaml").read_text("utf-8"))


def learnt(tmp_path: Path, log: str) -> asyncapi.Contract:
    """Draft a contract from a log."""
    (tmp_path / "log").write_text(log, "utf-8")
    told = run(tmp_path / "api", "--from", tmp_path / "log")
    assert told.exit_code == 0, told.output
    return drafted(tmp_path / "api")


def test_a_new_project_has_a_contract_that_nothing_is_wrong_with(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run().exit_code == 0
    files = {file.name for file in tmp_path.iterdir()}
    assert files == {file.name.removesuffix(".in") for file in STARTER.iterdir()}
    told = CliRunner().invoke(main, ["lint"])
    assert told.output == "asyncapi.yaml: no findings\n"


def test_what_is_there_is_never_overwritten(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text("mine", "utf-8")
    told = run(tmp_path)
    assert told.exit_code == 2
    assert told.stderr == f"Error: {tmp_path / 'app.py'} is there already: name another folder\n"
    assert [file.name for file in tmp_path.iterdir()] == ["app.py"]
    assert (tmp_path / "app.py").read_text("utf-8") == "mine"


def test_a_session_is_a_contract(tmp_path: Path) -> None:
    contract = learnt(tmp_path, SESSION)
    (say,), (said,) = contract.receives, contract.sends
    assert (say.event, said.event, said.spontaneous) == ("say", "said", True)
    assert [reply.ack for reply in say.replies] == ["success", "error"]
    assert contract.schemas["Say"]["required"] == ["author", "text"]
    assert (tmp_path / "api/asyncapi.yaml").read_text("utf-8").startswith("# Drafted from log. It")


def test_what_was_rejected_is_not_taken_for_valid(tmp_path: Path) -> None:
    log = '> 420["a",{"x":1}]\n< 430[{}]\n> 421["a","bad"]\n< 431[{"error":"no"}]\n'
    assert learnt(tmp_path, log).schemas["A"]["type"] == "object"


@pytest.mark.parametrize(
    ("values", "schema"),
    [
        ([1, 2.0], {"type": "integer"}),
        ([1, 2.5], {"type": "number"}),
        ([True, None], {"type": ["boolean", "null"]}),
        (["a", 1], {"type": ["string", "integer"]}),
        ([["a"], []], {"type": "array", "items": {"type": "string"}}),
        ([[]], {"type": "array", "items": {}}),
        ([{f"k{n}": n for n in range(31)}],
         {"type": "object", "additionalProperties": {"type": "integer"}}),
        (["7fb0e4f0-9b3c-4c7e-8a55-0a1f1c9d2b3e"], {"type": "string", "format": "uuid"}),
        (["2026-01-01T10:00:00Z"], {"type": "string", "format": "date-time"}),
        (["2026-01-01T10:00:00Z", "later"], {"type": "string"}),
        ([None, [1]], {"anyOf": [{"type": "null"},
                                 {"type": "array", "items": {"type": "integer"}}]}),
    ],
)  # fmt: skip
def test_a_schema_says_what_all_values_are(
    tmp_path: Path, values: list[Json], schema: Json
) -> None:
    log = "\n".join(f"< 42{json.dumps(['told', value])}" for value in values)
    contract = learnt(tmp_path, log)
    (told,) = contract.sends
    assert contract.schemas[told.message.arguments[0]] == schema


def test_keys_that_were_missing_once_are_optional(tmp_path: Path) -> None:
    schemas = learnt(tmp_path, '< 42["a",{"x":1,"y":{"z":1}}]\n< 42["a",{"x":2}]\n').schemas
    assert schemas["A"]["required"] == ["x"]
    assert schemas["AY"]["required"] == ["z"]


def test_several_arguments_namespaces_and_questions_are_seen(tmp_path: Path) -> None:
    log = """
    > 40/admin,{"token":"secret"}
    < 40/admin,{"sid":"1"}
    > 42/admin,7["move",1,{"x":2}]
    < 43/admin,7[true,"done"]
    < 42/admin,3["sure?","delete"]
    > 43/admin,3[true]
    < 44/other,{"message":"no","data":{"code":401}}
    """
    contract = learnt(tmp_path, log)
    (move,), (sure,) = contract.receives, contract.sends
    assert (move.namespace.path, move.message.args, move.ack_args) == ("/admin", 2, (2,))
    assert (sure.message.args, len(sure.replies), sure.audience) == (1, 1, "sender")
    (admin,) = contract.namespaces
    assert admin.auth["properties"] == {"token": {"type": "string"}}
    assert "secret" not in (tmp_path / "api/asyncapi.yaml").read_text("utf-8")


def har(*messages: tuple[str, str]) -> str:
    """Return a HAR with a WebSocket, and one request of long-polling, as Chromium writes it."""
    socket = [{"type": type_, "time": 1.0, "opcode": 1, "data": data} for type_, data in messages]
    socket += [{"type": "receive", "time": 2.0, "opcode": 2, "data": "AAEC"}]
    url = "ws://chat.example:3000/socket.io/?EIO=4&transport="
    polled = {
        "request": {"url": f"{url}polling&sid=1", "postData": {"text": '42["typing"]\x1e2'}},
        "response": {"content": {"text": '42["typed","Bob"]\x1e42["typed","Ada"]'}},
    }
    page = {"request": {"url": "http://chat.example:3000/"}, "response": {}}
    opened = {"request": {"url": f"{url}websocket"}, "response": {}, "_webSocketMessages": socket}
    return json.dumps({"log": {"version": "1.2", "entries": [page, polled, opened]}})


def test_a_browsers_recording_is_a_contract(tmp_path: Path) -> None:
    log = har(("send", "2probe"), ("send", '420["say","Hi"]'), ("receive", "430[1]"))
    contract = learnt(tmp_path, log)
    assert [item.event for item in contract.receives] == ["say", "typing"]
    assert [item.event for item in contract.sends] == ["typed"]
    assert "host: chat.example:3000" in (tmp_path / "api/asyncapi.yaml").read_text("utf-8")


def test_what_is_left_out_is_counted(tmp_path: Path) -> None:
    (tmp_path / "log").write_text('< 42["a"]\n< 451-["photo",{"_placeholder":true}]\n< 42[1\n')
    told = run(tmp_path / "api", "--from", tmp_path / "log")
    assert "left out: 2 packets, which are binary or not valid\n" in told.output


@pytest.mark.parametrize(
    ("log", "reason"),
    [
        ("hello", "has no packets of Socket.IO: save a HAR with WebSocket messages"),
        ('{"log": {}}', "neither HAR nor lines of packets: 'entries'"),
        ("{", "neither HAR nor lines of packets: "),
        (None, "No such file or directory"),
    ],
)
def test_a_log_that_shows_nothing_is_one_line(tmp_path: Path, log: str | None, reason: str) -> None:
    if log is not None:
        (tmp_path / "log").write_text(log, "utf-8")
    told = run(tmp_path / "api", "--from", tmp_path / "log")
    assert told.exit_code == 2
    assert reason in told.stderr
    assert told.stderr.count("\n") == 1
    assert not (tmp_path / "api").exists()


async def test_a_server_that_publishes_its_contract_is_asked_for_it(
    url: str, tmp_path: Path
) -> None:
    told = await asyncio.to_thread(run, tmp_path, "--from", url)
    assert told.output.endswith(f"{url} publishes its contract: this is it\n")
    assert (tmp_path / "asyncapi.yaml").read_bytes() == (ROOT / "asyncapi.yaml").read_bytes()


@asynccontextmanager
async def clock() -> AsyncIterator[str]:
    """Serve who says the time by itself, on python-socketio, and listens to who knows what."""
    server = socketio.AsyncServer(async_mode="aiohttp")
    app = web.Application()
    server.attach(app)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()

    async def tick() -> None:
        for second in count():
            await server.emit("tick", {"second": second})
            await asyncio.sleep(0.02)

    ticking = asyncio.create_task(tick())
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        ticking.cancel()
        await runner.cleanup()


async def test_of_another_what_it_says_by_itself_is_learnt(tmp_path: Path) -> None:
    async with clock() as url:
        told = await asyncio.to_thread(run, tmp_path, "--from", url, "--seconds", "1")
    assert told.exit_code == 0, told.output
    assert "a server does not say what it listens to" in told.output
    assert LIMITS in told.output
    contract = drafted(tmp_path)
    assert [(item.event, item.spontaneous) for item in contract.sends] == [("tick", True)]
    assert contract.schemas["Tick"]["properties"] == {"second": {"type": "integer"}}


def test_a_server_that_is_not_there_is_one_line(tmp_path: Path) -> None:
    told = run(tmp_path, "--from", "http://127.0.0.1:9")
    assert told.exit_code == 2
    assert told.stderr.startswith("Error: can't connect to http://127.0.0.1:9/: ")
