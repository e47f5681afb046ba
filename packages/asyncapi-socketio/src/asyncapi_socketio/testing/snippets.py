"""What happened at a live server, told in lines and written as programs that make it happen again.

What the server made up (a new key) is taken from its acks, so that the programs work on any day.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeAlias

from .client import PATH, TRANSPORTS, Args, Target
from .expectations import texts
from .session import LogEntry, short

Json: TypeAlias = Any

LONGEST_VALUE = 300
"""Characters of a value that are told."""

SHORTEST_KEY = 8
"""Characters of a text that is taken for made up by the server."""


def told(entries: Sequence[LogEntry]) -> str:
    """Tell what happened, a line each, `>` for what was sent and `<` for what came."""
    return "\n".join(_line(item) for item in entries)


def in_node(entries: Sequence[LogEntry], target: Target) -> str:
    """Write it in JavaScript, on socket.io-client."""
    options = {"forceNew": True, **_transports(target)}
    if target.path != PATH:
        options["path"] = target.path
    if target.headers:
        options["extraHeaders"] = {**target.headers}
    auths = [target.of(who).auth for who in ("ada", "bob")]
    if auths[0] is not None and auths[0] == auths[1]:
        options["auth"] = auths[0]
    own = "" if auths[0] == auths[1] else f", auth: {_js(auths)}[client]"
    written = f"{{...{_js(options)}{own}}}" if own else _js(options)
    return "\n".join(
        [
            'import { io } from "socket.io-client";',
            "",
            f"const [ada, bob] = [0, 1].map((client) => io({_js(_address(target))}, {written}));",
            'ada.onAny((...heard) => console.log("ada hears", ...heard));',
            'bob.onAny((...heard) => console.log("bob hears", ...heard));',
            'const connected = (who) => new Promise((go) => who.once("connect", go));',
            "await Promise.all([ada, bob].map(connected));",
            "",
            *_calls(entries, _node_call(int(target.patience * 1000)), _js),
            "",
            "setTimeout(() => process.exit(), 500);",
        ]
    )


def in_python(entries: Sequence[LogEntry], target: Target) -> str:
    """Write it in Python, on python-socketio."""
    options = {"namespaces": [target.namespace], **_transports(target)}
    if target.path != PATH:
        options["socketio_path"] = target.path
    if target.headers:
        options["headers"] = {**target.headers}
    auths = {who: target.of(who).auth for who in ("ada", "bob")}
    keywords = "".join(f", {key}={value!r}" for key, value in options.items())
    if auths["ada"] != auths["bob"]:
        keywords += f", auth={auths!r}[who]"
    elif auths["ada"] is not None:
        keywords += f", auth={auths['ada']!r}"
    namespace = repr(target.namespace)
    calls = _calls(entries, _python_call(target), repr)
    return "\n".join(
        [
            "import asyncio",
            "",
            "import socketio",
            "",
            "",
            "async def main():",
            "    ada, bob = socketio.AsyncClient(), socketio.AsyncClient()",
            '    for who, client in (("ada", ada), ("bob", bob)):',
            "        hears = lambda *heard, who=who: print(who, 'hears', *heard)",
            f'        client.on("*", hears, {namespace})',
            f"        await client.connect({target.url!r}{keywords})",
            *(f"    {line}" for line in calls),
            "    await asyncio.sleep(0.5)",
            "    await ada.disconnect()",
            "    await bob.disconnect()",
            "",
            "",
            "asyncio.run(main())",
        ]
    )


def _line(item: LogEntry) -> str:
    args = "".join(f" {short(value, LONGEST_VALUE)}" for value in item.args)
    if item.what == "emits":
        callback = "" if item.asked else "  (no callback)"
        return f"> {item.who} emits {item.event}{args}{callback}"
    note = f" {item.note}" if item.note else ""
    nothing = " with no argument" if item.what == "is acked" and not item.args else ""
    event = f" {item.event}" if item.what == "hears" else ""
    return f"< {item.who} {item.what}{event}{args}{nothing}{note}"


def _transports(target: Target) -> dict[str, Json]:
    transports = TRANSPORTS[target.transport]
    return {} if transports is None else {"transports": transports}


def _address(target: Target) -> str:
    return target.url.rstrip("/") + (target.namespace if target.namespace != "/" else "")


LONG_RUN = 40
"""Characters from which a text of one character is written as a repetition."""

Call: TypeAlias = Callable[[LogEntry, int, str], str]
"""Writes a call: what happened, the number of its ack, and its arguments as code."""


def _calls(entries: Sequence[LogEntry], call: Call, code: Callable[[Json], str]) -> Iterator[str]:
    """Yield a line an event that was emitted, its arguments taken from acks where they came so."""
    made: dict[str, str] = {}
    sent: set[str] = set()
    number = 0
    for item in entries:
        if item.what == "emits":
            number += 1
            sent |= {*texts(item.args)}
            args = "".join(f", {_code(value, made, code)}" for value in item.args)
            yield from call(item, number, args).splitlines()
        elif item.what == "is acked":
            for text, path in _made(item.args[:1], f"ack{number}"):
                if text not in sent:
                    made.setdefault(text, path)


def _node_call(patience: int) -> Call:
    def call(item: LogEntry, number: int, args: str) -> str:
        event = _js(item.event)
        if not item.asked:
            return f"{item.who}.emit({event}{args});"
        ask = f"{item.who}.timeout({patience}).emitWithAck({event}{args})"
        return f'const ack{number} = await {ask};\nconsole.log("{item.who} is acked", ack{number});'

    return call


def _python_call(target: Target) -> Call:
    def call(item: LogEntry, number: int, args: str) -> str:
        data = f"({args[2:]},)" if args else "()"
        rest = f"{item.event!r}, {data}, namespace={target.namespace!r}"
        if not item.asked:
            return f"await {item.who}.emit({rest})"
        ask = f"await {item.who}.call({rest}, timeout={target.patience})"
        return f'ack{number} = {ask}\nprint("{item.who} is acked", ack{number})'

    return call


def _code(value: Json, made: dict[str, str], code: Callable[[Json], str]) -> str:
    """Write a value, with paths in place of what was made up, and a long run of one text short."""
    written = code(value)
    for text in {*texts(value)}:
        if len(text) >= LONG_RUN and text == text[0] * len(text):
            written = written.replace(code(text), _run(text, code))
    for text, path in made.items():
        written = written.replace(code(text), path)
    return written


def _run(text: str, code: Callable[[Json], str]) -> str:
    once, times = code(text[0]), len(text)
    return f"{once}.repeat({times})" if code is _js else f"{once} * {times}"


def _js(value: Json) -> str:
    return json.dumps(value)


def _made(args: Args, name: str) -> Iterator[tuple[str, str]]:
    """Yield each long text of an ack, with the path to it, which both languages read."""
    for value in args:
        yield from _paths(value, name)


def _paths(value: Json, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, str) and len(value) >= SHORTEST_KEY:
        yield value, path
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _paths(inner, f"{path}[{json.dumps(key)}]")
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _paths(inner, f"{path}[{index}]")
