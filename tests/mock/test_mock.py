"""`mock` stands in for a service: people and pages at it can't tell the difference."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import socket
import sys
import time
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Any, TypeAlias
from uuid import uuid4

import pytest
import socketio
from click.testing import CliRunner

from asyncapi_socketio import asyncapi
from asyncapi_socketio.asyncapi.contract import Contract, Operation
from asyncapi_socketio.asyncapi.resources import resources
from asyncapi_socketio.asyncapi.schemas import ack_document, payload_document, schema_document
from asyncapi_socketio.cli.main import main
from asyncapi_socketio.jsonschema.strategies import corruptions, valid
from asyncapi_socketio.jsonschema.validation import Schema
from asyncapi_socketio.mock.samples import Samples, drawn
from asyncapi_socketio.mock.service import MockService
from asyncapi_socketio.mock.store import Store
from asyncapi_socketio.testing.run import hold
from asyncapi_socketio.transport import listen
from tests.conftest import ORIGIN
from tests.mock.bookshop import objects, shop
from tests.patience import PATIENCE
from tests.people import Person
from tests.processes import launched

MANY = 200
"""Todos that make a list a long one."""

ROOT = Path(__file__).parents[2]
MOCK = (sys.executable, "-m", "asyncapi_socketio", "mock")
CASES = ROOT / "tests" / "generate" / "cases"
READABLE = sorted(case.parent.name for case in CASES.glob("*/expected"))
SOUND = ["asks", "namespaces", "plain_json"]
"""Those that declare an ack for what they refuse."""

UNEXPECTED = ({"error": "an unknown error has occurred"},)
MISSING = ({"error": "entity not found"},)
MILK = {"title": "Buy milk", "completed": False}


Lines: TypeAlias = "asyncio.Queue[str]"


async def said_so_far(said: Lines, count: int) -> list[str]:
    """Wait for so many lines."""
    async with asyncio.timeout(PATIENCE):
        return [await said.get() for _ in range(count)]


def read(path: Path) -> Contract:
    return asyncapi.read(path.read_text("utf-8"), path.name)


OURS = read(ROOT / "asyncapi.yaml")


@asynccontextmanager
async def mocked(contract: Contract, **options: Any) -> AsyncIterator[tuple[str, Lines]]:
    """Mock a contract; gives the URL, and the lines that are said."""
    said: Lines = asyncio.Queue()
    service = MockService(contract, say=said.put_nowait, **options)
    runner = await listen(service.application([ORIGIN]), "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}", said
    finally:
        await runner.cleanup()


@asynccontextmanager
async def two_at(contract: Contract, **options: Any) -> AsyncIterator[tuple[Person, Person]]:
    """Seat Ada and Bob at a mock."""
    async with mocked(contract, **options) as (url, _):
        ada, bob = await Person.at(url, ["websocket"]), await Person.at(url, ["websocket"])
        yield ada, bob
        await ada.leave()
        await bob.leave()


@pytest.fixture
async def url() -> AsyncIterator[str]:
    """Yield a mock of our contract, for the people of `conftest`, who come by every transport."""
    async with mocked(OURS) as (url, _):
        yield url


# Our contract, and two people at it


async def test_what_one_creates_ticks_and_deletes_the_other_sees(ada: Person, bob: Person) -> None:
    assert await ada.lists() == []
    milk = await ada.creates("Buy milk")
    todo = {"id": milk, **MILK}
    assert await bob.hears("todo:created") == todo
    assert await bob.ask("todo:read", milk) == ({"data": todo},)

    call = await bob.creates("Call Ada")
    assert (await ada.hears("todo:created"))["id"] == call != milk
    ticked = {**todo, "completed": True}
    assert await bob.ask("todo:update", {**ticked, "completed": "TRUE", "editing": True}) == ()
    assert await ada.hears("todo:updated") == ticked
    assert [item["id"] for item in await ada.lists()] == [milk, call]

    assert await ada.ask("todo:delete", milk) == ()
    assert await bob.hears("todo:deleted") == milk
    assert [item["title"] for item in await bob.lists()] == ["Call Ada"]
    assert await ada.heard_nothing()


async def test_a_create_that_is_sent_again_with_its_key_is_one_create(
    ada: Person, bob: Person
) -> None:
    new = {"title": "Buy milk", "completed": False, "idempotencyKey": str(uuid4())}
    (first,) = await ada.ask("todo:create", new)
    todo = await bob.hears("todo:created")
    assert await ada.ask("todo:create", {**new, "title": "again"}) == (first,)
    assert await bob.lists() == [todo]
    assert bob.heard == []


async def test_what_is_not_there_is_missing_and_nobody_is_told(ada: Person, bob: Person) -> None:
    gone = str(uuid4())
    assert await ada.ask("todo:read", gone) == MISSING
    assert await ada.ask("todo:update", {"id": gone, **MILK}) == MISSING
    assert await ada.ask("todo:delete", gone) == MISSING
    assert await bob.heard_nothing()


async def test_what_breaks_the_contract_is_refused_as_the_service_does(
    ada: Person, bob: Person
) -> None:
    (refused,) = await ada.ask("todo:create", {"title": "", "completed": "maybe"})
    assert refused["error"] == "invalid payload"
    assert [(item["path"], item["type"]) for item in refused["errorDetails"]] == [
        (["title"], "string.empty"),
        (["completed"], "boolean.base"),
    ]
    (refused,) = await ada.ask("todo:create", MILK, MILK)
    assert refused["errorDetails"][0]["type"] == "arguments.length"
    assert await ada.ask("todo:read", "no id") == MISSING
    assert await bob.heard_nothing()
    assert await bob.lists() == []


async def test_an_event_without_callback_is_carried_out(ada: Person, bob: Person) -> None:
    await ada.tell("todo:create", MILK)
    assert (await bob.hears("todo:created"))["title"] == "Buy milk"


@pytest.mark.slow
@pytest.mark.parametrize("transports", ["polling websocket", "websocket", "polling"])
async def test_the_client_from_npm_is_at_home(url: str, transports: str) -> None:
    program = ROOT / "tests" / "service" / "two_tabs.mjs"
    tabs = await asyncio.create_subprocess_exec(
        "node", program, url, *transports.split(), stdin=DEVNULL, stdout=PIPE
    )
    try:
        assert tabs.stdout is not None
        left = json.loads(await asyncio.wait_for(tabs.stdout.readline(), PATIENCE))
    finally:
        tabs.kill()
        await tabs.wait()
    assert [todo["title"] for todo in left] == ["Buy milk", "Pay the rent 🏠"]


# Its options


async def test_who_fails_always_broadcasts_and_stores_nothing() -> None:
    async with two_at(OURS, rates={"todo:create": 1.0, "todo:list": 0.0}) as (ada, bob):
        for _ in range(5):
            assert await ada.ask("todo:create", MILK) == UNEXPECTED
        assert await bob.heard_nothing()
        assert await bob.lists() == []


async def test_who_fails_at_times_fails_at_the_same_times_for_the_same_seed() -> None:
    async def failures(seed: int) -> list[bool]:
        async with two_at(OURS, rates={"todo:create": 0.5}, seed=seed) as (ada, _):
            return [await ada.ask("todo:create", MILK) == UNEXPECTED for _ in range(30)]

    first = await failures(7)
    assert 5 < sum(first) < 25
    assert await failures(7) == first
    assert await failures(8) != first


async def test_a_seed_decides_every_answer() -> None:
    async def keys(seed: int) -> list[str]:
        async with two_at(OURS, seed=seed) as (ada, _):
            return [await ada.creates("Buy milk") for _ in range(3)]

    first = await keys(7)
    assert len({*first}) == 3
    assert await keys(7) == first
    assert await keys(8) != first


@pytest.mark.slow
async def test_a_seed_decides_what_is_drawn_and_a_question_which() -> None:
    contract = read(CASES / "shapes" / "asyncapi.yaml")
    (draw,) = contract.receives
    circles = [{"kind": "circle", "radius": radius} for radius in (1, 2, 3, 4, 1)]

    async def drawings(seed: int) -> list[Any]:
        async with mocked(contract, seed=seed) as (url, _):
            ada, _ = await sit(url, contract)
            drawings = [await ask(ada, draw, circle) for circle in circles]
            await ada.disconnect()
            return drawings

    first = await drawings(7)
    assert first[4] == first[0]
    assert len({*map(str, first)}) > 1
    assert await drawings(7) == first
    assert await drawings(8) != first


async def test_latency_holds_every_ack_and_keeps_their_order() -> None:
    async with two_at(OURS, latency=0.2) as (ada, _):
        answered: list[int] = []
        start = time.perf_counter()

        async def create(number: int) -> float:
            event = "todo:create" if number % 2 else "todo:read"
            await ada.ask(event, MILK if number % 2 else "no id")
            answered.append(number)
            return time.perf_counter() - start

        waits = await asyncio.gather(*map(create, range(20)))
        assert answered == [*range(20)]
        assert min(waits) >= 0.2
        assert max(waits) < 2  # each waits beside the others, not after them


async def test_a_long_list_is_a_success_too() -> None:
    async with mocked(OURS) as (url, said):
        ada = await Person.at(url, ["websocket"])
        for number in range(MANY):
            await ada.creates(f"Todo {number}")
        assert len(await ada.lists()) == MANY
        assert (await said_so_far(said, MANY + 1))[-1] == "todo:list: success"
        await ada.leave()


async def test_every_event_is_a_line() -> None:
    async with mocked(OURS) as (url, said):
        ada = await Person.at(url, ["websocket"])
        await ada.creates("Buy milk")
        await ada.ask("todo:read", "no id")
        await ada.tell("todo:archive\n")
        await ada.lists()
        await ada.leave()
        lines = await said_so_far(said, 4)
    assert lines == [
        "todo:create: success",
        'todo:read: error {"error": "entity not found"}',
        r"'todo:archive\n': unknown event",
        "todo:list: success",
    ]


# Any contract


def payload_of(contract: Contract, operation: Operation) -> tuple[Any, ...]:
    """Return an operation's arguments: an example, or a drawn value."""
    if not operation.message.takes_any:
        return ()
    document = payload_document(contract, operation)
    value = Samples(document, operation.message.examples, 0).answer(None)
    return tuple(value) if operation.message.several else (value,)


