"""The reference page in a browser: offline from a file, and trying events on the service."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import TypeAlias

import pytest
import pytest_asyncio
import yaml
from playwright.async_api import Browser, ConsoleMessage, Page, expect

from asyncapi_socketio import asyncapi
from asyncapi_socketio.generate import reference
from chat.app import Chat
from chat.generated.operations import CONTRACT
from tests.library.backends import BACKENDS

ROOT = Path(__file__).parent.parent.parent
FILE = ROOT / "src/todo_service/generated/reference.html"
CHAT = ROOT / "examples/chat/chat/generated/reference.html"
AXE = ROOT / "node_modules/axe-core/axe.min.js"

Reads: TypeAlias = Callable[..., Awaitable[Page]]

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]


@pytest_asyncio.fixture(loop_scope="session")
async def reads(browser: Browser) -> AsyncIterator[Reads]:
    """Open the page at a URL; nothing may complain in its console, or be fetched elsewhere."""
    complaints: list[str] = []

    def listen(message: ConsoleMessage) -> None:
        is_cut_short = "/socket.io/" in f"{message.text} {message.location}"  # at a disconnect
        if message.type in {"error", "warning"} and not is_cut_short:
            complaints.append(message.text)

    async with AsyncExitStack() as stack:

        async def open_page(url: str, *, dark: bool = False, width: int = 1200) -> Page:
            context = await browser.new_context(
                color_scheme="dark" if dark else "light",
                viewport={"width": width, "height": 800},
                reduced_motion="reduce",
            )
            stack.push_async_callback(context.close)
            page = await context.new_page()
            page.on("console", listen)
            page.on("pageerror", lambda error: complaints.append(str(error)))
            await page.goto(url)
            return page

        yield open_page
    assert complaints == []


async def test_the_file_opens_offline_and_asks_for_nothing(reads: Reads) -> None:
    page = await reads("about:blank")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    await page.context.set_offline(True)
    await page.goto(FILE.as_uri())
    await expect(page.get_by_role("heading", level=1)).to_have_text("Todo service")
    assert asked == [FILE.as_uri()]


async def test_search_leaves_what_has_the_words(reads: Reads) -> None:
    page = await reads(FILE.as_uri())
    await page.keyboard.press("/")
    await page.keyboard.type("deletion durable")
    await expect(page.locator("article:visible h3").first).to_contain_text("todo:delete")
    await expect(page.locator("#found")).to_have_text("2 found")
    await expect(page.locator("nav li:visible")).to_have_count(2)
    await page.get_by_role("searchbox").fill("")
    await expect(page.locator("#createTodo")).to_be_visible()


async def test_dark_is_as_the_system_says_until_someone_chooses(reads: Reads) -> None:
    page = await reads(FILE.as_uri(), dark=True)
    root = page.locator("html")
    await expect(root).to_have_attribute("data-theme", "dark")
    await page.get_by_role("button", name="Dark").click()
    await expect(root).to_have_attribute("data-theme", "light")
    await page.reload()
    await expect(root).to_have_attribute("data-theme", "light")


async def test_every_link_leads_somewhere_on_the_page(reads: Reads) -> None:
    page = await reads(FILE.as_uri())
    lost = await page.evaluate(
        "[...document.links].map((a) => a.hash).filter((hash) => !document.querySelector(hash))"
    )
    assert lost == []


@pytest.mark.parametrize(("dark", "width"), [(False, 1200), (True, 390)])
@pytest.mark.parametrize("file", [FILE, CHAT], ids=["todo", "chat"])
async def test_everyone_can_use_it(reads: Reads, file: Path, dark: bool, width: int) -> None:
    page = await reads(file.as_uri(), dark=dark, width=width)
    await page.get_by_role("button", name="Open all").click()
    await page.evaluate(AXE.read_text("utf-8"))
    found = await page.evaluate("axe.run().then((all) => all.violations.map((one) => one.id))")
    assert found == []
    wider = await page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert wider <= 0


async def test_on_a_phone_the_contents_are_folded(reads: Reads) -> None:
    page = await reads(FILE.as_uri(), width=390)
    link = page.get_by_role("navigation").get_by_role("link", name="todo:create", exact=True)
    await expect(link).to_be_hidden()
    await page.get_by_text("Contents", exact=True).click()
    await link.click()
    await expect(link).to_be_hidden()
    await expect(page.locator("#createTodo summary")).to_be_in_viewport()
    await expect(page.locator("#createTodo > details")).to_have_attribute("open", "")


async def test_links_to_an_event_a_schema_and_an_error_open_them(reads: Reads) -> None:
    for anchor in ("createTodo", "schema-Todo", "error-1"):
        page = await reads(f"{FILE.as_uri()}#{anchor}")
        await expect(page.locator(f"#{anchor} > details")).to_have_attribute("open", "")


async def test_the_keyboard_alone_opens_an_event_and_follows_its_error(reads: Reads) -> None:
    page = await reads(FILE.as_uri())
    await page.locator("#createTodo summary").focus()
    await page.keyboard.press("Enter")
    error = page.locator("#createTodo").get_by_role("link", name="more events than")
    await error.press("Enter")
    target = page.locator(await error.get_attribute("href") or "")
    await expect(target).to_be_in_viewport()
    await expect(target).to_contain_text("too many events")


async def test_the_contract_can_be_downloaded(reads: Reads) -> None:
    page = await reads(FILE.as_uri())
    async with page.expect_download() as download:
        await page.get_by_role("button", name="Download the contract").click()
    downloaded = await (await download.value).path()
    assert json.loads(contents(downloaded)) == yaml.safe_load(contents(ROOT / "asyncapi.yaml"))


def contents(file: Path) -> str:
    return file.read_text("utf-8")


async def test_the_form_and_the_json_are_one_value(reads: Reads) -> None:
    page = await reads(FILE.as_uri())
    form, raw = page.get_by_role("group", name="Form"), page.get_by_label("JSON", exact=True)
    await page.get_by_role("combobox", name="Event", exact=True).select_option("todo:create")
    await expect(form.get_by_label("with id", exact=True)).to_have_count(0)  # not allowed
    await form.get_by_label("title", exact=True).fill("Buy bread")
    await form.get_by_role("combobox", name="completed").select_option("true")
    assert json.loads(await raw.input_value()) == {"title": "Buy bread", "completed": True}
    await raw.fill('{"title": "Buy jam", "completed": false}')
    await expect(form.get_by_label("title", exact=True)).to_have_value("Buy jam")
    await form.get_by_label("with idempotencyKey").check()
    assert "idempotencyKey" in json.loads(await raw.input_value())
    await form.get_by_label("with idempotencyKey").uncheck()
    assert json.loads(await raw.input_value()) == {"title": "Buy jam", "completed": False}


SHAPES = """
asyncapi: 3.1.0
info: {title: Shapes, version: 1.0.0}
servers:
  far:
    host: example.org
    pathname: /live/
    protocol: wss
    security: [{type: httpApiKey, in: header, name: X-Key}]
