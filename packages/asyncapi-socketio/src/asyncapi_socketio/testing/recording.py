"""What goes over connections, read from a log or heard from a live server.

Logs are HAR 1.2, as browsers save it with Chromium's `_webSocketMessages`, and lines as wscat
prints them: `> 42["say","Hello"]` went to the server, `< 430[1]` came from it.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeAlias
from urllib.parse import urlsplit

from socketio.packet import Packet as Wire

from ..cli.errors import CouldNotRun
from ..drafting.recording import Event, Packet, Recording
from .client import Client, Closed, Target

Json: TypeAlias = Any

_LINE = re.compile(r"\s*([<>])\s*(\d.*)")
_SEPARATOR = "\x1e"


def read(file: Path) -> Recording:
    """Read a log; raise `CouldNotRun`."""
    try:
        text = file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CouldNotRun(f"{file}: {error}") from error
    recording = Recording(file.name)
    if text.lstrip().startswith("{"):
        _read_har(text, recording, file)
    else:
        recording.add(_packets(recording, _lines(text)))
    if not recording.namespaces:
        way_out = "save a HAR with WebSocket messages, or lines such as '> 42[\"say\"]'"
        raise CouldNotRun(f"{file}: has no packets of Socket.IO: {way_out}")
    return recording


Frame: TypeAlias = tuple[bool, str]
"""Whether a client sent it, and a message of Engine.IO."""


def _lines(text: str) -> Iterator[Frame]:
    for line in text.splitlines():
        if found := _LINE.fullmatch(line):
            yield found[1] == ">", found[2]


def _read_har(text: str, recording: Recording, file: Path) -> None:
    try:
        entries = json.loads(text)["log"]["entries"]
    except (ValueError, LookupError, TypeError) as error:
        raise CouldNotRun(f"{file}: neither HAR nor lines of packets: {error}") from error
    polled: list[Frame] = []
    for entry in entries:
        url = entry["request"]["url"]
        if "EIO=" not in url:
            continue
        recording.url = recording.url or _origin(url)
        if "_webSocketMessages" in entry:
            recording.add(_packets(recording, _web_socket(entry["_webSocketMessages"])))
        else:
            polled += _polling(entry)
    recording.add(_packets(recording, polled))


def _web_socket(messages: Sequence[Json]) -> Iterator[Frame]:
    for message in messages:
        if message.get("opcode", 1) == 1:
            yield message["type"] == "send", message["data"]


def _polling(entry: Json) -> Iterator[Frame]:
    sent = (entry["request"].get("postData") or {}).get("text") or ""
    came = (entry["response"].get("content") or {}).get("text") or ""
    for by_client, body in ((True, sent), (False, came)):
        yield from ((by_client, message) for message in body.split(_SEPARATOR) if message)


def _packets(recording: Recording, frames: Iterable[Frame]) -> Iterator[Packet]:
    """Read the messages of Engine.IO that carry a packet."""
    for by_client, text in frames:
        if not text.startswith("4"):
            continue
        try:
            wire = Wire(encoded_packet=text[1:])
        except ValueError:
            recording.left_out += 1
            continue
        yield Packet(by_client, wire.packet_type, wire.namespace or "/", wire.id, wire.data)


def _origin(url: str) -> str:
    """Return where a server is, by HTTP: a WebSocket's address is that of its page."""
    parts = urlsplit(url)
    scheme = {"ws": "http", "wss": "https"}.get(parts.scheme, parts.scheme)
    return f"{scheme}://{parts.netloc}"


def listen(targets: Sequence[Target], seconds: float) -> Recording:
    """Enter the namespaces of a live server, and record what it says by itself.

    Raise `CouldNotRun` when none can be entered.
    """
    return asyncio.run(_listened(targets, seconds))


async def _listened(targets: Sequence[Target], seconds: float) -> Recording:
    recording = Recording(targets[0].url, targets[0].url)
    clients = {target.namespace: Client(target, {}) for target in targets}
    reasons = []
    for target in targets:
        client = clients[target.namespace]
        recording.auths[target.namespace] = [] if target.auth is None else [target.auth]
        try:
            await client.connect()
        except Closed as error:
            refusal = client.refusal
            detail = refusal.get("data") if isinstance(refusal, dict) else None
            recording.refusals[target.namespace] = [detail]
            reasons.append(str(error))
    if len(reasons) == len(targets):
        raise CouldNotRun(reasons[0])
    await asyncio.sleep(seconds)
    for space, client in clients.items():
        recording.events += [Event(space, False, name, args) for name, args in client.heard]
        await client.close()
    return recording
