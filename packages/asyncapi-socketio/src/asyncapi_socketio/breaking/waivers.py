"""Breaking changes that are made on purpose: each named, with a reason, and for a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from ..asyncapi.document import Document
from ..cli import sources
from ..cli.errors import CouldNotRun
from ..jsonschema.dialect import Draft7
from ..jsonschema.references import Json
from ..reporting.finding import Finding

FILE = "contract-waivers.yaml"
"""The file beside the contract that is read when none is named."""

_SCHEMA = {
    "type": "object",
    "required": ["waivers"],
    "additionalProperties": False,
    "properties": {
        "waivers": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["rule", "address", "reason", "expires"],
                "additionalProperties": False,
                "properties": {
                    "rule": {"type": "string", "minLength": 1},
                    "address": {"type": "string", "minLength": 1},
                    "reason": {"type": "string", "minLength": 1},
                    "expires": {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}$"},
                },
            },
        }
    },
}


@dataclass(frozen=True, slots=True)
class Waiver:
    """One finding that does not count, up to and including the day on which it expires."""

    rule: str
    address: str
    reason: str
    expires: date
    line: int
    column: int

    def covers(self, finding: Finding) -> bool:
        """Return whether it is for this finding."""
        return (self.rule, self.address) == (finding.rule, "/".join(map(str, finding.address)))


@dataclass(frozen=True, slots=True)
class Waivers:
    """All waivers of a file."""

    file: str
    items: tuple[Waiver, ...]

    def apply(self, findings: Sequence[Finding], today: date) -> list[Finding]:
        """Turn what is waived into notes, and add what is wrong with the waivers."""
        valid = [item for item in self.items if item.expires >= today]
        return [*(_waived(finding, valid) for finding in findings), *self._faults(findings, today)]

    def _faults(self, findings: Sequence[Finding], today: date) -> Iterator[Finding]:
        for index, item in enumerate(self.items):
            if not any(map(item.covers, findings)):
                problem, way_out = f"nothing breaks '{item.rule}' at {item.address}", "remove it"
                yield self._fault("waiver-unused", index, problem, way_out)
            elif item.expires < today:
                problem, way_out = f"expired on {item.expires}", "decide again"
                yield self._fault("waiver-expired", index, problem, way_out)

    def _fault(self, rule: str, index: int, problem: str, way_out: str) -> Finding:
        item = self.items[index]
        address = ("waivers", index)
        return Finding(
            rule, "warning", self.file, address, problem, way_out, item.line, item.column
        )


def _waived(finding: Finding, waivers: Sequence[Waiver]) -> Finding:
    for item in waivers:
        if item.covers(finding) and finding.severity in {"breaking", "dangerous"}:
            note = f"waived until {item.expires}: {item.reason}"
            return replace(finding, severity="note", details=(*finding.details, note))
    return finding


def read(named: str | None, contract: str) -> Waivers:
    """Read the file that is named, or the one beside the contract. Raise `CouldNotRun`."""
    beside = Path() if contract.startswith("git:") else Path(contract).parent
    if named is None and not (beside / FILE).exists():
        return Waivers(FILE, ())
    document = sources.document(named or str(beside / FILE))
    errors = [*Draft7(_SCHEMA).iter_errors(document.root)]
    if errors:
        where = (*errors[0].absolute_path,)
        raise CouldNotRun(str(document.finding("waivers", where, errors[0].message, "correct it")))
    return Waivers(
        document.file,
        tuple(_waiver(document, i, item) for i, item in enumerate(document.root["waivers"])),
    )


def _waiver(document: Document, index: int, item: Json) -> Waiver:
    try:
        expires = date.fromisoformat(item["expires"])
    except ValueError as error:
        where = ("waivers", index, "expires")
        refusal = document.finding("waivers", where, str(error), "write YEAR-MONTH-DAY")
        raise CouldNotRun(str(refusal)) from error
    line, column = document.position(("waivers", index))
    return Waiver(item["rule"], item["address"], item["reason"], expires, line, column)
