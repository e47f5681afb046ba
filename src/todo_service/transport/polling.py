"""HTTP long-polling: whole payloads in, whole payloads out, one request of each kind at a time.

Source: engine.io-protocol v4, "HTTP long-polling".
"""

from __future__ import annotations

import asyncio
import binascii
from base64 import b64decode
from typing import TYPE_CHECKING

from aiohttp import web

from .frames import text_frame
from .packets import SEPARATOR, Message, ProtocolBroken, payload

if TYPE_CHECKING:
    from .session import Session

CLOSE, NOOP = text_frame(b"1"), text_frame(b"6")


class Refused(Exception):
    """A request that is not served: the status, and Engine.IO's code and words for the reason."""

    def __init__(self, status: int, code: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status
        self.code = code
        self.reason = reason


def bad_request(reason: str = "Bad request") -> Refused:
    """Give the refusal of a request that no rule of Engine.IO allows."""
    return Refused(400, 3, reason)


class Polling:
    """Keeps a client's messages until it fetches them."""

    def __init__(self, session: Session) -> None:
        self.choked = False
        self.credit = 0
        self._session = session
        self._limits = session.server.limits
        self._outbox: list[Message] = []
        self._size = 0
        self._poll: asyncio.Future[None] | None = None
        self._ebbing = False
        self._posting = False
        self._released = asyncio.Event()
        self._released.set()

    def carry(self, messages: list[Message]) -> None:
        size = sum(map(len, messages))
        self._outbox += messages
        self._size += size
        if self.choked:
            self.credit -= size
            if self.credit < 0:
                self._session.end("slow reader")
        elif self._size > self._limits.choke:
            self.choked = True
            self.credit = self._limits.drop
        self._wake()

    def hold(self) -> None:
        self._released.clear()

    def release(self) -> None:
        self._released.set()

    def close(self, code: int) -> None:  # noqa: ARG002  # polling knows no codes
        self._released.set()
        self._outbox.append(CLOSE)
        self._wake()

    def ebb(self) -> None:
        """Let no poll wait any more: the client is about to upgrade."""
        self._ebbing = True
        self._wake()

    def flow(self) -> None:
        """Let polls wait again: the upgrade has failed."""
        self._ebbing = False

    def hand_over(self) -> list[Message]:
        """Give what was not fetched to the WebSocket that the client upgraded to."""
        outbox, self._outbox = self._outbox, []
        self._released.set()
        self._wake()
        return outbox

    def _wake(self) -> None:
        if self._poll is not None and not self._poll.done():
            self._poll.set_result(None)

    async def fetch(self) -> bytes:
        """Answer a poll: wait for a message, and give all there are.

        A second poll beside the first closes the session, and so does one that its client gives
        up, for nobody knows what it would have fetched. Raises `Refused`.
        """
        session = self._session
        if self._poll is not None:
            session.end("overlapping polls")
            raise bad_request("Overlapping polls")
        if not self._outbox and not self._ebbing:
            self._poll = session.server.loop.create_future()
            try:
                await self._poll
            except asyncio.CancelledError:
                session.end("transport close")
                raise
            finally:
                self._poll = None
        outbox, self._outbox = self._outbox, []
        self._size = 0
        if self.choked:
            self.choked = False
            session.server.loop.call_soon(session.work)
        return payload(outbox or [NOOP])

    async def store(self, request: web.BaseRequest) -> None:
        """Take a POST: its packets are all handled, in order, before it is answered.

        Raises `Refused` for what is malformed, too long or too slow; the session is closed then.
        """
        session = self._session
        if self._posting:
            session.end("overlapping posts")
            raise bad_request("Overlapping posts")
        self._posting = True
        try:
            packets = await self._read(request)
            says_goodbye = packets[-1] == "1"
            session.server.loop.call_soon(session.accept, packets)  # events begin outside of tasks
            await asyncio.sleep(0)
            await self._released.wait()
        finally:
            self._posting = False
        if session.closed and not says_goodbye:
            raise bad_request()

    async def _read(self, request: web.BaseRequest) -> list[str | bytes]:
        session, limits = self._session, self._limits
        try:
            packets = unpack(await read_body(request, limits.payload, limits.body_timeout))
        except (ConnectionError, asyncio.CancelledError):
            session.end("transport close")
            raise
        except Refused:
            session.end("bad post")
            raise
        if session.closed or session.carrier is not self:
            raise bad_request("Session closed or upgraded")
        return packets


async def read_body(request: web.BaseRequest, limit: int, seconds: float) -> bytes:
    """Read the whole body, however it is cut and chunked; raises `Refused` over `limit` bytes."""
    if (request.content_length or 0) > limit:
        raise Refused(413, 3, "Payload too large")
    chunks: list[bytes] = []
    size = 0
    try:
        async with asyncio.timeout(seconds):
            async for chunk in request.content.iter_any():
                size += len(chunk)
                if size > limit:
                    raise Refused(413, 3, "Payload too large")
                chunks.append(chunk)
    except TimeoutError as error:
        raise Refused(408, 3, "Body too slow") from error
    except web.RequestPayloadError as error:
        raise bad_request("Malformed body") from error
    return b"".join(chunks)


def unpack(body: bytes) -> list[str | bytes]:
    """Split a payload into packets; raises `Refused` when it is none."""
    try:
        return [_packet(item.decode()) for item in body.split(SEPARATOR)]
    except (UnicodeDecodeError, ProtocolBroken) as error:
        raise bad_request("Malformed payload") from error


def _packet(text: str) -> str | bytes:
    if text.startswith("b"):
        try:
            return b64decode(text[1:], validate=True)
        except (binascii.Error, ValueError) as error:
            raise ProtocolBroken("malformed base64") from error
    if text[:1] not in {"1", "3", "4"}:
        raise ProtocolBroken("unknown or misplaced Engine.IO packet")
    return text
