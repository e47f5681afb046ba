"""What changed in the schemas of payloads and acks, in each direction they are sent in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from ..jsonschema.canonical import covers
from ..jsonschema.constraints import Escape
from ..jsonschema.containment import escapes
from ..jsonschema.counterexamples import (
    Example,
    Judge,
    any_example,
    example_of,
    ignored_example,
    newly_lost,
    written,
)
from ..jsonschema.references import Address, Json
from ..reporting.finding import Severity
from .defaults import default_changes
from .revision import Change, Revision

RULES_OF_KINDS: Mapping[str, tuple[str, str]] = {
    "bound": ("bound-tightened", "bound-loosened"),
    "branch": ("shape-removed", "shape-added"),
    "closed": ("keys-closed", "keys-opened"),
    "condition": ("condition-changed", "condition-changed"),
    "format": ("format-changed", "format-changed"),
    "key": ("key-removed", "key-added"),
    "pattern": ("pattern-changed", "pattern-changed"),
    "required": ("key-required", "key-optional"),
    "tolerated": ("key-added", "key-added"),
    "type": ("type-removed", "type-added"),
    "undeclared": ("key-claimed", "key-released"),
    "value": ("value-removed", "value-added"),
}
"""The rule for what the new schema refuses of the old one's, and for what it allows beyond it."""

_WORDS: Mapping[str, str] = {
    "bound-tightened": "{0} was {1}, is {2}",
    "bound-loosened": "{0} was {1}, is {2}",
    "condition-changed": "{0} has changed",
    "format-changed": "{0} was {1}, is {2}",
    "key-added": "key '{0}' is new",
    "key-claimed": "key '{0}' has a schema now, and anything could stand under it before",
    "key-ignored": "key '{0}' is dropped now",
    "key-optional": "key '{0}' may be missing now",
    "key-released": "key '{0}' has no schema any more, and anything may stand under it",
    "key-removed": "key '{0}' is not allowed any more",
    "key-required": "key '{0}' is required now",
    "keys-closed": "keys that are not declared are not allowed any more",
    "keys-opened": "keys that are not declared are allowed now",
    "pattern-changed": "{0} was {1}, is {2}",
    "shape-added": "'{0}' is a new shape",
    "shape-removed": "the shape '{0}' was removed",
    "type-added": "may be of type {0} now",
    "type-removed": "can't be of type {0} any more",
    "value-added": "{0} is a new value",
    "value-removed": "the value {0} was removed",
}
_SOFT = {"format", "tolerated", "undeclared"}
"""What depends on more than the schemas is dangerous at most."""


@dataclass(frozen=True)
class Use:
    """A schema in its place on the wire: what is sent, by whom, and where it is declared."""

    name: str
    by_clients: bool
    old: Judge
    new: Judge
    old_anchor: Address
    new_anchor: Address

    @cached_property
    def middle(self) -> Judge:
        """Return the old schema with what the new contract normalises."""
        return Judge(self.old.document, self.new.drop_unknown, self.new.booleans)

    @cached_property
    def takes_the_old(self) -> bool:
        """Return whether it is proved that the new schema takes all that the old one did."""
        return covers(self.new.accepted, self.middle.accepted)

    @cached_property
    def allows_the_old_only(self) -> bool:
        """Return whether it is proved that the new schema allows nothing beyond the old one."""
        return covers(self.middle.accepted, self.new.accepted)


@dataclass
class _Cause:
    """One change of a schema, and all uses of it, by whether it is forbidden there."""

    kind: str
    forbidden: list[tuple[Use, Escape]] = field(default_factory=list)
    allowed: list[tuple[Use, Escape]] = field(default_factory=list)


def payload_changes(old: Revision, new: Revision, uses: Sequence[Use]) -> Iterator[Change]:
    """Compare what stands in the payloads and acks of two contracts, one change per cause."""
    causes: dict[Change, _Cause] = {}
    yield from _defaults(old, new, uses)
    for use in uses:
        if not _is_same(use):
            yield from _normalisation(use)
            yield from _ignored(old, use)
            both = [(item, True) for item in _escapes(use, narrowed=True)]
            both += [(item, False) for item in _escapes(use, narrowed=False)]
            for item, narrowed in _tolerated(use, both):
                named = _named(old, new, use, item, narrowed=narrowed)
                cause = causes.setdefault(named, _Cause(item.kind))
                if narrowed == use.by_clients:
                    cause.kind = item.kind
                    cause.forbidden.append((use, item))
                else:
                    cause.allowed.append((use, item))
            if not both and not (use.takes_the_old if use.by_clients else use.allows_the_old_only):
                yield from _unnamed(use)
    for named, cause in causes.items():
        change = _judged(named, cause)
        if change.example or cause.forbidden or cause.kind in _SOFT:  # else it is one in words only
            yield change