async def sit(url: str, contract: Contract) -> tuple[socketio.AsyncClient, asyncio.Queue[Any]]:
    """Connect to every namespace; what is heard goes into the queue."""
    client, heard = socketio.AsyncClient(reconnection=False), asyncio.Queue[Any]()
    places = [item.example for item in contract.namespaces]
    for place in places:
        client.on("*", lambda *news, place=place: heard.put_nowait((place, *news)), place)
    auth: dict[str, Any] = {}
    for document in (schema_document(contract, [n.auth]) for n in contract.namespaces if n.auth):
        auth |= drawn(valid(document), 0, count=1)[0]
    await client.connect(url, auth=auth, namespaces=places, transports=["websocket"])
    return client, heard


async def ask(client: socketio.AsyncClient, operation: Operation, *args: Any) -> tuple[Any, ...]:
    answered: asyncio.Future[tuple[Any, ...]] = asyncio.get_running_loop().create_future()
    await client.emit(
        operation.event,
        args,
        namespace=operation.namespace.example,
        callback=lambda *answer: answered.set_result(answer),
    )
    return await asyncio.wait_for(answered, PATIENCE)


def judged(args: Sequence[Any], *, several: bool) -> list[Any]:
    """Return what a schema judges: each argument, or the list of all where there may be several."""
    return [[*args]] if several else [*args]


