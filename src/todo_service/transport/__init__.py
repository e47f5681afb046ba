"""The only package that knows Socket.IO: sessions, packets and frames stay behind `Server`."""

from .server import Server

__all__ = ["Server"]
