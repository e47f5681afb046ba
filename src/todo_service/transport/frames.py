"""WebSocket frames as a server sends them: whole, unmasked, uncompressed (RFC 6455, 5.2)."""

from __future__ import annotations

from struct import Struct

_TEXT, _BINARY, _CLOSE, _PONG = 0x81, 0x82, 0x88, 0x8A

SHORT, _MEDIUM = 126, 1 << 16
"""Lengths from which the head of a frame is longer."""

_LENGTH_16 = Struct("!BBH").pack
_LENGTH_64 = Struct("!BBQ").pack
_CODE = Struct("!H").pack

SHORT_TEXT = [bytes((_TEXT, length)) for length in range(SHORT)]
"""The heads of short text frames, by length."""


def text_frame(payload: bytes) -> bytes:
    """Frame a text message; `payload` is UTF-8."""
    return _frame(_TEXT, payload)


def binary_frame(payload: bytes) -> bytes:
    """Frame a binary message."""
    return _frame(_BINARY, payload)


def pong_frame(payload: bytes) -> bytes:
    """Frame the answer to a ping; `payload` is the ping's, at most 125 bytes."""
    return _frame(_PONG, payload)


def close_frame(code: int) -> bytes:
    """Frame a closing handshake with its status code (RFC 6455, section 7.4)."""
    return _frame(_CLOSE, _CODE(code))


def _frame(first: int, payload: bytes) -> bytes:
    length = len(payload)
    if length < SHORT:
        return bytes((first, length)) + payload
    if length < _MEDIUM:
        return _LENGTH_16(first, 126, length) + payload
    return _LENGTH_64(first, 127, length) + payload
