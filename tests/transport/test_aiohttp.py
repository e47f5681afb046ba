"""What the transport uses of aiohttp and aiohttp does not document: each is here, by its name."""

from __future__ import annotations

import inspect
from importlib import import_module
from importlib.metadata import version

import pytest
from aiohttp import web

PRIVATE = [
    ("aiohttp._websocket.helpers", "websocket_mask", ["mask", "data"]),
    ("aiohttp._websocket.reader", "WebSocketReader", ["queue", "max_msg_size"]),
    ("aiohttp._websocket.reader", "WebSocketReader.feed_data", ["data"]),
    ("aiohttp._websocket.reader", "WebSocketDataQueue", None),
    ("aiohttp._websocket.reader", "WebSocketDataQueue.feed_data", ["data", "size"]),
    ("aiohttp._websocket.reader", "WebSocketDataQueue.set_exception", ["exc", "exc_cause"]),
    ("aiohttp.web", "WebSocketResponse._post_start", ["request", "protocol", "writer"]),
    ("aiohttp.web", "RequestHandler._message_tail", None),
    ("aiohttp.web", "RequestHandler._task_handler", None),
    ("aiohttp.web", "RequestHandler.transport", None),
    ("aiohttp.web", "RequestHandler.connection_lost", ["exc"]),
    ("aiohttp.web", "RequestHandler._waiter", None),
    ("aiohttp.web", "RequestHandler._messages", None),
    ("aiohttp.web", "RequestHandler.writing_paused", None),
    ("aiohttp.web", "BaseSite._server", None),
    ("aiohttp.web", "BaseSite._ssl_context", None),
    ("aiohttp.web", "BaseSite._backlog", None),
    (
        "aiohttp.web",
        "Application._make_request",
        ["message", "payload", "protocol", "writer", "task", "_cls"],
    ),
    ("aiohttp.web", "Request._prepare_hook", ["response"]),
]
"""The module, what is used of it, and the first of its parameters where we rely on them."""


@pytest.mark.parametrize(("module", "path", "parameters"), PRIVATE)
def test_aiohttp_still_has_it(module: str, path: str, parameters: list[str] | None) -> None:
    installed = f"aiohttp {version('aiohttp')}"
    found = import_module(module)
    for name in path.split("."):
        assert hasattr(found, name), (
            f"{installed} has no {module}.{path}, which asyncapi_socketio/transport/_aiohttp.py "
            f"uses: look there before you take this version"
        )
        found = getattr(found, name)
    if parameters is not None and (taken := _parameters(found)) is not None:
        assert taken[: len(parameters)] == parameters, (
            f"{installed}: {module}.{path} takes {taken}, and _aiohttp.py calls it with "
            f"{parameters}: look there before you take this version"
        )


def _parameters(found: object) -> list[str] | None:
    """Return the names of parameters but `self`; None where they can't be known."""
    assert callable(found)
    try:
        names = [*inspect.signature(found).parameters]
    except ValueError:  # written in C, without a signature
        return None
    return [name for name in names if name != "self"]


async def test_a_servers_requests_are_made_by_its_factory() -> None:
    """And answered by its handler: attributes of the object, that no class shows."""
    runner = web.AppRunner(web.Application())
    await runner.setup()
    assert callable(getattr(runner.server, "request_factory", None))
    assert callable(getattr(runner.server, "request_handler", None))
    await runner.cleanup()
