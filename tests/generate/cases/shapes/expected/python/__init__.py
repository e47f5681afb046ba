# Generated from asyncapi.yaml by `make generate`. Do not edit.
"""Shapes 1.2.3-rc.1, generated."""

from .operations import CONTRACT, Broadcast, Context, Handlers

__all__ = ["CONTRACT", "Broadcast", "Context", "Handlers"]
