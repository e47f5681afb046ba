"""`lint`: each rule finds its violation where it is, and nothing where nothing is wrong."""

from __future__ import annotations

import copy
import json
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft7Validator
from ruamel.yaml import YAML

from asyncapi_socketio.asyncapi.document import parse
from asyncapi_socketio.lint.command import command
from asyncapi_socketio.lint.linter import lint
from asyncapi_socketio.lint.rules import RULES
from asyncapi_socketio.reporting.report import VERSION, Report
from asyncapi_socketio.reporting.rule import page

ROOT = Path(__file__).parent.parent.parent
OURS = YAML(typ="safe").load((ROOT / "asyncapi.yaml").read_text("utf-8"))

Contract: TypeAlias = dict[str, Any]
Edit: TypeAlias = Callable[[Contract], object]


def looked_at(document: Contract) -> Report:
    return lint(parse(json.dumps(document), "asyncapi.yaml"))


def changed(edit: Edit) -> Contract:
    document: Contract = copy.deepcopy(OURS)
    edit(document)
    return document


def at(document: Contract, path: str) -> Any:
    for key in path.split("/"):
        document = document[key]
    return document


def puts(path: str, value: Any) -> Edit:
    """Return an edit that puts something into the contract; None takes it out."""
    outer, _, key = path.rpartition("/")

    def edit(document: Contract) -> object:
        holder = at(document, outer) if outer else document
        if value is None:
            return holder.pop(key)
        return holder.update({key: value})

    return edit


def both(*edits: Edit) -> Edit:
    return lambda document: [edit(document) for edit in edits]


REF = "#/components/schemas/"
TITLE = "components/schemas/Title"
MESSAGES = "components/messages"
READ = f"{MESSAGES}/Read/payload"

