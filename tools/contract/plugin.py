"""The pytest plugin: the fixture `contract`, so that a project's own suite can test its server."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from typing_extensions import Unpack

import contract as tools

if TYPE_CHECKING:
    from .tester import Options


class ContractTester:
    """Tests live servers against the contract of a project."""

    def __init__(self, contract: Path) -> None:
        """Test against the contract at this path, unless another is named."""
        self._contract = contract

    def test(self, url: str, **options: Unpack[Options]) -> None:
        """Test a live server, with the options of `contract.test`; fail with its report."""
        options.setdefault("contract", str(self._contract))
        try:
            tools.test(url, **options)
        except AssertionError as error:
            pytest.fail(str(error), pytrace=False)


@pytest.fixture(scope="session")
def contract(pytestconfig: pytest.Config) -> ContractTester:
    """Give the tester of `asyncapi.yaml` in the project's root: `contract.test(url)`."""
    return ContractTester(pytestconfig.rootpath / "asyncapi.yaml")
