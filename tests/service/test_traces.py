"""What a receiver of traces is told of the todo service, and what it costs when it is away."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

from tests.otlp import SOON, attributes, receiving
from tests.people import Person
from tests.processes import SERVE, launched, running
from tests.service.test_sqlite_repository import locked

TRACE, CAUSE = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
TRACEPARENT = f"00-{TRACE}-{CAUSE}-01"


@pytest.mark.slow
async def test_an_event_is_a_span_with_its_commit_and_broadcast_under_it_and_the_clients_link(
    tmp_path: Path,
) -> None:
    file = tmp_path / "todos.db"
    options = ("--database", f"sqlite:///{file}")
    async with (
        receiving() as received,
        running(*options, "--traces", received.url, variables=SOON) as service,
    ):
        ada = await Person.at(service.url, ["websocket"], auth={"traceparent": TRACEPARENT})
        bob = await Person.at(service.url, ["websocket"], auth={"traceparent": "nonsense"})
        todo_id = await ada.creates("secret milk")
        await ada.ask("todo:update", {"id": todo_id, "title": "", "completed": False})
        await bob.tell("todo:invented")
        await bob.lists()
        event, commit, send, refused, listed = await received.named(
            "process todo:create",
            "commit",
            "send todo:created",
            "process todo:update",
            "process todo:list",
        )
        with locked(file):
            assert (await bob.ask("todo:delete", todo_id))[0]["error"]
        (failed,) = await received.named("process todo:delete")
        await ada.leave()
        await bob.leave()
    assert received.services == {"todo-service"}
    assert event.kind == Span.SPAN_KIND_CONSUMER
    assert send.kind == Span.SPAN_KIND_PRODUCER
    assert not event.parent_span_id
    for part in (commit, send):
        assert (part.trace_id, part.parent_span_id) == (event.trace_id, event.span_id)
        assert event.start_time_unix_nano <= part.start_time_unix_nano
        assert part.end_time_unix_nano <= event.end_time_unix_nano
    assert commit.end_time_unix_nano <= send.start_time_unix_nano
    (link,) = event.links
    assert (link.trace_id.hex(), link.span_id.hex()) == (TRACE, CAUSE)
    assert not listed.links, "what is no traceparent is no link"
    about = attributes(event)
    assert len(str(about.pop("messaging.client.id"))) >= 20
    assert about == {
        "messaging.system": "socketio",
        "messaging.operation.name": "process",
        "messaging.operation.type": "process",
        "messaging.destination.name": "todo:create",
        "socketio.namespace": "/",
        "socketio.outcome": "acknowledged",
    }
    assert attributes(send)["messaging.batch.message_count"] == 1
    assert attributes(refused)["socketio.outcome"] == "rejected"
    assert refused.status.code == Status.STATUS_CODE_UNSET
    assert attributes(failed)["error.type"] == "unavailable"
    assert failed.status.code == Status.STATUS_CODE_ERROR
    told = b"".join(span.SerializeToString() for span in received.spans)
    assert b"invented" not in told, "names that clients invent are none"
    assert b"secret" not in told, "nothing of a payload is"


@pytest.mark.slow
async def test_a_receiver_that_is_away_delays_neither_events_nor_the_end(tmp_path: Path) -> None:
    options = ("--database", "memory:", "--traces", "http://127.0.0.1:9")
    async with running(*options, variables=SOON) as service:
        ada = await Person.at(service.url, ["websocket"])
        await ada.creates("Buy milk")
        await service.says("opentelemetry")
        await ada.creates("Buy bread")
        await ada.leave()
        service.signal(signal.SIGTERM)
        assert await service.end() == 0


@pytest.mark.slow
async def test_where_traces_go_is_a_url() -> None:
    async with launched("--traces", "localhost:4318", program=SERVE) as service:
        assert await service.end() == 2
    assert "write it as http://localhost:4318" in service.said[0]
