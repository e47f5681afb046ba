"""The log: it never waits for who reads it, and shows nothing that could fool or leak."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import structlog

from asyncapi_socketio.logs import Unhurried, render_plainly
from tests.patience import PATIENCE
from tests.processes import SERVE, running
from tests.transport.wire import POLLING, Address, head

JSON_LOG = ("--log-format", "json")

# A program that logs what a careless developer would


CARELESS = """
import logging, sys
import structlog
from asyncapi_socketio import logs

logs.configure(sys.argv[1], sys.argv[2])
log = structlog.stdlib.get_logger("careless")
log.info(
    "said \\x1b[2Jhello",
    name="\\x1b]0;title\\x07",
    forged="a\\n2026 [info] b",
    odd="\\ud800\\u202e",
)
logging.getLogger("library").info("its %s", "\\x9b31m")
try:
    try:
        {}["Call Ada"]
    except KeyError as error:
        raise ValueError("can't take 'Buy milk'\\x1b[0m") from error
except ValueError:
    log.exception("event failed")
    logging.getLogger("library").exception("request failed")
"""


def careless(form: str, level: str) -> str:
    result = subprocess.run(
        [sys.executable, "-c", CARELESS, form, level], capture_output=True, check=True, timeout=60
    )
    return result.stderr.decode()


@pytest.mark.slow
def test_nothing_in_a_text_log_moves_a_terminal_or_forges_a_line() -> None:
    said = careless("text", "debug")
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", said)
    lines = said.splitlines()
    assert r"said \x1b[2Jhello" in lines[0]
    assert r"name=\x1b]0;title\x07" in lines[0]
    assert r"forged='a\\n2026 [info] b'" in lines[0]
    assert r"odd=\ud800\u202e" in lines[0]
    assert r"its \x9b31m" in lines[1]
    starts = [line for line in lines if line.startswith("20")]
    assert len(starts) == 4
    assert all(line.startswith("    ") for line in lines if line not in starts)
    assert said.count(r"can't take 'Buy milk'\x1b[0m") == 2


@pytest.mark.slow
@pytest.mark.parametrize("form", ["text", "json"])
def test_exceptions_show_what_they_quote_at_level_debug_only(form: str) -> None:
    said = careless(form, "info")
    assert "Buy milk" not in said
    assert "Call Ada" not in said
    assert said.count("builtins.KeyError") == said.count("builtins.ValueError") == 2
    assert "in <module>" in said


@pytest.mark.slow
def test_a_json_log_has_one_object_per_line() -> None:
    lines = [json.loads(line) for line in careless("json", "info").splitlines()]
    assert [line["event"] for line in lines] == [
        "said \x1b[2Jhello",
        "its \x9b31m",
        "event failed",
        "request failed",
    ]
    assert lines[0]["odd"] == "\ud800\u202e"


@pytest.mark.parametrize(
    "event",
    [
        {"event": "connected", "sid": "a-b_c", "namespace": "/", "address": "127.0.0.1"},
        {"event": "refused " * 8, "origin": "", "count": 3, "share": 0.5, "known": None},
        {"event": "shut", "reason": "a b", "equal": "a=b", "quote": "it's", "kinds": ["x"]},
        {"event": "failed", "exception": "    Traceback:\n    builtins.KeyError"},
    ],
)
def test_a_line_reads_as_structlog_writes_it(event: dict[str, Any]) -> None:
    event = {"timestamp": "2026-11-25T00:00:00Z", "level": "info", "logger": "x.y", **event}
    console = structlog.dev.ConsoleRenderer(
        colors=False, exception_formatter=structlog.dev.plain_traceback
    )
    assert render_plainly(None, "info", {**event}) == console(None, "info", {**event})


# A reader that does not read


@pytest.fixture
def pipe() -> Iterator[tuple[int, int]]:
    """Yield a pipe: where to read and where to write."""
    ends = os.pipe()
    yield ends
    for end in ends:
        os.close(end)


def record(text: str) -> logging.LogRecord:
    return logging.LogRecord("test", logging.INFO, __file__, 1, text, None, None)


@pytest.mark.parametrize("blocking", [True, False])
def test_lines_above_the_bound_are_dropped_and_counted(
    pipe: tuple[int, int], blocking: bool
) -> None:
    reading, writing = pipe
    os.set_blocking(writing, blocking)
    handler = Unhurried(writing, lines=10)
    began = time.monotonic()
    for number in range(10_000):
        handler.emit(record(f"{number} ".ljust(100, ".")))
    assert time.monotonic() - began < PATIENCE
    written: list[str] = []
    dropped: list[int] = []
    with os.fdopen(os.dup(reading), "rb") as reader:
        while len(written) + sum(dropped) < 10_000:
            line = reader.readline().decode()
            said = re.fullmatch(r"log lines dropped: (\d+)\n", line)
            dropped.extend([int(said[1])] if said else [])
            written.extend([] if said else [line])
    handler.close()
    assert written[0].startswith("0 ")
    assert dropped
    assert len(written) + sum(dropped) == 10_000


def test_nobody_waits_long_for_what_is_never_read(pipe: tuple[int, int]) -> None:
    handler = Unhurried(pipe[1])
    for number in range(2_000):
        handler.emit(record(f"{number} ".ljust(100, ".")))
    began = time.monotonic()
    handler.close()
    assert time.monotonic() - began < PATIENCE / 2
    os.set_blocking(pipe[0], False)
    while handler._thread.is_alive():  # noqa: SLF001  # it would go on in the next test's pipe
        assert time.monotonic() - began < PATIENCE
        with suppress(BlockingIOError):
            os.read(pipe[0], 2**20)
        handler._thread.join(0.01)  # noqa: SLF001


def test_a_reader_that_is_gone_costs_nothing() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    handler = Unhurried(writing)
    handler.emit(record("hello"))
    handler.close()
    os.close(writing)


def test_a_line_has_an_end(pipe: tuple[int, int]) -> None:
    handler = Unhurried(pipe[1])
    handler.emit(record("x" * 20_000))
    handler.close()
    assert len(os.read(pipe[0], 2**20)) < 10_000


@pytest.mark.slow
async def test_an_unread_log_stops_neither_the_service_nor_its_end(tmp_path: Path) -> None:
    process = await asyncio.create_subprocess_exec(
        *SERVE,
        *("--port", "0", "--database", "memory:"),
        cwd=tmp_path,
        stderr=(ends := os.pipe())[1],
    )
    os.close(ends[1])
    with closing(os.fdopen(ends[0], "rb", buffering=0)) as unread:
        loop = asyncio.get_running_loop()
        began = loop.time()
        listening = await loop.run_in_executor(None, unread.readline)
        started_in = loop.time() - began
        found = re.search(rb"http://127.0.0.1:(\d+)", listening)
        assert found
        reader, writer = await Address(int(found[1])).dial()
        async with asyncio.timeout(PATIENCE):
            for _ in range(3_000):  # more lines than a pipe holds
                writer.write(head("GET", "EIO=4&transport=none", {}))
                await reader.readuntil(b"}")
        writer.close()
        began = loop.time()
        process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(PATIENCE):
            assert await process.wait() == 0
        assert loop.time() - began < 2 + started_in


@pytest.mark.slow
async def test_what_clients_invent_reaches_the_log_escaped() -> None:
    async with running("--database", "memory:") as service:
        address = Address(urlsplit(service.url).port or 0)
        tab = await address.connect()
        tab.send('42["\\u001b[2Jinvented"]', "40/\x1b[2Jnowhere,")
        await address.get(POLLING, Origin="https://a.example\x1b[2J")
        await service.says("unknown event", r"\x1b[2Jinvented")
        await tab.closed_by_us()
    assert not [line for line in service.said if "\x1b" in line]
