"""What a command found: a rule that is broken, at a place of a document."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from ..jsonschema.references import Address

Severity: TypeAlias = Literal["error", "warning", "note", "breaking", "dangerous", "safe"]

LEVELS: Mapping[Severity, Literal["error", "warning", "note"]] = {
    "error": "error",
    "breaking": "error",
    "warning": "warning",
    "dangerous": "warning",
    "note": "note",
    "safe": "note",
}
"""The level that SARIF (2.1.0, section 3.27.10) has for each severity."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A place of a document that breaks a rule; lines and columns count from 1.

    `details` are further lines: an example, the affected clients, how to see it again. `check` is
    what found it, where that is more than its rule.
    """

    rule: str
    severity: Severity
    file: str
    address: Address
    problem: str
    way_out: str = ""
    line: int = 1
    column: int = 1
    details: tuple[str, ...] = ()
    check: str = ""

    @property
    def message(self) -> str:
        """The address, the problem and the way out, in one line."""
        where = "/".join(map(str, self.address))
        return ": ".join(part for part in (where, self.problem, self.way_out) if part)

    def __str__(self) -> str:
        where = "/".join(map(str, self.address)) or f"line {self.line}"
        return ": ".join(filter(None, (self.file, where, self.problem, self.way_out)))
