"""The page over HTTP: cached, compressed and fenced in; and let in where nobody else is."""

from __future__ import annotations

import gzip
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import ClientSession, web

from tests.conftest import ORIGIN
from todo_service import page

SCRIPT = "console.log('hello');" * 100


@pytest.fixture
async def browser() -> AsyncIterator[ClientSession]:
    """Someone who asks for pages, and unpacks nothing by itself."""
    async with ClientSession(auto_decompress=False) as session:
        yield session


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[str]:
    """Yield a service with a page, one script and its compressed form."""
    (tmp_path / "index.html").write_text("<title>todos</title>", "utf-8")
    (tmp_path / "main-ABCD2345.js").write_text(SCRIPT, "utf-8")
    (tmp_path / "main-ABCD2345.js.gz").write_bytes(gzip.compress(SCRIPT.encode()))
    app = web.Application()
    app.add_routes(page.routes(tmp_path))
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()


async def test_the_page_is_asked_for_again_each_time(browser: ClientSession, site: str) -> None:
    async with browser.get(site) as answer:
        assert await answer.text() == "<title>todos</title>"
        assert answer.content_type == "text/html"
        assert answer.headers["Cache-Control"] == "no-cache"
        etag = answer.headers["ETag"]
    async with browser.get(site, headers={"If-None-Match": etag}) as again:
        assert again.status == 304
        assert await again.read() == b""


async def test_what_is_named_by_its_content_is_never_asked_for_again(
    browser: ClientSession, site: str
) -> None:
    async with browser.get(f"{site}/main-ABCD2345.js") as answer:
        assert answer.content_type.endswith("/javascript")
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"


@pytest.mark.parametrize("accepted", ["gzip", "br, gzip", "GZIP;q=0.1, br", "*", "br;q=1, *;q=0.5"])
async def test_it_goes_compressed_to_who_accepts_it(
    browser: ClientSession, site: str, accepted: str
) -> None:
    headers = {"Accept-Encoding": accepted}
    async with browser.get(f"{site}/main-ABCD2345.js", headers=headers) as answer:
        assert answer.headers["Content-Encoding"] == "gzip"
        assert answer.headers["Vary"] == "Accept-Encoding"
        assert gzip.decompress(await answer.read()).decode() == SCRIPT


@pytest.mark.parametrize(
    "accepted", ["identity", "", "gzip;q=0", "gzip; q=0.0, *", "*;q=0", "br, gzip;q=nonsense"]
)
async def test_it_goes_plain_to_who_does_not(
    browser: ClientSession, site: str, accepted: str
) -> None:
    headers = {"Accept-Encoding": accepted}
    async with browser.get(f"{site}/main-ABCD2345.js", headers=headers) as answer:
        assert "Content-Encoding" not in answer.headers
        assert answer.headers["Vary"] == "Accept-Encoding"
        assert await answer.text() == SCRIPT


@pytest.mark.parametrize(
    ("path", "kind"), [("asyncapi.yaml", "application/yaml"), ("docs", "text/html")]
)
async def test_the_contract_and_its_reference_are_served(
    browser: ClientSession, url: str, path: str, kind: str
) -> None:
    plain = {"Accept-Encoding": "gzip;q=0"}
    async with browser.get(f"{url}/{path}", headers=plain) as answer:
        assert answer.content_type == kind
        body, etag = await answer.read(), answer.headers["ETag"]
    if path == "asyncapi.yaml":
        assert body == (Path(__file__).parents[2] / path).read_bytes()
    packed = {"Accept-Encoding": "gzip"}
    async with browser.get(f"{url}/{path}", headers=packed) as answer:
        assert gzip.decompress(await answer.read()) == body
        assert answer.headers["ETag"] != etag
    async with browser.get(f"{url}/{path}", headers={**plain, "If-None-Match": etag}) as again:
        assert (again.status, await again.read()) == (304, b"")
    async with browser.get(f"{url}/{path}", headers={**packed, "If-None-Match": etag}) as again:
        assert again.status == 200


async def test_the_page_may_do_what_it_needs_and_nothing_else(
    browser: ClientSession, site: str
) -> None:
    async with browser.get(site) as answer:
        policy = answer.headers["Content-Security-Policy"].split("; ")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert {"default-src 'none'", "script-src 'self'", "frame-ancestors 'none'"} <= set(policy)
    assert not any("unsafe" in directive or "*" in directive for directive in policy)


@pytest.mark.parametrize("path", ["/index.html", "/main-ABCD2345.js.gz", "/../secret", "/none"])
async def test_nothing_but_the_build_is_served(
    browser: ClientSession, site: str, path: str
) -> None:
    async with browser.get(site + path) as answer:
        assert answer.status == 404


async def test_without_a_build_one_line_says_how_to_make_one(
    browser: ClientSession, tmp_path: Path
) -> None:
    app = web.Application()
    app.add_routes(page.routes(tmp_path))
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    async with browser.get(f"http://127.0.0.1:{runner.addresses[0][1]}") as answer:
        assert answer.status == 404
        assert answer.content_type == "text/plain"
        assert "run `make web`" in await answer.text()
    await runner.cleanup()


@pytest.mark.parametrize(
    ("host", "origin", "status"),
    [
        ("127.0.0.1:{port}", "http://127.0.0.1:{port}", 200),
        ("localhost:{port}", "http://localhost:{port}", 200),
        ("[::1]:{port}", "http://[::1]:{port}", 200),
        ("localhost:{port}", ORIGIN, 200),
        ("127.0.0.1:{port}", "http://127.0.0.1:1", 403),
        ("127.0.0.1:{port}", "https://127.0.0.1:{port}", 403),
        ("127.0.0.1:{port}", "null", 403),
        ("rebound.example:{port}", "http://rebound.example:{port}", 403),
        ("localhost.example:{port}", "http://localhost.example:{port}", 403),
    ],
)
async def test_the_service_s_own_page_may_connect(
    browser: ClientSession, url: str, host: str, origin: str, status: int
) -> None:
    port = url.rpartition(":")[2]
    headers = {"Host": host.format(port=port), "Origin": origin.format(port=port)}
    async with browser.get(f"{url}/socket.io/?EIO=4&transport=polling", headers=headers) as answer:
        assert answer.status == status
