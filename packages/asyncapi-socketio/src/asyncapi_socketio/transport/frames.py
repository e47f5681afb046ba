"""WebSocket frames as a server sends them: whole, unmasked, uncompressed (RFC 6455, 5.2)."""

from __future__ import annotations

from collections.abc import Iterator
from struct import Struct
from typing import Final

_TEXT: Final = 0x81
_BINARY: Final = 0x82
_CLOSE: Final = 0x88
_PONG: Final = 0x8A

_SHORT: Final = 126
_MEDIUM: Final = 1 << 16
"""Lengths from which the head of a frame is longer."""

_HEAD_8 = Struct("!BB")
_HEAD_16 = Struct("!BBH")
_HEAD_64 = Struct("!BBQ")
_CODE = Struct("!H").pack

_CLOSE_CODES = (range(1000, 1004), range(1007, 1015), range(3000, 5000))

_SHORT_TEXT: Final = [bytes((_TEXT, length)) for length in range(_SHORT)]
"""The heads of short text frames, by length."""


def text_frame(payload: bytes) -> bytes:
    """Frame a text message; `payload` is UTF-8."""
    length = len(payload)
    if length < _SHORT:
        return _SHORT_TEXT[length] + payload
    if length < _MEDIUM:
        return _HEAD_16.pack(_TEXT, 126, length) + payload
    return _frame(_TEXT, payload)


def text_head(length: int) -> bytes:
    """Return the head of a text frame whose payload has `length` bytes."""
    return _head(_TEXT, length)


def binary_frame(payload: bytes) -> bytes:
    """Frame a binary message."""
    return _frame(_BINARY, payload)


def pong_frame(payload: bytes) -> bytes:
    """Frame the answer to a ping; `payload` is the ping's, at most 125 bytes."""
    return _frame(_PONG, payload)


def close_frame(code: int) -> bytes:
    """Frame a closing handshake with its status code (RFC 6455, section 7.4)."""
    return _frame(_CLOSE, _CODE(code))


def may_close_with(code: int) -> bool:
    """Return whether a client may send this status code (RFC 6455, 7.4, and IANA's registry)."""
    return any(code in codes for codes in _CLOSE_CODES)


def payloads(frames: bytes) -> Iterator[tuple[bool, bytes]]:
    """Take frames of ours apart again: whether each is text, and its payload."""
    start = 0
    while start < len(frames):
        head = {126: _HEAD_16, 127: _HEAD_64}.get(frames[start + 1], _HEAD_8)
        first, *_, length = head.unpack_from(frames, start)
        end = start + head.size + length
        yield first == _TEXT, frames[start + head.size : end]
        start = end


def _frame(first: int, payload: bytes) -> bytes:
    return _head(first, len(payload)) + payload


def _head(first: int, length: int) -> bytes:
    if length < _SHORT:
        return _HEAD_8.pack(first, length)
    if length < _MEDIUM:
        return _HEAD_16.pack(first, 126, length)
    return _HEAD_64.pack(first, 127, length)
