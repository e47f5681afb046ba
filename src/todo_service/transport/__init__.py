"""The only package that knows Socket.IO: sessions, packets and frames stay behind `Server`."""

from .limits import Limits
from .server import Server, listen

__all__ = ["Limits", "Server", "listen"]
