"""Names of sessions and clients."""

from __future__ import annotations

import secrets
from base64 import urlsafe_b64encode
from itertools import count

RANDOM, COUNTED = 12, 3
"""Bytes of an id that nobody can guess, and bytes that no two ids of a process share."""

_number = count()


def new_id() -> str:
    """Return an id of 20 characters, made as engine.io makes them."""
    number = next(_number) % (1 << 8 * COUNTED)
    unique = secrets.token_bytes(RANDOM) + number.to_bytes(COUNTED, "big")
    return urlsafe_b64encode(unique).decode()
