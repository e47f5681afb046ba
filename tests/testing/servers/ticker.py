"""A market with a feed of prices and everyone's own orders; its argument names the planted bug."""

from __future__ import annotations

import asyncio
import re
import sys
from decimal import Decimal
from itertools import count
from typing import Any

import socketio
from aiohttp import web

PLANTED = sys.argv[1] if len(sys.argv) > 1 else ""
PATH = "feed"
TOKENS = {"Bearer ada": "ada", "Bearer bob": "bob"}
MOST_ORDERS = 100

server = socketio.AsyncServer(async_mode="aiohttp")
orders: dict[str, tuple[str, dict[str, Any]]] = {}
names: dict[str, str] = {}
numbers = count(1)


def has(bug: str) -> bool:
    """Return whether this bug is planted."""
    return bug == PLANTED


def symbol(value: Any) -> bool:
    """Judge the name of a share."""
    return isinstance(value, str) and bool(re.fullmatch("[A-Z]{1,5}", value))


def amount(value: Any) -> bool:
    """Judge an amount of money, in cents."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return has("takes true for money") and value is True
    most = 10**9 if has("any amount") else 10**5
    least = value >= 0 if has("free of charge") else value > 0
    whole = has("parts of cents") or Decimal(str(value)) % Decimal("0.01") == 0
    if has("floating cents"):
        whole = value % 0.01 == 0
    return least and value <= most and whole


def quantity(value: Any) -> bool:
    """Judge a number of shares."""
    if isinstance(value, bool) or not isinstance(value, int | float) or value != int(value):
        return False
    least, most = 0 if has("orders of nothing") else 1, 999 if has("a share too few") else 1000
    return least <= value <= most


def new_order(value: Any) -> bool:
    """Judge an order that is placed."""
    judges = {"symbol": symbol, "side": side, "limit": amount, "quantity": quantity}
    if has("no limit needed") and isinstance(value, dict):
        value = {"limit": 1, **value}
    return (
        isinstance(value, dict)
        and value.keys() == judges.keys()
        and all(judge(value[key]) for key, judge in judges.items())
    )


def side(value: Any) -> bool:
    """Judge which side of a trade it is."""
    return isinstance(value, str) and value in (
        {"buy", "sell", "hold", "Buy", "BUY"} if has("any case") else {"buy", "sell"}
    )


def order_key(value: Any) -> bool:
    """Judge what names an order."""
    if not isinstance(value, dict) or not isinstance(value.get("id"), str):
        return False
    return value.keys() == {"id"} and bool(re.fullmatch("o-[0-9]{1,12}", value["id"], re.ASCII))


def symbols(value: Any) -> bool:
    """Judge which shares somebody follows."""
    if not isinstance(value, list) or not all(map(symbol, value)):
        return False
    twice = has("follows twice") or len({*value}) == len(value)
    return twice and (0 if has("follows nothing") else 1) <= len(value) <= 5


def refused(reason: str) -> dict[str, Any]:
    """Say no."""
    return {"ok": False, "reason": reason}


INVALID = refused("invalid" if has("says another word") else "bad request")


async def connect(sid: str, environ: dict[str, Any], _auth: Any = None) -> None:
    """Let in who has a token in a header."""
    who = TOKENS.get(environ.get("HTTP_AUTHORIZATION", ""))
    if who is None:
        raise ConnectionRefusedError("no token")
    names[sid] = who


async def follow(sid: str, *args: Any) -> Any:
    """Let somebody hear prices."""
    if len(args) != 1 or not symbols(args[0]):
        return INVALID
    for name in args[0]:
        await server.enter_room(sid, name)
    if has("a price of text"):
        return [{"symbol": name, "price": "10.01"} for name in args[0]]
    return [{"symbol": name, "price": 10.01} for name in args[0]]


async def place(sid: str, *args: Any) -> Any:
    """Take an order."""
    if len(args) != 1 or not new_order(args[0]):
        return INVALID
    if sum(owner == names[sid] for owner, _ in orders.values()) >= MOST_ORDERS:
        return refused("too many orders")
    key = "o-7" if has("one number for all") else f"o-{next(numbers)}"
    order = {**args[0], "id": key}
    kept = {**order, "quantity": 1} if has("keeps one share") else order
    if not has("keeps no order"):
        orders[key] = (names[sid], kept)
    told = {"symbol": order["symbol"], "quantity": order["quantity"]}
    if has("tells who orders"):
        told["owner"] = names[sid]
    if not has("tells nobody"):
        await server.emit("order:placed", told, skip_sid=None if has("tells the buyer") else sid)
    if has("rounds the limit"):
        return {**order, "limit": round(order["limit"]) or 1}
    return order


def found(sid: str, args: tuple[Any, ...]) -> Any:
    """Return somebody's order, or a refusal."""
    if len(args) != 1 or not order_key(args[0]):
        return INVALID
    owner, order = orders.get(args[0]["id"], ("", None))
    if order is None:
        if has("raises for unknown orders"):
            raise KeyError(args[0]["id"])
        return refused("no such order")
    return order if owner == names[sid] else refused("not yours")


async def status(sid: str, *args: Any) -> Any:
    """Show an order."""
    order = found(sid, args)
    if has("shows any order") and order.get("reason") == "no such order":
        return {"id": args[0]["id"], "symbol": "ACME", "side": "buy", "limit": 1, "quantity": 1}
    return order


async def summary(sid: str, *args: Any) -> Any:
    """Sum an order up."""
    order = found(sid, args)
    if order.get("ok") is False:
        return order
    if has("a total of text"):
        return {"total": str(order["limit"])}
    return {"total": order["limit"] * order["quantity"]}


async def cancel(sid: str, *args: Any) -> Any:
    """Forget an order."""
    order = found(sid, args)
    if order.get("ok") is False:
        return order
    if not has("cancels nothing"):
        del orders[order["id"]]
    return {"ok": True}


async def mine(sid: str, *args: Any) -> Any:
    """List somebody's own orders."""
    if args:
        return INVALID
    own = [order for owner, order in orders.values() if owner == names[sid]]
    if has("lists all but the last"):
        own = own[:-1]
    return [*own, *own] if has("lists twice") else own


async def alarm(_: str, *args: Any) -> Any:
    """Take an alarm."""
    if len(args) != 2 or not symbol(args[0]) or not (amount(args[1]) or has("any alarm")):
        return INVALID
    if has("an alarm takes seconds"):
        await asyncio.sleep(3)
    return {"ok": 1 if has("yes is one") else True}


async def trade(_: web.Application) -> None:
    """Tell followers of prices, for ever."""
    server.start_background_task(tick)


async def tick() -> None:
    """Move the price of each share that is followed."""
    for moment in count():
        for name in ("ACME", "A", "AA"):
            price = 10 + moment % 100 / 100
            told = -price if has("prices below nothing") else round(price, 2)
            await server.emit("tick", {"symbol": name, "price": told}, room=name)
        await asyncio.sleep(0.02)


async def serve() -> None:
    """Serve, and print the port."""
    app = web.Application()
    server.attach(app, socketio_path=PATH)
    app.on_startup.append(trade)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    sys.stdout.write(f"{runner.addresses[0][1]}\n")
    sys.stdout.flush()
    await asyncio.Event().wait()


for event, handler in {
    "connect": connect,
    "follow": follow,
    "order:place": place,
    "order:status": status,
    "order:summary": summary,
    "order:cancel": cancel,
    "orders:mine": mine,
    "alarm:set": alarm,
}.items():
    server.on(event, handler)

asyncio.run(serve())
