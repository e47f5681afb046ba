"""`breaking`: which clients a change of a contract breaks, and whether its version says so."""

from __future__ import annotations

import json
import re
import subprocess
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from click.testing import CliRunner

from asyncapi_socketio.asyncapi.semver import Version, version
from asyncapi_socketio.breaking import waivers
from asyncapi_socketio.breaking.command import command
from asyncapi_socketio.breaking.rules import RULES
from asyncapi_socketio.cli.errors import CouldNotRun
from asyncapi_socketio.jsonschema.counterexamples import Judge
from asyncapi_socketio.reporting.rule import page
from tests.breaking.small import compared, found, small, yaml
from tests.git import committed, git

ROOT = Path(__file__).parent.parent.parent
CASES = sorted(
    case / "asyncapi.yaml"
    for case in (ROOT / "tests/generate/cases").iterdir()
    if not case.name.startswith("refused")
)
Json: TypeAlias = Any
Edit: TypeAlias = Callable[[Json], object]


def puts(path: str, value: str | None) -> Edit:
    """Return an edit that puts YAML at a path of the contract; None takes out what is there."""
    *outer, key = path.split("/")

    def edit(document: Json) -> object:
        for step in outer:
            document = document[int(step) if isinstance(document, list) else step]
        return document.pop(key) if value is None else document.update({key: yaml(value)})

    return edit


def both(*edits: Edit) -> Edit:
    return lambda document: [edit(document) for edit in edits]


ADD, ADDED = "components/messages/Add", "components/messages/Added"
CHANGES: list[tuple[str, str, str, Edit]] = [
    ("event-removed", "breaking", "operations/addNote", puts("operations/addNote", None)),
    (
        "event-removed", "breaking", "operations/noteAdded",
        both(puts("operations/noteAdded", None), puts("operations/addNote/x-socketio", None)),
    ),
    ("event-renamed", "breaking", f"{ADD}/name", puts(f"{ADD}/name", "'note:create'")),
    ("event-renamed", "breaking", f"{ADDED}/name", puts(f"{ADDED}/name", "'note:new'")),
    (
        "event-added", "safe", "operations/noteLost",
        both(
            puts("channels/main/messages/lost", "{name: 'note:lost'}"),
            puts(
                "operations/noteLost",
                "{action: send, channel: {$ref: '#/channels/main'}, x-socketio: {audience: all},"
                " messages: [{$ref: '#/channels/main/messages/lost'}]}",
            ),
        ),
    ),
    ("namespace-added", "safe", "channels/other", puts("channels/other", "{address: /other}")),
    ("namespace-removed", "breaking", "channels/main", puts("channels/main/address", "/notes")),
    ("ack-removed", "breaking", "operations/addNote/reply", puts("operations/addNote/reply", None)),
    ("payload-arity", "breaking", ADD, puts(f"{ADD}/payload", None)),
    ("payload-arity", "breaking", ADDED, puts(f"{ADDED}/payload", None)),
    (
        "ack-arity", "safe", "operations/addNote/reply",
        puts("operations/addNote/reply/messages", "[{$ref: '#/channels/main/messages/refused'}]"),
    ),
    (
        "audience-changed", "dangerous", "operations/noteAdded/x-socketio/audience",
        puts("operations/noteAdded/x-socketio/audience", "all"),
    ),
    (
        "audience-changed", "breaking", "operations/noteAdded/x-socketio/audience",
        puts("operations/noteAdded/x-socketio/audience", "room"),
    ),
    (
        "broadcast-dropped", "breaking", "operations/addNote/x-socketio/broadcasts",
        puts("operations/addNote/x-socketio", None),
    ),
    (
        "auth-required", "breaking", "channels/main/x-socketio/auth",
        puts("channels/main/x-socketio/auth", "{type: object, required: [token]}"),
    ),
    (
        "error-changed", "dangerous", "channels/main/x-socketio/errors/unexpected",
        puts("channels/main/x-socketio/errors/unexpected/ack/error", "oh no"),
    ),
    (
        "error-removed", "dangerous", "channels/main/x-socketio/errors/unexpected",
        puts("channels/main/x-socketio/errors", "{}"),
    ),
    (
        "error-added", "safe", "channels/main/x-socketio/errors/rate",
        puts("channels/main/x-socketio/errors/rate", "{ack: {error: slow down}}"),
    ),
]  # fmt: skip
"""What changes, and the finding: its rule, its severity and its address."""


