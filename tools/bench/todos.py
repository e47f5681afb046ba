"""Todos that differ: titles of random lengths, from a seed, and a list that is full of them."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterable, Iterator
from itertools import islice
from random import Random
from ssl import SSLContext
from typing import TypedDict

from bench.client import Client, connect

WORDS = ("buy", "milk", "call", "Ada", "Zoë", "bring", "back", "two", "books", "für", "Łódź", "now")
SHORTEST, LONGEST = 3, 120
"""Characters of a title."""

FILLERS = 8
AT_A_TIME = 64
"""Requests of one filler that are on their way at a time."""

REFUSED_FOR = 1.0
"""Seconds after which a client that has emitted too many events may go on."""


class Todo(TypedDict):
    """A todo as it is stored."""

    id: str
    title: str
    completed: bool


def titles(seed: str) -> Iterator[str]:
    """Return titles without end, the same ones for the same seed."""
    random = Random(seed)  # noqa: S311  # nothing secret
    while True:
        length = random.randint(SHORTEST, LONGEST)
        words = f"{random.getrandbits(32):x}"
        while len(words) < length:
            words += " " + random.choice(WORDS)
        yield words[:length]


async def fill(port: int, count: int, secure: SSLContext | None = None) -> list[Todo]:
    """Create so many todos, by several clients within their limits, and return them."""
    clients = await connect(port, FILLERS, secure=secure)
    new = islice(titles("fill"), count)
    created = await asyncio.gather(*(_create(client, new) for client in clients))
    for client in clients:
        client.close()
    return [todo for todos in created for todo in todos]


async def _create(client: Client, new: Iterator[str]) -> list[Todo]:
    created: list[Todo] = []
    while batch := [*islice(new, AT_A_TIME)]:
        while batch:
            batch = await _create_batch(client, batch, created)
    return created


async def _create_batch(client: Client, batch: list[str], created: list[Todo]) -> list[str]:
    """Create todos with these titles, and return the titles that are to be tried again."""
    answers = await client.ask_all(
        [("todo:create", {"title": title, "completed": False}) for title in batch]
    )
    again = []
    for title, answer in zip(batch, answers, strict=True):
        if "data" in answer:
            created.append({"id": answer["data"], "title": title, "completed": False})
        elif answer["error"] == "too many events":
            again.append(title)
        else:
            sys.exit(f"todo:create {title!r} acks {answer}")
    if again:
        await asyncio.sleep(REFUSED_FOR)
    return again


def changed(todos: Iterable[Todo], seed: str) -> Iterator[Todo]:
    """Return todos in a random order without end, each with another title."""
    random = Random(seed)  # noqa: S311  # nothing secret
    known = [*todos]
    for title in titles(seed):
        todo = random.choice(known)
        yield {"id": todo["id"], "title": title, "completed": random.random() < 0.5}  # noqa: PLR2004  # a coin
