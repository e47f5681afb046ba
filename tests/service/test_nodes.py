"""Ada and Bob at two nodes on one PostgreSQL database, whatever becomes of it."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from uuid import uuid4

import aiohttp
import asyncpg
import pytest

from servers.pgbouncer import pgbouncer
from servers.ports import free_port
from servers.postgres import Postgres
from tests.conftest import serving
from tests.docs.pages import blocks, text
from tests.patience import PATIENCE
from tests.people import Person
from tests.processes import SERVE, launched, running
from todo_service.app import open_repository
from todo_service.postgres.repository import ANSWER_WITHIN

pytestmark = pytest.mark.slow

UNKNOWN = {"error": "an unknown error has occurred"}


@asynccontextmanager
async def at_two_nodes(database: str, max_todos: int = 1_000) -> AsyncIterator[tuple[Person, ...]]:
    """Seat Ada at one node and Bob at another."""
    async with AsyncExitStack() as stack:
        people = []
        for transports in (["websocket"], ["polling"]):
            todos = await open_repository(database, max_todos)
            url = await stack.enter_async_context(serving(todos))
            people.append(await Person.at(url, transports))
            stack.push_async_callback(people[-1].leave)
        yield (*people,)


async def status(url: str) -> int:
    """Return what a node says of its readiness."""
    async with aiohttp.ClientSession() as session, session.get(f"{url}/readyz") as answer:
        return answer.status


async def becomes(url: str, wanted: int) -> None:
    """Wait until a node's readiness is what is wanted."""
    async with asyncio.timeout(PATIENCE):
        while await status(url) != wanted:  # noqa: ASYNC110  # it tells nobody
            await asyncio.sleep(0.05)


async def followed(server: Postgres, replica: Postgres) -> None:
    """Wait until a replica has all that its server has written by now."""
    ((here,),) = await server.fetch("SELECT pg_current_wal_lsn()::text")
    there = "SELECT 1 WHERE pg_last_wal_replay_lsn() >= $1::text::pg_lsn"
    async with asyncio.timeout(PATIENCE):
        while not await replica.fetch(there, here):  # noqa: ASYNC110  # it tells nobody
            await asyncio.sleep(0.05)


async def sees(person: Person, expected: list[str]) -> None:
    """Wait until the titles that someone lists are those."""
    async with asyncio.timeout(PATIENCE):
        while (titles := await titles_of(person)) != expected:
            assert titles is None or len(titles) <= 10
            await asyncio.sleep(0.05)


async def titles_of(person: Person) -> list[str] | None:
    """Return the titles that someone lists; None while the store does not answer."""
    (answer,) = await person.ask("todo:list")
    return [todo["title"] for todo in answer["data"]] if "data" in answer else None


# Together


async def test_what_ada_does_at_her_node_bob_hears_at_his(database: str) -> None:
    async with at_two_nodes(database) as (ada, bob):
        milk = await ada.creates("Buy milk")
        assert await bob.hears("todo:created") == {
            "id": milk, "title": "Buy milk", "completed": False,
        }  # fmt: skip
        ticked = {"id": milk, "title": "Buy milk", "completed": True}
        assert await bob.ask("todo:update", ticked) == ()
        assert await ada.hears("todo:updated") == ticked
        assert await bob.lists() == await ada.lists() == [ticked]
        assert await ada.ask("todo:delete", milk) == ()
        assert await bob.hears("todo:deleted") == milk
        assert await bob.ask("todo:read", milk) == ({"error": "entity not found"},)
        assert await ada.heard_nothing()
        assert await bob.heard_nothing()


async def test_both_hear_what_both_do_in_one_order(database: str) -> None:
    """Each view, kept from own acks and from broadcasts, has the order of the list."""
    async with at_two_nodes(database) as people:

        async def write(person: Person) -> list[str]:
            return [await person.creates(f"{number}") for number in range(40)]

        mine = await asyncio.gather(*map(write, people))
        listed = [todo["id"] for todo in await people[0].lists()]
        assert [todo["id"] for todo in await people[1].lists()] == listed
        for person, own, others in zip(people, mine, reversed(mine), strict=True):
            heard = [payload["id"] for _, payload in person.heard]
            assert heard == others == [todo for todo in listed if todo not in own]


