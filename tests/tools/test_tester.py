"""`contract test`: each planted fault is found by its rule, and a sound server has none."""

from __future__ import annotations

import pytest

from contract import sources
from contract.hunt import Failure
from contract.tester import RULES, Plan, Run
from tests.tools.faults import LATE, Sound, every, served

pytestmark = pytest.mark.slow


def first_failure(url: str) -> Failure | None:
    """Play every check until one fails."""
    run = Run(sources.contract("asyncapi.yaml"), Plan(url, max_examples=12, timeout=LATE / 1.5))
    try:
        played = (hunter.failures(check) for hunter, check in run.checks)
        return next((failure for failures in played for failure in failures), None)
    finally:
        run.close()


def test_a_sound_service_is_clean() -> None:
    with served(Sound) as url:
        assert first_failure(url) is None


@pytest.mark.parametrize("fault", every(), ids=lambda fault: fault.__name__)
def test_a_planted_fault_is_found(fault: type[Sound]) -> None:
    with served(fault) as url:
        failure = first_failure(url)
    assert failure
    assert failure.rule == fault.rule, failure


def test_every_rule_finds_a_fault() -> None:
    assert {fault.rule for fault in every()} == {rule.id for rule in RULES}
