"""Text in, one tree of plain values out, with the address and the line of everything in it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from ..jsonschema import references
from ..jsonschema.references import Address, Json
from ..reporting.finding import Finding


class InvalidContract(Exception):
    """A document that no contract can be made of; `findings` say all that is wrong with it."""

    def __init__(self, findings: list[Finding]) -> None:
        super().__init__("\n".join(map(str, findings)))
        self.findings = findings


@dataclass(slots=True)
class Document:
    """A parsed contract: its `root`, and the `(line, column)`, from 1, of each address in it."""

    file: str
    root: Json
    positions: dict[Address, tuple[int, int]] = field(default_factory=dict)

    def finding(self, rule: str, address: Address, problem: str, way_out: str) -> Finding:
        """Return the finding that what stands at `address` breaks a rule."""
        line, column = self.position(address)
        return Finding(rule, "error", self.file, address, problem, way_out, line, column)

    def position(self, address: Address) -> tuple[int, int]:
        """Return the line and column of `address`, or of the nearest thing around it."""
        while address not in self.positions and address:
            address = address[:-1]
        return self.positions.get(address, (1, 1))

    def at(self, address: Address) -> Json:
        """Return what stands at `address`; raise LookupError or TypeError."""
        return references.at(self.root, address)

    def target(self, ref: str) -> Address:
        """Return the address that a local `$ref` names, past further ones; raise LookupError."""
        return references.target(self.root, ref)

    def follow(self, address: Address) -> Address:
        """Return where `address` leads: itself, or the target of the `$ref` that stands there."""
        return references.follow(self.root, address)

    def refs(self, address: Address = ()) -> Iterator[tuple[Address, str]]:
        """Yield the address of every `$ref` at or below `address`, examples left out."""
        return references.refs(self.at(address), address)


def parse(text: str, file: str) -> Document:
    """Read a YAML 1.2 or JSON document; `file` is its name in messages.

    Raise `InvalidContract` when it is neither, or no object.
    """
    try:
        tree = YAML(typ="rt").load(text)
    except YAMLError as error:
        raise InvalidContract([_unreadable(error, file)]) from error
    document = Document(file, None)
    document.root = _plain(tree, (), document.positions)
    if not isinstance(document.root, dict):
        raise InvalidContract(
            [
                document.finding(
                    "structure", (), "holds no object", "start it with 'asyncapi: 3.1.0'"
                )
            ]
        )
    return document


def _unreadable(error: YAMLError, file: str) -> Finding:
    mark = error.problem_mark if isinstance(error, MarkedYAMLError) else None
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    problem = getattr(error, "problem", None) or str(error)
    first = str(problem).strip().splitlines()[0]
    return Finding(
        "structure", "error", file, (), f"is not valid YAML: {first}", "fix this line", line, column
    )


def _plain(tree: Json, address: Address, positions: dict[Address, tuple[int, int]]) -> Json:
    """Turn ruamel's tree into plain values, and note where each of them stood."""
    if isinstance(tree, CommentedMap):
        for key in tree:
            merged = key not in tree.lc.data  # from a mapping that `<<` names
            line, column = (tree.lc.line, tree.lc.col) if merged else tree.lc.key(key)
            positions[(*address, str(key))] = line + 1, column + 1
        return {str(k): _plain(v, (*address, str(k)), positions) for k, v in tree.items()}
    if isinstance(tree, CommentedSeq):
        for index in range(len(tree)):
            line, column = tree.lc.item(index)
            positions[(*address, index)] = line + 1, column + 1
        return [_plain(value, (*address, i), positions) for i, value in enumerate(tree)]
    if isinstance(tree, bool) or tree is None:
        return tree
    for plain in (str, int, float):
        if isinstance(tree, plain):
            return plain(tree)
    return str(tree)
