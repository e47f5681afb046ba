"""A contract in several files: beside each other, in a revision of git, and on another host."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from asyncapi_socketio import asyncapi
from asyncapi_socketio.cli import sources
from asyncapi_socketio.cli.errors import CouldNotRun
from asyncapi_socketio.cli.main import main
from tests.files import served
from tests.git import committed

FILES = {
    "api/asyncapi.yaml": """
asyncapi: 3.1.0
info: {title: Files, version: 1.0.0}
channels:
  main:
    address: /
    messages: {say: {$ref: './parts/messages.yaml#/say'}, all: {$ref: parts/all.json}}
operations:
  say: {action: receive, channel: {$ref: '#/channels/main'}}
components:
  schemas:
    Own: {type: integer}
""",
    "api/parts/messages.yaml": """
say: {payload: {$ref: '#/schemas/Words'}}
schemas:
  Words:
    type: object
    properties:
      text: {$ref: '../../shared/schemas.json#/definitions/Text%20line'}
      again: {$ref: '#/schemas/Words'}
      own: {$ref: '../asyncapi.yaml#/components/schemas/Own'}
""",
    "api/parts/all.json": '{"payload": {"$ref": "messages.yaml#/schemas/Words"}}',
    "shared/schemas.json": '{"definitions": {"Text line": {"type": "string", "maxLength": 9}}}',
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Lay the files out."""
    for name, text in FILES.items():
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
    return tmp_path


def test_what_other_files_say_is_part_of_the_contract(folder: Path) -> None:
    contract = sources.contract(str(folder / "api/asyncapi.yaml"))
    assert [item.event for item in contract.receives] == ["say", "all"]
    assert {item.message.payload for item in contract.receives} == {"Words"}
    assert contract.schemas["TextLine"] == {"type": "string", "maxLength": 9}
    refs = {key: part["$ref"] for key, part in contract.schemas["Words"]["properties"].items()}
    base = "#/components/schemas/"
    assert refs == {"text": f"{base}TextLine", "again": f"{base}Words", "own": f"{base}Own"}


def test_a_map_may_stand_in_another_file(tmp_path: Path) -> None:
    files = {
        "asyncapi.yaml": """
asyncapi: 3.1.0
info: {title: Maps, version: 1.0.0}
channels: {$ref: 'channels.yaml#/all'}
operations: {$ref: operations.yaml}
components: {$ref: parts/components.yaml}
""",
        "channels.yaml": "all: {chat: {address: /, messages: {$ref: parts/messages.yaml}}}",
        "operations.yaml": "say: {action: receive, channel: {$ref: asyncapi.yaml#/channels/chat}}",
        "parts/components.yaml": "messages: {$ref: messages.yaml}\nschemas: {$ref: schemas.yaml}",
        "parts/messages.yaml": "say: {payload: {$ref: 'schemas.yaml#/50%25~1'}}",
        "parts/schemas.yaml": "50%/: {type: string}",
    }
    (tmp_path / "parts").mkdir()
    for name, text in files.items():
        (tmp_path / name).write_text(text, "utf-8")
    (operation,) = sources.contract(str(tmp_path / "asyncapi.yaml")).receives
    assert operation.event == "say"
    told = CliRunner().invoke(main, ["lint", "--contract", str(tmp_path / "asyncapi.yaml")])
    assert " error: " not in told.output, told.output


def test_a_finding_names_the_file_that_it_is_in(folder: Path) -> None:
    schemas = folder / "shared/schemas.json"
    schemas.write_text('{"definitions": {\n"Text line": {"type": "text"}}}', "utf-8")
    source = str(folder / "api/asyncapi.yaml")
    run = CliRunner().invoke(main, ["lint", "--contract", source])
    place = f"{folder}/api/../shared/schemas.json:2:15: error: definitions/Text line/type: "
    assert place in run.output


