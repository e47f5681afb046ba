"""The only package that knows Socket.IO: sessions, packets and frames stay behind `Server`.

    server      what the service sees: `Server`, and `listen` with the limits on HTTP
    namespaces  Socket.IO v5: who is where, events in, acks and broadcasts out
    engine      Engine.IO v4: who is let in, and by which transport
    session     one client: order, bounds, heartbeat
    polling, websocket, upgrade   what carries a session, and the way from one to the other
    doors       who may connect at all, counted from the accept on
    proxy, proxy_protocol   whom trusted proxies name as their clients
    requests    whom a request is from, and which bodies are not read
    packets, frames, eager, limits   the parts they are made of

It stands on python-socketio 5.18.1, python-engineio 4.15.1 and aiohttp 3.14.5, which are pinned,
for it relies on more than they document. The protocol tests tell when an upgrade breaks it.

- `engineio.AsyncServer`: `sockets` is the registry of sessions, `generate_id` names them. Its
  `handle_request` is replaced: it drops long bodies and lets malformed packets pass.
- `engineio.AsyncSocket`: its queue and its task for each packet are replaced by `Session`.
- `socketio.AsyncServer` and `AsyncManager`: rooms and the engine's construction. Their handling of
  packets is replaced: it makes a task for each recipient and each event, and runs our own connect
  handlers for events that a client has named so.
- `aiohttp.web.WebSocketResponse._post_start`, `RequestHandler.connection_lost`, `_message_tail` and
  `_task_handler`: the handshake is aiohttp's, then the transport gets our protocol, so that a frame
  costs neither a future nor a task, and an idle client neither a request nor a coroutine.
- `aiohttp.web.Server.connection_made` and `connection_lost`: replaced on our server, for nothing
  else is told of a connection that never sends a request.
- `aiohttp.web.Application._make_request` and `Request._prepare_hook`: no response, not even one to
  a malformed request, names the software; and a request tells of the client behind a proxy.
- `aiohttp._websocket.reader`: `WebSocketReader`, the parser in C, feeds a queue of ours.
- `asyncio.tasks._enter_task` and `_leave_task`, the hooks for loops and tasks of any make: a
  coroutine that runs without a task of its own still has a current task.
"""

from .limits import Limits
from .proxy import Trust
from .server import Server, listen

__all__ = ["Limits", "Server", "Trust", "listen"]
