"""What `deploy/` has for Prometheus and Grafana is asked of a real Prometheus that scrapes us."""

from __future__ import annotations

import asyncio
import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import ruamel.yaml

from servers.ports import free_port
from tests.docs.pages import ROOT, text
from tests.patience import PATIENCE
from tests.people import Person
from tests.processes import running
from tests.service.prometheus import prometheus

DEPLOY = ROOT / "deploy"
YAML = ruamel.yaml.YAML(typ="safe")
RULES = YAML.load(DEPLOY / "prometheus" / "rules.yml")["groups"][0]["rules"]
DASHBOARD = json.loads((DEPLOY / "grafana" / "todo.json").read_text("utf-8"))


def test_every_alert_has_its_place_in_the_runbook() -> None:
    part = text("operating.md").partition("## Alerts")[2].partition("\n## ")[0]
    titles = re.findall(r"^### (\w+)$", part, re.MULTILINE)
    assert titles == [rule["alert"] for rule in RULES]
    for rule in RULES:
        assert rule["annotations"]["runbook"] == f"docs/operating.md#{rule['alert'].lower()}"


@pytest.mark.slow
def test_the_dashboard_is_one_by_grafana_s_own_types(tmp_path: Path) -> None:
    assert checked(DASHBOARD, tmp_path) == ""
    wrong = {**DASHBOARD, "panels": [{**DASHBOARD["panels"][0], "gridpos": {}}]}
    assert "'\"gridpos\"' does not exist" in checked(wrong, tmp_path)


def checked(dashboard: dict[str, Any], folder: Path) -> str:
    """Return what TypeScript has against a dashboard."""
    (folder / "dashboard.ts").write_text(
        "import type { Dashboard } from '@grafana/schema';\n"
        f"export const dashboard = {json.dumps(dashboard)} satisfies Dashboard;\n",
        "utf-8",
    )
    if not (folder / "node_modules").exists():
        (folder / "node_modules").symlink_to(ROOT / "node_modules")
    options = ("--noEmit", "--strict", "--skipLibCheck", "--module", "nodenext")
    command = (ROOT / "node_modules/.bin/tsc", *options, "dashboard.ts")
    return subprocess.run(
        command, cwd=folder, capture_output=True, text=True, timeout=PATIENCE, check=False
    ).stdout


def queries() -> Iterator[str]:
    """Yield what the dashboard asks, as Grafana does for one instance."""
    for panel in DASHBOARD["panels"]:
        for target in panel.get("targets", ()):
            query = target["expr"].replace("$job", "todo").replace("$instance", ".*")
            yield query.replace("$__rate_interval", "1m")


def scraping(folder: Path, admin_port: int) -> None:
    """Write our configuration, for our service, so that it scrapes more often."""
    shutil.copy(DEPLOY / "prometheus" / "rules.yml", folder)
    config = (DEPLOY / "prometheus" / "prometheus.yml").read_text("utf-8")
    config = config.replace(":9100", f":{admin_port}").replace(": 15s", ": 200ms")
    (folder / "prometheus.yml").write_text(config, "utf-8")


async def ask(web: aiohttp.ClientSession, url: str, **parameters: str) -> Any:
    """Ask Prometheus."""
    async with web.get(url, params=parameters) as response:
        answer = await response.json()
    assert answer["status"] == "success", answer
    return answer["data"]


@pytest.mark.slow
async def test_a_prometheus_finds_what_each_panel_and_each_rule_asks_for(tmp_path: Path) -> None:
    admin_port = free_port()
    timeout = aiohttp.ClientTimeout(total=PATIENCE)
    options = ("--database", "memory:", "--admin-port", str(admin_port))
    scraping(tmp_path, admin_port)
    async with (
        running(*options) as service,
        prometheus(tmp_path) as url,
        aiohttp.ClientSession(timeout=timeout) as web,
    ):
        ada = await Person.at(service.url, ["websocket"])
        async with asyncio.timeout(PATIENCE):
            for query in queries():
                while not (await ask(web, f"{url}/api/v1/query", query=query))["result"]:
                    await ada.creates("Buy milk")  # rates need two scrapes
                    await asyncio.sleep(0.1)
            while "unknown" in (health := await judged(web, url)):  # noqa: ASYNC110  # it tells nobody
                await asyncio.sleep(0.1)
        assert health == ["ok"] * len(RULES)
        await ada.leave()


async def judged(web: aiohttp.ClientSession, url: str) -> list[str]:
    """Return how each rule did when it was last evaluated."""
    (group,) = (await ask(web, f"{url}/api/v1/rules"))["groups"]
    return [rule["health"] for rule in group["rules"]]
