"""The guard itself: a title that reaches the log fails the test that stored it."""

from __future__ import annotations

import pytest

HEAD = """
import logging
import structlog
from tests import secrecy

def stored():
    secrecy.emitted([{"title": "Call Ada at home"}])
    secrecy.written('42["todo:update",{"title":"Buy \\\\"milk\\\\"","id":1}]')
"""

TEST = """
def test_{name}():
    stored()
    {leak}
"""

LEAKS = {
    "by_a_library": 'logging.getLogger("x").warning("stored %s", "Call Ada at home")',
    "by_the_service": 'structlog.stdlib.get_logger("x").info("stored", value="Call Ada at home")',
    "as_json": 'secrecy.logged(\'{"level": "info", "event": "Call Ada at home"}\')',
    "as_text": "secrecy.logged('[info] Buy \"milk\"')",
}

HARMLESS = {
    "in_debug": 'structlog.stdlib.get_logger("x").debug("stored", value="Call Ada at home")',
    "in_debug_as_text": "secrecy.logged('[debug    ] Call Ada at home')",
    "by_other_words": 'logging.getLogger("x").warning("stored one")',
}


@pytest.mark.slow
def test_a_title_in_the_log_fails_the_test(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    tests = (TEST.format(name=name, leak=leak) for name, leak in (LEAKS | HARMLESS).items())
    pytester.makepyfile("".join([HEAD, *tests]))
    result = pytester.runpytest_subprocess("-p", "tests.secrecy", "-p", "no:cacheprovider")
    result.assert_outcomes(passed=len(LEAKS | HARMLESS), errors=len(LEAKS))
    result.stdout.fnmatch_lines([f"ERROR *::test_{name} - *" for name in LEAKS])
