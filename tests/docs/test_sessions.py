"""Each session of the documentation is played as its reader plays it, and prints what it says."""

from __future__ import annotations

import asyncio
import json
import os
import re
import shutil
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import pytest
import socketio

from servers.ports import free_port
from tests.docs.pages import ROOT, blocks, commands, program, saved, text
from tests.environments import Bare
from tests.generate.test_cases import run
from tests.patience import PATIENCE
from tests.processes import launched, listening
from tests.redis_server import Redis

pytestmark = pytest.mark.slow

FIRST = text("getting-started.md")
LONG = 4 * PATIENCE
"""Seconds for a command: a test of a server waits for what must not come, again and again."""

OURS = Path(sys.executable).parent
"""The programs of the environment that runs the tests."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with the files of the first steps, and npm's packages."""
    for name, source in saved(FIRST).items():
        (tmp_path / name).write_text(source, "utf-8")
    (tmp_path / "node_modules").symlink_to(ROOT / "node_modules")
    return tmp_path


@pytest.fixture(scope="session")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Generate as the first steps do, once for all who go on from there."""
    project = tmp_path_factory.mktemp("generated")
    (project / "asyncapi.yaml").write_text(saved(FIRST)["asyncapi.yaml"], "utf-8")
    (command,) = (line for line, _ in commands(FIRST) if line.startswith("asyncapi-socketio gen"))
    run(OURS / "asyncapi-socketio", *command.split()[1:], cwd=project).check_returncode()
    return project / "generated"


@pytest.fixture
def chat(folder: Path, generated: Path) -> Path:
    """Return the folder of the first steps, with what is generated in it."""
    shutil.copytree(generated, folder / "generated")
    return folder


async def prints(command: str, folder: Path, programs: Path, port: int = 0) -> str:
    """Run a command of a page at another port than it names, and return what it prints of that."""
    process = await asyncio.create_subprocess_shell(
        command.replace("localhost:3000", f"localhost:{port}"),
        cwd=folder,
        env={**os.environ, "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}", "LC_ALL": "C"},
        stdout=asyncio.subprocess.PIPE,
    )
    output, _ = await asyncio.wait_for(process.communicate(), LONG)
    return output.decode().replace(f"localhost:{port}", "localhost:3000")


async def plays(folder: Path, programs: Path, name: str, port: int) -> None:
    """Run a client of the first steps: it prints what the page says."""
    source, printed = program(FIRST, name)
    (folder / name).write_text(source.replace("localhost:3000", f"localhost:{port}"), "utf-8")
    runner = "node" if name.endswith(".mjs") else "python"
    assert await prints(f"{runner} {name}", folder, programs, port) == printed


def port_of(line: str) -> int:
    """Return the port in a line that says where something listens."""
    found = re.search(r"://[\w.]+:(\d+)", line)
    assert found, line
    return int(found[1])


async def test_the_first_steps_lead_to_the_first_event(folder: Path, bare: Bare) -> None:
    install = re.search(r'^pip install "asyncapi-socketio\[([\w,]+)\]"$', FIRST, re.MULTILINE)
    assert install
    programs = bare(*install[1].split(","))
    session = dict(commands(FIRST))
    test = next(command for command in session if command.startswith("asyncapi-socketio test"))
    tested = session.pop(test)
    for command, printed in session.items():
        assert await prints(command, folder, programs) == printed
    (serve,) = re.findall(r"^asyncapi-socketio (serve .*)$", FIRST, re.MULTILINE)
    (says,) = (block for block in blocks(FIRST, "text") if "127.0.0.1" in block)
    server = (programs / "asyncapi-socketio", *serve.split())
    async with launched("--port", "0", program=server, directory=folder) as chat:
        line = await chat.says("127.0.0.1")
        port = port_of(line)
        assert line == says.strip().replace("3000", str(port))
        await plays(folder, programs, "client.py", port)
        await plays(folder, programs, "client.mjs", port)
        assert await prints(test, folder, programs, port) == tested


@asynccontextmanager
async def served(
    folder: Path, files: Mapping[str, str], *command: str | Path, port: int
) -> AsyncIterator[None]:
    """Save a page's files with another port, and run one of them until it is no more needed."""
    for name, source in files.items():
        moved = source.replace("3000", str(port))
        (folder / name).write_text(moved, "utf-8")
    async with launched(program=command, directory=folder):
        await listening(port)
        yield


