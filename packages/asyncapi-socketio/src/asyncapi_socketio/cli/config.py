"""What a project sets once: `asyncapi-socketio.toml`, or a table of its `pyproject.toml`.

`contract` and `allow-remote` hold for every command. A command has a table of its own, with its
options by their names, and `rules`: the severity of each, or `off`.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeAlias

import click

from . import NAME
from .errors import CouldNotRun
from .options import Source

Json: TypeAlias = Any

FILES: Mapping[str, tuple[str, ...]] = {f"{NAME}.toml": (), "pyproject.toml": ("tool", NAME)}
"""The files that are looked for, and the table of each that is ours."""

SHARED = ("contract", "allow-remote")
"""The keys that hold for every command."""

_PATHS = (click.Path, Source)

_ONCE = {"check", "explain", "help", "rules", "watch"}
"""Options that say what is wanted this time."""


@dataclass(frozen=True, slots=True)
class Config:
    """A table of settings; `place` are the keys that lead to it in its file."""

    file: Path
    place: tuple[str, ...]
    table: Mapping[str, Json]

    def error(self, address: Sequence[str], problem: str) -> CouldNotRun:
        """Return the error that a setting is not valid."""
        where = "/".join((*self.place, *address))
        return CouldNotRun(f"{_shown(self.file)}: {where}: {problem}")

    def defaults(self, name: str, command: click.Command) -> dict[str, Json]:
        """Return what the parameters of a command are set to; raise `CouldNotRun`."""
        known = {_key(param): param for param in command.params if _key(param) not in _ONCE}
        table = self.table.get(name, {})
        if not isinstance(table, dict):
            raise self.error([name], f"not a table: write [{'.'.join((*self.place, name))}]")
        takes_rules = known.pop("rule", None)
        settings = {key: value for key, value in table.items() if key != "rules" or not takes_rules}
        self._check([name], settings, [*known, *(["rules"] if takes_rules else [])])
        found = {}
        for key, value in self._shared(known):
            found[str(known[key].name)] = self._value(known[key], [key], value)
        for key, value in settings.items():
            found[str(known[key].name)] = self._value(known[key], [name, key], value)
        if takes_rules:
            rules = self._value(takes_rules, [name, "rules"], self._rules(name, table))
            found[str(takes_rules.name)] = rules
        return found

    def _shared(self, known: Mapping[str, click.Parameter]) -> Iterator[tuple[str, Json]]:
        yield from ((key, self.table[key]) for key in SHARED if key in self.table and key in known)

    def check(self, commands: Sequence[str]) -> None:
        """Raise `CouldNotRun` where a key is neither shared nor a command."""
        self._check([], self.table, [*SHARED, *commands])

    def _check(self, address: list[str], table: Mapping[str, Json], known: Sequence[str]) -> None:
        for key in table:
            if key not in known:
                near = get_close_matches(key, known, 1)
                ways = f"did you mean '{near[0]}'?" if near else f"there are {', '.join(known)}"
                raise self.error([*address, key], f"unknown key: {ways}")

    def _rules(self, name: str, table: Mapping[str, Json]) -> list[str]:
        rules = table.get("rules", {})
        if not isinstance(rules, dict):
            problem = f"not a table: write [{'.'.join((*self.place, name, 'rules'))}]"
            raise self.error([name, "rules"], problem)
        return [f"{rule}={severity}" for rule, severity in rules.items()]

    def _value(self, param: click.Parameter, address: list[str], value: Json) -> Json:
        """Return a value as its parameter takes it from the command line."""
        if isinstance(param.type, click.types.BoolParamType) and not isinstance(value, bool):
            raise self.error(address, f"{value!r} is neither true nor false")
        if isinstance(value, dict) or isinstance(value, list) != param.multiple:
            kind = "a list" if param.multiple else "one value"
            raise self.error(address, f"{value!r} is not {kind}")
        try:
            placed = self._placed(value) if isinstance(param.type, _PATHS) else value
            param.process_value(click.Context(click.Command(NAME)), placed)
        except click.BadParameter as error:
            raise self.error(address, error.message) from error
        return placed

    def _placed(self, value: Json) -> Json:
        """Return a path as it is found from here, which stands as it is from its file's folder."""
        if isinstance(value, list):
            return [self._placed(item) for item in value]
        if not isinstance(value, str) or value == "-" or value.startswith("git:"):
            return value
        return os.path.relpath(self.file.parent / value)


def find(folder: Path) -> Config | None:
    """Return the settings of a folder, or of the nearest one above it; raise `CouldNotRun`."""
    for place in (folder, *folder.parents):
        for name, keys in FILES.items():
            if (config := _read(place / name, keys)) is not None:
                return config
    return None


def _read(file: Path, keys: tuple[str, ...]) -> Config | None:
    try:
        table = tomllib.loads(file.read_text("utf-8"))
    except (FileNotFoundError, NotADirectoryError, PermissionError):
        return None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise CouldNotRun(f"{_shown(file)}: is not valid TOML: {error}") from error
    for key in keys:
        table = table.get(key, {})
    if not isinstance(table, dict):
        raise Config(file, keys, {}).error([], "not a table")
    return Config(file, keys, table) if table or not keys else None


def _key(param: click.Parameter) -> str:
    """Return the name by which a parameter is set: an option's own, an argument's."""
    longest = max(param.opts, key=len)
    return longest.removeprefix("--")


def _shown(file: Path) -> str:
    return os.path.relpath(file)
