"""A document with the files that it refers to: one tree, and where everything in it stands."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from posixpath import dirname, join, normpath
from typing import TypeAlias
from urllib.parse import unquote, urljoin

from ..jsonschema import references
from ..jsonschema.references import Address, Json
from ..reporting.finding import Finding
from . import tree
from .tree import Positions

FILES = "x-files"
"""The key of the tree under which the files stand that a document refers to, by their names."""

MAX_FILES = 1_000
"""Files that one document may refer to, by way of others too."""

Fetch: TypeAlias = Callable[[str], str]
"""Returns the text of a file by its name, relative to the document, or of a URL.

Raises `NotFetched`, which says why it is not there.
"""


class InvalidContract(Exception):
    """A document that no contract can be made of; `findings` say all that is wrong with it."""

    def __init__(self, findings: list[Finding]) -> None:
        super().__init__("\n".join(map(str, findings)))
        self.findings = findings


class NotFetched(Exception):
    """A file that a `$ref` leads to is not read: the message says why, `way_out` what to do."""

    def __init__(self, problem: str, way_out: str, rule: str = "unresolved-ref") -> None:
        super().__init__(problem)
        self.way_out = way_out
        self.rule = rule


def not_followed(_: str) -> str:
    """Raise `NotFetched`: a document that stands alone has no files beside it."""
    raise NotFetched(
        "leads out of a document that stands alone", "copy it into this document", "remote-ref"
    )


@dataclass(slots=True)
class Document:
    """A parsed contract: its `root`, and the `(line, column)`, from 1, of each address in it.

    The files that it refers to stand in `root`, too, under `FILES`, and every `$ref` is local.
    `broken` are the refs to files that were not read, `known` what was looked up in it before.
    """

    file: str
    root: Json
    positions: Positions = field(default_factory=dict)
    broken: list[Finding] = field(default_factory=list)
    known: dict[str, Json] = field(default_factory=dict, repr=False, compare=False)

    def finding(self, rule: str, address: Address, problem: str, way_out: str) -> Finding:
        """Return the finding that what stands at `address` breaks a rule."""
        line, column = self.position(address)
        file, place = self.file, address
        if address[:1] == (FILES,) and len(address) > 1:
            file, place = _beside(self.file, str(address[1])), address[2:]
        return Finding(rule, "error", file, place, problem, way_out, line, column)

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


def parse(
    text: str, file: str, fetch: Fetch = not_followed, own_name: str | None = None
) -> Document:
    """Read a YAML 1.2 or JSON document, and the files that it refers to.

    `file` is its name in messages, `own_name` that by which those beside it know it: the last part
    of `file` where nothing is said. Raise `InvalidContract` when it is neither, or no object.
    """
    try:
        root, positions = tree.read(text)
    except tree.Unreadable as error:
        finding = Finding(
            "structure", "error", file, (), str(error), "fix this line", error.line, error.column
        )
        raise InvalidContract([finding]) from error
    document = Document(file, root, positions)
    if not isinstance(root, dict):
        problem, way_out = "holds no object", "start it with 'asyncapi: 3.1.0'"
        raise InvalidContract([document.finding("structure", (), problem, way_out)])
    _Bundler(document, fetch, own_name or _name(file)).bundle()
    _unfold(document)
    return document


def _unfold(document: Document) -> None:
    """Make maps of `$ref`s of the maps that stand elsewhere, as `messages: {$ref: messages.yaml}`.

    AsyncAPI allows a `$ref` for each of a map's values; its tools take one for all of them, too.
    """
    for name in ("servers", "channels", "operations", "components"):
        _unfold_map(document, (), name)
    for name in _keys(document, ("components",)):
        _unfold_map(document, ("components",), name)
    for place in (("channels",), ("components", "channels")):
        for key in _keys(document, place):
            for name in ("messages", "parameters"):
                _unfold_map(document, (*place, key), name)


def _keys(document: Document, address: Address) -> list[str]:
    return [*_followed(document, address)[1]]


def _followed(document: Document, address: Address) -> tuple[Address, dict[str, Json]]:
    """Return where a map stands, and the map; an empty one where there is none: a rule says so."""
    try:
        place = document.follow(address)
        value = document.at(place)
    except (LookupError, TypeError):
        return address, {}
    return place, value if isinstance(value, dict) else {}


def _unfold_map(document: Document, address: Address, name: str) -> None:
    place, holder = _followed(document, address)
    value = holder.get(name)
    if isinstance(value, dict) and "$ref" in value:
        target, elsewhere = _followed(document, (*place, name))
        base = "/".join(_escaped(str(step)) for step in target)
        if elsewhere:
            holder[name] = {key: {"$ref": f"#/{base}/{_escaped(key)}"} for key in elsewhere}


class _Bundler:
    """Reads the files that a document refers to, and makes every `$ref` a local one."""

    def __init__(self, document: Document, fetch: Fetch, own_name: str) -> None:
        self._document = document
        self._fetch = fetch
        self._own = own_name
        self._files: dict[str, Json] = {}
        self._failed: dict[str, NotFetched] = {}

    def bundle(self) -> None:
        waiting: list[str | None] = [None]
        while waiting:
            name = waiting.pop()
            known = {*self._files}
            self._localise(name)
            waiting += [file for file in self._files if file not in known]
        if self._files:
            self._document.root[FILES] = self._files

    def _localise(self, name: str | None) -> None:
        """Make the refs of a file local; None is the document itself."""
        root = self._document.root if name is None else self._files[name]
        place: Address = () if name is None else (FILES, name)
        for address, ref in [*references.refs(root, place)]:
            target, _, pointer = ref.partition("#")
            if not target and name is None:
                continue
            file = _relative(target, name) if target else name
            if file == self._own:
                references.at(root, address[len(place) :])["$ref"] = f"#{pointer}"
            elif file is not None and self._read(file, address, ref):
                holder = references.at(root, address[len(place) :])
                holder["$ref"] = f"#/{FILES}/{_escaped(file)}{pointer}"

    def _read(self, file: str, address: Address, ref: str) -> bool:
        """Read a file once; return whether it is there."""
        if file in self._files:
            return True
        if file not in self._failed:
            try:
                self._files[file] = self._tree(file)
            except NotFetched as error:
                self._failed[file] = error
            else:
                return True
        failed = self._failed[file]
        finding = self._document.finding(
            failed.rule, address, f"the $ref '{ref}' {failed}", failed.way_out
        )
        self._document.broken.append(finding)
        return False

    def _tree(self, file: str) -> Json:
        if len(self._files) == MAX_FILES:
            raise NotFetched(f"is one of more than {MAX_FILES:,} files", "refer to fewer")
        text = self._fetch(file)
        try:
            root, positions = tree.read(text)
        except tree.Unreadable as error:
            if not file.endswith(_TREES):
                return text  # of another language, as a .proto is
            problem = f"leads to line {error.line} of {file}: {error}"
            raise NotFetched(problem, "fix that line") from error
        for address, position in positions.items():
            self._document.positions[(FILES, file, *address)] = position
        return root


def _relative(target: str, base: str | None) -> str:
    """Return the name of a file that another one refers to: relative to the document, or a URL."""
    if is_remote(target):
        return target
    if base is not None and is_remote(base):
        return urljoin(base, target)
    return normpath(join(dirname(base or ""), unquote(target)))


def is_remote(name: str) -> bool:
    """Return whether a name is that of something on another host."""
    return "://" in name


_TREES = (".json", ".yaml", ".yml")


def _name(path: str) -> str:
    """Return the last part of a path, or of what is in a revision: `git:main:api/x.yaml`."""
    return path.replace(":", "/").rpartition("/")[2]


def _beside(document: str, name: str) -> str:
    """Return the path of a file that a document refers to."""
    if is_remote(name):
        return name
    return document.removesuffix(_name(document)) + name


def _escaped(step: str) -> str:
    return step.replace("~", "~0").replace("/", "~1").replace("%", "%25")