@pytest.mark.slow
@pytest.mark.parametrize("case", READABLE)
async def test_every_event_of_any_contract_is_answered_and_told(case: str) -> None:
    contract = read(CASES / case / "asyncapi.yaml")
    sends = {item.id: item for item in contract.sends}
    async with mocked(contract) as (url, said):
        ada, ada_heard = await sit(url, contract)
        bob, bob_heard = await sit(url, contract)
        for operation in contract.receives:
            if any(operation.id in item.preconditions for item in contract.receives):
                await ask(bob, operation, *payload_of(contract, operation))  # to be in its room
        for operation in contract.receives:
            args = payload_of(contract, operation)
            if operation.replies:
                answer = await ask(ada, operation, *args)
                assert any(reply.takes(len(answer)) for reply in operation.replies)
                document = ack_document(contract, operation) if answer else {}
                for value in judged(
                    answer, several=any(item.several for item in operation.replies)
                ):
                    assert Schema(document).violations(value) == []
            else:
                await ada.emit(operation.event, args, namespace=operation.namespace.example)
            for send in (sends[id_] for id_ in operation.broadcasts):
                hears = [bob_heard] if send.audience != "sender" else []
                hears += [ada_heard] if send.audience not in {"others", "room-others"} else []
                for heard in hears:
                    place, event, *news = await asyncio.wait_for(heard.get(), PATIENCE)
                    assert (place, event) == (send.namespace.example, send.event)
                    assert send.message.takes(len(news))
                    for value in judged(news, several=send.message.several):
                        assert Schema(payload_document(contract, send)).violations(value) == []
        lines = await said_so_far(said, len(contract.receives))
        await ada.disconnect()
        await bob.disconnect()
    assert ada_heard.empty()
    assert bob_heard.empty()
    assert not [line for line in lines if "error" in line or "unknown" in line]


