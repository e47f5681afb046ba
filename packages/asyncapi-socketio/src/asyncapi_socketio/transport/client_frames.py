"""WebSocket frames as clients send them: the commonest are read here, and all seen to be masked.

Source: RFC 6455, 5.1 to 5.4.
"""

from __future__ import annotations

from struct import Struct
from typing import Final

from ._aiohttp import unmask

_WHOLE_TEXT: Final = 0x81
"""The first byte of a text message that is one frame."""

_FINAL: Final = 0x80
"""The bit, in that byte, of a message's last frame."""

_KIND: Final = 0x0F
_LAST_OF_DATA: Final = 0x02
"""The bits of the kind of a frame, and the last that carries data."""

_BIT: Final = 1
_MASKED: Final = 0x80
"""Where a head says whether its frame is masked, and by which bit."""

_MASK: Final = 4
_SHORTEST: Final = 6
"""Bytes of a mask, and of the shortest head with one."""

_MEDIUM: Final = 126
_LARGE: Final = 127
"""What stands for the length in heads with a longer one, of two bytes and of eight."""

_LENGTH: Final = 2
"""Bytes of the length in a medium head."""

_HEAD_8 = Struct("!BB")
_HEAD_16 = Struct("!BBH")
_HEAD_64 = Struct("!BBQ")


class ClientFrames:
    """Follows the frames of one client."""

    __slots__ = ("_head", "_largest", "_rest", "_within")

    def __init__(self, largest: int) -> None:
        """Read messages of `largest` bytes at most."""
        self._largest = largest
        self._head = b""
        """What has come of a head that is not whole yet."""
        self._rest = 0
        """Bytes of the frame that has begun which are still to come."""
        self._within = False
        """Whether a message has begun that ends in another frame."""

    def texts(self, data: bytes) -> tuple[list[str | bytes], bytes]:
        """Return the whole text messages that the next bytes begin with, and the bytes behind them.

        What is behind them, from the first that is anything else, is for a parser, and for
        `are_masked`; as long as that has not ended, nothing is read here.
        """
        texts: list[str | bytes] = []
        if self._rest or self._head or self._within:
            return texts, data
        start, length = 0, len(data)
        while start + _SHORTEST <= length and data[start] == _WHOLE_TEXT:
            size, begin = data[start + _BIT] - _MASKED, start + _SHORTEST
            if size == _MEDIUM and begin + _LENGTH <= length:
                size = data[start + 2] << 8 | data[start + 3]
                begin += _LENGTH
            elif not 0 <= size < _MEDIUM:
                break
            end = begin + size
            if end > length or size > self._largest:
                break
            payload = bytearray(data[begin:end])
            unmask(data[begin - _MASK : begin], payload)
            try:
                texts.append(payload.decode())
            except UnicodeDecodeError:
                break
            start = end
        return texts, data[start:]

    def are_masked(self, data: bytes) -> bool:
        """Return whether every frame that begins in the next bytes of the stream is masked."""
        data, start = self._head + data, self._rest
        while start + _BIT < len(data):
            first, second = data[start], data[start + _BIT]
            if second < _MASKED:
                return False
            head = {_MEDIUM: _HEAD_16, _LARGE: _HEAD_64}.get(second - _MASKED, _HEAD_8)
            if start + head.size > len(data):
                break
            length: int = head.unpack_from(data, start)[-1]
            length -= _MASKED if head is _HEAD_8 else 0
            start += head.size + _MASK + length
            if first & _KIND <= _LAST_OF_DATA:
                self._within = not first & _FINAL
        self._head = data[start:]
        self._rest = max(0, start - len(data))
        return True
