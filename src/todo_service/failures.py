"""How a failure is logged: what it is and where, never the values that its message may quote."""

from __future__ import annotations

import traceback
from pathlib import Path

FRAMES = 8
"""The innermost calls of a failure that are logged."""


def trace(error: BaseException) -> str:
    """Return a failure's kind and calls in one line, the innermost first."""
    calls = [
        f"{Path(frame.filename).name}:{frame.lineno} {frame.name}"
        for frame in traceback.extract_tb(error.__traceback__)[-FRAMES:]
    ]
    return " < ".join([type(error).__name__, *reversed(calls)])
