"""Namespaces whose paths have parameters: `/rooms/{id}` is `/rooms/kitchen`, and any other room.

Socket.IO calls them dynamic. A value has no `/`, no `?` and no `,`, which ends a namespace on the
wire, and no braces: who connects to `/rooms/{id}` has forgotten to fill it in.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeGuard

_PARAMETER = re.compile(r"\{([^{}]+)\}")
_VALUE = r"[^/?,{}]+"


def parameters_of(path: str) -> tuple[str, ...]:
    """Return the names of the parameters in a path, each once."""
    return tuple(dict.fromkeys(_PARAMETER.findall(path)))


def fits(value: object) -> TypeGuard[str]:
    """Return whether a value can stand in a path."""
    return isinstance(value, str) and bool(re.fullmatch(_VALUE, value))


def filled(path: str, parameters: Mapping[str, object]) -> str:
    """Return a path with a value in the place of each parameter.

    Raise `ValueError` where one is missing, or can't stand in a path.
    """

    def value(found: re.Match[str]) -> str:
        given = parameters.get(found[1])
        if not fits(given):
            raise ValueError(f"{path} needs a value of {found[1]} without any of / ? , {{ }}")
        return given

    return _PARAMETER.sub(value, path)


@dataclass(frozen=True, slots=True)
class Found:
    """The path of a contract that a namespace belongs to, and the values of its parameters."""

    path: str
    parameters: Mapping[str, str] = field(default_factory=dict)


class Addresses:
    """The paths of a contract's namespaces."""

    def __init__(self, paths: Iterable[str]) -> None:
        paths = [*paths]
        self._fixed = {path: Found(path) for path in paths if not parameters_of(path)}
        self._patterns = {path: _pattern(path) for path in paths if parameters_of(path)}

    @property
    def dynamic(self) -> bool:
        """Whether any of them has parameters."""
        return bool(self._patterns)

    def find(self, namespace: str) -> Found | None:
        """Return whose namespace it is: what has no parameters comes first; None: nobody's."""
        if namespace in self._fixed:
            return self._fixed[namespace]
        for path, pattern in self._patterns.items():
            if found := pattern.fullmatch(namespace):
                return Found(path, dict(zip(parameters_of(path), found.groups(), strict=True)))
        return None


def _pattern(path: str) -> re.Pattern[str]:
    """Return what a path matches: a parameter that stands in it twice has one value."""
    names = parameters_of(path)
    seen: set[str] = set()
    pattern = ""
    for number, part in enumerate(_PARAMETER.split(path)):
        if number % 2 == 0:
            pattern += re.escape(part)
        elif part in seen:
            pattern += rf"(?:\{names.index(part) + 1})"
        else:
            seen.add(part)
            pattern += f"({_VALUE})"
    return re.compile(pattern)
