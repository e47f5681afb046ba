"""`python -m asyncapi_socketio` is the command line `asyncapi-socketio`."""

from __future__ import annotations

from .cli.main import NAME, main

main(prog_name=NAME)
