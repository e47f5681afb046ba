"""When `make chaos` takes an ack for late."""

from __future__ import annotations

from pathlib import Path

import pytest

from chaos.clients import FAILED, NO_ANSWER, Ack
from chaos.judge import Window
from chaos.links import Link
from chaos.nodes import Node
from chaos.verdict import late, waited


def ack(seconds: float, outcome: str = "done") -> Ack:
    return Ack(100.0, seconds, "one", "todo:create", outcome)


@pytest.fixture
def node() -> Node:
    return Node("one", 1, 2, Link(1), Path("log"), "postgresql://")


def test_an_ack_takes_what_nobody_stood_still(node: Node) -> None:
    stalls = [(90.0, 99.0), (99.5, 100.5), (101.0, 101.5), (103.0, 103.5), (110.0, 120.0)]
    assert waited(ack(1.0), [node], stalls) == 1.0
    assert waited(ack(3.25), [node], stalls) == pytest.approx(3.25 - 0.5 - 0.5 - 0.25)
    node.frozen.append(Window(102.0, 104.0))
    assert waited(ack(3.25), [node], []) == pytest.approx(2.0)
    node.name = "another"
    assert waited(ack(3.25), [node], []) == 3.25


def test_late_acks_and_undeclared_errors_are_found() -> None:
    acks = [ack(2.1, FAILED), ack(3.0, FAILED), ack(15.0, NO_ANSWER), ack(0.1, "boom")]
    found = late((one, one.seconds) for one in acks)
    assert [violation.rule for violation in found] == ["late ack", "outcome"]
