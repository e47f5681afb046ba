"""No block of a page stands there unrun: the short ones are run here, as their page means them."""

from __future__ import annotations

import asyncio
import json
import re
import shutil
import textwrap
import tomllib
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeAlias

import pytest
import ruamel.yaml
from click.testing import CliRunner, Result

from asyncapi_socketio.breaking import waivers
from asyncapi_socketio.breaking.rules import RULES
from asyncapi_socketio.cli.main import main
from asyncapi_socketio.testing.hooks import hooks
from tests.cli.test_init import har
from tests.conftest import serving
from tests.docs.pages import LIBRARY, PAGES, ROOT, blocks, text
from tests.docs.test_sessions import OURS, chat, folder, generated, prints
from tests.git import committed, git
from tests.patience import PATIENCE
from tests.processes import running
from todo_service.app import IN_MEMORY, open_repository
from todo_service.generated.client import Client

__all__ = ["chat", "folder", "generated"]  # fixtures

Run: TypeAlias = Mapping[str, tuple[int, str]]

HERE = "docs/test_snippets.py"
RECIPES, SESSIONS, LANGUAGES = (
    f"docs/test_{name}.py" for name in ("recipes", "sessions", "other_languages")
)
OUTPUT = "text"
"""The language of blocks that a page says are printed."""

RUN: Mapping[str, Run] = {
    "packages/asyncapi-socketio/README.md": {
        "sh": (2, HERE),
        "yaml": (1, "docs/test_pages.py"),
        "python": (1, "docs/test_pages.py"),
    },
    "docs/backup.md": {"console": (2, SESSIONS), "sh": (1, HERE)},
    "docs/contract/breaking.md": {
        "diff": (1, "breaking/test_breaking.py"),
        "console": (1, "breaking/test_breaking.py"),
        "yaml": (1, HERE),
    },
    "docs/contract/configuration.md": {
        "toml": (1, "cli/test_config.py"),
        "yaml": (1, HERE),
        "sh": (1, HERE),
    },
    "docs/contract/docs.md": {"sh": (1, "docs/test_pages.py")},
    "docs/contract/generate.md": {"sh": (1, "docs/test_pages.py")},
    "docs/contract/init.md": {"console": (2, SESSIONS), "sh": (1, HERE)},
    "docs/contract/mock.md": {"sh": (1, "mock/test_mock.py"), "js": (1, "mock/test_mock.py")},
    "docs/contract/serve.md": {"sh": (1, SESSIONS)},
    "docs/contract/shells-and-hooks.md": {
        **dict.fromkeys(("bash", "zsh", "fish"), (1, "cli/test_completion.py")),
        "yaml": (1, "cli/test_hooks.py"),
    },
    "docs/getting-started.md": {
        "sh": (2, SESSIONS),
        "yaml": (1, SESSIONS),
        "console": (2, SESSIONS),
        "python": (2, SESSIONS),
        "js": (1, SESSIONS),
    },
    "docs/javascript-clients.md": {"ts": (4, RECIPES), "tsx": (1, RECIPES)},
    "docs/operating.md": {"python": (1, HERE)},
    "docs/other-languages.md": {
        "python": (1, LANGUAGES),
        "console": (1, LANGUAGES),
        **dict.fromkeys(("java", "swift", "dart"), (1, LANGUAGES)),
    },
    "docs/postgresql.md": {"sh": (2, HERE), "sql": (2, "service/test_nodes.py")},
    "docs/python-client.md": {"sh": (1, HERE), "python": (2, HERE)},
    "docs/serving.md": {"python": (8, HERE)},
    "docs/testing-a-server-in-another-language.md": {
        "sh": (2, HERE),
        "js": (1, SESSIONS),
        "console": (1, SESSIONS),
        "python": (2, HERE),
    },
    "docs/traces.md": {"sh": (1, HERE), "js": (1, HERE), "python": (1, HERE)},
    "docs/workers-and-nodes.md": {"sh": (2, HERE)},
    "docs/x-socketio.md": {"yaml": (23, "docs/test_pages.py")},
}
"""How many blocks of each language a page has, and which test reads the page and runs them."""


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_test_runs_every_block(page: Path) -> None:
    """Whoever adds a block runs it in a test, and counts it above."""
    name = str(page.relative_to(ROOT))
    languages = re.findall(r"^ *```(\w+)$", page.read_text("utf-8"), re.MULTILINE)
    found = Counter(language for language in languages if language != OUTPUT)
    known = RUN.get(name, {})
    assert found == {language: count for language, (count, _) in known.items()}
    for _, test in known.values():
        assert page.stem in (ROOT / "tests" / test).read_text("utf-8")