@pytest.mark.parametrize(("rule", "severity", "address", "edit"), CHANGES)
def test_a_change_of_the_events_is_found(
    rule: str, severity: str, address: str, edit: Edit
) -> None:
    old, new = small(), small()
    edit(new)

    report = compared(old, new)

    finding = next(item for item in report.findings if item.rule == rule)
    assert finding.severity == severity
    assert "/".join(map(str, finding.address)) == address
    assert (finding.line, finding.column) > (1, 1)
    assert report.failed
    assert {"breaking": "2.0.0", "dangerous": "2.0.0", "safe": "1.1.0"}[severity] == (
        report.facts["proposedVersion"]
    )
    if severity != "safe":
        assert finding.details


def test_a_change_turned_round() -> None:
    bare, full = small(), small()
    puts("operations/addNote/reply", None)(bare)
    puts("operations/addNote/x-socketio", None)(bare)
    assert found(compared(bare, full)) == {"ack-added": "safe", "broadcast-added": "safe"}

    told = small()
    puts("operations/addNote/reply/messages", "[{$ref: '#/channels/main/messages/refused'}]")(told)
    assert found(compared(told, small())) == {"ack-arity": "breaking"}

    asked = small()
    puts("channels/main/x-socketio/auth", "{type: object, required: [token]}")(asked)
    assert found(compared(asked, small())) == {"auth-dropped": "safe"}


def test_what_causes_an_event_of_the_server_breaks_nobody_who_reads_it() -> None:
    declared = small()
    puts("operations/noteAdded/x-socketio/cause", "spontaneous")(declared)
    for old, new in ((small(), declared), (declared, small())):
        assert compared(old, new).facts["proposedVersion"] == "1.0.1"


def test_an_auth_payload_is_compared_as_what_clients_send() -> None:
    old, new = small(), small()
    puts("channels/main/x-socketio/auth", "{type: object, required: [token]}")(old)
    puts("channels/main/x-socketio/auth", "{type: object, required: [token, device]}")(new)
    (finding, _) = compared(old, new).findings
    assert (finding.rule, finding.severity) == ("key-required", "breaking")
    assert finding.address == ("channels", "main", "x-socketio", "auth", "required")


def test_the_name_of_an_operation_is_nothing_on_the_wire() -> None:
    new = small()
    new["operations"]["createNote"] = new["operations"].pop("addNote")
    report = compared(small(), new)
    assert found(report) == {}
    assert report.facts["proposedVersion"] == "1.0.1"


LESS = "{type: object, additionalProperties: false, properties: {done: {type: boolean}}}"
NOTE = LESS.replace("done", "text: {type: string}, done")


def lenient(schema: str, extension: str) -> Json:
    document = small({"Sent": yaml(schema)})
    puts(f"{ADD}/x-socketio", extension)(document)
    return document


@pytest.mark.parametrize(
    ("before", "after", "rule", "severity"),
    [
        ("{unknownKeys: drop}", "{unknownKeys: keep}", "unknown-keys-changed", "breaking"),
        ("{unknownKeys: keep}", "{unknownKeys: drop}", "unknown-keys-changed", "safe"),
        ("{convert: [boolean]}", "{}", "conversion-changed", "breaking"),
        ("{}", "{convert: [boolean]}", "conversion-changed", "safe"),
    ],
)
def test_what_is_normalised_counts(before: str, after: str, rule: str, severity: str) -> None:
    report = compared(lenient(NOTE, before), lenient(NOTE, after))
    assert found(report) == {rule: severity}
    for example in report.facts["examples"]:
        lax = {"drop_unknown": "drop" in before, "booleans": "boolean" in before}
        schema = yaml(NOTE)
        assert Judge(schema, **lax).accepts(example["value"])
        assert not Judge(schema).accepts(example["value"])


def test_a_key_that_is_no_longer_declared_is_lost_without_a_word() -> None:
    report = compared(lenient(NOTE, "{unknownKeys: drop}"), lenient(LESS, "{unknownKeys: drop}"))
    assert found(report) == {"key-ignored": "dangerous"}
    (example,) = report.facts["examples"]
    assert "text" in example["value"]