VIOLATIONS: list[tuple[str, str, Edit]] = [
    ("structure", "info", puts("info/title", None)),
    ("version", "asyncapi", puts("asyncapi", "2.6.0")),
    ("asyncapi-schema", "info", puts("info/licence", {"name": "MIT"})),
    ("unresolved-ref", READ, puts(f"{READ}/$ref", f"{REF}X")),
    ("remote-ref", READ, puts(f"{READ}/$ref", "a.yaml#/X")),
    ("protocol", "servers/local/protocol", puts("servers/local/protocol", "kafka")),
    (
        "parameters",
        "channels/todos/address",
        puts("channels/todos/address", "/{room}"),
    ),
    ("no-message", "operations/readTodo", puts("operations/readTodo/messages", [])),
    (
        "message-channel",
        "operations/readTodo/messages/0",
        both(
            puts(f"{MESSAGES}/Stray", {"description": "Of no channel."}),
            puts("operations/readTodo/messages", [{"$ref": f"#/{MESSAGES}/Stray"}]),
        ),
    ),
    (
        "x-socketio",
        "operations/todoCreated/x-socketio/audience",
        puts("operations/todoCreated/x-socketio/audience", "everyone"),
    ),
    ("arity", f"{MESSAGES}/Read/x-socketio/args", puts(f"{MESSAGES}/Read/x-socketio/args", 2)),
    ("namespace", "channels/todos", puts("channels/todos/address", "todos")),
    ("event-name", f"{MESSAGES}/Read/name", puts(f"{MESSAGES}/Read/name", "disconnect")),
    ("unique-event", "operations/readTodo", puts(f"{MESSAGES}/Read/name", "todo:create")),
    (
        "acks-apart",
        "operations/readTodo/reply/messages/1",
        both(
            puts("components/schemas/ErrorResponse/additionalProperties", None),
            puts("components/schemas/TodoData/additionalProperties", None),
        ),
    ),
    ("reply-address", "operations/readTodo/reply/address", puts(
        "operations/readTodo/reply/address", {"location": "$message.header#/replyTo"}
    )),
    ("audience", "operations/todoCreated/reply", puts("operations/todoCreated/reply", {
        "messages": [{"$ref": "#/channels/todos/messages/done"}]
    })),
    (
        "broadcast",
        "operations/createTodo/x-socketio/broadcasts/0",
        puts("operations/createTodo/x-socketio/broadcasts", [{"$ref": "#/operations/readTodo"}]),
    ),
    (
        "x-socketio",
        "operations/createTodo/x-socketio/idempotencyKey",
        puts("operations/createTodo/x-socketio/idempotencyKey", "attempt"),
    ),
    (
        "precondition",
        "operations/readTodo/x-socketio/preconditions/0",
        puts("operations/readTodo/x-socketio", {
            "preconditions": [{"$ref": "#/operations/todoCreated"}]
        }),
    ),
    (
        "error-ack",
        "channels/todos/x-socketio/errors/rate",
        puts("channels/todos/x-socketio/errors/rate/ack/error", "slow down"),
    ),
    (
        "code-name",
        "components/schemas/Error",
        lambda d: at(d, "components/schemas").update(Error={"type": "null"}),
    ),
    ("headers", f"{MESSAGES}/Read/headers", puts(f"{MESSAGES}/Read/headers", {"type": "object"})),
    (
        "schema-format",
        f"{READ}/schema",
        puts(READ, {"schemaFormat": "avro", "schema": {}}),
    ),
    ("draft-7", f"{TITLE}/maxLength", puts(f"{TITLE}/maxLength", "256")),
    ("keyword", TITLE, puts(f"{TITLE}/maxLenght", 256)),
    ("pattern", f"{TITLE}/pattern", puts(f"{TITLE}/pattern", r"^\p{L}+$")),
    ("example", f"{TITLE}/examples/0", puts(f"{TITLE}/examples", [""])),
    ("version-semver", "info/version", puts("info/version", "one")),
    ("no-ack", "operations/readTodo", puts("operations/readTodo/reply", None)),
    (
        "error-kinds",
        "operations/listTodos",
        puts("channels/todos/x-socketio/errors/unexpected", None),
    ),
    (
        "loose-send",
        "operations/todoDeleted",
        puts("operations/deleteTodo/x-socketio/broadcasts", None),
    ),
    ("unbounded", TITLE, puts(f"{TITLE}/maxLength", None)),
    ("unbounded", TITLE, puts(TITLE, {"description": "A list.", "type": "array"})),
    ("description", TITLE, puts(f"{TITLE}/description", None)),
    ("description", "operations/readTodo", puts("operations/readTodo/description", "")),
    ("missing-example", f"{MESSAGES}/Read", puts(f"{MESSAGES}/Read/examples", None)),
    (
        "unused-component",
        "components/schemas/Spare",
        puts("components/schemas/Spare", {"type": "null", "description": "Left over."}),
    ),
    ("unsatisfiable", TITLE, puts(f"{TITLE}/minLength", 300)),
    ("ignore", f"{TITLE}/x-lint-ignore/unbounded", puts(
        f"{TITLE}/x-lint-ignore", {"unbounded": "none breaks"}
    )),
]  # fmt: skip


def test_our_contract_is_clean() -> None:
    assert lint(parse((ROOT / "asyncapi.yaml").read_text("utf-8"), "asyncapi.yaml")).findings == ()


def test_every_rule_is_shown_to_break() -> None:
    assert {rule for rule, _, _ in VIOLATIONS} == {rule.id for rule in RULES}


@pytest.mark.parametrize(
    ("rule", "address", "edit"), VIOLATIONS, ids=[rule for rule, *_ in VIOLATIONS]
)
def test_a_breach_is_found_where_it_is(rule: str, address: str, edit: Edit) -> None:
    found = looked_at(changed(edit)).findings
    assert (rule, address) in {(item.rule, "/".join(map(str, item.address))) for item in found}
    severity = {known.id: known.severity for known in RULES}
    assert all(item.severity == severity[item.rule] for item in found)


def test_an_event_that_no_client_causes_needs_no_operation_that_sends_it() -> None:
    spontaneous = both(
        puts("operations/deleteTodo/x-socketio/broadcasts", None),
        puts("operations/todoDeleted/x-socketio/cause", "spontaneous"),
    )
    assert looked_at(changed(spontaneous)).findings == ()


