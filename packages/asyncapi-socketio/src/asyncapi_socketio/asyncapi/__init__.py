"""An AsyncAPI 3 document of a Socket.IO API: parsed, checked, and modelled as a contract."""

from __future__ import annotations

from .contract import Contract, build
from .document import Document, Refused, parse
from .rules import check

__all__ = ["Contract", "Refused", "model", "read"]


def read(text: str, file: str = "asyncapi.yaml") -> Contract:
    """Model an AsyncAPI document; `file` is its name in messages.

    Raise `Refused`, with everything that can't be done with it.
    """
    return model(parse(text, file))


def model(document: Document) -> Contract:
    """Model a parsed document; raise `Refused`, as `read` does."""
    refusals = check(document)
    if refusals:
        raise Refused(refusals)
    return build(document)