@pytest.mark.slow
@pytest.mark.parametrize(
    "contract", [OURS, read(CASES / "namespaces" / "asyncapi.yaml")], ids=["ours", "namespaces"]
)
async def test_what_breaks_any_contract_is_refused_as_it_declares(contract: Contract) -> None:
    async with mocked(contract) as (url, _):
        ada, heard = await sit(url, contract)
        for operation in (item for item in contract.receives if item.errors):
            arity, payload = operation.errors["arity"], operation.errors["payload"]
            (refused,) = await ask(ada, operation, "one", "two", "three")
            assert refused.items() >= arity.ack.items()
            if operation.message.payload:
                message = operation.message
                for corruption in corruptions(
                    payload_document(contract, operation),
                    drop_unknown=message.unknown_keys == "drop",
                    booleans="boolean" in message.convert,
                ):
                    (bad,) = drawn(corruption.values, 0, count=1)
                    (refused,) = await ask(ada, operation, bad)
                    assert refused.items() >= payload.ack.items(), corruption
                    assert payload.details is None or refused[payload.details], corruption
        await ada.disconnect()
    assert heard.empty()


KEYS = {
    "numbers": {"type": "integer", "minimum": 1},
    "text": {"type": "string", "minLength": 3},
    "uuid": {"type": "string", "format": "uuid"},
    "pattern": {"type": "string", "pattern": "^b-[0-9]{3}$"},
}


@pytest.mark.slow
@pytest.mark.parametrize("kind", KEYS)
async def test_things_of_any_shape_and_keys_of_any_kind_are_remembered(kind: str) -> None:
    contract = asyncapi.read(json.dumps(shop(book_id=KEYS[kind])))
    asks = {item.event: item for item in contract.receives}
    async with mocked(contract) as (url, _):
        ada, _ = await sit(url, contract)
        bob, heard = await sit(url, contract)
        news = {"name": "Emma", "note": "Jane Austen"}
        ((answer,), *_) = [await ask(ada, asks["shelve"], news) for _ in range(12)]
        book = answer["book"]
        assert book.keys() == {"book_id", "name", "added", "note"}
        assert {name: book[name] for name in news} == news
        assert await heard.get() == ("/", "shelved", {"book": book})

        which = {"book_id": book["book_id"]}
        (books,) = await ask(bob, asks["all"])
        assert books[0] == book
        assert len({item["book_id"] for item in books}) == 12

        mended = {**book, "name": "Emma, mended"}
        assert await ask(bob, asks["mend"], {**which, "name": "Emma, mended"}) == (
            {"book": mended},
        )
        assert await ask(ada, asks["fetch"], which) == ({"book": mended},)
        assert await ask(ada, asks["burn"], which) == ()
        for event in ("fetch", "mend", "burn"):
            assert await ask(ada, asks[event], which) == ({"code": "no such book"},)
        assert await ask(ada, asks["fetch"], {}) == ({"code": "bad input"},)
        told = [heard.get_nowait() for _ in range(heard.qsize())]
        assert told[-1] == ("/", "burnt", which)
        await ada.disconnect()
        await bob.disconnect()


@pytest.mark.parametrize("honest", [True, False])
async def test_who_is_asked_answers(honest: bool) -> None:
    contract = read(CASES / "asks" / "asyncapi.yaml")
    async with mocked(contract) as (url, said):
        ada = socketio.AsyncClient(reconnection=False)
        ada.on("confirm", lambda _: honest or "no")
        ada.on("are you there", lambda: None)
        await ada.connect(url, transports=["websocket"])
        await ada.emit("start")
        assert await said_so_far(said, 3) == [
            "start: no ack",
            "confirm: answered with " + ("success" if honest else 'what breaks the contract: "no"'),
            "are you there: answered with success",
        ]
        await ada.disconnect()


