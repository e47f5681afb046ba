"""The service with one of its rules left out, to see that a run finds what that breaks.

`python -m chaos.ablations callback serve …` is `todo-service` without one; the other rule is one
of the database's function.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import asyncpg


@dataclass(frozen=True, slots=True)
class Ablation:
    """A rule's name, the program without it, and what is done to the database before it starts."""

    rule: str
    program: tuple[str, ...]
    prepare: Callable[[str], Awaitable[None]] | None = None


async def _retry_returns_all(url: str) -> None:
    """Let a retry take what was committed after its own batch for its own."""
    migrated = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "todo_service", "migrate", "--database", url)
    )
    if await migrated.wait():
        raise RuntimeError("the database is not migrated")
    connection = await asyncpg.connect(url)
    try:
        function = await connection.fetchval(
            "SELECT pg_get_functiondef(oid) FROM pg_proc WHERE proname LIKE 'todo_commit_v%'"
            " ORDER BY proname DESC LIMIT 1"
        )
        await connection.execute(replaced(function, "coalesce(min(seq) - 1, h.seq)", "h.seq"))
    finally:
        await connection.close()


def replaced(text: str, old: str, new: str) -> str:
    """Replace what must be there once."""
    if text.count(old) != 1:
        raise LookupError(f"{text.count(old)} times {old!r}: the ablation has to follow the code")
    return text.replace(old, new)


def _callback_broadcasts() -> None:
    """Let the driver's callback act on what it hears, instead of the node in its turn."""
    from todo_service.postgres.repository import PostgresTodoRepository  # noqa: PLC0415

    hear = PostgresTodoRepository._hear  # noqa: SLF001

    def hear_and_act(todos: PostgresTodoRepository, news: str) -> None:
        hear(todos, news)
        todos._follow()  # noqa: SLF001

    setattr(PostgresTodoRepository, "_hear", hear_and_act)  # noqa: B010  # mypy knows methods


ABLATIONS = {
    "retry": Ablation(
        "a retry returns only its own rows", ("-m", "todo_service"), _retry_returns_all
    ),
    "callback": Ablation(
        "a driver's callback broadcasts nothing while a commit is under way",
        ("-m", "chaos.ablations", "callback"),
    ),
}


def main() -> None:
    """Run the service without a rule of its code."""
    from todo_service.cli import main as serve  # noqa: PLC0415

    if sys.argv.pop(1) != "callback":
        sys.exit("unknown ablation")
    _callback_broadcasts()
    serve()


if __name__ == "__main__":
    main()