@pytest.mark.slow
def test_a_key_that_was_dropped_so_far_is_a_compatible_addition() -> None:
    report = compared(lenient(LESS, "{unknownKeys: drop}"), lenient(NOTE, "{unknownKeys: drop}"))
    assert found(report) == {"key-added": "safe"}
    assert report.facts["proposedVersion"] == "1.1.0"


@pytest.mark.parametrize(
    ("old", "new", "passes"),
    [
        ("1.2.3", "2.0.0", True),
        ("1.2.3", "2.0.0-rc.1", True),
        ("1.2.3", "1.3.0", False),
        ("0.2.3", "0.3.0", True),
        ("0.2.3", "0.2.4", False),
        ("spring", "summer", True),
        ("spring", "spring", False),
    ],
)
def test_a_version_that_announces_what_breaks_lets_it_pass(
    old: str, new: str, passes: bool
) -> None:
    before, after = small(), small({"Sent": {"type": "string", "maxLength": 3}})
    before["info"]["version"], after["info"]["version"] = old, new
    report = compared(before, after)
    assert report.findings[0].rule == "bound-tightened"
    assert report.failed is not passes
    assert (report.findings[-1].rule == "version-not-bumped") is not passes


def test_texts_take_a_patch_and_nothing_takes_nothing() -> None:
    described = small()
    described["info"]["description"] = "Notes for everyone."
    assert compared(small(), small()).facts["proposedVersion"] == "1.0.0"
    assert not compared(small(), small()).failed
    assert compared(small(), described).failed
    described["info"]["version"] = "1.0.1"
    assert not compared(small(), described).failed


def test_what_is_no_semantic_version_is_none() -> None:
    assert version("1.0") is version("v1.0.0") is version("01.0.0") is None
    assert version("1.2.3-rc.1+build") == Version(1, 2, 3)


def waived(tmp_path: Path, **changes: str) -> waivers.Waivers:
    item = {
        "rule": "bound-tightened",
        "address": "components/schemas/Sent/maxLength",
        "reason": "no client sends more",
        "expires": "2026-06-01",
        **changes,
    }
    file = tmp_path / "contract-waivers.yaml"
    file.write_text(json.dumps({"waivers": [item]}), "utf-8")
    return waivers.read(None, str(tmp_path / "asyncapi.yaml"))


SHORTER = small({"Sent": {"type": "string", "maxLength": 3}})


def test_a_waiver_lets_a_change_pass_as_a_compatible_one(tmp_path: Path) -> None:
    new = {**SHORTER, "info": {**SHORTER["info"], "version": "1.1.0"}}
    report = compared(small(), new, waived(tmp_path))
    assert found(report) == {"bound-tightened": "note"}
    assert "waived until 2026-06-01: no client sends more" in report.findings[0].details
    assert not report.failed


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"expires": "2026-05-31"}, "waiver-expired"),
        ({"address": "components/schemas/Read/maxLength"}, "waiver-unused"),
        ({"rule": "bound-loosened"}, "waiver-unused"),
    ],
)
def test_a_waiver_that_does_not_hold_is_a_finding(
    tmp_path: Path, changes: dict[str, str], rule: str
) -> None:
    report = compared(small(), SHORTER, waived(tmp_path, **changes))
    assert found(report) == {"bound-tightened": "breaking", rule: "warning"}
    assert report.failed


