"""Socket.IO packets: what the protocol does not allow is refused, never repaired.

Source: socket.io-protocol v5, "Packet encoding":
`<type>[<attachments>-][<namespace>,][<id>][<JSON>]`, and the binary attachments behind it.
"""

from __future__ import annotations

import json
import re
from base64 import b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final, NamedTuple, NoReturn, TypeAlias

import orjson

from ..encoded import Encoded
from .frames import binary_frame, payloads, text_frame, text_head

Json: TypeAlias = Any
"""A value as a JSON decoder makes it; `bytes` where an attachment belongs."""

CONNECT, DISCONNECT, EVENT, ACK, CONNECT_ERROR, BINARY_EVENT, BINARY_ACK = range(7)

RESERVED = frozenset(
    ("connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener")
)
"""Names that a client can't emit (socket.io-protocol v5, "Sending and receiving data")."""

SEPARATOR = b"\x1e"
"""What stands between the packets of a payload (Engine.IO v4, "HTTP long-polling")."""

MAX_DEPTH: Final = 250
"""Levels of nesting in JSON; what is decoded can then be walked, judged and written again."""

_PACKET = re.compile(
    r"(?P<type>[0-6])(?:(?P<attachments>[0-9]{1,4})-)?(?:(?P<namespace>/[^,]*)(?:,|\Z))?"
    r"(?P<id>[0-9]{1,16})?"
)


class ProtocolError(Exception):
    """A client has sent what the protocol does not allow; the message says what."""


class Packet(NamedTuple):
    """A packet as it was sent, its id in digits; `id` and `data` are None when there is none."""

    type: int
    namespace: str
    id: bytes | None
    data: Json
    attachments: int


@dataclass(frozen=True, slots=True)
class Long:
    """A large message as one text frame in pieces: its head first, then what clients share."""

    pieces: tuple[bytes, ...]
    size: int

    def __len__(self) -> int:
        """Return the bytes of all pieces."""
        return self.size


Message: TypeAlias = bytes | Long
"""One Engine.IO message, encoded once for every client that it goes to.

It is the WebSocket frames that carry it: a text frame, and a binary one for each attachment.
"""

LONG: Final = 64 * 1024
"""Bytes from which an encoded argument is sent in its pieces."""


def payload(messages: Iterable[Message]) -> list[bytes]:
    """Return messages as HTTP long-polling carries them (Engine.IO v4), in pieces."""
    pieces: list[bytes] = []
    for message in messages:
        for packet in _packets(message):
            pieces += (SEPARATOR, *packet)
    return pieces[1:]


def _packets(message: Message) -> Iterable[tuple[bytes, ...]]:
    if isinstance(message, Long):
        return [message.pieces[1:]]
    return [
        (packet,) if is_text else (b"b", b64encode(packet)) for is_text, packet in payloads(message)
    ]


def decode(text: str) -> Packet:
    """Read a packet; raises `ProtocolError`. Its attachments are still placeholders."""
    match = _PACKET.match(text)
    if match is None:
        raise ProtocolError("unknown packet type")
    kind = int(match["type"])
    namespace = (match["namespace"] or "/").partition("?")[0]
    rest = text[match.end() :]
    data = decode_json(rest) if rest else None
    if (match["attachments"] is not None) != (kind in {BINARY_EVENT, BINARY_ACK}):
        raise ProtocolError("attachments of a packet that has none, or none of one that has")
    id_ = None if match["id"] is None else match["id"].encode()
    packet = Packet(kind, namespace, id_, data, int(match["attachments"] or 0))
    _refuse_misshapen(packet, bare=not rest)
    return packet


def _refuse_misshapen(packet: Packet, *, bare: bool) -> None:
    match packet.type:
        case 0:  # CONNECT
            good = packet.id is None and (bare or isinstance(packet.data, dict))
        case 1:  # DISCONNECT
            good = packet.id is None and bare
        case 2 | 5:  # EVENT, BINARY_EVENT
            good = isinstance(packet.data, list)
        case 3 | 6:  # ACK, BINARY_ACK
            good = packet.id is not None and isinstance(packet.data, list)
        case _:  # CONNECT_ERROR is the server's to send
            good = False
    if not good:
        raise ProtocolError(f"malformed packet of type {packet.type}")


def decode_json(text: str) -> Json:
    """Read JSON (RFC 8259); raises `ProtocolError`, for NaN and infinities and depth as well."""
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError:
        value = _decode_odd_json(text)
    if len(text) > 2 * MAX_DEPTH and _is_deep(text, value):
        raise ProtocolError("JSON nested too deeply")
    return value


