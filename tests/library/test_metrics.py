"""An application's metrics, as Prometheus reads them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import aiohttp
import pytest
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.samples import Sample

from asyncapi_socketio import Application, Limits
from asyncapi_socketio.metrics import admin
from chat.app import Chat
from chat.generated.operations import CONTRACT
from tests.library.backends import guests
from tests.library.test_backends import ADA, BOB, MIA, refused
from tests.patience import PATIENCE
from tests.service.prometheus import program


class Scraped:
    """What an application's `/metrics` said."""

    def __init__(self, text: str) -> None:
        self.text = text
        families = text_string_to_metric_families(text)
        self._samples: list[Sample] = [item for family in families for item in family.samples]

    def __call__(self, name: str, **labels: str) -> float:
        """Return the sum of a metric's values where it has these labels."""
        found = [
            item.value
            for item in self._samples
            if item.name == name and labels.items() <= item.labels.items()
        ]
        assert found, name
        return sum(found)


async def scrape(url: str) -> Scraped:
    """Read metrics, as Prometheus does."""
    async with aiohttp.request("GET", f"{url}/metrics") as response:
        assert response.status == 200
        assert response.content_type == "text/plain"
        return Scraped(await response.text())


async def until(url: str, true: Callable[[Scraped], bool]) -> Scraped:
    """Scrape until something is true that nobody waits for."""
    async with asyncio.timeout(PATIENCE):
        while not true(scraped := await scrape(url)):  # noqa: ASYNC110  # it tells nobody
            await asyncio.sleep(0.02)
    return scraped


@asynccontextmanager
async def operated(limits: Limits | None = None) -> AsyncIterator[tuple[str, str]]:
    """Serve the chat, and yield its URL and its operators'."""
    app = Application(CONTRACT, Chat(), limits=limits)
    operators, _ = admin(app, "chat")
    runners = [await app.listen(port=0), await app.listen(port=0, app=operators)]
    url, admin_url = (f"http://127.0.0.1:{runner.addresses[0][1]}" for runner in runners)
    yield url, admin_url
    for runner in runners:
        await runner.cleanup()


async def test_who_is_there_who_came_and_who_went() -> None:
    async with operated() as (url, watched):
        async with guests(url) as come, guests(url, "/moderators") as moderate:
            await come(ADA)
            bob = await come(BOB)
            await moderate(MIA)
            scraped = await scrape(watched)
            assert scraped("chat_sessions", transport="websocket") == 3
            assert scraped("chat_sessions", transport="polling") == 0
            assert scraped("chat_clients", namespace="/") == 2
            assert scraped("chat_clients", namespace="/moderators") == 1
            assert scraped("chat_connects_total", namespace="/", outcome="accepted") == 2
            assert await refused(url, {"token": "nobody"})
            assert await refused(url, None, "/attic")
            await bob.client.disconnect()
            scraped = await until(watched, lambda now: now("chat_clients", namespace="/") == 1)
            assert scraped("chat_connects_total", namespace="/", outcome="rejected") == 1
            assert scraped("chat_connects_total", namespace="unknown", outcome="rejected") == 1
            assert scraped("chat_disconnects_total", namespace="/") == 1
        scraped = await until(watched, lambda now: now("chat_sessions") == 0)
        assert scraped("chat_sessions_opened_total") == 5
        assert scraped("chat_sessions_ended_total") == 5


async def test_events_by_outcome_and_what_they_became() -> None:
    async with operated() as (url, watched), guests(url) as come:
        ada, bob, eve = await come(ADA), await come(BOB), await come(ADA)
        for guest in (ada, bob, eve):
            await guest.call("room:join", "kitchen")
        await ada.call("message:send", {"room": "kitchen", "text": "Hello"})
        await ada.call("message:send", {"room": "kitchen"})
        await ada.client.emit("nobody:knows")
        scraped = await until(watched, lambda now: now("chat_unknown_events_total") == 1)
        sent = {"namespace": "/", "event": "message:send"}
        assert scraped("chat_events_total", **sent, outcome="acknowledged") == 1
        assert scraped("chat_events_total", **sent, outcome="rejected") == 1
        assert scraped("chat_events_total", event="room:join") == 3
        assert scraped("chat_event_seconds_count", **sent) == 2
        assert 0 < scraped("chat_event_seconds_sum", **sent) < PATIENCE
        assert scraped("chat_event_seconds_bucket", **sent, le="+Inf") == 2
        assert scraped("chat_broadcasts_total", namespace="/", event="message:new") == 1
        assert scraped("chat_broadcasts_total", event="room:joined") == 3
        assert scraped("chat_deliveries_total") == 2 + (0 + 1 + 2)
        assert "nobody:knows" not in scraped.text


async def test_what_is_above_a_client_s_share_and_what_is_rejected() -> None:
    async with operated(Limits(connections=1, events_per_second=1)) as (url, watched):
        async with guests(url) as come:
            ada = await come(ADA)
            async with asyncio.timeout(PATIENCE):
                while await ada.call("room:join", "kitchen") != {"error": "too many events"}:
                    pass  # two of them within a second
            async with aiohttp.request("GET", f"{url}/socket.io/?EIO=4&transport=polling") as bob:
                assert bob.status == 503
            scraped = await scrape(watched)
        assert scraped("chat_events_total", event="room:join", outcome="limited") == 1
        assert scraped("chat_requests_rejected_total", reason="Too many connections") == 1
        assert scraped("chat_limit", limit="connections") == 1
        assert 'reason="too many events"' not in scraped.text


async def test_how_late_the_loop_is_and_what_the_process_takes() -> None:
    async with operated() as (_, watched):
        scraped = await until(watched, lambda now: now("chat_loop_lag_seconds_count") > 1)
        assert scraped("chat_build_info", contract=CONTRACT.version) == 1
        assert scraped("process_resident_memory_bytes") > 1e6
        assert scraped("process_open_fds") > 0
        assert scraped("chat_queued_bytes") == scraped("chat_slow_readers") == 0


@pytest.mark.slow
async def test_prometheus_finds_nothing_to_complain_of() -> None:
    async with operated() as (url, watched), guests(url) as come:
        ada = await come(ADA)
        await ada.call("room:join", "kitchen")
        scraped = await scrape(watched)
    checking = await asyncio.create_subprocess_exec(
        *(program("promtool"), "check", "metrics"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await checking.communicate(scraped.text.encode())
    assert (checking.returncode, said.decode()) == (0, "")
