# Generated from asyncapi.yaml by `asyncapi-socketio generate`. Do not edit.
"""Chat 1.0.0, generated."""

from .operations import CONTRACT, Broadcast, Context, Handlers

__all__ = ["CONTRACT", "Broadcast", "Context", "Handlers"]
