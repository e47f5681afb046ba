"""The snippets of the reference page: those of each language are run, or compiled."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import sys
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any, TypeAlias
from unittest.mock import ANY

import pytest
import pytest_asyncio
import socketio
from playwright.async_api import Browser

from asyncapi_socketio import asyncapi
from asyncapi_socketio.asyncapi.contract import Contract, Message, Operation
from asyncapi_socketio.generate import npm_manifest, reference, typescript
from asyncapi_socketio.generate.npm_readme import package
from chat.app import Chat
from chat.generated.operations import CONTRACT
from tests.conftest import serving
from tests.docs.test_other_languages import is_valid
from tests.generate.test_cases import ROOT, run
from tests.library.backends import attached, own
from tests.patience import PATIENCE
from todo_service.app import IN_MEMORY, open_repository

HERE = Path(__file__).parent / "snippets"

Snippets: TypeAlias = Mapping[str, Mapping[str, str]]
"""The snippets of each language, by page and operation: `todo-createTodo`."""

Said: TypeAlias = dict[str, Any]
"""What each of them printed, or what the echo got from it."""


def read(file: Path) -> Contract:
    return asyncapi.read(file.read_text("utf-8"))


CONTRACTS = {
    "todo": read(ROOT / "asyncapi.yaml"),
    "chat": read(ROOT / "examples/chat/asyncapi.yaml"),
    "shapes": read(HERE / "shapes.yaml"),
}
EMITS = {f"{name}-{item.id}": item for name, one in CONTRACTS.items() for item in one.receives}
EMITS["byQuery-textSent"] = EMITS["shapes-textSent"]  # for a server that wants its key elsewhere
SENDS = {f"{name}-{item.id}": item for name, one in CONTRACTS.items() for item in one.sends}

NOBODY = [{"error": "entity not found"}]
OUTSIDE = [{"error": "not in the room"}]
ACKS: Said = {
    "todo-listTodos": [{"data": ANY}],
    "todo-createTodo": [{"data": ANY}],
    "todo-readTodo": NOBODY,
    "todo-updateTodo": NOBODY,
    "todo-deleteTodo": NOBODY,
    "todo-watchPresence": [{"data": {"clients": ANY}}],
    "chat-joinRoom": [{"members": ["ada"]}],
    "chat-leaveRoom": [],
    "chat-sendMessage": OUTSIDE,
    "chat-closeRoom": OUTSIDE,
    "chat-announce": [],
}
"""What the services acknowledge to the examples."""

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]


def example(message: Message) -> list[Any]:
    """Return the arguments of a message's first example."""
    values = [*message.examples[:1]]
    return values[0] if values and message.several else values


GIVEN = {name: example(item.message) for name, item in (EMITS | SENDS).items()}
RECEIVED = {
    f"{item.namespace.example} {item.event}": GIVEN[name]
    for name, item in EMITS.items()
    if name.startswith("shapes")
}
ANSWERS = {name: example(item.replies[0]) for name, item in SENDS.items() if item.replies}
SHOWN = {"X-Key: YOUR-KEY", "key=YOUR-KEY", json.dumps({"token": 'let "me" in', "level": 3})}
PRINT = {*SENDS, *(name for name, item in EMITS.items() if item.replies)}


class Echo:
    """A stock server: acknowledges what it gets, and emits to each client all that it may hear."""

    def __init__(self) -> None:
        self.sio = socketio.AsyncServer(
            async_mode="aiohttp", namespaces="*", always_connect=True, cors_allowed_origins="*"
        )
        self.sio.on("connect", self._connect, namespace="*")
        self.sio.on("*", self._receive, namespace="*")
        self.start_over(emits=False)

    def start_over(self, *, emits: bool) -> None:
        """Forget what came; `emits`: from now on clients hear something."""
        self.emits = emits
        self.received: Said = {}
        self.answers: Said = {}
        self.shown: set[str] = set()
        self._changed = asyncio.Event()

    async def until(self, is_enough: Callable[[], bool]) -> None:
        """Wait until enough has come; for a while."""
        with suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE):
                while not is_enough():
                    self._changed.clear()
                    await self._changed.wait()

    async def _connect(self, namespace: str, sid: str, environ: Any, auth: Any) -> None:
        if "HTTP_X_KEY" in environ:
            self.shown.add(f"X-Key: {environ['HTTP_X_KEY']}")
        self.shown.update(re.findall(r"\bkey=[\w-]+", environ["QUERY_STRING"]))
        if namespace.startswith("/floors"):
            self.shown.add(json.dumps(auth))
        for name, item in SENDS.items() if self.emits else ():
            if item.namespace.example == namespace:
                await self._emit(name, item, sid)

    async def _emit(self, name: str, item: Operation, sid: str) -> None:
        def hear(*answer: Any) -> None:
            if answer or name not in self.answers:  # Python's client answers what it does not hear
                self.answers[name] = [*answer]
            self._changed.set()

        callback = hear if item.replies else None
        namespace, args = item.namespace.example, (*GIVEN[name],)
        await self.sio.emit(item.event, args, sid, namespace=namespace, callback=callback)

    async def _receive(self, event: str, namespace: str, sid: str, *args: Any) -> tuple[Any, ...]:
        self.received[f"{namespace} {event}"] = [*args]
        self._changed.set()
        return args