@pytest.mark.parametrize(
    "changes", [{"reason": ""}, {"expires": "soon"}, {"expires": "2026-02-31"}, {"until": "now"}]
)
def test_a_waiver_that_can_not_be_read_stops_it(tmp_path: Path, changes: dict[str, str]) -> None:
    with pytest.raises(CouldNotRun, match="waivers"):
        waived(tmp_path, **changes)


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(command, arguments)
    return result.exit_code, result.output


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a git repository whose contract was committed, tagged, then changed in the tree."""
    monkeypatch.chdir(tmp_path)
    contract = tmp_path / "asyncapi.yaml"
    contract.write_text((ROOT / "asyncapi.yaml").read_text("utf-8"), "utf-8")
    committed(tmp_path)
    git("tag", "v1", folder=tmp_path)
    text = contract.read_text("utf-8").replace("maxLength: 256", "maxLength: 100")
    contract.write_text(text, "utf-8")
    return tmp_path


@pytest.mark.slow
@pytest.mark.parametrize("against", ["git:main", "git:v1", "git:v1:asyncapi.yaml"])
def test_a_contract_is_compared_with_a_committed_one(repository: Path, against: str) -> None:
    code, said = run("--against", against)
    assert code == 1
    text = Path("asyncapi.yaml").read_text("utf-8")
    line = text[: text.index("maxLength: 100")].count("\n") + 1
    assert said.startswith(f"asyncapi.yaml:{line}:7: breaking: components/schemas/Title/maxLength")
    assert run("--against", "git:main", "--contract", "git:v1")[0] == 0


def test_what_can_not_be_compared_exits_2(repository: Path) -> None:
    assert run("--against", "git:nowhere")[0] == 2
    assert run("--against", "missing.yaml")[0] == 2
    assert run()[0] == 2


@pytest.mark.slow
def test_a_report_in_every_format(repository: Path) -> None:
    said = {form: run("--against", "git:main", "--format", form) for form in
            ("text", "json", "junit", "sarif")}  # fmt: skip
    assert {code for code, _ in said.values()} == {1}

    report = json.loads(said["json"][1])
    (old,) = re.findall(
        r"^  version: (.*)$", (ROOT / "asyncapi.yaml").read_text("utf-8"), re.MULTILINE
    )
    assert (report["oldVersion"], report["newVersion"], report["proposedVersion"]) == (
        old, old, "2.0.0",
    )  # fmt: skip
    assert [item["rule"] for item in report["findings"]] == [
        "bound-tightened", "version-not-bumped",
    ]  # fmt: skip
    assert len(report["examples"][0]["value"]["title"]) == 101

    suite = ET.fromstring(said["junit"][1])
    failed = [case.get("name") for case in suite if case.find("failure") is not None]
    assert failed == ["bound-tightened", "version-not-bumped"]

    (run_,) = json.loads(said["sarif"][1])["runs"]
    assert [item["ruleId"] for item in run_["results"]] == ["bound-tightened", "version-not-bumped"]
    assert len(said["text"][1].splitlines()) == 6


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.parent.name)
def test_a_contract_that_nobody_changed_has_no_findings(case: Path) -> None:
    assert run("--against", str(case), "--contract", str(case))[0] == 0


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.parent.name)
@pytest.mark.parametrize("turned", [False, True], ids=["grows", "shrinks"])
def test_any_contract_may_grow_but_not_shrink(case: Path, turned: bool) -> None:
    full = yaml(case.read_text("utf-8"))
    less = yaml(case.read_text("utf-8"))
    operations = full["operations"]
    said = str(operations)
    name = next(
        name
        for name in operations
        if operations[name]["action"] == "receive" and f"'#/operations/{name}'" not in said
    )
    del less["operations"][name]
    report = compared(full, less) if turned else compared(less, full)
    assert found(report) == ({"event-removed": "breaking"} if turned else {"event-added": "safe"})
    assert report.findings[0].address == ("operations", name)


def test_strangers_are_compared_too() -> None:
    for one, other in zip(CASES, [*CASES[1:], CASES[0]], strict=True):
        old, new = (yaml(case.read_text("utf-8")) for case in (one, other))
        assert compared(old, new).findings


DOCS = ROOT / "docs/contract"


def test_each_rule_is_explained_on_its_page() -> None:
    assert run("--rules")[1] == page("Rules of `asyncapi-socketio breaking`", RULES)
    assert (DOCS / "breaking-rules.md").read_text("utf-8") == run("--rules")[1]


@pytest.mark.slow
def test_the_recorded_session_says_what_is_said(
    repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = (DOCS / "breaking.md").read_text("utf-8")
    recorded = re.search(
        r"```diff\n(.*?)```.*?```console\n\$ asyncapi-socketio breaking (.*?)\n(.*?)```",
        text,
        re.DOTALL,
    )
    assert recorded
    patch, arguments, printed = recorded.groups()
    subprocess.run(["git", "checkout", "-q", "."], check=True)
    subprocess.run(["git", "apply", "-"], input=patch, text=True, check=True)
    assert run(*arguments.split()) == (1, printed)
