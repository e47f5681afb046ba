"""Tools for people who own an AsyncAPI document of a Socket.IO API."""

from __future__ import annotations

from typing import TYPE_CHECKING

from typing_extensions import Unpack

if TYPE_CHECKING:
    from .tester import Options

__all__ = ["test"]


def test(url: str, **options: Unpack[Options]) -> None:
    """Test a live Socket.IO server against a contract, as the command `contract test` does.

    The options are those of the command: `contract` (a path, `asyncapi.yaml` by default), `phases`,
    `max_examples`, `seed`, `transport`, `auth`, and `timeout` in seconds. Raises `AssertionError`
    with the report when anything breaks. The server must not run in the event loop of the calling
    thread: from a coroutine, call it with `asyncio.to_thread`.
    """
    from .tester import hold  # noqa: PLC0415 - it takes a second to import, which `lint` need not

    hold(url, **options)