async def test_a_retry_at_the_other_node_is_stored_once(database: str) -> None:
    async with at_two_nodes(database) as (ada, bob):
        key, new = str(uuid4()), {"title": "Buy milk", "completed": False}
        (first,) = await ada.ask("todo:create", {**new, "idempotencyKey": key.upper()})
        assert (await bob.hears("todo:created"))["id"] == first["data"]
        assert await bob.ask("todo:create", {**new, "idempotencyKey": key}) == (first,)
        assert await ada.heard_nothing()
        assert len(await bob.lists()) == 1


async def test_the_list_is_full_for_both(database: str) -> None:
    async with at_two_nodes(database, 2) as (ada, bob):
        milk = await ada.creates("Buy milk")
        await bob.creates("Buy bread")
        new = {"title": "Buy eggs", "completed": False}
        assert await ada.ask("todo:create", new) == ({"error": "too many todos"},)
        await bob.ask("todo:delete", milk)
        await ada.creates("Buy eggs")
        assert await titles_of(bob) == ["Buy bread", "Buy eggs"]


# The database away


async def test_a_node_that_starts_without_its_database_waits_for_it(own: Postgres) -> None:
    await own.stop()
    async with running("--database", own.url) as node:
        assert await status(node.url) == 503
        ada = await Person.at(node.url)
        assert await ada.ask("todo:list") == (UNKNOWN,)
        await own.start()
        await becomes(node.url, 200)
        await ada.creates("Buy milk")
        assert await titles_of(ada) == ["Buy milk"]
        await ada.leave()


@pytest.mark.parametrize("end", ["stop", "crash"])
async def test_what_was_acknowledged_outlives_the_database_s_end(own: Postgres, end: str) -> None:
    async with at_two_nodes(own.url) as (ada, bob):
        await ada.creates("Buy milk")
        await (own.stop() if end == "stop" else own.crash())
        refused = {"title": "Buy bread", "completed": False}
        assert await ada.ask("todo:create", refused) == (UNKNOWN,)
        assert await bob.ask("todo:list") == (UNKNOWN,)
        await own.start()
        await sees(bob, ["Buy milk"])
        await bob.creates("Buy eggs")
        assert (await ada.hears("todo:created"))["title"] == "Buy eggs"
        assert await titles_of(ada) == ["Buy milk", "Buy eggs"]


async def test_a_silent_database_costs_an_error_in_time_and_nobody_s_view(own: Postgres) -> None:
    """Ada's todo may be stored all the same: then she is told as everyone is."""
    async with at_two_nodes(own.url) as (ada, bob):
        await ada.creates("Buy milk")
        await bob.hears("todo:created")
        own.freeze()
        loop = asyncio.get_running_loop()
        asked = loop.time()
        (answer,) = await ada.ask("todo:create", {"title": "Buy bread", "completed": False})
        took = loop.time() - asked
        own.thaw()
        assert answer == UNKNOWN
        assert 0.95 * ANSWER_WITHIN < took < PATIENCE / 2
        await sees(bob, await _settled(ada))
        view = ["Buy milk", *(todo["title"] for _, todo in bob.heard)]
        assert await titles_of(bob) == view
        assert [todo["title"] for _, todo in ada.heard] == view[1:]


async def _settled(person: Person) -> list[str]:
    """Wait until the store answers, and return what it lists."""
    async with asyncio.timeout(PATIENCE):
        while (titles := await titles_of(person)) is None:  # noqa: ASYNC110  # it tells nobody
            await asyncio.sleep(0.05)
    return titles