IMPOSSIBLE: list[tuple[str, Any]] = [
    ("minLength and maxLength", {"type": "string", "minLength": 2, "maxLength": 1}),
    ("minItems and maxItems", {"type": "array", "minItems": 2, "maxItems": 1}),
    ("minimum and maximum", {"type": "integer", "minimum": 2, "maximum": 1}),
    (
        "exclusiveMinimum and exclusiveMaximum",
        {"type": "integer", "exclusiveMinimum": 1, "exclusiveMaximum": 2},
    ),
    ("additionalProperties and required", {
        "type": "object", "required": ["a"], "additionalProperties": False
    }),
    ("properties and required", {
        "type": "object", "required": ["a"], "properties": {"a": False}
    }),
    ("required and maxProperties", {"type": "object", "required": ["a", "b"], "maxProperties": 1}),
    ("allOf/0/type and allOf/1/type", {"allOf": [{"type": "string"}, {"type": "null"}]}),
    ("it is false", {"anyOf": [False, False]}),
    ("type and enum", {"type": "string", "enum": [1, 2]}),
    ("type, const and minLength", {"minLength": 3, "type": "string", "const": "a"}),
    ("what it requires never ends", {
        "type": "object", "required": ["a"], "properties": {"a": {"$ref": f"{REF}Title"}}
    }),
    ("no value was found", {"type": "string", "pattern": "^a$", "minLength": 2}),
]  # fmt: skip


@pytest.mark.parametrize(("reason", "schema"), IMPOSSIBLE)
def test_a_schema_that_nothing_fits_is_told_why(reason: str, schema: Any) -> None:
    found = looked_at(changed(puts(TITLE, schema))).findings
    problems = [item.problem for item in found if item.rule == "unsatisfiable"]
    assert any(problem.startswith("no value is valid: ") for problem in problems)
    assert any(reason in problem for problem in problems)


def test_a_recursive_schema_that_can_end_is_fine() -> None:
    tree = {"type": "object", "properties": {"next": {"$ref": f"{REF}Title"}}}
    found = looked_at(changed(puts(TITLE, tree))).findings
    assert "unsatisfiable" not in {item.rule for item in found}


def test_what_is_ignored_with_a_reason_is_let_be() -> None:
    unbounded = puts(f"{TITLE}/maxLength", None)
    ignored = puts(f"{TITLE}/x-lint-ignore", {"unbounded": "The store cuts it."})
    report = looked_at(changed(both(unbounded, ignored)))
    assert report.findings == ()
    assert report.facts == {"ignored": 1}
    assert not report.failed


@pytest.mark.parametrize(
    ("ignored", "problem"),
    [
        ({"unbounded": ""}, "has no reason"),
        ({"description": "Said elsewhere."}, "'description' does not break here"),
        ({"typo": "Whatever."}, "no rule 'typo'"),
    ],
)
def test_what_is_ignored_badly_is_a_finding(ignored: dict[str, str], problem: str) -> None:
    edits = both(puts(f"{TITLE}/maxLength", None), puts(f"{TITLE}/x-lint-ignore", ignored))
    found = [item for item in looked_at(changed(edits)).findings if item.rule == "ignore"]
    assert [item.problem for item in found] == [problem]


def test_the_line_and_the_column_are_those_of_the_document(tmp_path: Path) -> None:
    text = (ROOT / "asyncapi.yaml").read_text("utf-8").replace("      maxLength: 256\n", "")
    file = tmp_path / "asyncapi.yaml"
    file.write_text(text, "utf-8")
    run = CliRunner().invoke(command, ["--contract", str(file)])
    line = text.splitlines().index("    Title:") + 1
    assert run.exit_code == 1
    assert run.output.startswith(f"{file}:{line}:5: warning: {TITLE}: a string of any length")


