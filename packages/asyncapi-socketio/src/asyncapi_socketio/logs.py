"""One log line per event on stderr, for people or for machines; the libraries' logs included.

Nothing here waits for whoever reads stderr, and nothing that clients sent is shown raw.
"""

from __future__ import annotations

import logging
import os
import re
import select
import sys
import threading
import time
import traceback
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from typing import Any, Literal

import structlog
from structlog.typing import EventDict, ExcInfo, Processor

LINES = 10_000
"""Lines that wait for whoever reads stderr; those above are dropped, and counted."""

CHARACTERS = 8_000
"""Characters of a line, a traceback included."""

GATHER = 0.01
"""Seconds that a line waits for others: to wake the thread that writes costs more than a line."""

TOGETHER = 1_000
"""Lines that are written at once."""

STDERR = 2
"""The file descriptor of stderr."""

GOODBYE = 0.2
"""Seconds that an exit waits for the lines that are still to be read."""

_CONTROL = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]"
)
"""What moves a terminal's cursor, changes its colours or the order of what it shows."""

_ONE_WORD = re.compile(r"""[^ \t=\r\n"']*""")
"""Text that is shown without quotes."""

_CAUSED = "\n\nThe above exception was the cause of the following:\n\n"


def configure(form: Literal["text", "json"], level: str, worker: int | None = None) -> None:
    """Send every log line of `level` and above to stderr, those of a worker with its number.

    Exceptions are logged with their messages, which may quote a payload, at level debug only.
    """
    shared: list[Processor] = [_Source(worker)]
    rendered: list[Processor] = [
        structlog.processors.ExceptionRenderer(_whole if level == "debug" else _without_messages),
        *_renderers(form),
    ]
    handler = Unhurried(STDERR)
    structlog.configure(
        processors=shared,
        logger_factory=partial(_Lines, handler, rendered),
        wrapper_class=structlog.make_filtering_bound_logger(level),
        cache_logger_on_first_use=True,
    )
    remove_meta = structlog.stdlib.ProcessorFormatter.remove_processors_meta
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processors=[remove_meta, *rendered], foreign_pre_chain=shared
        )
    )
    logging.basicConfig(handlers=[handler], level=level.upper(), force=True)


def show_plainly(logger: logging.Logger) -> None:
    """Send a logger's lines to stderr as they are, whatever is configured."""
    logger.propagate = False
    logger.setLevel(logging.INFO)
    logger.handlers = [Unhurried(STDERR)]


class Unhurried(logging.Handler):
    """Writes lines to a file descriptor from a thread of its own; above a bound it drops them.

    The thread writes past Python's streams, whose locks a blocked write would hold for ever.
    """

    def __init__(self, descriptor: int, lines: int = LINES) -> None:
        super().__init__()
        self._descriptor = descriptor
        self._most = lines
        self._lines: deque[str] = deque()
        self._dropped = 0
        self._ended = threading.Event()
        self._news = threading.Condition()
        self._waits = False
        """Whether the thread waits for news, and has to be told."""
        self._thread = threading.Thread(target=self._write_all, name="log", daemon=True)
        self._thread.start()

    def emit(self, record: logging.LogRecord) -> None:
        self.put(record.name, partial(self.format, record))

    def put(self, name: str, render: Callable[[], str]) -> None:
        """Keep a line of the logger `name` to be written; it is not rendered when it is dropped."""
        if len(self._lines) >= self._most:
            with self._news:
                self._dropped += 1
            return
        try:
            line = render()
        except Exception:  # noqa: BLE001  # what a record holds may not be what its text expects
            line = f"a log line of {name} can't be formatted"
        self._lines.append(line)
        if self._waits:
            with self._news:
                self._news.notify()

    def close(self) -> None:
        """Write what is left, but don't wait for long."""
        self._ended.set()
        with self._news:
            self._news.notify()
        self._thread.join(GOODBYE)
        super().close()

    def _write_all(self) -> None:
        while lines := self._next():
            text = "".join(f"{_shortened(line)}\n" for line in lines)
            with suppress(OSError):  # where nobody can ever read it
                self._write(text.encode(errors="backslashreplace"))

    def _next(self) -> list[str]:
        """Wait for the next lines; none at the end. Once all are written, say what was dropped."""
        with self._news:
            self._waits = True  # before it looks: what is put after that look, it is told of
            self._news.wait_for(lambda: self._lines or self._dropped or self._ended.is_set())
            self._waits = False
        self._ended.wait(GATHER)
        with self._news:
            if self._lines:
                return [self._lines.popleft() for _ in range(min(TOGETHER, len(self._lines)))]
            if not self._dropped:
                return []
            dropped, self._dropped = self._dropped, 0
        return [self.format(_record("log lines dropped", dropped))]

    def _write(self, data: bytes) -> None:
        while data:
            try:
                data = data[os.write(self._descriptor, data) :]
            except BlockingIOError:
                select.select([], [self._descriptor], [])


