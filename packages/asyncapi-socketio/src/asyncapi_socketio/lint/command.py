"""The command `lint`: what is wrong with a contract, or will be, with its rule and address."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping

import click

from ..asyncapi.document import Document, Refusal
from ..asyncapi.rules import check
from ..cli import options, sources
from ..jsonschema.references import Address, Json
from ..reporting.finding import Finding, Format, Report, Rule, counted, page
from . import rules as smells

IGNORE = "x-lint-ignore"
"""Beside or above what is ignored: `x-lint-ignore: {rule: the reason}`."""

SMELLS: Mapping[str, Callable[[Document], Iterator[Refusal]]] = {
    "asyncapi-schema": smells.asyncapi_schema,
    "version-semver": smells.version_semver,
    "no-ack": smells.no_ack,
    "error-kinds": smells.error_kinds,
    "loose-send": smells.loose_send,
    "unbounded": smells.unbounded,
    "description": smells.description,
    "missing-example": smells.missing_example,
    "unused-component": smells.unused_component,
    "unsatisfiable": smells.unsatisfiable,
}

RULES = (
    Rule(
        "structure", "error", "The document is built as AsyncAPI 3 says.",
        "It starts with `asyncapi: 3.x`, has a title and a version, and keys channels, operations "
        "and components by their names. Nothing behind a broken structure can be looked at.",
    ),
    Rule(
        "version", "error", "The document is AsyncAPI 3.",
        "In AsyncAPI 2, publish and subscribe mean the opposite of what most think, and an ack "
        "can't be described. `npx @asyncapi/cli convert` makes a 3.0 document of it.",
    ),
    Rule(
        "asyncapi-schema", "error", "The document fits AsyncAPI's own JSON Schema.",
        "Other tools (editors, AsyncAPI's parser and generators) refuse what does not. It is the "
        "schema of 3.1.0 that `@asyncapi/specs` publishes.",
    ),
    Rule(
        "unresolved-ref", "error", "Every `$ref` leads somewhere.",
        "A ref to what was renamed or removed makes a message without payload, or worse.",
    ),
    Rule(
        "remote-ref", "error", "Every `$ref` stays in this document.",
        "A contract that depends on another file or host can change, or be gone, without a commit.",
    ),
    Rule(
        "schema-ref", "error", "A schema refers to schemas of `components/schemas` by name.",
        "The name is that of the type in Python and TypeScript; a ref into the middle of something "
        "has none.",
    ),
    Rule(
        "one-message", "error", "An operation has exactly one message.",
        "An event has one name and one meaning; an operation with two of them is two operations.",
    ),
    Rule(
        "x-socketio", "error", "`x-socketio` says what it may say.",
        "Its schema is codegen/x-socketio.schema.json: one definition a place.",
    ),
    Rule(
        "arity", "error", "An event or ack has one argument with a payload, and none without.",
        "AsyncAPI has one payload a message. Several arguments have no names and can't grow: send "
        "one object.",
    ),
    Rule(
        "namespace", "error", "A channel is a namespace: its address starts with `/`, once.",
        "Two channels of one namespace would share events without knowing; Socket.IO has no "
        "namespace with parameters, it has rooms.",
    ),
    Rule(
        "event-name", "error", "An event has a name that Socket.IO does not reserve.",
        "`connect`, `disconnect` and their kin mean something to every client and server.",
    ),
    Rule(
        "unique-event", "error", "An event is one operation per namespace and direction.",
        "Two operations of one name can't be told apart on the wire.",
    ),
    Rule(
        "acks-apart", "error", "No value is valid as two acks of one operation.",
        "A client tells success from error by the shape alone: let each require a key that the "
        "other forbids.",
    ),
    Rule(
        "reply-address", "error", "An ack has no address.",
        "It goes back over the connection that the event came from.",
    ),
    Rule(
        "audience", "error", "What the server asks, it asks one client.",
        "An ack of many clients has no place in Socket.IO's typed events.",
    ),
    Rule(
        "broadcast", "error", "`broadcasts` names what is sent to the same namespace.",
        "A client of one namespace never hears of another.",
    ),
    Rule(
        "error-ack", "error", "A declared error fits an error that the operation acknowledges.",
        "Else the server's own refusal would break the contract.",
    ),
    Rule(
        "code-name", "error", "Operations and schemas have names that code can have.",
        "They become methods and types in Python and TypeScript.",
    ),
    Rule(
        "traits", "error", "No traits.",
        "What is merged into a message from elsewhere is read by nobody; written out it is.",
    ),
    Rule("headers", "error", "No headers.", "A Socket.IO packet has none; a payload has keys."),
    Rule(
        "schema-format", "error", "Payloads are AsyncAPI's Schema Objects (JSON Schema draft 7).",
        "Avro, RAML and Protobuf describe bytes that Socket.IO's JSON packets don't carry.",
    ),
    Rule(
        "draft-7", "error", "Only keywords of JSON Schema draft 7, used as it says.",
        "A validator ignores keywords that it does not know: `prefixItems` or a misspelt "
        "`maxLenght` would check nothing, without a word.",
    ),
    Rule(
        "pattern", "error", "A pattern means the same in ECMA 262 and in Python.",
        "Client and server would judge the same string differently.",
    ),
    Rule(
        "example", "error", "Every example fits its schema.",
        "Readers copy examples, mocks answer with them, and testers send them.",
    ),
    Rule(
        "version-semver", "warning", "`info.version` is a semantic version.",
        "`breaking` and everybody who installs the typings read from it what a change "
        "means.",
    ),
    Rule(
        "no-ack", "warning", "Every event of a client is acknowledged.",
        "Without an ack nobody knows whether an event arrived, was valid, or was carried out.",
    ),
    Rule(
        "error-kinds", "warning", "The acks of the server's own refusals are declared.",
        "Else a wrong arity, a wrong payload and a failure end in silence, or in something "
        "undeclared.",
    ),
    Rule(
        "loose-send", "note", "Every event of the server has a cause in the contract.",
        "`test` and `mock` know from `broadcasts` when to expect or emit it. An "
        "event that the server sends of its own accord is ignored with that reason.",
    ),
    Rule(
        "unbounded", "warning", "Strings and arrays that clients send have a bound.",
        "A client, or a stranger, may send as much as the connection takes: it is stored, and "
        "broadcast to everyone. Bounded by maxLength, maxItems, enum, const or a short format.",
    ),
    Rule(
        "description", "warning", "Everything has a description.",
        "The reference page, the typings and the models show it; a name alone never says what "
        "happens when something fails.",
    ),
    Rule(
        "missing-example", "note", "Every message with a payload has an example.",
        "`mock` acknowledges with examples first, `test` sends them first, and "
        "readers look at nothing else.",
    ),
    Rule(
        "unused-component", "warning", "Every component is used.",
        "What nothing refers to is out of date, or was meant to be used.",
    ),
    Rule(
        "unsatisfiable", "error", "Every schema has a valid value.",
        "Bounds that cross, required keys that are forbidden, parts that exclude each other: "
        "nothing can ever be sent. Proved from the keywords, or found by drawing values.",
    ),
    Rule(
        "ignore", "warning", "`x-lint-ignore` names rules that break there, with a reason.",
        "What is ignored without a reason, or no longer breaks, hides what breaks next.",
    ),
)  # fmt: skip

_SHAPELESS = {"structure", "version", "unresolved-ref", "remote-ref"}
_BLINDING: Mapping[str, set[str]] = {
    "*": _SHAPELESS,
    "asyncapi-schema": set(),
    "unsatisfiable": _SHAPELESS | {"draft-7", "pattern", "schema-ref"},
}
"""Rules that hold before another can be looked at."""

_SEVERITY = {rule.id: rule.severity for rule in RULES}


@click.command(
    epilog="Example: asyncapi-socketio lint --contract asyncapi.yaml --format sarif > lint.sarif"
)
@options.contract
@options.form
@click.option("--rules", is_flag=True, help="Print the page that explains each rule, and exit.")
def command(source: str, form: Format, *, rules: bool) -> None:
    """Find what is wrong with a contract, or will be.

    Everything found counts, notes aside: exit code 1. `x-lint-ignore: {rule: reason}`, beside or
    above what breaks, lets it be.
    """
    if rules:
        click.echo(page("Rules of `asyncapi-socketio lint`", RULES), nl=False)
        return
    report = lint(sources.document(source))
    click.echo(report.render(form))
    sys.exit(report.failed)


def lint(document: Document) -> Report:
    """Look for every breach of every rule; findings are in the order of the document."""
    refusals = check(document)
    broken = {refusal.rule for refusal in refusals}
    found = {*refusals}
    for smell in SMELLS:
        if not _BLINDING.get(smell, _BLINDING["*"]) & broken:
            found |= _breaches(SMELLS[smell], document, found)
    kept, unused = _without_ignored(document, found)
    findings = tuple(_finding(item) for item in sorted({*kept, *unused}, key=_in_order))
    failed = any(finding.severity != "note" for finding in findings)
    ignored = len(found) - len(kept)
    verdict = f"{document.file}: {counted(findings)}" + (f", {ignored} ignored" if ignored else "")
    return Report("lint", RULES, findings, verdict, failed, {"ignored": ignored})


def _breaches(
    smell: Callable[[Document], Iterator[Refusal]], document: Document, known: set[Refusal]
) -> set[Refusal]:
    try:
        return {*smell(document)}
    except (LookupError, AttributeError, TypeError, ValueError):
        if known:  # what is not built as it should be can't be looked at everywhere
            return set()
        raise


def _in_order(refusal: Refusal) -> tuple[int, int, str, str]:
    return refusal.line, refusal.column, refusal.rule, refusal.problem


def _finding(refusal: Refusal) -> Finding:
    return Finding(
        refusal.rule,
        _SEVERITY[refusal.rule],
        refusal.file,
        refusal.address,
        refusal.problem,
        refusal.way_out,
        refusal.line or 1,
        refusal.column or 1,
    )


def _without_ignored(
    document: Document, found: set[Refusal]
) -> tuple[list[Refusal], list[Refusal]]:
    """Leave out what is ignored; then say which ignoring has no reason, or no use."""
    kept = {*found}
    faults = []
    for address, ignored in _ignores(document, (), document.root):
        for rule, reason in ignored.items():
            hit = {item for item in found if item.rule == rule and _is_in(item.address, address)}
            kept -= hit
            where = (*address, IGNORE, rule)
            if not hit:
                fault = (
                    f"'{rule}' does not break here" if rule in _SEVERITY else f"no rule '{rule}'"
                )
                faults.append(document.refuse("ignore", where, fault, "remove it"))
            if not str(reason or "").strip():
                faults.append(document.refuse("ignore", where, "has no reason", "say why"))
    return [*kept], faults


def _is_in(address: Address, outer: Address) -> bool:
    return address[: len(outer)] == outer


def _ignores(
    document: Document, address: Address, value: Json
) -> Iterator[tuple[Address, Mapping[str, Json]]]:
    if isinstance(value, dict):
        if isinstance(ignored := value.get(IGNORE), dict):
            yield address, ignored
        for key in value.keys() - {"examples", "enum", "const", "default"}:
            yield from _ignores(document, (*address, key), value[key])
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _ignores(document, (*address, index), item)