@pytest.mark.parametrize(
    ("name", "command"),
    [
        ("web_app.py", (OURS / "python", "web_app.py")),
        ("stock.py", (OURS / "uvicorn", "stock:app")),
    ],
    ids=["aiohttp", "python-socketio"],
)
async def test_the_chat_is_served_in_an_application_that_is_there(
    chat: Path, name: str, command: tuple[str | Path, ...]
) -> None:
    port = free_port()
    files = saved(text("serving.md"))
    options = ("--port", str(port)) if name == "stock.py" else ()
    async with served(chat, {name: files[name]}, *command, *options, port=port):
        await plays(chat, OURS, "client.py", port)


async def test_two_processes_with_one_redis_are_one_chat(chat: Path) -> None:
    (chat / "shared.py").write_text(saved(text("serving.md"))["shared.py"], "utf-8")
    redis = Redis(chat)
    await redis.start()
    try:
        async with AsyncExitStack() as stack:
            ada, bob = [await stack.enter_async_context(shared(chat, redis)) for _ in range(2)]
            await redis.heard_by(2)
            message = {"author": "Ada", "text": "Hello"}
            assert await ada.call("say", message, timeout=PATIENCE) == {"number": 1}
            assert await bob.receive(timeout=PATIENCE) == ["said", message]
    finally:
        await redis.stop()


@asynccontextmanager
async def shared(folder: Path, redis: Redis) -> AsyncIterator[socketio.AsyncSimpleClient]:
    """Run one of the processes, and yield a client of it."""
    port = free_port()
    command = (OURS / "uvicorn", "shared:app", "--port", str(port))
    async with launched(program=command, directory=folder, variables={"REDIS": redis.url}):
        await listening(port)
        async with socketio.AsyncSimpleClient() as client:
            await client.connect(f"http://localhost:{port}", wait_timeout=PATIENCE)
            yield client


async def test_a_server_in_node_is_tested(folder: Path) -> None:
    page = text("testing-a-server-in-another-language.md")
    ((command, printed),) = commands(page)
    port = free_port()
    async with served(folder, saved(page), "node", "server.mjs", port=port):
        found = await prints(command, folder, OURS, port)
    assert numberless(found) == numberless(printed)
    assert (folder / "report.html").exists()
    failures = json.loads((folder / "failures.json").read_text("utf-8"))
    first = {**failures, "failures": failures["failures"][:1]}
    (folder / "failures.json").write_text(json.dumps(first), "utf-8")
    replay = blocks(page, "sh")[-1].strip()
    async with served(folder, saved(page), "node", "server.mjs", port=port):
        again = await prints(replay, folder, OURS, port)
    assert again.splitlines()[-1].endswith(", 1 error"), "nobody has corrected the server"


def numberless(printed: str) -> str:
    """Return what was printed, whatever the server had counted up to."""
    return re.sub(r'"number": \d+', '"number": N', printed)


async def test_a_first_contract_is_written_and_drafted(folder: Path) -> None:
    page = text("contract/init.md")
    (folder / "session.txt").write_text(saved(page)["session.txt"], "utf-8")
    for command, printed in commands(page):
        assert await prints(command, folder, OURS) == printed
    assert (
        await prints(
            "asyncapi-socketio generate --contract api/asyncapi.yaml --target python --out code",
            folder,
            OURS,
        )
        == ""
    )


async def test_todos_are_backed_up_restored_and_moved(tmp_path: Path) -> None:
    session = dict(commands(text("backup.md")))
    lines = session["cat todos.jsonl"]
    (tmp_path / "before").write_text(lines)
    await prints("todo-service import before", tmp_path, OURS)
    for command, printed in session.items():
        assert await prints(command, tmp_path, OURS) == printed
    again = await prints("todo-service export - --database sqlite:///new.db", tmp_path, OURS)
    assert again == lines


async def test_the_typed_client_talks_to_the_chat(chat: Path) -> None:
    page, port = text("python-client.md"), free_port()
    source, printed = program(page, "typed.py")
    (chat / "typed.py").write_text(source.replace("3000", str(port)), "utf-8")
    (command,), (says,) = (blocks(text("contract/serve.md"), name) for name in ("sh", "text"))
    (test,) = blocks(text("testing-a-server-in-another-language.md"), "python")[1:]
    test = test.replace("3000", str(port)).replace("max_examples=50", "max_examples=2")
    (chat / "test_server.py").write_text(test, "utf-8")
    serve = command.replace("4000", str(port)).split()
    async with launched(*serve[1:], program=(OURS / serve[0],), directory=chat) as server:
        assert await server.says("127.0.0.1") == says.strip().replace("4000", str(port))
        assert await prints("python typed.py", chat, OURS, port) == printed
        told = await prints("pytest -q -p no:cacheprovider", chat, OURS)
        assert told.splitlines()[-1].startswith("1 passed")
