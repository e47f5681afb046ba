"""The reference page: all of a contract in one file, and served as nothing else could be."""

from __future__ import annotations

import gzip
import re
from collections.abc import AsyncIterator
from html import unescape
from importlib import resources
from pathlib import Path

import pytest
from aiohttp import ClientSession
from click.testing import CliRunner

from asyncapi_socketio import generate
from asyncapi_socketio.cli import docs, sources
from asyncapi_socketio.generate import reference
from tests.conftest import serving
from todo_service.app import open_repository

ROOT = Path(__file__).parent.parent.parent
CASES = [
    ROOT / "asyncapi.yaml",
    *sorted(
        case / "asyncapi.yaml"
        for case in (ROOT / "tests/generate/cases").iterdir()
        if not case.name.startswith("refused")
    ),
]


def words(html: str) -> str:
    """Return what a page says, without its marks and the layout of its text."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def plain(markdown: str) -> str:
    return " ".join(markdown.replace("`", " ").split())


@pytest.mark.parametrize("file", CASES, ids=lambda file: file.parent.name)
def test_all_of_a_contract_is_on_its_page(file: Path) -> None:
    run = CliRunner().invoke(docs.command, ["--contract", str(file)])
    assert run.exit_code == 0
    contract = sources.contract(str(file))
    said = words(run.stdout).replace(" ,", ",").replace(" .", ".").replace(" :", ":")
    for operation in (*contract.receives, *contract.sends):
        messages = (operation.message, *operation.replies)
        for text in (operation.event, operation.description, *(m.description for m in messages)):
            flat = plain(text).replace(" ,", ",").replace(" .", ".").replace(" :", ":")
            assert flat in said, text
        for error in operation.errors.values():
            assert all(str(value) in said for value in error.ack.values())
    for name in contract.schemas:
        assert f'id="schema-{name}"' in run.stdout


def test_nothing_on_the_page_is_fetched(tmp_path: Path) -> None:
    out = tmp_path / "reference.html"
    run = CliRunner().invoke(
        docs.command, ["--contract", str(ROOT / "asyncapi.yaml"), "--out", str(out)]
    )
    assert (run.exit_code, run.output) == (0, "")
    page = out.read_text("utf-8")
    assert not re.findall(r"""(?:src|href)=["'](?!#|data:,)[^"']*""", page)
    assert "@import" not in page
    assert "url(" not in page


DESCRIPTION = """# Todos

### Why

<script>alert(1)</script> and **bold**, ![a "map" <b>](https://example.org/map.png)

| one | two |
|-----|-----|
| 1   | 2   |
"""


def test_a_description_is_markdown_that_fetches_nothing() -> None:
    contract = sources.contract(str(ROOT / "asyncapi.yaml"))
    object.__setattr__(contract, "description", DESCRIPTION)
    page = reference.emit(contract)["reference.html"]
    assert "<h2>Todos</h2>\n<h4>Why</h4>" in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt; and <strong>bold</strong>" in page
    assert '<a href="https://example.org/map.png">a "map" &lt;b&gt;</a>' in page
    assert "<td>2</td>" in page


def test_the_client_in_the_page_is_the_published_one() -> None:
    ours = (resources.files(generate) / "reference_page/socket.io.min.js").read_text("utf-8")
    published = ROOT / "node_modules/socket.io-client/dist/socket.io.min.js"
    assert published.read_text("utf-8").startswith(ours.rstrip())


def test_what_can_not_be_documented_is_refused_with_its_address(tmp_path: Path) -> None:
    file = tmp_path / "asyncapi.yaml"
    file.write_text("asyncapi: 2.6.0", "utf-8")
    run = CliRunner().invoke(docs.command, ["--contract", str(file)])
    assert run.exit_code == 2
    assert "AsyncAPI 2.6.0 has publish and subscribe" in run.stderr


@pytest.fixture
async def page() -> AsyncIterator[str]:
    async with serving(await open_repository("memory:")) as url:
        yield f"{url}/docs"


async def test_the_service_serves_the_generated_page_and_fences_it_in(page: str) -> None:
    generated = ROOT / "src/todo_service/generated/reference.html"
    async with ClientSession(auto_decompress=False) as browser:
        async with browser.get(page, headers={"Accept-Encoding": "identity"}) as answer:
            assert await answer.text() == generated.read_text("utf-8")
            assert answer.content_type == "text/html"
            policy = answer.headers["Content-Security-Policy"]
            etag = answer.headers["ETag"]
        assert policy.startswith("default-src 'none'; script-src 'sha256-")
        assert "unsafe" not in policy
        async with browser.get(page, headers={"Accept-Encoding": "gzip"}) as packed:
            assert packed.headers["Content-Encoding"] == "gzip"
            assert gzip.decompress(await packed.read()) == generated.read_bytes()
        known = {"If-None-Match": etag, "Accept-Encoding": "identity"}
        async with browser.get(page, headers=known) as again:
            assert (again.status, await again.read()) == (304, b"")


@pytest.mark.parametrize("file", CASES, ids=lambda file: file.parent.name)
def test_a_page_does_not_contradict_itself(file: Path) -> None:
    said = words(reference.emit(sources.contract(str(file)))["reference.html"])
    for nonsense in ("(each item) required", "(one of) required", "Has no argument. No argument."):
        assert nonsense not in said
