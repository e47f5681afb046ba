"""From polling to WebSocket without losing, doubling or overtaking a message.

Source: engine.io-protocol v4, "Upgrade": `2probe`, `3probe`, the last poll ends, `5`.
"""

from __future__ import annotations

import asyncio

from aiohttp import WSCloseCode

from .frames import text_frame
from .polling import Polling
from .session import Session
from .websocket import WebSocket


class Probe:
    """Reads a WebSocket until the client has moved its session there, or has failed to."""

    def __init__(self, session: Session, polling: Polling, web_socket: WebSocket) -> None:
        self._session = session
        self._polling = polling
        self._web_socket = web_socket
        self._probed = False
        self._deadline = asyncio.get_running_loop().call_later(
            session.limits.upgrade_timeout, self.fail
        )

    def accept(self, packets: list[str | bytes]) -> None:
        """Take the client's steps; what follows the last one is the session's."""
        for index, packet in enumerate(packets):
            if not self._probed and packet == "2probe":
                self._probed = True
                self._web_socket.carry([text_frame(b"3probe")])
                self._polling.drain()
            elif self._probed and packet == "5":
                self._finish()
                self._session.accept(packets[index + 1 :])
                return
            else:
                self.fail(WSCloseCode.PROTOCOL_ERROR)
                return

    def _finish(self) -> None:
        self._deadline.cancel()
        session = self._session
        session.upgrade = None
        self._web_socket.reader = session
        session.flush()
        session.move(self._web_socket, self._polling.hand_over())

    def fail(self, code: int = WSCloseCode.OK) -> None:
        """Close the WebSocket; the session, if it lives, stays with polling."""
        self._deadline.cancel()
        self._session.upgrade = None
        self._polling.stop_draining()
        self._web_socket.close(code)

    def end(self, reason: str, code: int = WSCloseCode.OK) -> None:  # noqa: ARG002
        """Know that the WebSocket is lost or broken."""
        self.fail(code)