def test_a_broadcast_tells_of_the_thing_wherever_its_sample_has_one() -> None:
    memory = Store(OURS, resources(OURS)[0], seed=0)
    todo = memory.create(MILK)
    other = {"id": str(uuid4()), "title": "Call Ada", "completed": True}
    user = {"id": other["id"], "name": "Ada"}
    assert memory.told(other, todo) == todo
    assert memory.told(other["id"], todo) == todo["id"]
    assert memory.told("a word", todo) == "a word"
    assert memory.told({"id": other["id"], "at": 1}, todo) == {"id": todo["id"], "at": 1}
    assert memory.told({"todo": other, "todoId": other["id"], "by": user}, todo) == {
        "todo": todo,
        "todoId": todo["id"],
        "by": user,
    }


@pytest.mark.slow
async def test_who_runs_out_of_keys_fails() -> None:
    contract = asyncapi.read(json.dumps(shop(book_id={"enum": ["a", "b"]})))
    shelve = next(item for item in contract.receives if item.event == "shelve")
    async with mocked(contract) as (url, _):
        ada, _ = await sit(url, contract)
        keys = [(await ask(ada, shelve, {"name": "Emma"}))[0] for _ in range(3)]
        assert {key["book"]["book_id"] for key in keys[:2]} == {"a", "b"}
        assert keys[2] == {"code": "broken"}
        await ada.disconnect()


@pytest.mark.slow
async def test_who_may_enter_a_namespace_is_the_contract_s_to_say() -> None:
    document = shop(book_id=KEYS["text"])
    document["channels"]["shop"]["x-socketio"] |= {
        "auth": {**objects({"token": KEYS["text"]}), "required": ["token"]},
        "connectErrors": {**objects({"retry": {"type": "boolean"}}), "examples": [{"retry": True}]},
    }
    async with mocked(asyncapi.read(json.dumps(document))) as (url, said):
        ada = await Person.at(url, ["websocket"], auth={"token": "open sesame"})
        bob = socketio.AsyncClient(reconnection=False)
        refused: asyncio.Queue[Any] = asyncio.Queue()
        bob.on("connect_error", refused.put_nowait)
        for auth in (None, {}, {"token": 1}, {"token": "please", "\ud800\n": 1}):
            with pytest.raises(socketio.exceptions.ConnectionError):
                await bob.connect(url, auth=auth, transports=["websocket"])
        assert await refused.get() == {"message": '"token" is required', "data": {"retry": True}}
        assert await said_so_far(said, 4) == [
            """/: connect rejected: '"token" is required'""",
            """/: connect rejected: '"token" is required'""",
            """/: connect rejected: '"token" must be a string'""",
            r"""/: connect rejected: '"\ud800\n" is not allowed'""",
        ]
        await ada.leave()


async def test_a_page_of_another_origin_is_not_let_in() -> None:
    async with mocked(OURS) as (url, _):
        ada = await Person.at(url, headers={"Origin": ORIGIN})
        with pytest.raises(socketio.exceptions.ConnectionError):
            await Person.at(url, headers={"Origin": "http://evil.example"})
        await ada.leave()


@pytest.mark.slow
@pytest.mark.parametrize(
    "path", [ROOT / "asyncapi.yaml", *(CASES / case / "asyncapi.yaml" for case in SOUND)],
    ids=["ours", *SOUND],
)  # fmt: skip
async def test_contract_test_finds_nothing_wrong_with_it(path: Path) -> None:
    async with mocked(read(path)) as (url, _):
        await asyncio.to_thread(hold, url, contract=str(path), max_examples=10, timeout=PATIENCE)


# Run as a program


def run(*options: str) -> Any:
    """Mock on a free port, in a process of its own."""
    free = () if "--port" in options else ("--port", "0")
    return launched(*free, *options, program=MOCK, directory=ROOT)


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_it_says_where_it_is_and_stops_when_told_to(number: signal.Signals) -> None:
    async with run("--seed", "7") as process:
        start = await process.says("mock of")
        assert start.startswith("mock of Todo service 1.2.0 on http://127.0.0.1:")
        ada = await Person.at(start.rpartition(" ")[2], ["websocket"])
        await ada.creates("Buy milk")
        process.signal(number)
        assert await process.end() == 0
        assert process.said == [start, "todo:create: success"]
        await ada.leave()


