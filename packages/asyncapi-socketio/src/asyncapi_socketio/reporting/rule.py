"""A rule: what must hold, why, and what finds the places where it does not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from .finding import Finding, Severity

if TYPE_CHECKING:
    from ..asyncapi.document import Document

Check: TypeAlias = "Callable[[Document], Iterator[Finding]]"


@dataclass(frozen=True, slots=True)
class Rule:
    """What is looked for: a line that says what must hold, and a paragraph that says why.

    `check` finds the places of one document where it does not; None for what is found otherwise:
    while a contract is modelled, compared with another, or tried at a server.
    """

    id: str
    severity: Severity
    summary: str
    reason: str
    check: Check | None = None


def page(title: str, rules: tuple[Rule, ...]) -> str:
    """Explain each rule, as Markdown."""
    sections = [f"## {r.id}\n\n*{r.severity}* {r.summary}\n\n{r.reason}\n" for r in rules]
    return "\n".join([f"# {title}\n", *sections])
