"""Clients that encode packets with another parser than Socket.IO's default are told so.

Source: socket.io-msgpack-parser, which sends `{type, nsp, data}` as one MessagePack map.
"""

from __future__ import annotations

from .frames import binary_frame
from .packets import CONNECT, CONNECT_ERROR, Message

REASON = "this server takes packets of socket.io's default parser only"

_FIXMAP, _FIXSTR, _STR_8 = range(0x80, 0x90), range(0xA0, 0xC0), 0xD9


def refuse_msgpack(packet: bytes) -> Message | None:
    """Return the CONNECT_ERROR for a CONNECT in MessagePack; None when it is not one."""
    if packet[:1] not in map(_byte, _FIXMAP) or b"\xa4type" + _byte(CONNECT) not in packet:
        return None
    head = b"\x83" + _text(b"type") + _byte(CONNECT_ERROR) + _text(b"nsp")
    data = b"\x81" + _text(b"message") + _text(REASON.encode())
    return binary_frame(head + _text(_namespace(packet)) + _text(b"data") + data)


def _namespace(packet: bytes) -> bytes:
    """Return the text behind the key `nsp`."""
    text = packet.partition(b"\xa3nsp")[2]
    if text and text[0] in _FIXSTR:
        return text[1 : 1 + text[0] - _FIXSTR.start]
    if text[1:] and text[0] == _STR_8:
        return text[2 : 2 + text[1]]
    return b"/"


def _byte(number: int) -> bytes:
    return bytes((number,))


def _text(text: bytes) -> bytes:
    """Encode text of at most 255 bytes (MessagePack, "str format family")."""
    return b"\xd9" + bytes((len(text),)) + text
