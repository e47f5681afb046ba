"""Names of sessions and clients."""

from __future__ import annotations

import secrets

RANDOM = 18
"""Bytes of an id, that nobody can guess and no two ids share: 144 bits."""


def new_id() -> str:
    """Return an id of 24 characters."""
    return secrets.token_urlsafe(RANDOM)