def test_the_formats_say_the_same(tmp_path: Path) -> None:
    file = tmp_path / "asyncapi.yaml"
    file.write_text(json.dumps(changed(puts(f"{TITLE}/maxLength", None))), "utf-8")
    said = {
        form: CliRunner().invoke(command, ["--contract", str(file), "--format", form]).output
        for form in ("json", "junit", "sarif")
    }
    (finding,) = json.loads(said["json"])["findings"]
    assert (finding["rule"], finding["address"]) == ("unbounded", TITLE)
    suite = ET.fromstring(said["junit"])
    failed = [case.get("name") for case in suite if case.find("failure") is not None]
    assert (failed, len(suite.findall("testcase"))) == (["unbounded"], len(RULES))
    (result,) = json.loads(said["sarif"])["runs"][0]["results"]
    assert (result["ruleId"], result["level"]) == ("unbounded", "warning")
    Draft7Validator({"required": ["version", "runs"]}).validate(json.loads(said["sarif"]))
    driver = json.loads(said["sarif"])["runs"][0]["tool"]["driver"]
    made_by = {driver["version"], json.loads(said["json"])["version"]}
    made_by |= {item.get("value") for item in suite.iter("property")}
    assert made_by == {VERSION}


def test_asyncapis_own_schema_is_the_published_one() -> None:
    published = ROOT / "node_modules/@asyncapi/specs/schemas/3.1.0-without-$id.json"
    ours = ROOT / "packages/asyncapi-socketio/src/asyncapi_socketio/asyncapi/asyncapi-3.1.0.json"
    assert json.loads(ours.read_text("utf-8")) == json.loads(published.read_text("utf-8"))


def test_notes_do_not_fail() -> None:
    report = looked_at(changed(puts(f"{MESSAGES}/Read/examples", None)))
    assert [item.rule for item in report.findings] == ["missing-example"]
    assert not report.failed


def test_what_can_not_be_read_is_one_line_and_exit_code_2(tmp_path: Path) -> None:
    file = tmp_path / "broken.yaml"
    file.write_text("a: [", "utf-8")
    for source in (str(file), str(tmp_path / "none.yaml"), "git:nowhere"):
        run = CliRunner().invoke(command, ["--contract", source])
        assert run.exit_code == 2
        assert run.stderr.startswith(f"Error: {source}: ")


def test_the_page_of_the_rules_is_fresh() -> None:
    run = CliRunner().invoke(command, ["--rules"])
    assert run.output == page("Rules of `asyncapi-socketio lint`", RULES)
    assert (ROOT / "docs/contract/lint-rules.md").read_text("utf-8") == run.output


@pytest.mark.parametrize(
    "case", [folder.name for folder in sorted((ROOT / "tests/generate/cases").iterdir())]
)
def test_what_others_wrote_is_looked_at(case: str) -> None:
    (file,) = (ROOT / "tests/generate/cases" / case).glob("asyncapi.*")
    run = CliRunner().invoke(command, ["--contract", str(file), "--format", "json"])
    unreadable = {"refused_bomb", "refused_loop", "refused_yaml"}
    assert run.exit_code == (2 if case in unreadable else 1)
    rules = {rule.id for rule in RULES}
    for finding in json.loads(run.stdout)["findings"] if run.exit_code == 1 else ():
        assert finding["rule"] in rules
        assert finding["line"] > 0


def parts(value: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    inner = [*value.items()] if isinstance(value, dict) else []
    inner = [*enumerate(value)] if isinstance(value, list) else inner
    return [path, *(found for key, part in inner for found in parts(part, (*path, key)))]


@pytest.mark.slow
@settings(max_examples=60)
@given(st.sampled_from(parts(OURS)[1:]), st.sampled_from([None, 7, "x", [], {}, [{}], True]))
def test_whatever_stands_anywhere_is_looked_at_without_falling(
    path: tuple[str | int, ...], value: Any
) -> None:
    document = copy.deepcopy(OURS)
    holder = document
    for key in path[:-1]:
        holder = holder[key]
    holder[path[-1]] = value
    report = looked_at(document)
    assert all(item.rule and item.problem for item in report.findings)