# Commands


def test_what_pages_install_is_there_to_be_installed() -> None:
    """No test installs from a registry: the extras are compared with those of the packages."""
    found = [
        (package, extra)
        for page in PAGES
        for package, extras in re.findall(r"pip install ['\"]([\w-]+)\[(.*?)\]", page.read_text())
        for extra in extras.split(",")
    ]
    projects = [
        tomllib.loads((folder / "pyproject.toml").read_text()) for folder in (ROOT, LIBRARY)
    ]
    known = {
        (item["project"]["name"], extra)
        for item in projects
        for extra in item["project"]["optional-dependencies"]
    }
    assert ("todo-service", "postgres") in found
    assert set(found) <= known


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Enter a repository with a contract and a recording, on `main` as on its remote."""
    shutil.copy(ROOT / "asyncapi.yaml", tmp_path)
    (tmp_path / "recording.har").write_text(har(("send", '420["say","Hi"]'), ("receive", "430[1]")))
    committed(tmp_path)
    git("update-ref", "refs/remotes/origin/main", "HEAD", folder=tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def runs(line: str) -> Result:
    """Run a line of a page in this folder."""
    words, _, file = line.partition("#")[0].partition(" < ")
    stdin = Path(file.strip()).read_bytes() if file else None
    return CliRunner().invoke(main, words.split()[1:], input=stdin)


def shell(name: str) -> list[str]:
    """Return the lines of the blocks of a page for a shell."""
    return "".join(blocks(text(name), "sh")).splitlines()


@pytest.mark.slow
def test_commands_of_one_line_do_what_they_say(project: Path) -> None:
    readme = "".join(blocks((LIBRARY / "README.md").read_text("utf-8"), "sh")).splitlines()
    (steps,) = blocks(text("contract/configuration.md"), "yaml")
    lines = [
        *(line for line in readme if re.search(r"lint|generate --|breaking", line)),
        *(step["run"] for step in ruamel.yaml.YAML(typ="safe").load(steps)),
        *shell("contract/configuration.md"),
        *shell("contract/init.md"),
    ]
    assert len(lines) == 7
    for line in lines:
        told = runs(line)
        assert told.exit_code == 0, f"{line}: {told.output}"
    assert (project / "generated" / "python" / "operations.py").exists()
    assert (project / "api" / "asyncapi.yaml").exists()


def test_the_waiver_of_the_page_is_one(tmp_path: Path) -> None:
    (waiver,) = blocks(text("contract/breaking.md"), "yaml")
    (tmp_path / waivers.FILE).write_text(waiver, "utf-8")
    (item,) = waivers.read(None, str(tmp_path / "asyncapi.yaml")).items
    assert item.rule in {rule.id for rule in RULES}
    contract = ruamel.yaml.YAML(typ="safe").load(ROOT / "asyncapi.yaml")
    for key in item.address.split("/"):
        contract = contract[key]


FIFTEEN = pytest.mark.parametrize("postgres", ["15"], indirect=True, scope="session")


@pytest.mark.slow
@FIFTEEN
@pytest.mark.parametrize(
    ("page", "count"),
    [
        ("traces.md", 1),
        pytest.param("postgresql.md", 1, marks=pytest.mark.thorough),
        pytest.param("workers-and-nodes.md", 2, marks=pytest.mark.thorough),
    ],
)
async def test_the_service_is_served_as_a_page_says(
    page: str, count: int, database: str, tmp_path: Path
) -> None:
    lines = [line for line in shell(page) if " serve " in line]
    assert len(lines) == count
    for line in lines:
        program, command, *options = here(line, database).split()
        async with running(*options, program=(OURS / program, command), directory=tmp_path):
            pass


@pytest.mark.slow
@FIFTEEN
async def test_todos_move_to_a_database_that_is_migrated(database: str, tmp_path: Path) -> None:
    todo = {"id": "6513270e-269e-4d37-b2a7-4de452e6b438", "title": "Buy milk", "completed": False}
    (tmp_path / "todos.jsonl").write_text(f"{json.dumps(todo)}\n", "utf-8")
    await prints("todo-service import todos.jsonl", tmp_path, OURS)
    (migrate,) = (line for line in shell("postgresql.md") if " migrate " in line)
    (move,) = shell("backup.md")
    for line in (migrate, move):
        await prints(here(line, database), tmp_path, OURS)
    moved = await prints(f"todo-service export - --database {database}", tmp_path, OURS)
    assert json.loads(moved) == todo


def here(line: str, database: str) -> str:
    """Return a line with a database and the address of this machine in it."""
    line = re.sub(r"postgresql://\S+", database, line)
    return re.sub(r"\b10\.0\.0\.1\d\b", "127.0.0.1", line)


# Python

PROGRAM = """
import asyncio
from types import SimpleNamespace