WRITE = """([name, url, security]) => {
  if (security) known.selectedIndex = serversKnown.findIndex(({ key }) => key === security);
  address.value = url;
  pathname.value = "/socket.io/";
  const uses = [...operations].map(([id, { item, heard }]) => [id, useOf(item, heard)]);
  return Object.fromEntries(Object.entries(LANGUAGES).map(([language, write]) => [
    language, Object.fromEntries(uses.map(([id, use]) => [`${name}-${id}`, write(use)])),
  ]));
}"""


@pytest_asyncio.fixture(loop_scope="session", scope="module")
async def echo() -> AsyncIterator[tuple[str, Echo]]:
    """Serve it."""
    echo = Echo()
    async with attached(echo.sio) as url:
        yield url, echo


@pytest_asyncio.fixture(loop_scope="session", scope="module")
async def snippets(
    browser: Browser, echo: tuple[str, Echo], tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Snippets]:
    """Write all: what emits does so to its service, what hears does so at the echo."""
    folder = tmp_path_factory.mktemp("pages")
    written: dict[str, dict[str, str]] = {}
    async with (
        serving(await open_repository(IN_MEMORY)) as todo,
        own(CONTRACT, Chat()) as (chat, _),
        await browser.new_page() as page,
    ):

        async def write(name: str, url: str, security: str, wanted: Callable[[str], bool]) -> None:
            for language, all_ in (await page.evaluate(WRITE, [name, url, security])).items():
                one = written.setdefault(language, {})
                one.update({key: text for key, text in all_.items() if wanted(key)})

        for name, url in (("todo", todo), ("chat", chat), ("shapes", echo[0])):
            file = folder / f"{name}.html"
            file.write_text(reference.emit(CONTRACTS[name])["reference.html"], "utf-8")
            await page.goto(file.as_uri())
            await write(name, url, "", EMITS.__contains__)
            await write(name, echo[0], "", SENDS.__contains__)
        await write("byQuery", echo[0], "byQuery", "byQuery-textSent".__eq__)
        yield written


@asynccontextmanager
async def started(*command: object, cwd: Path) -> AsyncIterator[asyncio.StreamReader]:
    """Start a program, yield what it prints, and end it with all that it has started."""
    process = await asyncio.create_subprocess_exec(
        *map(str, command), cwd=cwd, stdout=PIPE, start_new_session=True
    )
    assert process.stdout
    try:
        yield process.stdout
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        await process.wait()


def saved_as_modules(folder: Path, snippets: Mapping[str, str]) -> tuple[object, ...]:
    """Save what is run by Node; return the command that runs it."""
    for name, text in snippets.items():
        console = f"const console = {{ log: (...given) => told({name!r}, given) }};"
        (folder / f"{name}.mjs").write_text(f"{console}\n{text}", "utf-8")
    if not (folder / "node_modules").exists():
        (folder / "node_modules").symlink_to(ROOT / "node_modules")
    return "node", HERE / "run.mjs"


def saved_as_typescript(folder: Path, snippets: Mapping[str, str]) -> tuple[object, ...]:
    """Save the same in TypeScript, compiled with the types of each contract."""
    (folder / "package.json").write_text('{"type": "module"}', "utf-8")
    modules = folder / "node_modules"
    modules.mkdir()
    (modules / "socket.io-client").symlink_to(ROOT / "node_modules" / "socket.io-client")
    for contract in CONTRACTS.values():
        (modules / package(contract)).mkdir()
        for file, text in (typescript.emit(contract) | npm_manifest.emit(contract)).items():
            (modules / package(contract) / file).write_text(text, "utf-8")
    for name, text in snippets.items():
        (folder / f"{name}.ts").write_text(text, "utf-8")
    options = ("--strict", "--target", "es2022", "--module", "nodenext", "--skipLibCheck")
    tsc = ("node", ROOT / "node_modules/typescript/bin/tsc", *options)
    assert run(*tsc, *sorted(folder.glob("*.ts")), cwd=folder).stdout == ""
    compiled = {name: (folder / f"{name}.js").read_text("utf-8") for name in snippets}
    return saved_as_modules(folder, compiled)


