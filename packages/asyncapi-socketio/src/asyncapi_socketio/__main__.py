"""`python -m asyncapi_socketio` is the command line `asyncapi-socketio`."""

from __future__ import annotations

from .cli import NAME
from .cli.main import main

main(prog_name=NAME)
