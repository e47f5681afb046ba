"""Every bound of the transport, in one place, each with a default that suits a public service."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a client may take: seconds, bytes and counts.

    What is counted of all clients together, or of an address, is counted in each process; all else
    is of one session or request, which is in one process.
    """

    ping_interval: float = 25.0
    """Seconds from one sign of life to the next ping (Engine.IO v4, "Heartbeat")."""

    ping_timeout: float = 20.0
    """Seconds in which anything must arrive after a ping."""

    payload: int = 1_000_000
    """Bytes of one message, of one POST body, and of all attachments of one event."""

    headers: int = 8 * 1024
    """Bytes of the headers of a request that opens a session; they are kept as long as it lives."""

    packets: int = 10_000
    """Packets of one POST body."""

    attachments: int = 16
    """Binary attachments of one event."""

    pause_reading_above: int = 256 * 1024
    """Bytes queued for a client above which its requests are no longer read."""

    drop_above: int = 4 * 1024 * 1024
    """Bytes that may be queued after that, the client's own acks included; above, it is dropped."""

    queued: int = 256 * 1024 * 1024
    """Bytes queued for all clients of a process; above, those with the most to read are dropped."""

    unfinished: int = 64 * 1024 * 1024
    """Bytes of what has not arrived whole, or is not begun yet, of all clients of a process."""

    write_timeout: float = 20.0
    """Seconds in which a client must have read what it was sent, or `least_rate` bytes for each."""

    least_rate: int = 1024
    """Bytes per second that a client must read while anything waits for it."""

    connect_timeout: float = 10.0
    """Seconds in which a client must connect to a namespace, and that judging it may take."""

    upgrade_timeout: float = 10.0
    """Seconds from the WebSocket's opening to the end of an upgrade."""

    header_timeout: float = 15.0
    """Seconds in which the head of an HTTP request must have arrived."""

    body_timeout: float = 10.0
    """Seconds in which a POST body must have arrived."""

    close_timeout: float = 1.0
    """Seconds that a client has to answer a closing handshake."""

    connections: int = 20_000
    """Sessions of a process; and so many TCP connections besides, that no WebSocket holds."""

    connections_per_address: int = 10_000
    """The same from one address, of the client that a trusted proxy names."""

    lag: float = 0.25
    """Seconds that turns of the event loop may take; above, no sessions are opened, until half."""

    events_per_second: int = 5_000
    """Events of one client in a second; those above are refused."""

    namespaces: int = 100
    """Namespaces of one client, where their paths have parameters: there are any number of them."""

    events_in_flight: int = 64
    """Events of one client that wait for their outcome; above, its requests are no longer read."""
