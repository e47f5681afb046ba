"""Who enters with what: `--auth` for everyone, a namespace, a client, or one client of one."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from ..cli.errors import CouldNotRun

Json: TypeAlias = Any

_WRITTEN = re.compile(r"(?P<who>ada|bob)?@?(?P<namespace>/[^={\[\"]*)?=(?P<auth>.*)", re.DOTALL)
_EVERYONE = ("", "")


@dataclass(frozen=True, slots=True)
class Credentials:
    """The auth payloads, by client and namespace; an empty text stands for all of them."""

    payloads: Mapping[tuple[str, str], Json] = field(default_factory=dict)

    def of(self, who: str, namespace: str) -> Json:
        """Return what a client sends: what is said of it most closely."""
        places = ((who, namespace), (who, ""), ("", namespace), _EVERYONE)
        return next((self.payloads[place] for place in places if place in self.payloads), None)

    def elsewhere(self, namespace: str) -> list[Json]:
        """Return what suffices in other namespaces, where one wants what is said for it alone."""
        own = [value for (_, place), value in self.payloads.items() if place == namespace]
        general = [value for (_, place), value in self.payloads.items() if not place]
        return [value for value in general if value not in own] if own else []


def credentials(texts: Iterable[str]) -> Credentials:
    """Read `JSON`, `/namespace=JSON`, `bob=JSON` and `bob@/namespace=JSON`; raise `CouldNotRun`."""
    return Credentials(dict(_read(text) for text in texts))


def _read(text: str) -> tuple[tuple[str, str], Json]:
    found = _WRITTEN.fullmatch(text)
    place = (found["who"] or "", found["namespace"] or "") if found else _EVERYONE
    try:
        return place, json.loads(found["auth"] if found else text)
    except ValueError as error:
        raise CouldNotRun(f"--auth is not valid JSON: {error}") from error