def saved_as_python(folder: Path, snippets: Mapping[str, str]) -> tuple[object, ...]:
    """Save what is run by Python; return the command that runs it."""
    for name, text in snippets.items():
        (folder / f"{name}.py").write_text(text, "utf-8")
    return sys.executable, HERE / "run.py"


FAST = ("-J-XX:TieredStopAtLevel=1", "-J-XX:+UseSerialGC", "-proc:none")
"""For a compiler that ends before it is warm."""

SAVE = {
    "JavaScript": saved_as_modules,
    "TypeScript": saved_as_typescript,
    "Python": saved_as_python,
}


def printed(language: str, name: str) -> list[Any]:
    """Return what a snippet prints of what it hears, or is acknowledged."""
    if name in SENDS:
        return GIVEN[name] or [SENDS[name].event]
    args: list[Any] = ACKS.get(name, GIVEN[name])
    if language == "Python":
        return args if len(args) == 1 else [args or None]
    is_first = language == "TypeScript" and not EMITS[name].replies[0].several
    return (args[:1] or [None]) if is_first else args


@pytest.mark.parametrize("language", SAVE)
async def test_they_do_what_the_contract_says(
    snippets: Snippets, echo: tuple[str, Echo], tmp_path: Path, language: str
) -> None:
    _, server = echo
    server.start_over(emits=True)
    command = SAVE[language](tmp_path, snippets[language])
    found: Said = {}
    with suppress(TimeoutError):
        async with started(*command, cwd=tmp_path) as lines, asyncio.timeout(PATIENCE):
            while PRINT - found.keys() and (line := await lines.readline()):
                name, given = json.loads(line)
                found.setdefault(name, given)
            await server.until(lambda: server.received == RECEIVED and server.answers == ANSWERS)
    assert found == {name: printed(language, name) for name in PRINT}
    assert server.received == RECEIVED
    assert server.answers == ANSWERS
    assert server.shown == SHOWN


async def packet(text: str, kind: str, event: str = "") -> Any:
    """Run a command line until it gets an ack, or an event; return what that carries."""
    found, pattern = None, re.compile(rf"^{kind}(?:/[^,]*,)?\d*(\[{event}.*\])$", re.MULTILINE)
    with suppress(TimeoutError):
        async with started("sh", "-c", text, cwd=HERE) as lines, asyncio.timeout(PATIENCE):
            while not found and (line := await lines.readline()):
                found = pattern.search(line.decode().replace("\x1e", "\n"))
    return json.loads(found[1]) if found else None


async def test_command_lines_do_too(snippets: Snippets, echo: tuple[str, Echo]) -> None:
    _, server = echo
    written = snippets["Command line"]
    server.start_over(emits=False)
    acks = await asyncio.gather(*(packet(written[name], "43") for name in EMITS))
    for (name, item), ack in zip(EMITS.items(), acks, strict=True):
        assert ack == (ACKS.get(name, GIVEN[name]) if item.replies else None), name
    assert server.received == RECEIVED
    assert server.shown == SHOWN

    server.start_over(emits=True)
    told = {name: [item.event, *GIVEN[name]] for name, item in SENDS.items()}
    heard = (packet(written[name], "42", json.dumps(event)) for name, (event, *_) in told.items())
    assert await asyncio.gather(*heard) == [*told.values()]


async def test_java_compiles(snippets: Snippets, tmp_path: Path) -> None:
    sources = [*(HERE / "java").rglob("*.java")]
    for number, text in enumerate(snippets["Java"].values()):
        sources.append(tmp_path / f"Example{number}.java")
        sources[-1].write_text(text.replace("class Example", f"class Example{number}"), "utf-8")
    assert run("javac", *FAST, "-Xlint:all,-serial", "-d", tmp_path, *sources).stderr == ""


async def test_swift_is_swift(snippets: Snippets) -> None:
    assert {
        name: text for name, text in snippets["Swift"].items() if not is_valid("swift", text)
    } == {}
