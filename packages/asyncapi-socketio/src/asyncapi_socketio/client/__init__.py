"""What generated clients stand on: a namespace of a server, by python-socketio's `AsyncClient`.

Client    connects, calls, hears and answers; generated classes give each event its types
Rejected  what a call raises when the server acknowledges an error that the contract declares
Options   how to connect, beside the URL and the auth payload
Handler   a function, async or not, that takes what is heard
Auth      an auth payload, or a function that returns one for each connect
"""

from __future__ import annotations

from ..errors import ConnectError
from ..runtime.operations import ANSWER_WITHIN
from .acks import Rejected

try:
    from .client import Auth, Client, Handler, Options
except ModuleNotFoundError as error:
    if error.name != "socketio":
        raise
    text = "clients need python-socketio: pip install 'asyncapi-socketio[client]'"
    raise ModuleNotFoundError(text, name=error.name) from error

__all__ = ["ANSWER_WITHIN", "Auth", "Client", "ConnectError", "Handler", "Options", "Rejected"]
