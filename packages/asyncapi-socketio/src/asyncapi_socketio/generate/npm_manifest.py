"""The npm package's `package.json` to begin with; what it says from then on is its owner's."""

from __future__ import annotations

import json
import re

from ..asyncapi.contract import Contract
from ..jsonschema.references import Json
from .npm_readme import package

_MODULES = ("index", "client", "schemas", "validate")
_SEMVER = re.compile(r"\d+\.\d+\.\d+(-[\w.-]+)?(\+[\w.-]+)?")
_SPDX = re.compile(r"[\w.+-]+")


def emit(contract: Contract) -> dict[str, str]:
    """Return the file `package.json`, without `repository`, of which a contract knows nothing."""
    return {"package.json": json.dumps(_manifest(contract), indent=2, ensure_ascii=False) + "\n"}


def _manifest(contract: Contract) -> Json:
    title = contract.title
    return {
        "name": package(contract),
        "version": _version(contract.version),
        "description": f"The events of {title}: TypeScript types, JSON Schemas and a client.",
        "license": _license(contract.license),
        "type": "module",
        "engines": {"node": ">=20"},
        "sideEffects": False,
        "main": "./index.cjs",
        "types": "./index.d.ts",
        "exports": {f"./{name}".replace("./index", "."): _module(name) for name in _MODULES},
        "files": ["*.cjs", "*.js", "*.d.cts", "*.d.ts"],
        "keywords": ["asyncapi", "socket.io", "typescript"],
        "peerDependencies": {"ajv": "^8.17.0", "socket.io-client": "^4.8.0"},
        "peerDependenciesMeta": {
            "ajv": {"optional": True},
            "socket.io-client": {"optional": True},
        },
    }


def _module(name: str) -> Json:
    return {
        "import": {"types": f"./{name}.d.ts", "default": f"./{name}.js"},
        "require": {"types": f"./{name}.d.cts", "default": f"./{name}.cjs"},
    }


def _version(version: str) -> str:
    """Return a version that npm takes: `1.0` is its `1.0.0`."""
    whole = ".".join([*version.split("."), "0", "0"][:3])
    return next((each for each in (version, whole) if _SEMVER.fullmatch(each)), "0.0.0")


def _license(name: str) -> str:
    if not name:
        return "UNLICENSED"
    return name if _SPDX.fullmatch(name) else "SEE LICENSE IN LICENSE"
