"""Nonsense that is nearly right: requests, frames, payloads and packets."""

from __future__ import annotations

from random import Random

from bench.client import UPGRADE

GOOD = (
    "40",
    '40{"token":"x"}',
    "40/custom,",
    "41",
    '421["todo:list"]',
    '422["todo:create",{"title":"Buy milk","completed":false}]',
    '42["todo:create",{"title":"x","completed":true}]',
    '423["todo:read","8c6e7a52-3f0b-4b9d-9c1e-2a4f6d8b0e13"]',
    '424["todo:update",{"id":"8c6e7a52-3f0b-4b9d-9c1e-2a4f6d8b0e13","title":"","completed":0}]',
    '425["todo:delete",null]',
    '426["unknown",1,2,3]',
    '451-["todo:create",{"_placeholder":true,"num":0}]',
    "43[]",
    "44",
    "3",
    "2",
    "2probe",
    "5",
    "1",
    "6",
    "bAQIDBA==",
)

ODD = (
    "\x00",
    "\x1e",
    "\ud7ff",
    "\u0661",
    "[" * 300,
    '{"a":' * 300,
    "NaN",
    "1e999",
    "-0",
    "9" * 400,
    '"\\ud800"',
    '{"__proto__":1}',
    '{"_placeholder":true,"num":-1}',
    "connect",
    "/custom,",
    "99999-",
    "]",
    ",",
    '"',
)


class Nonsense:
    """Makes up traffic from a seed: the same seed, the same bytes."""

    def __init__(self, seed: int) -> None:
        self._random = Random(seed)  # noqa: S311  # has to be the same again

    def chance(self, share: float) -> bool:
        """Toss a coin that falls on its head this often."""
        return self._random.random() < share

    def text(self) -> str:
        """Return a packet, mostly with something wrong in it."""
        text = self._random.choice(GOOD)
        for _ in range(self._random.choice((0, 0, 1, 1, 2, 5))):
            text = self._spoil(text)
        return text

    def _spoil(self, text: str) -> str:
        at = self._random.randrange(len(text) + 1)
        match self._random.randrange(5):
            case 0:
                return text[:at]
            case 1:
                return text[:at] + self._random.choice(ODD) + text[at:]
            case 2:
                return text[:at] + text[at + 1 :]
            case 3:
                return text[:at] + chr(self._random.randrange(32, 127)) + text[at + 1 :]
            case _:
                return text + self._random.choice(GOOD)

    def frame(self) -> bytes:
        """Return a WebSocket frame, sometimes with a broken head, sometimes cut."""
        payload = self.text().encode()
        opcode = self._random.choice((1, 1, 1, 1, 1, 1, 2, 0, 8, 9, 10))
        first = 0x80 | opcode
        if self.chance(0.05):
            first = self._random.randrange(256)
        if opcode == 2:  # noqa: PLR2004  # binary
            payload = self._random.randbytes(self._random.randrange(50))
        frame = _head(first, len(payload)) + b"\0\0\0\0" + payload
        if self.chance(0.02):
            return frame[: self._random.randrange(len(frame))]
        return frame

    def payload(self) -> bytes:
        """Return a POST body of a few packets."""
        count = self._random.choice((1, 1, 2, 5, 40))
        body = "\x1e".join(self.text() for _ in range(count)).encode()
        return self._random.randbytes(20) if self.chance(0.03) else body

    def request(self, sid: str) -> bytes:
        """Return an HTTP request that opens, carries or breaks a session."""
        if self.chance(0.2):
            return self._spoil(UPGRADE.decode()).encode()
        query = self._random.choice(("EIO=4&transport=polling", "transport=websocket", "EIO=9"))
        known = self._random.choice(("", f"&sid={sid}", f"&sid={sid}", "&sid=x"))
        method = self._random.choice(("GET", "POST", "POST", "POST", "PUT", "OPTIONS"))
        body = self.payload()
        length = len(body) if self.chance(0.97) else self._random.randrange(2000)
        lines = f"{method} /socket.io/?{query}{known} HTTP/1.1\r\nHost: x\r\n"
        request = f"{lines}Content-Length: {length}\r\n\r\n".encode() + body
        return self._spoil(request.decode("latin-1")).encode() if self.chance(0.1) else request


def _head(first: int, length: int) -> bytes:
    if length < 126:  # noqa: PLR2004  # RFC 6455, section 5.2
        return bytes((first, 0x80 | length))
    return bytes((first, 0xFE)) + length.to_bytes(2, "big")
