"""Prometheus's alerts fire by the faults that they are for, each by its own, in a real run.

The service is real, and so are its faults and promtool. Only time is not: each scrape stands for
one of Prometheus's, which are `STEP` seconds apart, so that minutes of waiting take a second.
"""

from __future__ import annotations

import asyncio
import json
import re
import resource
import signal
import sqlite3
from asyncio.subprocess import PIPE, STDOUT
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, closing, contextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import ruamel.yaml
from prometheus_client.parser import text_string_to_metric_families

from servers.ports import free_port
from tests.patience import PATIENCE
from tests.people import Person
from tests.processes import ServiceProcess, running
from tests.service.dashboard import draw
from tests.service.prometheus import program
from tests.transport.wire import Address

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy" / "prometheus"
YAML = ruamel.yaml.YAML(typ="safe")
RULES = YAML.load(DEPLOY / "rules.yml")["groups"][0]["rules"]

STEP = 15
"""Seconds of Prometheus's time from one scrape to the next."""

WHERE = {"job": "todo", "instance": "127.0.0.1:9100"}
LONG = "\N{SNOWMAN}\N{SNOWMAN WITHOUT SNOW}" * 128

LIMITS = ("connections=12", "queued=3000000", "events_per_second=1000000")


class History:
    """What Prometheus stores: a value per series and step; None where there was none."""

    def __init__(self) -> None:
        self.steps = 0
        self.series: dict[str, list[float | None]] = {}

    def add(self, samples: Mapping[str, float]) -> None:
        """Store a step."""
        for name in samples.keys() - self.series.keys():
            self.series[name] = [None] * self.steps
        for name, values in self.series.items():
            values.append(samples.get(name))
        self.steps += 1

    def forget(self) -> None:
        """Take the latest step back."""
        for values in self.series.values():
            values.pop()
        self.steps -= 1

    def latest(self, name: str, **labels: str) -> float:
        """Return the newest value of a series."""
        value = self.series[named(name, labels)][-1]
        assert value is not None
        return value


def named(name: str, labels: Mapping[str, str]) -> str:
    """Write a series as promtool reads it."""
    pairs = sorted({**labels, **WHERE}.items())
    return name + "{" + ",".join(f"{key}={json.dumps(value)}" for key, value in pairs) + "}"


class Operator:
    """Scrapes a service, step by step, and notes which alerts have to fire by then."""

    def __init__(self, web: aiohttp.ClientSession, database: Path) -> None:
        self.history = History()
        self.expected: dict[int, set[str]] = {}
        self.service: ServiceProcess
        self.ada: Person
        self._web = web
        self._options = ["--database", f"sqlite:///{database}", "--admin-port", f"{free_port()}"]
        for limit in LIMITS:
            self._options += ["--limit", limit]
        self._todo: dict[str, Any] = {}

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[None]:
        """Run the service, with Ada at it."""
        async with running(*self._options) as self.service:
            self.ada = await Person.at(self.service.url, ["websocket"])
            todo = {"title": "Buy milk", "completed": False}
            self._todo = {**todo, "id": await self.ada.creates("Buy milk")}
            yield
            await self.ada.leave()

    async def scrape(self) -> None:
        """Let a step pass, in which the service does what it does on any day."""
        samples = {named("up", {}): 0.0}
        try:
            async with self._web.get(f"http://127.0.0.1:{self._options[3]}/metrics") as response:
                samples = {named("up", {}): 1.0, **read(await response.text())}
        except aiohttp.ClientError:
            pass
        self.history.add(samples)

    async def reads(self) -> None:
        """Let Ada read."""
        await self.ada.ask("todo:read", self._todo["id"])

    async def writes(self, title: str = "Buy milk") -> tuple[Any, ...]:
        """Let Ada change a todo."""
        return await self.ada.ask("todo:update", {**self._todo, "title": title})

    async def calm(self, steps: int) -> None:
        """Let steps pass in which nothing is wrong; at their end no alert fires."""
        for _ in range(steps):
            await self.reads()
            assert await self.writes() == ()
            await self.scrape()
        self.fires()

    def fires(self, *alerts: str) -> None:
        """Expect these alerts to fire now, and no others."""
        self.expected[self.history.steps - 1] = {*alerts}