async def test_what_is_committed_after_its_error_is_told_to_everyone_its_sender_too(
    own: Postgres,
) -> None:
    """A commit that waits for a synchronous replica is visible when the replica is given up."""
    async with at_two_nodes(own.url) as (ada, bob):
        await ada.creates("Buy milk")
        await own.set(synchronous_standby_names="nobody")
        await own.holds_commits()
        new = {"title": "Buy bread", "completed": False}
        assert await ada.ask("todo:create", new) == (UNKNOWN,)
        await own.set(synchronous_standby_names="")
        assert (await ada.hears("todo:created"))["title"] == "Buy bread"
        assert await _settled(ada) == ["Buy milk", "Buy bread"]
        await sees(bob, ["Buy milk", "Buy bread"])
        assert [todo["title"] for _, todo in bob.heard] == ["Buy milk", "Buy bread"]


async def test_a_promoted_replica_without_the_last_writes_is_told_as_a_difference(
    own: Postgres,
) -> None:
    async with own.replica() as replica:
        url = (
            f"postgresql://postgres@127.0.0.1:{own.port},127.0.0.1:{replica.port}/postgres"
            "?target_session_attrs=primary"
        )
        async with at_two_nodes(url) as (ada, bob):
            milk = await ada.creates("Buy milk")
            await followed(own, replica)
            await replica.set(primary_conninfo="")
            lost = await ada.creates("Buy bread")
            assert (await bob.hears("todo:created"))["id"] == milk
            assert (await bob.hears("todo:created"))["id"] == lost
            await own.crash()
            await replica.promote()

            assert await ada.hears("todo:deleted") == lost
            assert await bob.hears("todo:deleted") == lost
            eggs = await bob.creates("Buy eggs")
            assert (await ada.hears("todo:created"))["id"] == eggs
            assert await titles_of(ada) == await titles_of(bob) == ["Buy milk", "Buy eggs"]


async def test_a_promoted_synchronous_replica_has_all_that_was_acknowledged(own: Postgres) -> None:
    async with own.replica(synchronous=True) as replica:
        url = (
            f"postgresql://postgres@127.0.0.1:{own.port},127.0.0.1:{replica.port}/postgres"
            "?target_session_attrs=primary"
        )
        async with at_two_nodes(url) as (ada, bob):
            titles = [f"todo {number}" for number in range(5)]
            for title in titles:
                await ada.creates(title)
            await own.crash()
            await replica.promote()
            await sees(bob, titles)
            await sees(ada, titles)
            assert [event for event, _ in bob.heard] == ["todo:created"] * 5
            assert ada.heard == []


async def test_a_node_that_nobody_asks_follows_a_promotion_while_others_write(
    own: Postgres,
) -> None:
    async with own.replica(synchronous=True) as replica:
        url = (
            f"postgresql://postgres@127.0.0.1:{own.port},127.0.0.1:{replica.port}/postgres"
            "?target_session_attrs=primary"
        )
        async with at_two_nodes(url) as (ada, bob):
            await own.crash()
            await replica.promote()
            async with asyncio.timeout(PATIENCE):
                while not bob.heard:
                    await ada.ask("todo:create", {"title": "Buy milk", "completed": False})
                    await asyncio.sleep(0.05)


# A pooler


async def test_through_a_pooler_both_hear_each_other(postgres: Postgres, database: str) -> None:
    """It hands out connections per transaction: nobody can listen, so that the nodes ask."""
    async with pgbouncer(postgres.port) as port:
        pooled = f"postgresql://postgres@127.0.0.1:{port}/{database.rpartition('/')[2]}"
        async with at_two_nodes(pooled) as (ada, bob):
            for number in range(5):
                milk = await ada.creates(f"todo {number}")
                assert (await bob.hears("todo:created"))["id"] == milk
                assert await bob.ask("todo:delete", milk) == ()
                assert await ada.hears("todo:deleted") == milk
            await asyncio.gather(*(person.creates("x") for person in (ada, bob) * 10))
            assert await ada.lists() == await bob.lists()
            assert await bob.ask("todo:update", {"id": milk, "title": "x", "completed": True}) == (
                {"error": "entity not found"},
            )


# Operators


