"""HTTP long-polling: whole payloads in, whole payloads out, one request of each kind at a time.

Source: engine.io-protocol v4, "HTTP long-polling".
"""

from __future__ import annotations

import asyncio
import binascii
from collections.abc import Callable

from aiohttp import web

from .backlog import SLICE, Backlog, Memory, Queue
from .frames import text_frame
from .limits import Limits
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
        self._poll: Callable[[], None] | None = None
        """Answers the poll that waits; as long as one does, nothing is queued."""
        self._fresh: list[Message] = []
        """What a poll that waited is answered with."""
        self._posted: Callable[[], None] | None = None
        """Answers the POST that waits."""
        self._last = CLOSE
        """What the client is told at the end."""
        self._draining = False
        self._posting = False
        self._paused = False

    def carry(self, messages: list[Message]) -> None:
        if self._poll is not None and sum(map(len, messages)) <= SLICE:
            self._fresh = [*messages]
            self._wake()
            return
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
        self._end_post()

    def close(self, code: int) -> None:  # noqa: ARG002  # polling knows no codes
        self.resume_reading()
        if self._poll is None:
            self._empty()
        else:
            self._queue.put(self._last)
            self._wake()

    def drain(self) -> None:
        """Let no request wait any more: the client is about to upgrade, once they are answered."""
        self._draining = True
        self._end_post()
        self._wake()

    def stop_draining(self) -> None:
        """Let requests wait again: the upgrade has failed."""
        self._draining = False

    def hand_over(self) -> list[Message]:
        """Return what was not fetched, for the WebSocket that the client upgraded to."""
        messages = [*self._queue.messages]
        self._empty()
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

    def _empty(self) -> None:
        self._queue.clear()
        self._memory.backlog.leave(self)

    # Polls

    def poll(self, answer: Callable[[], None]) -> None:
        """Call `answer` as soon as there is something to fetch.

        A second poll beside the first closes the session. Raises `Refused`.
        """
        if self._poll is not None:
            self._session.end("overlapping polls")
            raise bad_request("Overlapping polls")
        self._poll = answer
        if self._queue.messages or self._draining:
            self._wake()

    def fetch(self) -> list[Message]:
        """Return all messages that wait."""
        if self._fresh:
            messages, self._fresh = self._fresh, []
            return messages
        messages = [*self._queue.messages]
        self._empty()
        if self.congested:
            self.congested = self._queue.congested = False
            asyncio.get_running_loop().call_soon(self._session.work)
        return messages or [NOOP]

    def abandon_poll(self) -> None:
        """Close the session, as its client has given up a poll: what it fetched, nobody knows."""
        self._poll = None
        self._session.end("transport close")
        self._empty()  # nobody fetches the goodbye

    async def wait_for_messages(self) -> list[Message]:
        """Answer a poll: wait for a message, and return all there are; raises `Refused`."""
        fetched: asyncio.Future[list[Message]] = asyncio.get_running_loop().create_future()

        def answer() -> None:
            if not fetched.done():
                fetched.set_result(self.fetch())

        self.poll(answer)
        try:
            return await fetched
        except asyncio.CancelledError:
            self.abandon_poll()
            raise

    def _wake(self) -> None:
        answer, self._poll = self._poll, None
        if answer is not None:
            answer()

    # POSTs

    def begin_post(self) -> None:
        """Know that a POST begins; beside another one it closes the session. Raises `Refused`."""
        if self._posting:
            self._session.end("overlapping posts")
            raise bad_request("Overlapping posts")
        self._posting = True

    def unpack(self, body: bytes) -> list[str | bytes]:
        """Return the packets of a POST.

        Raises `Refused` for what is malformed or too long; the session is closed then.
        """
        try:
            packets = unpack(body, self._limits)
        except Refused:
            self._session.end("bad post")
            raise
        if self._session.closed or self._session.carrier is not self:
            raise bad_request("Session closed or upgraded")
        return packets

    def handle(self, packets: list[str | bytes], answer: Callable[[], None]) -> None:
        """Handle the packets of a POST, in order, then call `answer`, if the client may send on."""
        if packets[-1] == "1":
            self._last = NOOP  # as the reference server answers the poll that waits
        self._posted = answer
        self._session.accept(packets)
        self._end_post()

    def judge_post(self) -> None:
        """Raise `Refused` when the session has ended by a POST that did not say goodbye."""
        if self._session.closed and self._last is not NOOP:
            raise bad_request()

    def finish_post(self) -> None:
        """Know that a POST is answered, or that its client has given it up."""
        self._posting = False
        self._posted = None

    def _end_post(self) -> None:
        if self._paused and not (self._draining and self._session.has_room):
            return
        answer, self._posted = self._posted, None
        if answer is not None:
            answer()

    async def store(self, request: web.BaseRequest) -> None:
        """Take a POST: its packets are all handled, in order, before it is answered.

        Raises `Refused` for what is malformed, too long or too slow; the session is closed then.
        """
        self.begin_post()
        handled: asyncio.Future[None] = asyncio.get_running_loop().create_future()

        def answer() -> None:
            if not handled.done():
                handled.set_result(None)

        try:
            packets = self.unpack(await self._read(request))
            # Events begin outside of tasks.
            asyncio.get_running_loop().call_soon(self.handle, packets, answer)
            await handled
        finally:
            self.finish_post()
        self.judge_post()

    async def _read(self, request: web.BaseRequest) -> bytes:
        try:
            return await self._read_body(request)
        except (ConnectionError, asyncio.CancelledError):
            self._session.end("transport close")
            raise
        except Refused:
            self._session.end("bad post")
            raise

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


def unpack(body: bytes, limits: Limits) -> list[str | bytes]:
    """Split a payload into its packets; raises `Refused` when it is none, or too large."""
    if len(body) > limits.payload:
        raise Refused(413, 3, "Payload too large")
    if body.count(SEPARATOR) >= limits.packets:
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
