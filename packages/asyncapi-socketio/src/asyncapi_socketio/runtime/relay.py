"""A transport in front of another: what stands between a gateway and its clients is one."""

from __future__ import annotations

from ..jsonschema.validation import Json
from .gateway import Transport


class Relay:
    """Passes on all that a gateway asks of the wire."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self.ask, self.disconnect = transport.ask, transport.disconnect
        self.enter, self.leave, self.rooms = transport.enter, transport.leave, transport.rooms
        self.handshake = transport.handshake

    def emit(
        self,
        namespace: str,
        event: str,
        args: tuple[Json, ...],
        *,
        room: str | None = None,
        skip: str | None = None,
    ) -> None:
        """Send an event to those whom the gateway means."""
        self._transport.emit(namespace, event, args, room=room, skip=skip)
