"""The guard itself: a title that reaches the log fails the test that stored it."""

from __future__ import annotations

import pytest

LEAK = """
import logging
import structlog
from tests import secrecy
from tests.transport.wire import Socket

def test_leak():
    secrecy.emitted([{{"title": "Call Ada at home"}}])
    secrecy.written('42["todo:update",{{"title":"Buy \\\\"milk\\\\"","id":1}}]')
    {leak}
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("leak", "leaks"),
    [
        ('logging.getLogger("x").warning("stored %s", "Call Ada at home")', True),
        ('structlog.stdlib.get_logger("x").info("stored", value="Call Ada at home")', True),
        ('secrecy.logged(\'{"level": "info", "event": "Call Ada at home"}\')', True),
        ("secrecy.logged('[info] Buy \"milk\"')", True),
        ('structlog.stdlib.get_logger("x").debug("stored", value="Call Ada at home")', False),
        ("secrecy.logged('[debug    ] Call Ada at home')", False),
        ('logging.getLogger("x").warning("stored one")', False),
    ],
)
def test_a_title_in_the_log_fails_the_test(
    pytester: pytest.Pytester, leak: str, leaks: bool
) -> None:
    pytester.makepyfile(LEAK.format(leak=leak))
    pytester.makeini("[pytest]\nasyncio_default_fixture_loop_scope = function\n")
    result = pytester.runpytest_subprocess("-p", "tests.secrecy", "-p", "no:cacheprovider")
    result.assert_outcomes(passed=1, errors=int(leaks))
