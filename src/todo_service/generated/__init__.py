# Generated from asyncapi.yaml by `make generate`. Do not edit.
"""Todo service 1.2.0, generated."""

from .operations import CONTRACT, Broadcast, Context, Handlers

__all__ = ["CONTRACT", "Broadcast", "Context", "Handlers"]
