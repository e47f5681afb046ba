"""Prices as they change, for whoever watches them."""

from __future__ import annotations

import asyncio
from itertools import count
from math import sin

from asyncapi_socketio import Application

from .generated.models import Price, TickerSymbol
from .generated.operations import CONTRACT, Broadcast, Context, Handlers

EVERY = 0.5
"""Seconds from one tick to the next."""

SYMBOLS: tuple[TickerSymbol, ...] = ("ACME", "INIT", "VAPR")


class Ticker(Handlers):
    """The last price of each symbol."""

    def __init__(self) -> None:
        self.prices: dict[TickerSymbol, Price] = {
            symbol: {"symbol": symbol, "price": 10.0} for symbol in SYMBOLS
        }

    async def watch(self, symbol: TickerSymbol, context: Context, /) -> Price:
        context.enter(symbol)
        return self.prices[symbol]

    async def trade(self, broadcast: Broadcast) -> None:
        """Move the market for ever, and tell who watches."""
        for moment in count():
            for number, symbol in enumerate(SYMBOLS):
                price = round(10 + 2 * sin(moment / 10 + number), 2)
                self.prices[symbol] = {"symbol": symbol, "price": price}
                broadcast.tick(symbol, self.prices[symbol])
            await asyncio.sleep(EVERY)


ticker = Ticker()
app = Application(CONTRACT, ticker, background=ticker.trade)
