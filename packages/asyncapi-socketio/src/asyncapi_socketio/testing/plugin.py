"""The pytest plugin: a fixture with which a project's own suite tests its server."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from typing_extensions import Unpack

from . import test

if TYPE_CHECKING:
    from .run import Options


class Tester:
    """Tests live servers against the contract of a project."""

    def __init__(self, contract: Path) -> None:
        """Test against the contract at this path, unless another is named."""
        self._contract = contract

    def test(self, url: str, **options: Unpack[Options]) -> None:
        """Test a live server, with the options of `testing.test`; fail with its report."""
        options.setdefault("contract", str(self._contract))
        try:
            test(url, **options)
        except AssertionError as error:
            pytest.fail(str(error), pytrace=False)


@pytest.fixture(scope="session")
def asyncapi_socketio(pytestconfig: pytest.Config) -> Tester:
    """Return the tester of `asyncapi.yaml` in the project's root: `asyncapi_socketio.test(url)`."""
    return Tester(pytestconfig.rootpath / "asyncapi.yaml")
