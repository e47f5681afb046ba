"""A file in Python that helps where a contract says too little: auth, set-up, data, judgments."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any, TypeAlias

from ..cli.errors import CouldNotRun

Json: TypeAlias = Any

NAMES = ("set_up", "tear_down", "auth", "payload", "after_call")


class Hooks:
    """What a file defines of `NAMES`; the others do nothing."""

    def __init__(self, module: ModuleType | None = None) -> None:
        self._module = module

    @property
    def gives_auth(self) -> bool:
        """Return whether the file says who enters with what."""
        return self._function("auth") is not None

    def set_up(self, url: str) -> None:
        """Let the file make the server ready, before anybody connects."""
        self._call("set_up", None, url)

    def tear_down(self, url: str) -> None:
        """Let the file clear up, once all is tried."""
        self._call("tear_down", None, url)

    def auth(self, namespace: str, client: str) -> Json:
        """Return what `ada` or `bob` sends when it connects to a namespace."""
        return self._call("auth", None, namespace, client)

    def payload(self, event: str, value: Json) -> Json:
        """Return what is sent in place of a valid payload: one that the server can know of."""
        return self._call("payload", value, event, value)

    def after_call(self, client: str, event: str, args: Json, ack: Json) -> None:
        """Let the file judge a call; `ack` is None where none came."""
        self._call("after_call", None, client, event, args, ack)

    def _call(self, name: str, otherwise: Json, *args: Json) -> Json:
        function = self._function(name)
        try:
            return otherwise if function is None else function(*args)
        except AssertionError:
            raise
        except Exception as error:
            raise CouldNotRun(f"--hooks: {name}: {type(error).__name__}: {error}") from error

    def _function(self, name: str) -> Callable[..., Json] | None:
        return getattr(self._module, name, None)


def hooks(file: Path) -> Hooks:
    """Load a file of hooks; raise `CouldNotRun` when that fails, or it defines none."""
    spec = importlib.util.spec_from_file_location("asyncapi_socketio_hooks", file)
    if spec is None or spec.loader is None:
        raise CouldNotRun(f"{file}: hooks are a file in Python")
    module = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        raise CouldNotRun(f"{file}: {type(error).__name__}: {error}") from error
    if not any(hasattr(module, name) for name in NAMES):
        raise CouldNotRun(f"{file}: defines none of {', '.join(NAMES)}")
    return Hooks(module)