async def test_roles_can_be_told_apart(postgres: Postgres) -> None:
    """As the page says: the owner migrates; a node's role may call functions, and nothing else."""
    name = f"roles_{uuid4().hex}"
    roles, privileges = (
        block.replace("todo_", f"{name}_").replace("DATABASE todos", f"DATABASE {name}")
        for block in blocks(text("postgresql.md"), "sql")
    )
    for statement in roles.strip().split("\n"):
        await postgres.fetch(statement)
    as_owner, as_node = (
        f"postgresql://{name}_{role}@127.0.0.1:{postgres.port}/{name}" for role in ("owner", "node")
    )
    async with running("--database", as_node) as service:
        await service.says("can't be migrated", "permission denied")
        assert await status(service.url) == 503

        connection = await asyncpg.connect(as_owner)
        await connection.execute(privileges)
        await connection.close()
        assert await migrated(as_owner) == (0, [])

        await becomes(service.url, 200)
        ada = await Person.at(service.url)
        await ada.creates("Buy milk")
        await ada.leave()

    connection = await asyncpg.connect(as_node)
    for statement in (
        "SELECT * FROM todos",
        "DELETE FROM todo_log",
        "UPDATE todo_head SET seq = 0",
        "CREATE TABLE mine ()",
        "SELECT todo_write_v1(NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL)",
    ):
        with pytest.raises((asyncpg.InsufficientPrivilegeError, asyncpg.RaiseError)):
            await connection.execute(statement)
    await connection.close()


async def migrated(database: str) -> tuple[int, list[str]]:
    """Run `todo-service migrate`; return its exit code and what it said."""
    program = (*SERVE[:-1], "migrate")
    async with launched("--database", database, program=program) as process:
        return await process.end(), process.said


async def test_migrating_says_what_stands_in_its_way() -> None:
    code, said = await migrated("sqlite:///todos.db")
    assert (code, len(said)) == (2, 1)
    assert "only PostgreSQL" in said[0]
    code, said = await migrated(f"postgresql://ada:secret@127.0.0.1:{free_port()}/todos")
    assert (code, len(said)) == (2, 1)
    assert "secret" not in said[0]


async def test_migrating_again_changes_nothing_for_those_that_run(database: str) -> None:
    async with at_two_nodes(database) as (ada, bob):
        assert await migrated(database) == (0, [])
        await ada.creates("Buy milk")
        assert (await bob.hears("todo:created"))["title"] == "Buy milk"


async def test_a_url_that_cant_be_used_ends_the_start_in_one_line() -> None:
    async with launched(
        "--database", "postgresql://ada:secret@127.0.0.1:port/todos", "--port", "0"
    ) as process:
        assert await process.end() == 2
    assert len(process.said) == 1
    assert "secret" not in process.said[0]


async def test_without_its_extra_one_line_says_what_to_install() -> None:
    without = "import sys; sys.modules['asyncpg'] = None; from todo_service.cli import main; main()"
    for command in ("serve", "migrate"):
        program = (sys.executable, "-c", without, command)
        async with launched("--database", "postgresql://db/todos", program=program) as process:
            assert await process.end() == 2
        assert process.said == [
            "todo-service: PostgreSQL needs asyncpg: pip install 'todo-service[postgres]'"
        ]


async def test_a_killed_node_leaves_no_one_waiting(database: str) -> None:
    """Another node goes on, and the killed one's last writes are there or not, for all alike."""
    async with running("--database", database) as one, running("--database", database) as two:
        ada, bob = await Person.at(one.url), await Person.at(two.url)
        asked = [
            asyncio.ensure_future(
                ada.client.emit("todo:create", {"title": "x", "completed": False})
            )
            for _ in range(20)
        ]
        await asyncio.gather(*asked)
        await one.kill()
        await bob.creates("last")
        assert [todo["title"] for todo in await bob.lists()][-1] == "last"
        assert len(bob.heard) == len(await bob.lists()) - 1
        await bob.leave()
        await ada.client.shutdown()
