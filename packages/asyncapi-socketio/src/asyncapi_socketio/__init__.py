"""Serve and check Socket.IO APIs that an AsyncAPI document describes.

    Application   serves a contract with handlers, on this library's own transport
    Schema        judges values by JSON Schema; JOI and JSON_SCHEMA are words for violations
    Limits, Trust  what clients may take, and which proxies are believed
    Encoded       an ack's argument that is JSON already
    ConnectError, Unavailable, NoAnswer, ContractBroken   all errors, below Error

Generated code brings the contract, the handlers' interface, and the context that handlers get.
An application may also use the modules `logs`, `process` (signals), `workers` (several processes),
`listeners` (TLS, Unix sockets, systemd), `documents` (files that do not change), `origins`,
`metrics` and `histogram` (what Prometheus asks for), `tracing` (OpenTelemetry), and `backends` for
the python-socketio server that a team has already.
Generated clients stand on `client`, with the extra of that name.
What needs the `server` extra is imported when it is first asked for.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from .encoded import Encoded
from .errors import ConnectError, ContractBroken, Error, NoAnswer, Unavailable

if TYPE_CHECKING:
    from .application import Application
    from .jsonschema.validation import Schema
    from .jsonschema.wording import JOI, JSON_SCHEMA
    from .transport import Limits, Trust

__all__ = [
    "JOI",
    "JSON_SCHEMA",
    "Application",
    "ConnectError",
    "ContractBroken",
    "Encoded",
    "Error",
    "Limits",
    "NoAnswer",
    "Schema",
    "Trust",
    "Unavailable",
]

_LATER = {
    "Application": ".application",
    "JOI": ".jsonschema.wording",
    "JSON_SCHEMA": ".jsonschema.wording",
    "Limits": ".transport",
    "Schema": ".jsonschema.validation",
    "Trust": ".transport",
}
"""What is imported when it is first asked for, as it needs more than generated code does."""


def __getattr__(name: str) -> object:
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    try:
        return getattr(import_module(_LATER[name], __name__), name)
    except ModuleNotFoundError as error:
        if error.name is None or error.name.startswith(__name__):
            raise
        text = f"{name} needs {error.name}: pip install 'asyncapi-socketio[server]'"
        raise ModuleNotFoundError(text, name=error.name) from error
