"""The only package that knows Socket.IO: sessions, packets and frames stay behind `Server`."""

from .limits import Limits
from .server import BACKLOG, Server, listen

__all__ = ["BACKLOG", "Limits", "Server", "listen"]
