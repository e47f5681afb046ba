"""Two contracts compared: what changed, and whether the version of the new one announces it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from ..asyncapi import semver
from ..asyncapi.document import Document
from ..jsonschema.references import Json
from ..reporting.finding import Finding
from ..reporting.report import Report, Severities, adjusted, counted
from .changes import changes
from .revision import Change, Revision
from .rules import RULES
from .waivers import Waivers


def compare(
    old: Revision,
    new: Revision,
    waived: Waivers,
    today: date,
    severities: Severities | None = None,
) -> Report:
    """Compare two contracts; findings are in the order of the new one, what is removed last."""
    severities = severities or {}
    found = changes(old, new)
    made = [(_finding(old, new, change), change) for change in found]
    made.sort(key=lambda item: (item[1].removed, item[0].line, item[0].column, item[0].rule))
    findings = adjusted(waived.apply([finding for finding, _ in made], today), severities)
    level = _level(findings, old.document, new.document)
    proposed = _proposed(old.contract.version, level)
    lag = _lag(old, new, level, proposed)
    announced = level == "major" and not lag
    lag = adjusted(lag, severities)
    verdict = f"{new.document.file}: {counted((*findings, *lag))}; "
    verdict += _verdict(level, old.contract.version, new.contract.version, proposed)
    failed = any(finding.severity != "note" for finding in lag)
    facts = {
        "oldVersion": old.contract.version,
        "newVersion": new.contract.version,
        "proposedVersion": proposed,
        "announced": announced,
        "examples": [_example(finding, change) for finding, change in made if change.example],
    }
    return Report("breaking", RULES, (*findings, *lag), verdict, failed, facts)


def _finding(old: Revision, new: Revision, change: Change) -> Finding:
    document = old.document if change.removed else new.document
    line, column = document.position(change.address)
    return Finding(
        change.rule, change.severity, document.file, change.address, change.problem,
        line=line, column=column, details=change.details,
    )  # fmt: skip


def _example(finding: Finding, change: Change) -> Mapping[str, Json]:
    address = "/".join(map(str, finding.address))
    value = change.example.value if change.example else None
    return {"rule": finding.rule, "address": address, "value": value}


def _level(findings: Sequence[Finding], old: Document, new: Document) -> semver.Level:
    severities = {finding.severity for finding in findings}
    if severities & {"breaking", "dangerous"}:
        return "major"
    if severities & {"safe", "note"}:
        return "minor"
    return "none" if _without_version(old.root) == _without_version(new.root) else "patch"


def _without_version(root: Json) -> Json:
    return {**root, "info": {**root["info"], "version": ""}}


def _proposed(old: str, level: semver.Level) -> str | None:
    """Return the least version that announces the change; None without semantic versions."""
    version = semver.version(old)
    if version is None:
        return None
    return old if level == "none" else str(version.next(level))


def _lag(
    old: Revision, new: Revision, level: semver.Level, proposed: str | None
) -> tuple[Finding, ...]:
    """Return the finding of a version that does not say what changed."""
    before, after = old.contract.version, new.contract.version
    least, given = semver.version(proposed or ""), semver.version(after)
    if least is not None and given is not None:
        if given >= least:
            return ()
        problem = f"{after} does not announce this, after {before}"
    elif level == "none" or before != after:
        return ()
    else:
        problem = f"{after} is what it was, and not a semantic version"
    line, column = new.document.position(("info", "version"))
    way_out = f"make it {proposed}" if proposed else "change it"
    return (
        Finding(
            "version-not-bumped", "error", new.document.file, ("info", "version"), problem, way_out,
            line, column,
        ),
    )  # fmt: skip


_KINDS: Mapping[semver.Level, str] = {
    "major": "it breaks old clients",
    "minor": "it is compatible",
    "patch": "only texts differ",
    "none": "nothing differs",
}


def _verdict(level: semver.Level, old: str, new: str, proposed: str | None) -> str:
    said = f"{old} → {new}" if old != new else new
    return f"{_KINDS[level]}: {said}, needs {proposed or 'another version'} at least"
