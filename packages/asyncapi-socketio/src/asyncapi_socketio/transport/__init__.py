"""Engine.IO v4 and Socket.IO v5 on aiohttp, bounded in all that a client can make it hold.

From the outside in; no module imports one that stands above it:

    server        what its users see: `Server`, and `listen` with the limits on HTTP
    namespaces    the clients of each namespace, and what is sent to them
    client        one client in Socket.IO: what it connects to, emits, acknowledges, is asked
    engine        Engine.IO: who is let in, and by which carrier
    upgrade       the way from one carrier to the other
    polling, websocket   the carriers
    session       one Engine.IO session: order, bounds, heartbeat, on ports for all it needs
    receiver      the port to whoever serves the clients
    connections   who may connect at all, counted from the accept on
    handover, turns   a request for another worker's session leaves with its socket
    neighbours    the port to those other workers
    requests, proxy, proxy_protocol   whom a request is from, as trusted proxies tell
    packets, parsers, frames, rooms, backlog, eager_tasks, ids, limits   the parts they are made of

It stands on aiohttp 3.14.5, which is pinned: `_aiohttp` has all that aiohttp does not document.
`eager_tasks` uses `asyncio.tasks._enter_task` and `_leave_task`, the hooks for loops and tasks of
any make: a coroutine that runs without a task of its own still has a current task.
"""

from .limits import Limits
from .neighbours import Arrival, Line, Neighbours
from .proxy import Client, Trust
from .receiver import Handshake, Receiver
from .server import Figures, Place, Server, listen, listen_among

__all__ = [
    "Arrival",
    "Client",
    "Figures",
    "Handshake",
    "Limits",
    "Line",
    "Neighbours",
    "Place",
    "Receiver",
    "Server",
    "Trust",
    "listen",
    "listen_among",
]
