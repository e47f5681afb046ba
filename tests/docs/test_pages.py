"""Each page keeps its word: its links lead somewhere, its examples parse, its tables are whole."""

from __future__ import annotations

import ast
import inspect
import json
import re
import textwrap
from dataclasses import asdict
from importlib import resources
from pathlib import Path
from typing import get_type_hints

import pytest
import ruamel.yaml
from click.testing import CliRunner

from asyncapi_socketio import Application, asyncapi
from asyncapi_socketio.cli.main import COMMANDS, main
from asyncapi_socketio.client.client import Options
from asyncapi_socketio.jsonschema.references import Json
from asyncapi_socketio.metrics import Metrics
from asyncapi_socketio.runtime.context import BaseContext
from asyncapi_socketio.transport import Limits
from tests.docs.pages import LIBRARY, PAGES, blocks, saved, text
from todo_service import metrics as store_metrics
from todo_service.cli import commands as service_commands
from todo_service.generated import CONTRACT
from todo_service.handlers import TodoHandlers
from todo_service.repository import InMemoryTodoRepository


def anchors(page: str) -> set[str]:
    """Return the addresses of a page's headings, as GitHub makes them."""
    titles = re.findall(r"^#+ (.*)$", page, re.MULTILINE)
    return {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_link_leads_somewhere(page: Path) -> None:
    for link in re.findall(r"\]\(([^)\s]+)\)", page.read_text("utf-8")):
        if link.startswith("https://"):
            continue
        file, _, anchor = link.partition("#")
        target = (page.parent / file).resolve() if file else page
        assert target.exists(), link
        if anchor:
            assert anchor in anchors(target.read_text("utf-8")), link


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_program_in_python_is_one(page: Path) -> None:
    for source in blocks(page.read_text("utf-8"), "python"):
        ast.parse(textwrap.dedent(source))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_command_and_option_exists(page: Path) -> None:
    for line in re.findall(r"asyncapi-socketio ([a-z]+[^\n`]*)", page.read_text("utf-8")):
        name, *words = line.split()
        if name not in COMMANDS:
            continue
        known = CliRunner().invoke(main, [name, "--help"]).stdout
        for option in (word.partition("=")[0] for word in words if word.startswith("--")):
            assert option in known, line


def definitions() -> dict[str, Json]:
    """Return what `x-socketio` may have in it, by place."""
    file = resources.files(asyncapi) / "x-socketio.schema.json"
    found: dict[str, Json] = json.loads(file.read_text("utf-8"))["definitions"]
    return found


def keys() -> list[tuple[str, str]]:
    """Return each key of the page with its example."""
    parts = re.split(r"^### `(\w+)`$", text("x-socketio.md"), flags=re.MULTILINE)[1:]
    examples = [blocks(part, "yaml")[0] for part in parts[1::2]]
    return [*zip(parts[::2], examples, strict=True)]


def test_each_key_of_x_socketio_is_explained_in_its_place() -> None:
    schema = [key for place in definitions().values() for key in place["properties"]]
    assert [key for key, _ in keys()] == schema


def merged(base: Json, change: Json) -> Json:
    """Return a value with what a change has at the same places."""
    if not (isinstance(base, dict) and isinstance(change, dict)):
        return change
    return {**base, **{key: merged(base.get(key), value) for key, value in change.items()}}


@pytest.mark.parametrize(("key", "example"), keys(), ids=[key for key, _ in keys()])
def test_each_example_of_x_socketio_is_a_contract(key: str, example: str) -> None:
    yaml = ruamel.yaml.YAML(typ="safe")
    change = yaml.load(example)
    assert key in str(change), "the example has the key"
    contract = yaml.load(saved(text("getting-started.md"))["asyncapi.yaml"])
    asyncapi.read(json.dumps(merged(contract, change)))

    misspelled = json.loads(re.sub(rf'"{key}"', f'"{key}s"', json.dumps(change)))
    with pytest.raises(asyncapi.InvalidContract):
        asyncapi.read(json.dumps(merged(contract, misspelled)))


def test_the_readme_of_the_library_shows_the_chat_of_the_first_steps() -> None:
    readme = (LIBRARY / "README.md").read_text("utf-8")
    first = saved(text("getting-started.md"))
    assert blocks(readme, "python") == [first["chat.py"]]
    yaml = ruamel.yaml.YAML(typ="safe")
    (part,) = blocks(readme, "yaml")
    contract = yaml.load(first["asyncapi.yaml"])
    assert merged(contract, yaml.load(part)) == contract


def test_the_table_of_commands_says_what_each_needs() -> None:
    readme = (LIBRARY / "README.md").read_text("utf-8")
    rows = re.findall(
        r"^\| `asyncapi-socketio (\w+)[^|]*\|[^|]*\| `asyncapi-socketio\[([\w,]+)\]` \|$",
        readme,
        re.MULTILINE,
    )
    assert dict(rows) == {name: place.extras for name, place in COMMANDS.items()}


def test_every_limit_is_in_the_table_with_its_default() -> None:
    rows = re.findall(r"^\| ((?:`\w+`(?:, )?)+) \| ([\d,. ]+) \|", text("serving.md"), re.MULTILINE)
    found: dict[str, float] = {}
    for names, defaults in rows:
        numbers = [number.replace(",", "") for number in defaults.split(", ")]
        found |= dict(zip(re.findall(r"\w+", names), map(float, numbers), strict=True))
    assert found == asdict(Limits())


def test_every_argument_of_an_application_is_in_the_table() -> None:
    (table,) = re.findall(r"^\| argument \|.*?\n\n", text("serving.md"), re.MULTILINE | re.DOTALL)
    keywords = [
        name
        for name, parameter in inspect.signature(Application).parameters.items()
        if parameter.kind is parameter.KEYWORD_ONLY
    ]
    assert re.findall(r"^\| `(\w+)`", table, re.MULTILINE) == keywords


def test_every_option_of_a_python_client_is_in_the_table() -> None:
    _, _, part = text("python-client.md").partition("## Options")
    assert re.findall(r"^\| `(\w+)` \|", part, re.MULTILINE) == [*get_type_hints(Options)]


def test_every_metric_is_in_the_table_with_its_labels() -> None:
    page = text("operating.md").partition("## Metrics")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| `(\w+)` \| (\w+) \| ([`\w, ]*) ?\|", page, re.MULTILINE)
    assert {name: (kind, re.findall(r"\w+", labels)) for name, kind, labels in rows} == {
        f"{name}_total" if kind == "counter" else name: (kind, [*labels])
        for kind, name, labels in metrics()
    }


def metrics() -> list[tuple[str, str, tuple[str, ...]]]:
    """Return the kind, name and labels of all metrics of the todo service."""
    todos = InMemoryTodoRepository()
    service = Application(CONTRACT, TodoHandlers(todos))
    rows = [*Metrics(service).rows(), *store_metrics.rows(todos)]
    return [(family.__name__, name, labels) for family, name, _, labels, _ in rows]


def test_all_that_a_context_has_is_in_the_table() -> None:
    _, _, part = text("serving.md").partition("## `Context`")
    table = part.partition("\n## ")[0]
    has = {name for name in dir(BaseContext) if not name.startswith("_")}
    internal = {"operation", "outbox", "tell"}
    generated = {"broadcast", "ask"}
    first = " ".join(row.split("|")[1] for row in table.splitlines() if row.startswith("| `"))
    assert set(re.findall(r"`(\w+)", first)) == has - internal | generated


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_option_of_the_service_exists(page: Path) -> None:
    for line in re.findall(r"todo-service ([a-z]+[^\n`]*)", page.read_text("utf-8")):
        name, *words = line.split()
        if name not in service_commands.commands:
            continue
        known = CliRunner().invoke(service_commands, [name, "--help"]).stdout
        for option in (word.partition("=")[0] for word in words if word.startswith("--")):
            assert option in known, line


@pytest.mark.parametrize("page", [page for page in PAGES if page.stem.startswith("moving-from")])
def test_all_that_one_moves_to_is_there(page: Path) -> None:
    has = {*dir(BaseContext), "broadcast", "ask"}
    assert set(re.findall(r"`[^`\n]*\bcontext\.(\w+)", page.read_text("utf-8"))) <= has


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "wrote"),
    [("docs", "reference.html"), ("generate", "generated/typescript/index.d.ts")],
)
def test_the_command_of_a_page_writes_what_the_page_says(
    name: str, wrote: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "asyncapi.yaml").write_text(saved(text("getting-started.md"))["asyncapi.yaml"])
    monkeypatch.chdir(tmp_path)
    (command, *_) = blocks(text(f"contract/{name}.md"), "sh")
    run = CliRunner().invoke(main, command.split()[1:])
    assert run.exit_code == 0, run.output
    assert (tmp_path / wrote).exists()