@pytest.mark.slow
async def test_a_busy_port_is_one_line() -> None:
    with socket.create_server(("127.0.0.1", 0)) as busy:
        port = str(busy.getsockname()[1])
        async with run("--port", port) as process:
            assert await process.end() == 2
    (line,) = process.said
    assert line.startswith(f"Error: can't listen on 127.0.0.1:{port}: ")
    assert line.endswith(": Address already in use: choose another with --port")


@pytest.mark.slow
async def test_nobody_has_to_read_what_it_says() -> None:
    reading, writing = os.pipe()
    process = await asyncio.create_subprocess_exec(*MOCK, "--port", "0", cwd=ROOT, stderr=writing)
    os.close(writing)
    with closing(os.fdopen(reading, "rb", buffering=0)) as unread:
        start = await asyncio.to_thread(unread.readline)
        ada = await Person.at(start.decode().split()[-1], ["websocket"])
        for _ in range(2_000):  # more lines than a pipe holds
            await ada.tell("nobody knows " + 80 * "x")
        assert await ada.lists() == []
        await ada.leave()
        process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(PATIENCE):
            assert await process.wait() == 0


@pytest.mark.slow
async def test_what_no_value_fits_is_named_and_the_rest_is_mocked() -> None:
    never = {"type": "array", "minItems": 1, "items": {"not": {}}}
    contract = asyncapi.read(json.dumps(shop(book_id=KEYS["text"], added=never)))
    async with mocked(contract) as (url, said):
        (first, *_) = await said_so_far(said, 2)
        assert first.startswith("channels/shop/messages/one: #")
        assert first.endswith("it is never sent")
        await (await Person.at(url, ["websocket"])).leave()


HELLO = str(CASES / "plain_json" / "asyncapi.yaml")


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        (
            ["--fail", "todo:made=1"],
            "'todo:made' is not an event that clients emit: todo:list, todo:c",
        ),
        (["--fail", "todo:list"], "'todo:list' is not an event"),
        (["--fail", "todo:list=2"], "'2' is not a rate: write todo:list=0.1 for every tenth call"),
        (["--fail", "todo:list=nan"], "'nan' is not a rate"),
        (["--fail", "todo:list=x"], "'x' is not a rate"),
        (["--fail", "hello=1", "--contract", HELLO], "'hello' declares no ack for what is"),
        (["--contract", "nowhere.yaml"], "nowhere.yaml: "),
        (["--contract", str(CASES / "refused_yaml" / "asyncapi.yaml")], "'info' stands here twice"),
        (["--origin", "*"], "name each origin"),
        (["--latency", "-1"], "-1 is not in the range"),
        (["--port", "65536"], "65536 is not in the range"),
    ],
)
def test_what_can_not_be_mocked_is_said(options: list[str], problem: str) -> None:
    result = CliRunner().invoke(main, ["mock", *options])
    assert result.exit_code == 2
    assert problem in result.stderr


@pytest.mark.slow
async def test_it_leaves_nothing_where_it_runs(tmp_path: Path) -> None:
    here, home = tmp_path / "here", tmp_path / "home"
    here.mkdir()
    contract = str(CASES / "shapes" / "asyncapi.yaml")
    async with launched(
        *("--contract", contract, "--port", "0"),
        program=MOCK,
        variables={"HOME": str(home)},
        directory=here,
    ) as process:
        await process.says("mock of Shapes 1.2.3-rc.1 on http://127.0.0.1:")
        process.signal(signal.SIGTERM)
        assert await process.end() == 0
    assert [*here.iterdir()] == []


# Its page


@pytest.mark.slow
async def test_the_session_of_its_page_prints_what_it_says() -> None:
    page = (ROOT / "docs" / "contract" / "mock.md").read_text("utf-8")
    (command, program, printed, said) = re.findall(r"```(?:sh|js|text)\n(.*?)```", page, re.DOTALL)
    options = command.split()[2:]
    async with run(*options) as process:
        url = (await process.says("mock of")).rpartition(" ")[2]
        node = await asyncio.create_subprocess_exec(
            *("node", "--input-type=module", "-"), cwd=ROOT, stdin=PIPE, stdout=PIPE
        )
        program = program.replace("http://127.0.0.1:3000", url)
        output, _ = await asyncio.wait_for(node.communicate(program.encode()), PATIENCE)
        process.signal(signal.SIGTERM)
        await process.end()
    assert output.decode() == printed
    assert "\n".join(process.said).replace(url, "http://127.0.0.1:3000") == said.strip()
