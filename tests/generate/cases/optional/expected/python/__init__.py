# Generated from asyncapi.yaml by `make generate`. Do not edit.
"""Optional 1.0.0, generated."""

from .operations import CONTRACT, Broadcast, Context, Handlers

__all__ = ["CONTRACT", "Broadcast", "Context", "Handlers"]
