"""Whether a live server keeps a contract: `asyncapi-socketio test` and `replay`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from typing_extensions import Unpack

if TYPE_CHECKING:
    from .run import Options

__all__ = ["test"]


def test(url: str, **options: Unpack[Options]) -> None:
    """Test a live Socket.IO server against a contract, as `asyncapi-socketio test` does.

    The options are those of the command: `contract` (a path, `asyncapi.yaml` by default), `phases`,
    `max_examples`, `seed`, `transport`, `auth`, `timeout` and `max_time` in seconds, `include`,
    `exclude`, `path`, `headers`. Raise `AssertionError`
    with the report when anything breaks. The server must not run in the event loop of the calling
    thread: from a coroutine, call it with `asyncio.to_thread`.
    """
    from .run import hold  # noqa: PLC0415 - it takes a second to import, which `lint` need not

    hold(url, **options)
