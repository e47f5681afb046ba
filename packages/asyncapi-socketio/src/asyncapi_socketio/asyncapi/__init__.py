"""An AsyncAPI 3 document of a Socket.IO API: parsed, checked, and modelled as a contract."""

from __future__ import annotations

from .contract import Contract, build
from .document import Document, InvalidContract, parse
from .rules import check

__all__ = ["Contract", "InvalidContract", "model", "read"]


def read(text: str, file: str = "asyncapi.yaml") -> Contract:
    """Model an AsyncAPI document; `file` is its name in messages.

    Raise `InvalidContract`, with everything that can't be done with it.
    """
    return model(parse(text, file))


def model(document: Document) -> Contract:
    """Model a parsed document; raise `InvalidContract`, as `read` does."""
    findings = check(document)
    if findings:
        raise InvalidContract(findings)
    return build(document)
