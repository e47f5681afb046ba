"""The modules of the npm package, each for `import` and for `require`."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path

from ..asyncapi.contract import Contract, Namespace

TEMPLATES = Path(__file__).with_name("npm_modules")

_IMPORT = re.compile(r'^import \{ (.+) \} from "(.+)";$', re.MULTILINE)
_EXPORT = re.compile(r"^export \{ ?(.*?) ?\};$", re.MULTILINE)


def emit(contract: Contract) -> dict[str, str]:
    """Return the files `validate.*` and `client.*`: ES modules and their declarations."""
    first = default(contract)
    if first is None:
        return {}
    path = json.dumps(first.path)
    return {
        file.name: file.read_text("utf-8").replace("DEFAULT", path)
        for file in sorted(TEMPLATES.iterdir())
        if file.suffix in {".js", ".ts"}
    }


def for_require(modules: Mapping[str, str]) -> dict[str, str]:
    """Return the same modules for `require`: a `.cjs` per `.js`, a `.d.cts` per `.d.ts`."""
    return {
        re.sub(r"(js|ts)$", r"c\1", path): _common(text)
        for path, text in modules.items()
        if path.endswith((".js", ".d.ts"))
    }


def _common(text: str) -> str:
    text = re.sub(r'from "(\./.+)\.js";', r'from "\1.cjs";', text)
    text = _IMPORT.sub(r'const { \1 } = require("\2");', text)
    return _EXPORT.sub(r"module.exports = { \1 };", text)


def default(contract: Contract) -> Namespace | None:
    """Return the namespace that is meant where none is named: the main one, or the first."""
    main = [namespace for namespace in contract.namespaces if namespace.path == "/"]
    return next(iter((*main, *contract.namespaces)), None)
