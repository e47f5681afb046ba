"""Names that code can have, made of those that a document has."""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterable


class Names:
    """Names of one kind, each given once."""

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self._taken = {*taken}

    def take(self, names: Iterable[str]) -> None:
        """Keep names from being given."""
        self._taken |= {*names}

    def free(self, name: str) -> str:
        """Return a name, with a number behind it when it was given before."""
        name = f"{name}_" if keyword.iskeyword(name) else name
        found, number = name, 2
        while found in self._taken:
            found, number = f"{name}{'_' if name.islower() else ''}{number}", number + 1
        self._taken.add(found)
        return found


def snake(name: str) -> str:
    """Return a name in snake_case: `createTodo` and `create-todo` are `create_todo`.

    What could not begin a name in Python has `on_` in front: `2fa` is `on_2_fa`.
    """
    words = re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[A-Z]|\d+", name)
    joined = "_".join(words).lower()
    return f"on_{joined}" if joined[:1].isdigit() else joined


def pascal(name: str) -> str:
    """Return a name in PascalCase."""
    return "".join(word[:1].upper() + word[1:] for word in re.findall(r"[A-Za-z0-9]+", name))
