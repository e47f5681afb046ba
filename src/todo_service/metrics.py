"""What an operator sees of the store, beside what the library knows of any application."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from asyncapi_socketio.metrics import Row, counter, gauge, histogram

from .repository import TodoRepository


def facts(todos: TodoRepository) -> Mapping[str, str | int]:
    """Return what operators are shown of a store."""
    figures = todos.figures
    return {
        "log position": figures.position,
        "behind": figures.behind,
        "store": "ready" if figures.ready else "not ready",
    }


def rows(todos: TodoRepository) -> Iterator[Row]:
    """Yield the metrics of a store."""
    figures = todos.figures
    yield histogram, "commit_seconds", "How long commits took.", (), figures.commit_seconds
    yield histogram, "commit_writes", "Writes that shared a commit.", (), figures.commit_writes
    yield gauge, "log_position", "The log's number that reads are at.", (), figures.position
    yield gauge, "log_behind", "How far the log is known to be ahead.", (), figures.behind
    yield (
        counter, "database_reconnects", "Times that the database was connected to anew.",
        (), figures.reconnects,
    )  # fmt: skip
    yield gauge, "store_ready", "Whether the store can write.", (), float(figures.ready)
