"""What a client costs in the browser: its size, the time to its list, its memory, a click."""

from __future__ import annotations

import gzip
from pathlib import Path
from statistics import median
from typing import Any

from playwright.async_api import Browser, CDPSession, Page, Response

from pages.clients import Client

FIRST_ROW = """
window.listed = new Promise((painted) => {
  new MutationObserver((_, observer) => {
    if (!document.querySelector(".todo-list li")) return;
    observer.disconnect();
    requestAnimationFrame(() => setTimeout(() => painted(performance.now())));
  }).observe(document, { subtree: true, childList: true });
});
"""
"""Milliseconds from the request of the page until its first rows are painted."""

TOGGLED = """
async () => {
  const row = document.querySelector(".todo-list li");
  const before = row.classList.contains("completed");
  const start = performance.now();
  row.querySelector(".toggle").click();
  await new Promise(requestAnimationFrame);
  await new Promise((painted) => setTimeout(painted));
  if (row.classList.contains("completed") === before) throw new Error("nothing was toggled");
  return performance.now() - start;
}
"""
"""Milliseconds from a click on the first todo's box to the frame that shows it."""

CLICKS = 5
KIB, MIB = 2**10, 2**20


async def measured(browser: Browser, client: Client) -> dict[str, float]:
    """Open a client in a browser that has not seen it, from another site; return what it costs."""
    processes = await browser.new_browser_cdp_session()
    before = await _times(processes)
    context = await browser.new_context(
        viewport={"width": 800, "height": 700}, storage_state=client.storage()
    )
    page = await context.new_page()
    await page.add_init_script(FIRST_ROW)
    answers: list[Response] = []
    page.on("response", lambda answer: answers.append(answer))  # noqa: PLW0108  # no C function
    await page.goto(client.elsewhere)
    await page.goto(client.url)
    listed = float(await page.evaluate("window.listed"))
    after = await _times(processes)
    renderer = max(after, key=lambda each: after[each] - before.get(each, 0))
    found = {"listed_ms": listed, **await _sizes(answers), **await _memory(page, renderer)}
    found["toggled_ms"] = median([await page.evaluate(TOGGLED) for _ in range(CLICKS)])
    await context.close()
    await processes.detach()
    return found


async def _times(processes: CDPSession) -> dict[int, float]:
    """Return the seconds of CPU of each process that renders pages."""
    found = await processes.send("SystemInfo.getProcessInfo")
    return {
        each["id"]: each["cpuTime"] for each in found["processInfo"] if each["type"] == "renderer"
    }


async def _sizes(answers: list[Response]) -> dict[str, float]:
    wanted = {"script", "stylesheet"}
    bodies = [await answer.body() for answer in answers if answer.request.resource_type in wanted]
    return {
        "raw_kib": sum(map(len, bodies)) / KIB,
        "gzip_kib": sum(len(gzip.compress(body, 9)) for body in bodies) / KIB,
    }


async def _memory(page: Page, process: int) -> dict[str, float]:
    devtools = await page.context.new_cdp_session(page)
    await devtools.send("Performance.enable")
    for _ in range(2):
        await devtools.send("HeapProfiler.collectGarbage")
    metrics: list[dict[str, Any]] = (await devtools.send("Performance.getMetrics"))["metrics"]
    found = {metric["name"]: float(metric["value"]) for metric in metrics}
    return {
        "heap_mib": found["JSHeapUsedSize"] / MIB,
        "process_mib": _proportional_kib(process) * KIB / MIB,
        "rows": await page.locator(".todo-list li").count(),
    }


def _proportional_kib(process: int) -> int:
    """Return a process's memory; what it shares counts in parts."""
    smaps = Path(f"/proc/{process}/smaps_rollup").read_text("ascii")
    return int(smaps.partition("Pss:")[2].split()[0])