import aiohttp

from asyncapi_socketio import JOI, Application, ConnectError, NoAnswer
from chat import Chat
from generated.python import CONTRACT, Context
from generated.python.models import Delivered, Message

PEOPLE = {{"ada-token": "Ada"}}
Token = dict[str, str]

{made}
{handler}
{hooks}
{worded}
{traced}


async def asks(context, room):
{asked}
    return confirmed


async def answer(room, within):
    if within != 5 or room == "silent":
        raise TimeoutError
    return True


async def main():
    context = SimpleNamespace(ask=SimpleNamespace(confirm_close=answer))
    assert await asks(context, "kitchen") and not await asks(context, "silent")

    await connect(None, {{"token": "ada-token"}}, context)
    assert context.identity == "Ada"
    try:
        await connect(None, {{"token": "nobody's"}}, context)
    except ConnectError as error:
        assert error.data == {{"code": 401}}

{operators}
    port = runner.addresses[0][1]
    async with aiohttp.ClientSession() as session:
        async with session.get(f"http://127.0.0.1:{{port}}/metrics") as response:
            print(next(line for line in (await response.text()).splitlines() if "chat" in line))
    await runner.cleanup()


asyncio.run(main())
"""


@pytest.mark.slow
async def test_the_pieces_of_an_application_fit(chat: Path) -> None:
    made, _, handler, asked, hook, worded, *_ = blocks(text("serving.md"), "python")
    (traced,) = blocks(text("traces.md"), "python")
    (operators,) = blocks(text("operating.md"), "python")
    indented = textwrap.indent(operators.replace("9100", "0"), "    ")
    source = PROGRAM.format(
        made=made, handler=handler, hooks=hook, worded=worded, traced=traced,
        asked=textwrap.indent(asked, "    "), operators=indented,
    )  # fmt: skip
    (chat / "pieces.py").write_text(source, "utf-8")
    assert (await prints("python pieces.py", chat, OURS)).startswith("# HELP chat_")


@pytest.mark.slow
async def test_a_client_lists_on_each_connect() -> None:
    *_, snippet = blocks(text("python-client.md"), "python")
    shown: asyncio.Queue[Any] = asyncio.Queue()
    names: dict[str, Any] = {"Client": Client, "show": shown.put_nowait}
    async with serving(await open_repository(IN_MEMORY)) as url, asyncio.timeout(PATIENCE):
        exec(snippet.replace("http://localhost:3000", url), names)
        await names["client"].connect()
        assert (await shown.get())["data"] == []
        await names["client"].disconnect()


def test_the_hooks_of_the_page_are_called(tmp_path: Path) -> None:
    source, _ = blocks(text("testing-a-server-in-another-language.md"), "python")
    (tmp_path / "hooks.py").write_text(source, "utf-8")
    found = hooks(tmp_path / "hooks.py")
    found.set_up("http://localhost:3000")
    assert found.auth("/", "ada") is None
    assert found.payload("say", {"text": "Hello"}) == {"text": "Hello"}
    found.after_call("ada", "say", [{"text": "Hello"}], [{"number": 1}])


# JavaScript


@pytest.mark.slow
async def test_a_client_with_a_trace_is_let_in(tmp_path: Path) -> None:
    (snippet,) = blocks(text("traces.md"), "js")
    kept = snippet.replace("\nio(", "\nconst ada = io(")
    end = 'ada.on("connect", () => { console.log("connected"); ada.close(); });\n'
    (tmp_path / "node_modules").symlink_to(ROOT / "node_modules")
    async with serving(await open_repository(IN_MEMORY)) as url:
        program = kept.replace("http://localhost:3000", url) + end
        (tmp_path / "traced.mjs").write_text(program, "utf-8")
        assert await prints("node traced.mjs", tmp_path, OURS) == "connected\n"
