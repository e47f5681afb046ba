"""Backup, restore, export and import: all of it is there, once, in its order."""

from __future__ import annotations

import asyncio
import os
import pty
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Any
from uuid import uuid4

import orjson
import pytest

from tests.people import Person
from tests.processes import running
from tests.stores import listed
from todo_service.app import back_up, open_repository, read_store, restore, wrong
from todo_service.generated.models import Todo
from todo_service.keys import KeyedTodo
from todo_service.repository import InMemoryTodoRepository, StoreUnavailable
from todo_service.transfer import BadLine, Imported, take_in

COUNTS = (10_000, pytest.param(100_000, marks=pytest.mark.thorough))
"""How many todos are moved under load."""

ENOUGH = ("--max-todos", "1000000")

UNHURRIED = 200.0
"""Seconds for 100,000 todos on a slow machine, below the test's own deadline."""


def todo(title: str, *, completed: bool = False) -> Todo:
    return {"id": str(uuid4()), "title": title, "completed": completed}


def written(path: Path, lines: Iterable[object]) -> Path:
    """Write lines of JSON."""
    path.write_bytes(b"".join(orjson.dumps(line) + b"\n" for line in lines))
    return path


def read(path: Path) -> list[Any]:
    """Return the values of lines of JSON."""
    return [orjson.loads(line) for line in path.read_bytes().splitlines()]


async def todo_service(*arguments: str | Path, given: bytes = b"") -> tuple[int, str, bytes]:
    """Run a command; return its exit code, and what it says on stderr and stdout."""
    program = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "todo_service", *arguments),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    async with asyncio.timeout(UNHURRIED):
        out, said = await program.communicate(given)
    assert program.returncode is not None
    return program.returncode, said.decode(), out


async def done(*arguments: str | Path) -> None:
    """Run a command that succeeds."""
    code, said, _ = await todo_service(*arguments)
    assert code == 0, said


async def kept(database: str) -> list[KeyedTodo]:
    """Return what a store holds, read beside whoever serves it."""
    async with read_store(database) as (count, todos):
        found = [item async for item in todos]
    assert len(found) == count
    return found


async def filled(file: Path, *items: Todo) -> str:
    """Make a SQLite file with todos, and return its URL."""
    url = f"sqlite:///{file}"
    todos = await open_repository(url)
    await asyncio.gather(*map(todos.add, items))
    await todos.close()
    return url


# Under load


@pytest.fixture(params=COUNTS)
def count(request: pytest.FixtureRequest) -> int:
    """Return how many todos are moved."""
    number: int = request.param
    return number


@pytest.fixture
def many(count: int, tmp_path: Path) -> Path:
    """Return a file with lines for so many todos, each tenth with a key."""
    keys = ({"idempotencyKey": str(uuid4())} if n % 10 == 0 else {} for n in range(count))
    lines = ({**todo(f"todo {n}"), **key} for n, key in enumerate(keys))
    return written(tmp_path / "many.jsonl", lines)


@asynccontextmanager
async def creating(url: str) -> AsyncIterator[list[str]]:
    """Let two people create todos, one after the other, and yield the ids that were acked."""
    acked: list[str] = []

    async def create(person: Person) -> None:
        while True:
            acked.append(await person.creates("one more"))

    people = [await Person.at(url, ["websocket"]) for _ in range(2)]
    tasks = [asyncio.ensure_future(create(person)) for person in people]
    try:
        yield acked
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
        assert all(task.cancelled() for task in tasks)
        for person in people:
            await person.leave()


@pytest.mark.slow
async def test_copies_that_are_made_under_load_are_whole_and_of_one_moment(
    many: Path, count: int, tmp_path: Path
) -> None:
    served = f"sqlite:///{tmp_path}/todos.db"
    await done("import", many, "--database", served)
    unlimited = ("--limit", "events_per_second=1000000")
    copies: dict[str, tuple[list[str], Path]] = {}
    async with running("--database", served, *ENOUGH, *unlimited) as service:
        async with creating(service.url) as acked:
            for command in ("backup", "export"):
                before, copy = [*acked], tmp_path / command
                await done(command, copy, "--database", served)
                copies[command] = before, copy
        final = [item["id"] for item, _ in await kept(served)]

    with closing(sqlite3.connect(copies["backup"][1])) as backup:
        assert backup.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    exported = read(copies["export"][1])
    backed_up = await kept(f"sqlite:///{copies['backup'][1]}")
    contents = {
        "backup": [item["id"] for item, _ in backed_up],
        "export": [item["id"] for item in exported],
    }
    assert len(final) == len({*final}) > count
    for command, (before, _) in copies.items():
        ids = contents[command]
        assert ids == final[: len(ids)], "nothing is created in between, so that it is a beginning"
        assert {*before} <= {*ids}, "what was acked before is in it"
    assert exported[:count] == read(many)

    assert restore(served, copies["backup"][1], replace=True)[0] == len(backed_up)
    assert await kept(served) == backed_up
    todos = await open_repository(served)
    assert [item["id"] for item in await listed(todos)] == contents["backup"]
    await todos.close()