def _defaults(old: Revision, new: Revision, uses: Sequence[Use]) -> Iterator[Change]:
    """Compare what missing keys are taken for, one change per declaration."""
    changed: dict[Change, list[str]] = {}
    for use in uses:
        for item in default_changes(use.old.document, use.new.document):
            removed = item.is_ is None
            revision, place = (old, item.old) if removed else (new, item.new)
            anchor = use.old_anchor if removed else use.new_anchor
            address = _address(revision, place, anchor)
            named = Change("default-changed", item.severity, address, item.problem, (), removed)
            changed.setdefault(named, []).append(use.name)
    for named, names in changed.items():
        means = "where it is missing, it means something else now"
        why = f"old clients may break by {_listed(names)}: {means}"
        safe = named.severity == "safe"
        yield replace(named, details=(f"safe for {_listed(names)}" if safe else why,))


def _tolerated(use: Use, found: list[tuple[Escape, bool]]) -> Iterator[tuple[Escape, bool]]:
    """Take a key that the old schema refused, and normalising dropped, for one that is new."""
    one, other = Judge(use.old.document).top, Judge(use.new.document).top
    open_to = {
        (item.subject, item.there)
        for item in (*escapes(one, other), *escapes(other, one))
        if item.kind == "undeclared"
    }
    for item, narrowed in found:
        dropped = item.kind == "undeclared" and (item.subject, item.there) not in open_to
        if not (dropped and use.new.drop_unknown):
            yield item, narrowed
        elif narrowed:
            yield replace(item, kind="tolerated", here=item.there, there=None), False


def _escapes(use: Use, *, narrowed: bool) -> list[Escape]:
    """List what the new schema refuses of the old one's values, or what it allows beyond them."""
    one, other = use.middle.top, use.new.top
    found = escapes(one, other) if narrowed else escapes(other, one)
    proved = use.takes_the_old if narrowed else use.allows_the_old_only
    return [item for item in found if item.kind == "format"] if proved else found


def _named(old: Revision, new: Revision, use: Use, item: Escape, *, narrowed: bool) -> Change:
    """Name a change by its rule and its address in the new document, the old when it is removed."""
    rule = RULES_OF_KINDS[item.kind][0 if narrowed else 1]
    before, after = (item.here, item.there) if narrowed else (item.there, item.here)
    was, is_ = (item.held, item.asked) if narrowed else (item.asked, item.held)
    removed = after is None and before is not None
    revision, place = (old, before) if removed else (new, after)
    address = _address(revision, place, use.old_anchor if removed else use.new_anchor)
    problem = _WORDS[rule].format(item.subject, _said(was), _said(is_))
    return Change(rule, "safe", address, problem, removed=removed)


def _ignored(old: Revision, use: Use) -> Iterator[Change]:
    """Yield the keys that were kept and are dropped, where nothing is refused."""
    if not (use.by_clients and use.new.drop_unknown):
        return
    kept, left = Judge(use.old.document), Judge(use.new.document)
    for item in escapes(kept.top, left.top):
        if item.kind != "key" or item.here is None:
            continue
        example = ignored_example(item, use.old, use.new)
        if example:
            shown = f"{use.name} {written(example.value)} is accepted, and loses '{item.subject}'"
            why = f"old clients may break when they send {use.name}: what they say is lost"
            problem = _WORDS["key-ignored"].format(item.subject)
            address = _address(old, item.here, use.old_anchor)
            yield Change("key-ignored", "dangerous", address, problem, (why, shown), True, example)


_SILENT = {"title", "description", "examples", "default", "$comment"}


def _address(revision: Revision, place: Address | None, anchor: Address) -> Address:
    """Return where a part of a self-contained schema stands in the contract."""
    match place:
        case ("definitions", name, *rest):
            return (*revision.schema_address(str(name)), *rest)
        case ("allOf" | "anyOf", _, *rest):
            return (*anchor, *rest)
        case _:
            return anchor


def _is_same(use: Use) -> bool:
    one, other = use.old, use.new
    return _bare(one.document) == _bare(other.document) and (
        (one.drop_unknown, one.booleans) == (other.drop_unknown, other.booleans)
    )


def _bare(schema: Json) -> Json:
    """Leave out what is for readers only; keys of properties may be called like that."""
    if isinstance(schema, list):
        return [_bare(item) for item in schema]
    if not isinstance(schema, Mapping):
        return schema
    return {
        key: {name: _bare(inner) for name, inner in value.items()}
        if key in {"properties", "definitions"} and isinstance(value, Mapping)
        else value
        if key in {"enum", "const"}
        else _bare(value)
        for key, value in schema.items()
        if key not in _SILENT
    }


