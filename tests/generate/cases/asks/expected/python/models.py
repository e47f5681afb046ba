# Generated from asyncapi.yaml by `make generate`. Do not edit.
"""The schemas as JSON-ready types."""

from __future__ import annotations

from typing import TypeAlias

Question: TypeAlias = str


Confirmed: TypeAlias = bool