@pytest.mark.slow
@pytest.mark.parametrize("postgres", ["18"], indirect=True)
async def test_todos_move_into_postgresql_and_back_while_others_write(
    many: Path, count: int, database: str, tmp_path: Path
) -> None:
    lines, export = read(many), tmp_path / "export"
    node, mine = await open_repository(database, 10 * count), list[Todo]()

    async def write() -> None:
        while True:
            await node.add(item := todo("one more"))
            mine.append(item)

    writing = asyncio.ensure_future(write())
    await done("import", many, "--database", database, *ENOUGH)
    code, said, _ = await todo_service("import", many, "--database", database, *ENOUGH)
    assert (code, said) == (0, f"{database}: 0 todos imported, {count:,} were there\n")
    before = [*mine]
    await done("export", export, "--database", database)
    assert not writing.done()
    writing.cancel()
    await asyncio.wait([writing])
    await node.close()

    exported = read(export)
    assert [line for line in exported if line["title"] != "one more"] == lines
    others = [line for line in exported if line["title"] == "one more"]
    assert others[: len(before)] == before
    assert len({line["id"] for line in exported}) == len(exported)

    back = f"sqlite:///{tmp_path}/back.db"
    await done("import", export, "--database", back, *ENOUGH)
    await done("export", tmp_path / "again", "--database", back)
    assert read(tmp_path / "again") == exported


# Backup and restore


async def test_a_backup_does_not_replace_a_file_unless_it_is_told_to(tmp_path: Path) -> None:
    served = await filled(tmp_path / "todos.db", todo("Buy milk"))
    copy = tmp_path / "copy"
    copy.write_text("precious")
    code, said, _ = await todo_service("backup", copy, "--database", served)
    assert (code, said) == (
        2,
        f"todo-service: {copy} is there already: name another, or replace it by --force\n",
    )
    assert copy.read_text() == "precious"
    code, _, out = await todo_service("backup", copy, "--database", served, "--force")
    assert (code, out.decode()) == (0, f"{copy}: 1 todos\n")
    assert await kept(f"sqlite:///{copy}") == await kept(served)
    left = {path.name for path in tmp_path.iterdir()}  # noqa: ASYNC240
    assert left == {"todos.db", "todos.db-lock", "copy"}


async def test_a_restore_says_what_it_replaces_and_is_refused_while_it_is_served(
    tmp_path: Path,
) -> None:
    old, new = todo("Buy milk"), todo("Buy bread")
    served = await filled(tmp_path / "todos.db", old)
    copy = tmp_path / "copy.db"
    assert back_up(await filled(tmp_path / "other.db", new, old), copy) == 2
    with pytest.raises(StoreUnavailable, match="holds 1 todos: --force replaces it"):
        restore(served, copy, replace=False)
    todos = await open_repository(served)
    with pytest.raises(StoreUnavailable, match="another todo-service has it open"):
        restore(served, copy, replace=True)
    assert await listed(todos) == [old]
    await todos.close()
    assert restore(served, copy, replace=True) == (2, "1 todos")
    todos = await open_repository(served)
    assert await listed(todos) == [new, old]
    await todos.close()
    assert restore(f"sqlite:///{tmp_path}/new.db", copy, replace=False) == (2, None)


async def test_the_log_of_a_broken_file_is_not_applied_to_what_replaces_it(tmp_path: Path) -> None:
    file, log = tmp_path / "todos.db", tmp_path / "todos.db-wal"
    copy, milk = tmp_path / "copy.db", todo("Buy milk")
    url = await filled(file, milk)
    back_up(url, copy)
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("UPDATE todos SET title = 'lost'")
        left = log.read_bytes()
    log.write_bytes(left)
    file.write_bytes(b"nothing that SQLite reads" * 1000)
    with pytest.raises(StoreUnavailable, match="holds what can't be read"):
        restore(url, copy, replace=False)
    count, replaced = restore(url, copy, replace=True)
    assert (count, replaced) == (1, "what can't be read (file is not a database)")
    assert await kept(url) == [(milk, None)]


@pytest.mark.parametrize(
    ("statement", "reason"),
    [
        ("CREATE TABLE orders (id)", "belongs to another program"),
        ("PRAGMA user_version = 0", "holds no todos"),
    ],
)
async def test_what_is_not_a_backup_replaces_nothing(
    tmp_path: Path, statement: str, reason: str
) -> None:
    served = await filled(tmp_path / "todos.db", todo("Buy milk"))
    with closing(sqlite3.connect(tmp_path / "other.db")) as other:
        other.execute(statement)
    before = await kept(served)
    with pytest.raises(StoreUnavailable, match=reason):
        restore(served, tmp_path / "other.db", replace=True)
    with pytest.raises(StoreUnavailable, match="there is no file"):
        restore(served, tmp_path / "nothing.db", replace=True)
    assert await kept(served) == before


async def test_a_damaged_file_makes_no_backup(tmp_path: Path) -> None:
    url = await filled(tmp_path / "todos.db", *(todo(f"todo {n}") for n in range(1000)))
    with (tmp_path / "todos.db").open("r+b") as file:
        file.seek(8192)
        file.write(bytes(4096))
    copy = tmp_path / "copy.db"
    code, said, _ = await todo_service("backup", copy, "--database", url)
    assert (code, len(said.splitlines())) == (2, 1)
    assert not copy.exists()