def _normalisation(use: Use) -> Iterator[Change]:
    """Compare what is normalised on the way in, apart from what the schemas say."""
    address = (
        (*use.new_anchor[: use.new_anchor.index("payload")], "x-socketio")
        if "payload" in use.new_anchor
        else use.new_anchor
    )
    dropped = use.old.drop_unknown, use.new.drop_unknown
    spelt = use.old.booleans, use.new.booleans
    for rule, keyword, (was, is_) in (
        ("unknown-keys-changed", "unknownKeys", dropped),
        ("conversion-changed", "convert", spelt),
    ):
        if was == is_ or not use.by_clients:
            continue
        yield _of_normalisation(rule, (*address, keyword), use, lost=was)


def _of_normalisation(rule: str, address: Address, use: Use, *, lost: bool) -> Change:
    is_drop = rule == "unknown-keys-changed"
    what = "unknown keys are" if is_drop else "spelt booleans are"
    done = "dropped" if is_drop else "converted"
    problem = f"{what} {'not ' if lost else ''}{done} {'any more' if lost else 'now'}"
    if not lost:
        example = newly_lost(use.old, use.new) if is_drop else None
        if example is None:
            return Change(rule, "safe", address, problem, (f"safe for {use.name}",))
        shown = f"{use.name} {written(example.value)} is accepted, and loses what it says"
        return Change(rule, "dangerous", address, problem, (shown,), example=example)
    middle = Judge(
        use.old.document,
        use.old.drop_unknown and not is_drop,
        use.old.booleans and is_drop,
    )
    example = any_example(use.old, middle, use.new)
    if example is None:
        why = f"old clients may break when they send {use.name}"
        return Change(rule, "dangerous", address, problem, (why,))
    return Change(
        rule, "breaking", address, problem, _breaks([use], example, use), example=example
    )  # fmt: skip


def _unnamed(use: Use) -> Iterator[Change]:
    producer, consumer = (use.old, use.new) if use.by_clients else (use.new, use.old)
    normalised = use.old.accepted != use.middle.accepted
    example = None if normalised else any_example(producer, consumer)
    if example:
        problem = f"{use.name} has changed in a way that no keyword explains"
        yield Change(
            "difference-unnamed", "breaking", use.new_anchor, problem,
            _breaks([use], example, use), example=example,
        )  # fmt: skip


def _judged(named: Change, cause: _Cause) -> Change:
    """Judge by an example how severe a change is, and say which clients it affects."""
    example, use = _proof(cause)
    details: tuple[str, ...] = ()
    severity: Severity = "safe"
    if cause.forbidden:
        surely = example is not None and cause.kind not in _SOFT
        severity = "breaking" if surely else "dangerous"
        details = _breaks([item for item, _ in cause.forbidden], example, use, surely=surely)
    broken = {item.name for item, _ in cause.forbidden}
    safe = [item.name for item, _ in cause.allowed if item.name not in broken]
    if safe:
        details = (*details, f"safe for {_listed(safe)}")
    if example and not cause.forbidden:
        happens = "is accepted now" if use.by_clients else "does not come any more"
        details = (*details, f"{use.name} {written(example.value)} {happens}")
    return replace(named, severity=severity, details=details, example=example)


def _proof(cause: _Cause) -> tuple[Example | None, Use]:
    """Find an example in any use that is forbidden, else in the first that is allowed."""
    uses = cause.forbidden or cause.allowed[:1]
    for use, item in uses:
        narrowed = use.by_clients == bool(cause.forbidden)
        one, other = (use.old, use.new) if narrowed else (use.new, use.old)
        if example := example_of(item, one, other):
            return example, use
    return None, uses[0][0]


def _breaks(
    uses: Sequence[Use], example: Example | None, shown_by: Use, *, surely: bool = True
) -> tuple[str, ...]:
    """Return the affected clients, and an example that shows it."""
    word = "break" if surely else "may break"
    lines = []
    for verb, by_clients in (("send", True), ("read", False)):
        names = [use.name for use in uses if use.by_clients == by_clients]
        if names:
            lines.append(f"old clients {word} when they {verb} {_listed(names)}")
    if example is None:
        return (*lines, "no value was found that shows it")
    verb = "was accepted, and is rejected now" if shown_by.by_clients else "may come now"
    why = f": {example.violation}" if example.violation else ""
    lines.append(f"{shown_by.name} {written(example.value)} {verb}{why}")
    return (*lines,)


def _listed(names: Sequence[str]) -> str:
    unique = [*dict.fromkeys(names)]
    return ", ".join(unique[:-1]) + f" and {unique[-1]}" if len(unique) > 1 else unique[0]


def _said(value: Json) -> str:
    return "absent" if value is None else str(value)
