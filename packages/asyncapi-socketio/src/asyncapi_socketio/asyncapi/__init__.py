"""An AsyncAPI 3 document of a Socket.IO API: parsed, checked, and modelled as a contract."""

from __future__ import annotations

from .contract import Contract, build
from .document import Document, Fetch, InvalidContract, NotFetched, not_followed, parse
from .rules import check

__all__ = ["Contract", "Fetch", "InvalidContract", "NotFetched", "model", "not_followed", "read"]


def read(text: str, file: str = "asyncapi.yaml", fetch: Fetch = not_followed) -> Contract:
    """Model an AsyncAPI document; `file` is its name in messages, `fetch` reads those beside it.

    Raise `InvalidContract`, with everything that can't be done with it.
    """
    return model(parse(text, file, fetch))


def model(document: Document) -> Contract:
    """Model a parsed document; raise `InvalidContract`, as `read` does."""
    findings = check(document)
    if findings:
        raise InvalidContract(findings)
    return build(document)