class _Lines:
    """A logger of ours: its events are lines at once, without a record of the standard library."""

    def __init__(self, handler: Unhurried, renderers: list[Processor], name: str = "") -> None:
        self.name = name
        self._handler = handler
        self._renderers = renderers

    def _put(self, **event: Any) -> None:  # noqa: ANN401
        self._handler.put(self.name, partial(self._render, event))

    debug = info = warning = error = critical = _put

    def _render(self, event: Any) -> str:  # noqa: ANN401
        for render in self._renderers:
            event = render(self, "", event)
        return str(event)


def _shortened(line: str) -> str:
    return line if len(line) <= CHARACTERS else f"{line[:CHARACTERS]} …"


def _record(event: str, count: int) -> logging.LogRecord:
    return logging.LogRecord(
        __name__, logging.WARNING, __file__, 0, f"{event}: %s", (count,), exc_info=None
    )


class _Source:
    """Adds when and where an event was logged, at which level, and by which worker."""

    def __init__(self, worker: int | None) -> None:
        self._added: Mapping[str, object] = {} if worker is None else {"worker": worker}
        self._second = 0, ""
        """The last second in which something was logged, and how ISO 8601 writes it."""

    def __call__(self, logger: Any, method: str, event: EventDict) -> EventDict:  # noqa: ANN401
        now, nanoseconds = divmod(time.time_ns(), 1_000_000_000)
        second, text = self._second
        if now != second:
            text = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(now))
            self._second = now, text
        record = event.get("_record")
        event["level"] = method
        event["logger"] = logger.name if record is None else record.name
        event["timestamp"] = f"{text}.{nanoseconds // 1000:06}Z"
        event.update(self._added)
        return event


def _renderers(form: Literal["text", "json"]) -> list[Processor]:
    if form == "json":
        return [structlog.processors.JSONRenderer()]
    if not sys.stderr.isatty():
        return [_escape, render_plainly]
    plain = structlog.dev.plain_traceback
    return [_escape, structlog.dev.ConsoleRenderer(colors=True, exception_formatter=plain)]


def render_plainly(_: object, __: str, event: EventDict) -> str:
    """Render an event as structlog's console does without colours, in a tenth of its time."""
    time, level, name = event.pop("timestamp"), event.pop("level"), event.pop("logger")
    said = f"{time} [{level:9}] {event.pop('event'):30} [{name}]"
    traceback = event.pop("exception", None)
    said += "".join([f" {key}={_quoted(event[key])}" for key in sorted(event)])
    return said if traceback is None else f"{said}\n{traceback}"


def _quoted(value: object) -> str:
    """Return a value, in quotes when its text could be taken for more than one."""
    if isinstance(value, str) and _ONE_WORD.fullmatch(value):
        return value
    return repr(value)


def _escape(_: object, __: str, event: EventDict) -> EventDict:
    """Escape whatever a terminal would obey, wherever it stands; a traceback keeps its lines."""
    try:
        if "".join([*event, *event.values()]).isprintable():
            return event  # as nearly all are
    except TypeError:  # some values are not text
        pass
    return {
        _escaped(str(key)): _in_lines(value) if key == "exception" else _plain(value)
        for key, value in event.items()
    }


def _plain(value: object) -> Any:  # noqa: ANN401
    """Return a value whose text is plain."""
    if isinstance(value, (bool, int, float)) or value is None:
        return value
    return _escaped(value if isinstance(value, str) else repr(value))


def _in_lines(text: str) -> str:
    return "\n".join(f"    {_escaped(line)}" for line in text.split("\n"))


def _escaped(text: str) -> str:
    if text.isprintable():
        return text
    return _CONTROL.sub(lambda found: ascii(found[0])[1:-1], text)


def _whole(exc_info: ExcInfo) -> str:
    return "".join(traceback.format_exception(*exc_info)).rstrip("\n")


def _without_messages(exc_info: ExcInfo) -> str:
    """Return a traceback that says where and what kind of exception, but not its message."""
    parts: list[str] = []
    error: BaseException | None = exc_info[1]
    while error is not None:
        frames = "".join(traceback.format_tb(error.__traceback__))
        kind = type(error)
        parts.append(
            f"Traceback (most recent call last):\n{frames}{kind.__module__}.{kind.__qualname__}"
        )
        hidden = error.__suppress_context__
        error = error.__cause__ or (None if hidden else error.__context__)
    return _CAUSED.join(reversed(parts))
