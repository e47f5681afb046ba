"""HTTP long-polling: whole payloads in, whole payloads out, one request of each kind at a time.

Source: engine.io-protocol v4, "HTTP long-polling".
"""

from __future__ import annotations

import asyncio
import binascii

from aiohttp import web

from .backlog import SLICE, Backlog, Memory, Queue
from .frames import text_frame
from .packets import SEPARATOR, Message, ProtocolError, payload
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
    """Return the refusal of a request that no rule of Engine.IO allows."""
    return Refused(400, 3, reason)


class Polling:
    """Keeps a client's messages until it fetches them."""

    def __init__(self, session: Session, memory: Memory) -> None:
        self.congested = False
        self._session = session
        self._memory = memory
        self._limits = memory.limits
        self._queue = Queue(memory.backlog)
        self._poll: asyncio.Future[None] | None = None
        self._last = CLOSE
        """What the client is told at the end."""
        self._draining = False
        self._posting = False
        self._paused = False
        self._changed = asyncio.Event()

    def carry(self, messages: list[Message]) -> None:
        self._memory.backlog.join(self)
        for message in messages:
            if not self._queue.put(message):
                self.give_up()
                return
        self.congested = self._queue.congested
        self._memory.backlog.relieve()
        self._wake()

    def pause_reading(self) -> None:
        self._paused = True

    def resume_reading(self) -> None:
        self._paused = False
        self._changed.set()

    def close(self, code: int) -> None:  # noqa: ARG002  # polling knows no codes
        self.resume_reading()
        if self._poll is None:
            self._take()
        else:
            self._queue.put(self._last)
            self._wake()

    def drain(self) -> None:
        """Let no request wait any more: the client is about to upgrade, once they are answered."""
        self._draining = True
        self._changed.set()
        self._wake()

    def stop_draining(self) -> None:
        """Let requests wait again: the upgrade has failed."""
        self._draining = False

    def hand_over(self) -> list[Message]:
        """Return what was not fetched, for the WebSocket that the client upgraded to."""
        messages = [*self._queue.messages]
        self._take()
        self.resume_reading()
        self._wake()
        return messages

    @property
    def queued(self) -> int:
        return self._queue.size

    def give_up(self) -> None:
        self._session.end("slow reader")

    def _give_up_post(self) -> None:
        self._session.end("too much unfinished")

    def judge(self, now: float) -> None:
        """Leave it to the heartbeat: who does not poll hears no ping."""

    def _wake(self) -> None:
        if self._poll is not None and not self._poll.done():
            self._poll.set_result(None)

    def _take(self) -> None:
        """Empty the queue."""
        self._queue.clear()
        self._memory.backlog.leave(self)

    async def fetch(self) -> list[Message]:
        """Answer a poll: wait for a message, and return all there are.

        A second poll beside the first closes the session, and so does one that its client gives
        up, for nobody knows what it would have fetched. Raises `Refused`.
        """
        session = self._session
        if self._poll is not None:
            session.end("overlapping polls")
            raise bad_request("Overlapping polls")
        if not self._queue.messages and not self._draining:
            self._poll = asyncio.get_running_loop().create_future()
            try:
                await self._poll
            except asyncio.CancelledError:
                session.end("transport close")
                self._take()  # nobody fetches the goodbye
                raise
            finally:
                self._poll = None
        messages = [*self._queue.messages]
        self._take()
        if self.congested:
            self.congested = self._queue.congested = False
            asyncio.get_running_loop().call_soon(session.work)
        return messages or [NOOP]

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
            closes = packets[-1] == "1"
            if closes:
                self._last = NOOP  # as the reference server answers the poll that waits
            # Events begin outside of tasks.
            asyncio.get_running_loop().call_soon(session.accept, packets)
            await asyncio.sleep(0)
            while self._paused and not (self._draining and session.has_room):
                self._changed.clear()
                await self._changed.wait()
        finally:
            self._posting = False
        if session.closed and not closes:
            raise bad_request()

    async def _read(self, request: web.BaseRequest) -> list[str | bytes]:
        session = self._session
        try:
            packets = unpack(await self._read_body(request), self._limits.packets)
        except (ConnectionError, asyncio.CancelledError):
            session.end("transport close")
            raise
        except Refused:
            session.end("bad post")
            raise
        if session.closed or session.carrier is not self:
            raise bad_request("Session closed or upgraded")
        return packets

    async def _read_body(self, request: web.BaseRequest) -> bytes:
        """Read the whole body, however it is cut and chunked; raises `Refused`."""
        limit, unfinished = self._limits.payload, self._memory.unfinished
        if (request.content_length or 0) > limit:
            raise Refused(413, 3, "Payload too large")
        chunks: list[bytes] = []
        size = 0
        try:
            async with asyncio.timeout(self._limits.body_timeout):
                async for chunk in request.content.iter_any():
                    size += len(chunk)
                    if size > limit:
                        raise Refused(413, 3, "Payload too large")
                    unfinished.grow(self, len(chunk), self._give_up_post)
                    chunks.append(chunk)
        except TimeoutError as error:
            raise Refused(408, 3, "Body too slow") from error
        except web.RequestPayloadError as error:
            raise bad_request("Malformed body") from error
        finally:
            unfinished.finish(self)
        return b"".join(chunks)


class Answer:
    """A poll's response that is too large to be sent at once."""

    def __init__(self, request: web.Request, messages: list[Message], backlog: Backlog) -> None:
        self._request = request
        self._messages = messages
        self._backlog = backlog
        self._pieces = payload(messages)
        self.queued = sum(map(len, self._pieces))
        """Bytes that are still to be sent."""

    async def send(self, response: web.StreamResponse) -> None:
        """Send slice by slice, each when the client has read the one before."""
        for message in self._messages:
            self._backlog.hold(message)
        self._backlog.join(self)
        self._backlog.relieve()
        try:
            response.content_length = self.queued
            await response.prepare(self._request)
            for piece in self._pieces:
                for start in range(0, len(piece), SLICE):
                    await response.write(piece[start : start + SLICE])
                self.queued -= len(piece)
            await response.write_eof()
        finally:
            self._backlog.leave(self)
            self._backlog.release(self._messages)

    def give_up(self) -> None:
        if self._request.transport is not None:
            self._request.transport.abort()

    def judge(self, now: float) -> None:
        """Leave it to the watch on all HTTP connections."""


def unpack(body: bytes, most: int) -> list[str | bytes]:
    """Split a payload into `most` packets at most; raises `Refused` when it is none."""
    if body.count(SEPARATOR) >= most:
        raise Refused(413, 3, "Too many packets")
    try:
        return [_packet(item.decode()) for item in body.split(SEPARATOR)]
    except (UnicodeDecodeError, ProtocolError) as error:
        raise bad_request("Malformed payload") from error


def _packet(text: str) -> str | bytes:
    if text.startswith("b"):
        try:
            return binascii.a2b_base64(text[1:], strict_mode=True)
        except (binascii.Error, ValueError) as error:
            raise ProtocolError("malformed base64") from error
    if text[:1] not in {"1", "3", "4"}:
        raise ProtocolError("unknown or misplaced Engine.IO packet")
    return text