def _decode_odd_json(text: str) -> Json:
    """Read what orjson refuses and JSON allows: escaped lone surrogates, numbers that overflow."""
    try:
        return json.loads(text, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise ProtocolError("malformed JSON") from error


def _is_deep(text: str, value: Json) -> bool:
    if text.count("[") + text.count("{") <= MAX_DEPTH:
        return False
    level = [value]
    for _ in range(MAX_DEPTH):
        level = [
            inner
            for item in level
            if isinstance(item, list | dict)
            for inner in (item if isinstance(item, list) else item.values())
        ]
    return bool(level)


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(name)


def fill(data: Json, attachments: list[bytes]) -> Json:
    """Put attachments where their placeholders are; raises `ProtocolError` for a wrong one."""
    if isinstance(data, list):
        return [fill(item, attachments) for item in data]
    if not isinstance(data, dict):
        return data
    if data.get("_placeholder") is not True:
        return {key: fill(item, attachments) for key, item in data.items()}
    number = data.get("num")
    if type(number) is not int or not 0 <= number < len(attachments):
        raise ProtocolError("wrong placeholder")
    return attachments[number]


def event(namespace: str, name: str, args: tuple[Json, ...], id_: int | None = None) -> Message:
    """Encode an event from the server; with an id, it asks the client for an ack."""
    return _encode(EVENT, namespace, b"" if id_ is None else b"%d" % id_, (name, *args))


def ack(namespace: str, id_: bytes, args: tuple[Json, ...]) -> Message:
    """Encode the answer to an event that asked for one, with the event's own id."""
    if namespace == "/":  # the hot path
        try:
            return text_frame(b"43" + id_ + orjson.dumps(args))
        except TypeError:
            pass
    return _encode(ACK, namespace, id_, args)


def connected(namespace: str, sid: str) -> Message:
    """Encode the answer to a client that may enter a namespace."""
    return text_frame(_head(CONNECT, namespace) + orjson.dumps({"sid": sid}))


def disconnected(namespace: str) -> Message:
    """Encode that the server has taken the client out of a namespace."""
    return text_frame(_head(DISCONNECT, namespace))


def turned_away(namespace: str, reason: str, data: Json = None) -> Message:
    """Encode the answer to a client that may not enter a namespace; `data` explains the reason."""
    error = {"message": reason} if data is None else {"message": reason, "data": data}
    text = json.dumps(error, separators=(",", ":"))  # unlike orjson, takes a lone surrogate
    return text_frame(_head(CONNECT_ERROR, namespace) + text.encode())


def _encode(kind: int, namespace: str, id_: bytes, args: tuple[Json, ...]) -> Message:
    try:
        return text_frame(_head(kind, namespace) + id_ + orjson.dumps(args))
    except TypeError:  # what orjson does not write: bytes, lone surrogates, large integers
        pass
    if len(args) == 1 and isinstance(args[0], Encoded):
        return _join(_head(kind, namespace) + id_, args[0].pieces)
    attachments: list[bytes] = []
    data = json.dumps(_take_attachments(args, attachments), separators=(",", ":")).encode()
    if not attachments:
        return text_frame(_head(kind, namespace) + id_ + data)
    head = _head(kind + BINARY_EVENT - EVENT, namespace, b"%d-" % len(attachments))
    return text_frame(head + id_ + data) + b"".join(map(binary_frame, attachments))


def _join(head: bytes, argument: tuple[bytes, ...]) -> Message:
    """Encode a packet whose one argument is JSON already."""
    pieces = (head + b"[", *argument, b"]")
    size = sum(map(len, pieces))
    if size < LONG:
        return text_frame(b"".join(pieces))
    frame_head = text_head(size)
    return Long((frame_head, *pieces), len(frame_head) + size)


def _head(kind: int, namespace: str, count: bytes = b"") -> bytes:
    place = b"" if namespace == "/" else namespace.encode() + b","
    return b"4%d%b%b" % (kind, count, place)


def _take_attachments(data: Json, attachments: list[bytes]) -> Json:
    if isinstance(data, bytes | bytearray):
        attachments.append(bytes(data))
        return {"_placeholder": True, "num": len(attachments) - 1}
    if isinstance(data, list | tuple):
        return [_take_attachments(item, attachments) for item in data]
    if isinstance(data, dict):
        return {key: _take_attachments(item, attachments) for key, item in data.items()}
    return data
