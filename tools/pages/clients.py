"""The clients, each with a list of so many todos behind it, at a URL."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from mimetypes import guess_type
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID

from aiohttp import web
from playwright.async_api import StorageState

from pages.examples import REACT, SVELTE, TUTORIAL
from served import served
from todo_service.app import open_repository
from todo_service.generated.models import Todo

OURS, TUTORIALS, REACTS, SVELTES = "ours", "tutorial", "react", "svelte"
BUILDS = {TUTORIALS: TUTORIAL, REACTS: REACT, SVELTES: SVELTE}

ITS_SERVICE = b"https://my-custom-domain.com"
"""What stands in the tutorial's client for the address of its server."""


@dataclass(frozen=True, slots=True)
class Client:
    """A page at a URL, where its browser comes from, and what that has kept for it."""

    name: str
    url: str
    elsewhere: str
    kept: str = ""

    def storage(self) -> StorageState:
        """Return what its browser begins with."""
        if not self.kept:
            return {"cookies": [], "origins": []}
        return {
            "cookies": [],
            "origins": [
                {"origin": self.url, "localStorage": [{"name": "todos", "value": self.kept}]}
            ],
        }


def todos(count: int) -> list[Todo]:
    """Return so many todos."""
    return [
        {"id": str(UUID(int=number, version=4)), "title": f"Todo {number}", "completed": False}
        for number in range(count)
    ]


@asynccontextmanager
async def serving(builds: dict[str, Path], count: int) -> AsyncIterator[list[Client]]:
    """Serve our page and the built ones, with so many todos; those with a server share ours."""
    kept = json.dumps([{**todo, "description": todo["title"]} for todo in todos(count)])
    replaced: dict[bytes, bytes] = {}
    async with AsyncExitStack() as stack:
        urls = {
            name: await stack.enter_async_context(_site(built, replaced))
            for name, built in builds.items()
        }
        service = await stack.enter_async_context(_service(count, [*urls.values()]))
        replaced[ITS_SERVICE] = service.encode()
        elsewhere = f"{service.replace('127.0.0.1', 'localhost')}/healthz"
        yield [
            Client(OURS, service, elsewhere),
            *(
                Client(name, url, elsewhere, "" if name == TUTORIALS else kept)
                for name, url in urls.items()
            ),
        ]


@asynccontextmanager
async def _service(count: int, origins: list[str]) -> AsyncIterator[str]:
    with TemporaryDirectory() as folder:
        database = f"sqlite:///{folder}/todos.db"
        repository = await open_repository(database)
        await asyncio.gather(*map(repository.add, todos(count)))
        await repository.close()
        options = [option for origin in origins for option in ("--origin", origin)]
        async with served(*options, database=database) as service:
            yield f"http://127.0.0.1:{service.port}"


@asynccontextmanager
async def _site(built: Path, replaced: dict[bytes, bytes]) -> AsyncIterator[str]:
    """Serve built files, wherever the build wants them to be, with some of their text replaced."""
    files = {file.name: file for file in built.rglob("*") if file.is_file()}

    async def send(request: web.Request) -> web.Response:
        name = request.path.rpartition("/")[2] or "index.html"
        if name not in files:
            raise web.HTTPNotFound
        body = files[name].read_bytes()
        for old, new in replaced.items():
            body = body.replace(old, new)
        return web.Response(body=body, content_type=guess_type(name)[0])

    app = web.Application()
    app.router.add_get("/{path:.*}", send)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()
