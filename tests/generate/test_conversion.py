"""Documents of AsyncAPI 2 and 1: `generate` takes them, through the official converter."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from ruamel.yaml import YAML

from asyncapi_socketio import asyncapi
from asyncapi_socketio.cli.main import main
from asyncapi_socketio.generate.conversion import converted

GAME = """
asyncapi: '2.6.0'
info: {title: Game, version: 1.0.0}
channels:
  /game:
    publish:
      operationId: play
      message: {oneOf: [{$ref: '#/components/messages/Move'}, {name: leave}]}
    subscribe:
      operationId: show
      message: {name: moved, payload: {type: string}}
components:
  messages:
    Move: {name: move, payload: {type: object, properties: {x: {type: integer, example: 1}}}}
"""

TOPICS = """
asyncapi: '1.2.0'
info: {title: Topics, version: 1.0.0}
topics:
  said: {publish: {payload: {type: string}}}
"""


def test_what_clients_publish_is_received() -> None:
    contract = asyncapi.read(converted(GAME, "asyncapi.yaml"))
    assert [(item.namespace.path, item.event) for item in contract.receives] == [
        ("/game", "move"), ("/game", "leave"),
    ]  # fmt: skip
    assert [item.event for item in contract.sends] == ["moved"]


def test_a_document_in_json_is_converted() -> None:
    document = json.dumps(YAML(typ="safe").load(GAME))
    contract = asyncapi.read(converted(document, "asyncapi.json"))
    assert [item.event for item in contract.sends] == ["moved"]


def test_version_1_is_converted_by_way_of_2() -> None:
    (operation,) = asyncapi.read(converted(TOPICS, "asyncapi.yaml")).receives
    assert operation.namespace.path == "/said"


def test_version_3_is_left_as_it_is() -> None:
    text = "asyncapi: 3.0.0\nx-note: 'once it was asyncapi: 2.6.0'\n"
    assert converted(text, "asyncapi.yaml") is text


def test_code_is_generated_from_version_2(tmp_path: Path) -> None:
    (tmp_path / "asyncapi.yaml").write_text(GAME, "utf-8")
    command = ["generate", "--contract", str(tmp_path / "asyncapi.yaml"), "--out", str(tmp_path)]
    run = CliRunner().invoke(main, [*command, "--target", "python"])
    assert (run.output, run.exit_code) == ("", 0)
    assert "async def play_" in (tmp_path / "python/operations.py").read_text("utf-8")


def test_without_node_it_is_said_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(asyncapi.InvalidContract) as refused:
        converted(GAME, "asyncapi.yaml")
    assert str(refused.value) == (
        "asyncapi.yaml: asyncapi: AsyncAPI 1 and 2 are converted in Node: node is not on the PATH: "
        "install Node.js 20 or newer, or convert it elsewhere"
    )