@pytest.mark.parametrize("database", ["memory:", "postgresql://localhost/todos"])
def test_only_a_sqlite_file_is_backed_up(database: str, tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable):
        back_up(database, tmp_path / "copy")
    with pytest.raises(StoreUnavailable):
        restore(database, tmp_path / "copy", replace=False)


# Export and import

Taker = Callable[[Iterable[object]], Awaitable[Imported]]


@pytest.fixture
def store() -> InMemoryTodoRepository:
    """Return a store with room for three."""
    return InMemoryTodoRepository(3)


@pytest.fixture
def take(store: InMemoryTodoRepository) -> Taker:
    """Return what imports lines into it."""

    async def taken(lines: Iterable[object]) -> Imported:
        done = Imported()
        texts = [line if isinstance(line, bytes) else orjson.dumps(line) for line in lines]
        await take_in(texts, store, wrong, done, lambda _: None)
        return done

    return taken


async def test_an_import_leaves_what_is_there_as_it_is(
    store: InMemoryTodoRepository, take: Taker
) -> None:
    milk, bread = todo("Buy milk"), todo("Buy bread")
    await store.add(milk)
    changed = {**milk, "title": "Buy cheese"}
    assert await take([changed, bread, {**bread, "title": "twice"}]) == Imported(1, 2)
    assert await listed(store) == [milk, bread]
    assert await take([milk, bread]) == Imported(0, 2)


async def test_a_key_that_was_used_names_its_todo_after_the_move(
    store: InMemoryTodoRepository, take: Taker
) -> None:
    milk, key = todo("Buy milk"), str(uuid4())
    line = {**milk, "idempotencyKey": key.upper()}
    assert await take([line]) == Imported(1, 0)
    assert await store.add(todo("Buy milk"), key) == milk["id"]
    assert await take([{**todo("Buy milk"), "idempotencyKey": key}]) == Imported(0, 1)
    assert await listed(store) == [milk]


@pytest.mark.parametrize(
    "line",
    [
        b"{",
        b"\xff",
        b"",
        [],
        {"title": "Buy milk", "completed": False},
        {**todo("Buy milk"), "position": 1},
        {**todo("Buy milk"), "title": ""},
        {**todo("Buy milk"), "idempotencyKey": "milk"},
    ],
)
async def test_a_line_that_is_not_a_todo_is_named_and_those_before_it_are_stored(
    store: InMemoryTodoRepository, take: Taker, line: object
) -> None:
    milk = todo("Buy milk")
    with pytest.raises(BadLine, match=r"line 2 is not a todo: .+"):
        await take([milk, line, todo("Buy bread")])
    assert await listed(store) == [milk]


async def test_a_full_list_takes_no_more(store: InMemoryTodoRepository, take: Taker) -> None:
    items = [todo(f"todo {number}") for number in range(4)]
    with pytest.raises(StoreUnavailable, match="--max-todos"):
        await take(items)
    assert await listed(store) == items[:3]


async def test_standard_input_and_output_carry_lines(tmp_path: Path) -> None:
    items = [todo(f'"{number}" \u2028 ü 😀') for number in range(3)]
    text = b"".join(orjson.dumps(item) + b"\n" for item in items)
    url = f"sqlite:///{tmp_path}/todos.db"
    code, said, out = await todo_service("import", "-", "--database", url, given=text)
    assert (code, said, out) == (0, f"{url}: 3 todos imported, 0 were there\n", b"")
    code, said, out = await todo_service("export", "-", "--database", url)
    assert (code, said, out) == (0, "-: 3 todos\n", text)


async def test_what_is_not_valid_is_left_out_of_an_export(tmp_path: Path) -> None:
    url = await filled(tmp_path / "todos.db", todo("Buy milk"))
    with closing(sqlite3.connect(tmp_path / "todos.db", isolation_level=None)) as other:
        other.execute("INSERT INTO todos VALUES (7, 'x', 'not a UUID', 1)")
    _, said, out = await todo_service("export", "-", "--database", url)
    assert said == "-: 1 todos, 1 left out as they are not valid\n"
    assert len(out.splitlines()) == 1


@pytest.mark.slow
def test_only_a_terminal_shows_how_far_it_is(tmp_path: Path) -> None:
    lines = written(tmp_path / "lines", (todo(f"todo {number}") for number in range(3000)))
    ours, theirs = pty.openpty()
    program = subprocess.Popen(
        [*(sys.executable, "-m", "todo_service", "import", lines),
         *("--database", f"sqlite:///{tmp_path}/todos.db")],
        stderr=theirs,
    )  # fmt: skip
    os.close(theirs)
    shown = b""
    try:
        while part := os.read(ours, 4096):
            shown += part
    except OSError:  # its end, on Linux
        pass
    os.close(ours)
    assert program.wait() == 0
    assert b"importing" in shown
    assert b"100%" in shown
    assert b"3,000 todos imported" in shown