channels:
  main:
    address: /
    messages:
      all:
        x-socketio: {args: 2}
        payload:
          type: array
          items:
          - type: object
            required: [kind, shape, tags]
            properties:
              kind: {enum: [circle, square]}
              shape:
                oneOf:
                - title: Circle
                  type: object
                  required: [radius]
                  properties: {radius: {type: number}}
                - {title: Name, type: string}
              tags: {type: array, items: {type: string}}
          - {type: boolean}
operations:
  all:
    action: receive
    channel: {$ref: '#/channels/main'}
    messages: [{$ref: '#/channels/main/messages/all'}]
"""


@pytest.fixture
def shapes(tmp_path: Path) -> str:
    """Return the URL of the page of a contract with each kind of form."""
    file = tmp_path / "shapes.html"
    file.write_text(reference.emit(asyncapi.read(SHAPES))["reference.html"], "utf-8")
    return file.as_uri()


async def test_there_is_a_form_for_tuples_choices_and_lists(reads: Reads, shapes: str) -> None:
    page = await reads(shapes)
    form, raw = page.get_by_role("group", name="Form"), page.get_by_label("JSON", exact=True)
    await form.get_by_role("combobox", name="kind").select_option('"square"')
    await form.get_by_label("shape is").select_option("Name")
    await form.get_by_role("textbox", name="shape").fill("box")
    await form.get_by_role("button", name="Add to tags").click()
    await form.get_by_label("tags 1").fill("red")
    await form.get_by_role("combobox", name="Argument 2").select_option("true")
    value = {"kind": "square", "shape": "box", "tags": ["red"]}
    assert json.loads(await raw.input_value()) == [value, True]
    await raw.fill('[{"kind": "circle", "shape": {"radius": 2}, "tags": []}, false]')
    await expect(form.get_by_label("radius")).to_have_value("2")


SERVED = {
    "JavaScript": 'path: "/live/",',
    "TypeScript": "Socket<ServerEvents, ClientEvents>",
    "Python": 'headers={"X-Key": "YOUR-KEY"}',
    "Java": '.setPath("/live/")',
    "Swift": 'URL(string: "https://example.org")!',
    "Command line": "'https://example.org/live/?EIO=4&transport=polling'",
}


async def test_snippets_are_for_the_chosen_server(reads: Reads, shapes: str) -> None:
    page = await reads(f"{shapes}#all")
    use = page.get_by_role("region", name="Use of all")
    for language, says in SERVED.items():
        await use.get_by_label("Language").select_option(language)
        await expect(use.locator("code")).to_contain_text(says)
    await page.get_by_label("Address").fill("http://localhost:4000")
    for language in SERVED:
        await use.get_by_label("Language").select_option(language)
        await expect(use.locator("code")).to_contain_text("localhost:4000")


async def test_clients_of_one_page_hear_each_other(reads: Reads, url: str) -> None:
    page = await reads(f"{url}/docs")
    await page.get_by_role("button", name="Add a client").click()
    for name in ("Client A", "Client B"):
        client = page.get_by_role("group", name=name)
        await client.get_by_role("button", name="Connect").click()
        await expect(client.get_by_text("connected to /", exact=True)).to_be_visible()
    await page.goto(f"{url}/docs#createTodo")
    await page.get_by_role("button", name="Try todo:create").click()
    await page.get_by_role("button", name="Emit").click()
    await expect(page.locator("#ack")).to_contain_text('"data": "')
    timeline = page.locator("#timeline li")
    await expect(timeline.filter(has_text="A emits")).to_contain_text("Buy milk")
    await expect(timeline.filter(has_text="A gets")).to_contain_text("data")
    await expect(timeline.filter(has_text="B hears")).to_contain_text("todo:created")
    await expect(timeline).to_have_count(3)


async def test_what_was_wrong_is_said_until_the_next_success(reads: Reads, url: str) -> None:
    page = await reads(f"{url}/docs")
    problem = page.locator("#problem")
    await page.get_by_role("combobox", name="Event", exact=True).select_option("todo:create")
    await page.get_by_role("button", name="Emit").click()
    await expect(problem).to_contain_text("press Connect first")
    await page.get_by_role("button", name="Connect").click()
    await expect(page.get_by_text("connected to /", exact=True)).to_be_visible()
    await page.get_by_label("JSON", exact=True).fill('{"title": "<b>"}')
    await page.get_by_role("button", name="Emit").click()
    await expect(page.locator("#ack")).to_contain_text('"error": "invalid payload"')
    await page.get_by_label("JSON", exact=True).fill("{")
    await page.get_by_role("button", name="Emit").click()
    await expect(problem).to_contain_text("the payload is not valid JSON")
    await page.get_by_label("JSON", exact=True).fill('{"title": "Tea", "completed": false}')
    await page.get_by_role("button", name="Emit").click()
    await expect(page.locator("#ack")).to_contain_text('"data": "')
    await expect(problem).to_have_text("")


async def test_chat_shows_its_auth_and_asks_who_closes_a_room(reads: Reads) -> None:
    async with BACKENDS["own"](CONTRACT, Chat()) as (url, _):
        page = await reads(f"{url}/docs")
        timeline = page.locator("#timeline li")
        client = page.get_by_role("group", name="Client A")
        auth = client.get_by_label("Auth of / (JSON)")
        await auth.fill('{"token": "nobody"}')
        await client.get_by_role("button", name="Connect").click()
        await expect(client.get_by_role("status")).to_contain_text('{"code":401}')
        await client.get_by_role("button", name="Disconnect").click()
        await auth.fill('{"token": "ada-token"}')
        await client.get_by_role("checkbox", name="/moderators").check()
        await client.get_by_role("button", name="Connect").click()
        await expect(client.get_by_role("status")).to_have_text(
            "connected to /; connected to /moderators"
        )
        for event in ("joinRoom", "closeRoom"):
            await page.goto(f"{url}/docs#{event}")
            await page.locator(f'[data-try="{event}"]').click()
            await page.get_by_role("button", name="Emit").click()
        await page.get_by_role("button", name="Acknowledge").click()
        await expect(timeline.filter(has_text="acknowledges")).to_contain_text("true")
        await expect(timeline.filter(has_text="gets / room:close")).to_be_visible()
