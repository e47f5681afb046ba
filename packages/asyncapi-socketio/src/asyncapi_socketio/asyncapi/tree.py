"""YAML 1.2 or JSON in, a tree of plain values out, with the line and column of everything in it.

The core schema of YAML 1.2 (its section 10.3): a timestamp is the text that it is. What an anchor
names is built once and shared; a text whose aliases unfold to far more than it says is refused.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, TypeAlias

import yaml
from yaml import MappingNode, Node, ScalarNode, SequenceNode
from yaml.events import CollectionEndEvent, CollectionStartEvent

from ..jsonschema.references import Address, Json

Positions: TypeAlias = dict[Address, tuple[int, int]]
"""The line and the column, from 1, of each address."""

MAX_REPEATED = 100_000
"""Values that aliases may repeat."""

MAX_DEPTH = 200
"""Levels that values may hold each other in."""


class Unreadable(Exception):
    """A text that is neither YAML nor JSON; `line` and `column` say where."""

    def __init__(self, problem: str, line: int = 1, column: int = 1) -> None:
        super().__init__(problem)
        self.line = line
        self.column = column


def read(text: str) -> tuple[Json, Positions]:
    """Read a text; raise `Unreadable`."""
    if text.lstrip().startswith("{"):
        text = _PAIR.sub(_character, text)
    try:
        _refuse_deep(text)
        node = yaml.compose(text, Loader=_Loader)
    except yaml.YAMLError as error:
        raise _unreadable(error) from error
    except UnicodeEncodeError as error:
        raise Unreadable("is not valid Unicode: half of a character") from error
    if node is None:
        return None, {}
    builder = _Builder()
    return builder.value(node, ()), builder.positions


_PAIR = re.compile(
    r"(?<!\\)((?:\\\\)*)\\u(d[89ab][0-9a-f]{2})\\u(d[c-f][0-9a-f]{2})", re.IGNORECASE
)
"""What JSON escapes as two halves, and YAML does not know."""


def _character(pair: re.Match[str]) -> str:
    escaped = f'"\\u{pair[2]}\\u{pair[3]}"'
    return f"{pair[1]}{json.loads(escaped)}"


if TYPE_CHECKING:
    from yaml import SafeLoader as _Base
else:  # that of libyaml is fifteen times as fast
    _Base = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


class _Loader(_Base):
    """Leaves to `_scalar` what a plain scalar means."""

    def resolve(self, kind: type[Node], value: str | None, implicit: Json) -> str:
        """Return the tag of a node that has none."""
        if kind is ScalarNode and implicit[0]:
            return _MERGE if value == "<<" else _PLAIN_TAG
        tag: str = super().resolve(kind, value, implicit)  # type: ignore[no-untyped-call]
        return tag


def _refuse_deep(text: str) -> None:
    """Raise `Unreadable` before libyaml composes what is too deep for its stack."""
    depth = 0
    for event in yaml.parse(text, Loader=_Loader):
        if isinstance(event, CollectionStartEvent):
            depth += 1
            if depth > MAX_DEPTH:
                raise _too_deep(event)
        elif isinstance(event, CollectionEndEvent):
            depth -= 1


class _Builder:
    """Builds each node once, however many aliases name it."""

    def __init__(self) -> None:
        self.positions: Positions = {}
        self._built: dict[int, tuple[Json, int]] = {}
        self._open: set[int] = set()
        self._size = 0
        self._repeated = 0

    def value(self, node: Node, address: Address) -> Json:
        if isinstance(node, ScalarNode):
            self._size += 1
            return _scalar(node)
        if id(node) in self._built:
            return self._again(node)
        if id(node) in self._open:
            raise _at(node, "an alias names what it stands in")
        if len(address) > MAX_DEPTH:
            raise _too_deep(node)
        self._open.add(id(node))
        before = self._size
        self._size += 1
        is_map = isinstance(node, MappingNode)
        value = self._map(node, address) if is_map else self._list(node, address)
        self._open.remove(id(node))
        self._built[id(node)] = value, self._size - before
        return value

    def _again(self, node: Node) -> Json:
        """Return what an alias names."""
        value, size = self._built[id(node)]
        self._size += size
        self._repeated += size
        if self._repeated > MAX_REPEATED:
            raise _at(node, f"aliases unfold to more than {MAX_REPEATED:,} values")
        return value

    def _list(self, node: Node, address: Address) -> list[Json]:
        values = []
        for index, inner in enumerate(node.value):
            place = (*address, index)
            self.positions[place] = _mark(inner)
            values.append(self.value(inner, place))
        return values

    def _map(self, node: Node, address: Address) -> dict[str, Json]:
        own: dict[str, Json] = {}
        merged: dict[str, Json] = {}
        for key_node, inner in node.value:
            if key_node.tag == _MERGE:
                merged |= self._merged(inner, address)
                continue
            key = _key(key_node)
            if key in own:
                raise _at(key_node, f"the key '{key}' stands here twice")
            place = (*address, key)
            self.positions[place] = _mark(key_node)
            own[key] = self.value(inner, place)
        return {**merged, **own} if merged else own

    def _merged(self, node: Node, address: Address) -> dict[str, Json]:
        """Return the keys that `<<` brings, of one mapping or of several: the first has a key."""
        found: dict[str, Json] = {}
        for part in node.value if isinstance(node, SequenceNode) else [node]:
            value = self.value(part, address)
            if not isinstance(value, dict):
                raise _at(part, "'<<' names no mapping")
            found = {**value, **found}
        return found


_MERGE = "tag:yaml.org,2002:merge"
_PLAIN_TAG = "plain"


def _key(node: Node) -> str:
    if not isinstance(node, ScalarNode):
        raise _at(node, "a key is a mapping or a list, not a name")
    return str(node.value)


_PLAIN: Mapping[re.Pattern[str], Callable[[str], Json]] = {
    re.compile(r"~|null|Null|NULL|"): lambda _: None,
    re.compile(r"true|True|TRUE"): lambda _: True,
    re.compile(r"false|False|FALSE"): lambda _: False,
    re.compile(r"[-+]?[0-9]+"): int,
    re.compile(r"0o[0-7]+"): lambda text: int(text, 0),
    re.compile(r"0x[0-9a-fA-F]+"): lambda text: int(text, 16),
    re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?"): float,
}
"""The core schema but infinity and NaN, which JSON can't say: they stay texts."""


