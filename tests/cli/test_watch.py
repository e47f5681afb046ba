"""`generate --watch`: who saves the contract has its code, until Ctrl+C."""

from __future__ import annotations

import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner

from asyncapi_socketio.cli.main import main
from tests.processes import ServiceProcess, launched

CONTRACT = """\
asyncapi: 3.1.0
info: {title: Chat, version: 1.0.0}
channels:
  chat: {address: /, messages: {say: {payload: {$ref: './schemas.yaml#/Text'}}}}
operations:
  say: {action: receive, channel: {$ref: '#/channels/chat'}}
"""


@asynccontextmanager
async def watching(folder: Path) -> AsyncIterator[ServiceProcess]:
    """Watch a contract that is in two files."""
    (folder / "asyncapi.yaml").write_text(CONTRACT, "utf-8")
    (folder / "schemas.yaml").write_text("Text: {type: string}\n", "utf-8")
    program = (sys.executable, "-m", "asyncapi_socketio", "generate", "--watch")
    async with launched("--python", "generated", program=program, directory=folder) as process:
        yield process


def models(folder: Path) -> str:
    return (folder / "generated/models.py").read_text("utf-8")


@pytest.mark.slow
async def test_whoever_saves_a_file_of_the_contract_has_its_code(tmp_path: Path) -> None:
    async with watching(tmp_path) as process:
        await process.says("asyncapi.yaml: 6 files written in ")
        assert "Text: TypeAlias = str" in models(tmp_path)

        (tmp_path / "schemas.yaml").write_text("Text: [\n", "utf-8")
        await process.says("schemas.yaml", "did not find expected node content")
        (tmp_path / "schemas.yaml").unlink()
        await process.says("schemas.yaml", "no such file")

        (tmp_path / "new.yaml").write_text("Text: {type: integer}\n", "utf-8")
        (tmp_path / "new.yaml").replace(tmp_path / "schemas.yaml")  # as editors save
        await process.says("asyncapi.yaml: 3 files written in ")
        assert "Text: TypeAlias = int" in models(tmp_path)

        process.signal(signal.SIGINT)
        assert await process.end() == 0


@pytest.mark.parametrize("arguments", [("--check",), ("--contract", "-")])
def test_what_can_not_be_watched_is_said(arguments: tuple[str, ...]) -> None:
    told = CliRunner().invoke(main, ["generate", "--watch", "--out", "out", *arguments])
    assert told.exit_code == 2
    assert "--watch writes, and looks at files." in told.stderr
