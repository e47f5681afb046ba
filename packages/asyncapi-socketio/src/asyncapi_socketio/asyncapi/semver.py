"""What a change of a contract makes of its version: semver.org 2.0.0."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, TypeAlias

Level: TypeAlias = Literal["major", "minor", "patch", "none"]

_VERSION = re.compile(
    r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)"
    r"(?:-((?:0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*)(?:\.(?:0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*))*))?"
    r"(?:\+[0-9a-zA-Z-]+(?:\.[0-9a-zA-Z-]+)*)?"
)
"""Section 2, 9 and 10: MAJOR.MINOR.PATCH, then a pre-release, then build metadata."""


@dataclass(frozen=True, slots=True, order=True)
class Version:
    """A version without its pre-release, by which `1.0.0-rc.1` announces as much as `1.0.0`."""

    major: int
    minor: int
    patch: int

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}.{self.patch}"

    def next(self, level: Level) -> Version:
        """Return the least version that says a change of this level.

        While the major version is 0 a breaking change takes a minor version (section 4).
        """
        match level:
            case "major" if self.major:
                return Version(self.major + 1, 0, 0)
            case "major" | "minor":
                return Version(self.major, self.minor + 1, 0)
            case "patch":
                return Version(self.major, self.minor, self.patch + 1)
            case _:
                return self


def version(text: str) -> Version | None:
    """Read a version; None when it is none."""
    found = _VERSION.fullmatch(text)
    return Version(*map(int, found.group(1, 2, 3))) if found else None
