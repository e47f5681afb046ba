"""Names of sessions and clients."""

from __future__ import annotations

import secrets
from base64 import urlsafe_b64encode

RANDOM = 18
"""Bytes of an id, that nobody can guess and no two ids share: 144 bits."""


def new_id() -> str:
    """Return an id of 24 characters."""
    return urlsafe_b64encode(secrets.token_bytes(RANDOM)).decode()