@pytest.mark.parametrize(
    ("ref", "problem"),
    [
        ("parts/none.yaml#/a", "can't be resolved: no such file"),
        ("parts", "can't be resolved: Is a directory"),
        ("parts/messages.yaml#/none", "can't be resolved"),
        ("https://example.com/a.yaml#/a", "leads to another host, which can change or be gone"),
    ],
)
def test_a_ref_that_leads_nowhere_is_said_in_words(folder: Path, ref: str, problem: str) -> None:
    file = folder / "api/asyncapi.yaml"
    file.write_text(file.read_text("utf-8").replace("parts/all.json", f"'{ref}'"), "utf-8")
    with pytest.raises(CouldNotRun) as refused:
        sources.contract(str(file))
    assert problem in str(refused.value)
    assert len(str(refused.value).splitlines()) == 1


def test_files_of_a_revision_are_read_from_it(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    committed(folder)
    for name in FILES:
        (folder / name).unlink()
    monkeypatch.chdir(folder)
    named = sources.contract("git:HEAD:api/asyncapi.yaml")
    beside = sources.contract("git:HEAD", "api/asyncapi.yaml")
    assert named.schemas.keys() == beside.schemas.keys() == {"Own", "Words", "TextLine"}


@pytest.fixture
def host(folder: Path) -> Iterator[str]:
    """Serve the files over HTTP."""
    with served(folder) as url:
        yield url


def test_another_host_is_followed_where_that_is_allowed(folder: Path, host: str) -> None:
    file = folder / "remote.yaml"
    text = FILES["api/asyncapi.yaml"].replace("./parts", f"{host}/api/parts")
    file.write_text(text.replace("parts/all.json", f"'{host}/api/parts/all.json'"), "utf-8")
    command = ["docs", "--contract", str(file), "--out", str(folder / "page.html")]

    refused = CliRunner().invoke(main, command)
    assert refused.exit_code == 2
    assert "run it with --allow-remote" in refused.stderr

    followed = CliRunner().invoke(main, [*command, "--allow-remote"])
    assert (followed.stderr, followed.exit_code) == ("", 0)
    assert "TextLine" in (folder / "page.html").read_text("utf-8")


def test_a_host_that_has_no_such_file_is_said(folder: Path, host: str) -> None:
    file = folder / "remote.yaml"
    file.write_text(FILES["api/asyncapi.yaml"].replace("./parts", f"{host}/none"), "utf-8")
    run = CliRunner().invoke(main, ["docs", "--contract", str(file), "--allow-remote"])
    assert "can't be resolved: HTTP Error 404" in run.stderr


def test_a_document_that_stands_alone_has_no_files() -> None:
    with pytest.raises(asyncapi.InvalidContract, match="leads out of a document that stands alone"):
        asyncapi.read(FILES["api/asyncapi.yaml"])


def test_a_schema_in_another_language_is_carried_unread(tmp_path: Path) -> None:
    form = "application/vnd.google.protobuf;version=3"
    document = f"""
asyncapi: 3.1.0
info: {{title: Proto, version: 1.0.0}}
channels:
  main:
    address: /
    messages:
      say: {{payload: {{schemaFormat: {form}, schema: {{$ref: say.proto}}}}}}
      hear: {{payload: {{schemaFormat: {form}, schema: {{$ref: say.proto}}}}}}
operations:
  say: {{action: receive, channel: {{$ref: '#/channels/main'}}}}
"""
    (tmp_path / "asyncapi.yaml").write_text(document, "utf-8")
    (tmp_path / "say.proto").write_text('syntax = "proto3";\nmessage Say { string a = 1; }\n')
    source = str(tmp_path / "asyncapi.yaml")
    contract = sources.contract(source)
    payload = contract.schemas[str(contract.receives[0].message.payload)]
    assert payload == {"description": f"Described in {form}."}
    run = CliRunner().invoke(main, ["lint", "--contract", source])
    assert run.output.count(f"'{form}' is not read") == 1
