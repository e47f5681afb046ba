"""Every rule, checked on one document; what `x-lint-ignore` suppresses is left out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from ..asyncapi.document import Document
from ..asyncapi.rules import check
from ..jsonschema.references import Address, Json, walk
from ..reporting.finding import Finding
from ..reporting.report import Report, Severities, adjusted, counted
from ..reporting.rule import Check
from .rules import RULES

IGNORE = "x-lint-ignore"
"""Beside or above what is suppressed: `x-lint-ignore: {rule: the reason}`."""

_SHAPE = {"structure", "version", "unresolved-ref", "remote-ref"}
_NEEDS: Mapping[str, set[str]] = {
    "asyncapi-schema": {"version"},
    "unsatisfiable": _SHAPE | {"draft-7"},
}
"""The rules that must hold before another can be checked, where that is not `_SHAPE`."""

_SEVERITY = {rule.id: rule.severity for rule in RULES}


def lint(document: Document, severities: Severities | None = None) -> Report:
    """Check every rule; findings are in the order of the document."""
    found = {*check(document)}
    broken = {finding.rule for finding in found}
    for rule in RULES:
        if rule.check and not _NEEDS.get(rule.id, _SHAPE) & broken:
            found |= _checked(rule.check, document, found)
    kept, unused = _without_ignored(document, found)
    ordered = sorted({*kept, *unused}, key=_in_order)
    rated = [replace(item, severity=_SEVERITY[item.rule]) for item in ordered]
    findings = adjusted(rated, severities or {})
    failed = any(finding.severity != "note" for finding in findings)
    ignored = len(found) - len(kept)
    verdict = f"{document.file}: {counted(findings)}" + (f", {ignored} ignored" if ignored else "")
    return Report("lint", RULES, findings, verdict, failed, {"ignored": ignored})


def _checked(check_: Check, document: Document, known: set[Finding]) -> set[Finding]:
    try:
        return {*check_(document)}
    except (LookupError, AttributeError, TypeError, ValueError):
        if known:  # what is not built as it should be can't be looked at everywhere
            return set()
        raise


def _in_order(finding: Finding) -> tuple[int, int, str, str]:
    return finding.line, finding.column, finding.rule, finding.problem


def _without_ignored(
    document: Document, found: set[Finding]
) -> tuple[list[Finding], list[Finding]]:
    """Leave out what is suppressed, and find what is so without reason, or without use."""
    kept = {*found}
    wrong = []
    for address, value in walk(document.root):
        for rule, reason in _suppressed(value).items():
            hit = {item for item in found if item.rule == rule and _is_in(item.address, address)}
            kept -= hit
            where = (*address, IGNORE, rule)
            if not hit:
                problem = (
                    f"'{rule}' does not break here" if rule in _SEVERITY else f"no rule '{rule}'"
                )
                wrong.append(document.finding("ignore", where, problem, "remove it"))
            if not str(reason or "").strip():
                wrong.append(document.finding("ignore", where, "has no reason", "say why"))
    return [*kept], wrong


def _suppressed(value: Json) -> Mapping[str, Json]:
    """Return the reasons of the rules that an object of the document suppresses."""
    reasons = value.get(IGNORE) if isinstance(value, dict) else None
    return reasons if isinstance(reasons, dict) else {}


def _is_in(address: Address, outer: Address) -> bool:
    return address[: len(outer)] == outer