def _scalar(node: ScalarNode) -> Json:
    """Return what a scalar means: a quoted one, or one that is tagged as such, is a text."""
    text = str(node.value)
    if node.tag != _PLAIN_TAG:
        return text
    for pattern, meaning in _PLAIN.items():
        if pattern.fullmatch(text):
            return meaning(text)
    return text


def _mark(what: Node | yaml.Event) -> tuple[int, int]:
    mark = what.start_mark
    return (mark.line + 1, mark.column + 1) if mark else (1, 1)


def _at(node: Node, problem: str) -> Unreadable:
    return Unreadable(problem, *_mark(node))


def _too_deep(what: Node | yaml.Event) -> Unreadable:
    problem = f"values hold each other more than {MAX_DEPTH} levels deep"
    return Unreadable(problem, *_mark(what))


def _unreadable(error: yaml.YAMLError) -> Unreadable:
    mark = error.problem_mark if isinstance(error, yaml.MarkedYAMLError) else None
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    problem = getattr(error, "problem", None) or str(error)
    return Unreadable(f"is not valid YAML: {str(problem).strip().splitlines()[0]}", line, column)


def written(value: Json) -> str:
    """Write a value as YAML that reads as the same value."""
    text = yaml.dump(value, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=100)
    return str(text)


class _Dumper(yaml.SafeDumper):
    """Writes what stands in several places in each of them."""

    def ignore_aliases(self, _: object) -> bool:
        """Return True: whoever reads it need not look elsewhere."""
        return True


_BREAKS = re.compile(r"[\x00-\x1f\x7f-\xa0\u2028\u2029\ufeff]")
"""What YAML reads as a break of lines, or not at all, unless it is escaped."""


def _quoted(dumper: _Dumper, text: str) -> ScalarNode:
    """Quote the texts that YAML 1.2, too, takes for something else."""
    style = "'" if any(pattern.fullmatch(text) for pattern in _PLAIN) else None
    style = '"' if _BREAKS.search(text) else style
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style)


_Dumper.add_representer(str, _quoted)