BUSY = {"TodoLoopLate", "TodoSlowAcks", "TodoSlowCommits"}
"""Alerts that a busy machine fires, too: they are looked for where they are expected."""

WATCHED = re.compile(r"todo_|process_(open_fds|max_fds|start_time_seconds)")


def read(text: str) -> dict[str, float]:
    """Read what a scrape has of the metrics that alerts and dashboards look at."""
    return {
        named(sample.name, sample.labels): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if WATCHED.match(sample.name)
    }


@pytest.fixture
async def operator(tmp_path: Path) -> AsyncIterator[Operator]:
    """Watch a service."""
    timeout = aiohttp.ClientTimeout(total=PATIENCE)
    async with aiohttp.ClientSession(timeout=timeout) as web:
        yield Operator(web, tmp_path / "todos.db")


@contextmanager
def locked(database: Path) -> Iterator[None]:
    """Keep others from writing into a database."""
    with closing(sqlite3.connect(database, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


async def test_each_fault_fires_its_alerts_and_no_others(
    operator: Operator, tmp_path: Path, record: bool
) -> None:
    async with operator.serving():
        await operator.calm(24)
        await a_slow_disk(operator, tmp_path / "todos.db")
        await operator.calm(30)
        await a_lock(operator, tmp_path / "todos.db")
        await operator.calm(30)
        await a_crowd(operator)
        await operator.calm(30)
        await deaf_clients(operator)
        await operator.calm(70)
        await a_busy_core(operator)
        await operator.calm(30)
        await few_files(operator)
        await operator.calm(12)
    await restarts(operator)
    await judged(operator.history, operator.expected, tmp_path)
    await lagging(operator.history, tmp_path)
    picture = ROOT / "docs" / "images" / "dashboard.svg" if record else tmp_path / "drawn.svg"
    await draw(operator.history.series, tmp_path, picture)


async def a_slow_disk(operator: Operator, database: Path) -> None:
    """Let each commit take as long as another program holds the file."""
    for _ in range(14):
        with locked(database):
            writing = asyncio.ensure_future(operator.writes())
            await asyncio.sleep(0.3)
        assert await writing == ()
        await operator.scrape()
    operator.fires("TodoSlowCommits", "TodoSlowAcks")


async def a_lock(operator: Operator, database: Path) -> None:
    """Let another program hold the file for good."""
    with locked(database):
        for _ in range(12):
            assert await operator.writes() == ({"error": "an unknown error has occurred"},)
            await operator.scrape()
    operator.fires("TodoStoreNotReady", "TodoEventsFail", "TodoSlowAcks")


async def a_crowd(operator: Operator) -> None:
    """Let as many connect as may, and somebody else again and again."""
    url = operator.service.url
    crowd = [await Person.at(url, ["websocket"]) for _ in range(11)]
    for _ in range(12):
        async with aiohttp.request("GET", f"{url}/socket.io/?EIO=4&transport=polling") as answer:
            assert answer.status == 503
        await operator.reads()
        await operator.scrape()
    operator.fires("TodoNearlyFull", "TodoConnectionsRejected")
    for person in crowd:
        await person.leave()


async def deaf_clients(operator: Operator) -> None:
    """Tell clients much that they don't read: until half of the bound waits, then until they go."""
    address = Address(int(operator.service.url.rpartition(":")[2]))
    deaf = [await address.connect() for _ in range(8)]
    history = operator.history
    await shouts(operator, lambda: history.latest("todo_queued_bytes") > 1_800_000)
    for _ in range(10):
        await operator.reads()
        await operator.scrape()
    operator.fires("TodoQueuesFull")
    await shouts(operator, lambda: history.latest("todo_queued_bytes") > 2_400_000)
    await sees(operator, lambda: history.latest("todo_overloaded", cause="queued") == 1)
    for _ in range(10):
        await operator.reads()
        await operator.scrape()
    operator.fires("TodoQueuesFull", "TodoOverloaded")
    gone = "todo_sessions_ended_total"
    await shouts(operator, lambda: history.latest(gone, reason="slow reader") == len(deaf))
    await sees(operator, lambda: history.latest("todo_overloaded", cause="queued") == 0)
    operator.fires("TodoSlowReadersDropped")
    for socket in deaf:
        socket.cut()


async def shouts(operator: Operator, enough: Callable[[], bool]) -> None:
    """Change todos to long titles, until it is enough."""
    async with asyncio.timeout(PATIENCE):
        while True:
            await asyncio.gather(*[operator.writes(LONG) for _ in range(250)])
            await operator.scrape()
            if enough():
                return


async def sees(operator: Operator, noticed: Callable[[], bool]) -> None:
    """Scrape again in place of the latest step, until the service has noticed something."""
    async with asyncio.timeout(PATIENCE):
        while not noticed():
            operator.history.forget()
            await operator.scrape()


async def a_busy_core(operator: Operator) -> None:
    """Let the process stand still for half a second, again and again."""
    for _ in range(12):
        await standing_still(operator)
    operator.fires("TodoLoopLate")


async def standing_still(operator: Operator) -> None:
    """Stop the process for half a second; it has noticed when this returns."""
    lags, history = "todo_loop_lag_seconds_count", operator.history
    before = history.latest(lags)
    operator.service.signal(signal.SIGSTOP)
    await asyncio.sleep(0.5)
    operator.service.signal(signal.SIGCONT)
    await operator.scrape()
    await sees(operator, lambda: history.latest(lags) != before)


async def few_files(operator: Operator) -> None:
    """Let the process open hardly more files than it has."""
    history, pid = operator.history, operator.service.pid
    before = resource.prlimit(pid, resource.RLIMIT_NOFILE)
    few = int(history.latest("process_open_fds")) + 4
    resource.prlimit(pid, resource.RLIMIT_NOFILE, (few, before[1]))
    for _ in range(10):
        await operator.reads()
        await operator.scrape()
    operator.fires("TodoFewFilesLeft")
    resource.prlimit(pid, resource.RLIMIT_NOFILE, before)


async def restarts(operator: Operator) -> None:
    """Let the service be away for a while, and then come back three times in short order."""
    for _ in range(6):
        await operator.scrape()
    operator.fires("TodoDown")
    for _ in range(3):
        async with operator.serving():
            for _ in range(2):
                await operator.reads()
                await operator.scrape()
    operator.fires("TodoRestarts")


async def lagging(history: History, folder: Path) -> None:
    """Fire what only a store with a log can: the same run, with numbers that a lost node has."""
    lost = History()
    lost.steps = 24
    lost.series = {name: values[:24] for name, values in history.series.items()}
    lost.series[named("todo_log_behind", {})] = [*[0.0] * 10, *[5_000.0] * 14]
    lost.series[named("todo_database_reconnects_total", {})] = [*[0.0] * 10, *map(float, range(14))]
    await judged(lost, {9: set(), 23: {"TodoBehind", "TodoDatabaseFlaps"}}, folder)
    with pytest.raises(AssertionError, match="TodoDatabaseFlaps"):  # promtool would say so
        await judged(lost, {23: {"TodoBehind"}}, folder)


async def judged(history: History, expected: Mapping[int, set[str]], folder: Path) -> None:
    """Let promtool say whether exactly the expected alerts fire."""
    checks = [
        {
            "eval_time": f"{step * STEP}s",
            "alertname": rule["alert"],
            "exp_alerts": [fired(rule)] if rule["alert"] in alerts else [],
        }
        for step, alerts in expected.items()
        for rule in RULES
        if rule["alert"] in alerts or rule["alert"] not in BUSY
    ]
    series = [
        {"series": name, "values": " ".join("_" if item is None else f"{item!r}" for item in items)}
        for name, items in history.series.items()
    ]
    test = {
        "rule_files": [str(DEPLOY / "rules.yml")],
        "evaluation_interval": f"{STEP}s",
        "tests": [
            {"interval": f"{STEP}s", "input_series": series, "alert_rule_test": checks},
        ],
    }
    file = folder / "alerts.test.yml"
    file.write_text(json.dumps(test), "utf-8")  # which is YAML, too
    process = await asyncio.create_subprocess_exec(
        program("promtool"), "test", "rules", str(file), stdout=PIPE, stderr=STDOUT
    )
    said, _ = await process.communicate()
    assert process.returncode == 0, said.decode()


def fired(rule: dict[str, Any]) -> dict[str, Any]:
    """Return an alert as promtool expects it."""
    return {"exp_labels": {**rule["labels"], **WHERE}, "exp_annotations": rule["annotations"]}
