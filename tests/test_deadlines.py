"""A test that hangs is ended, however it hangs, and says where; the others go on."""

from __future__ import annotations

from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parent.parent

INI = """
[pytest]
asyncio_mode = auto
asyncio_default_fixture_loop_scope = function
addopts = -p tests.deadlines
"""

HEAD = """
import asyncio
import itertools

import pytest

async def never_comes():
    await asyncio.Event().wait()
"""

WAITS = """
@pytest.mark.timeout(1)
async def test_hangs():
    await never_comes()
"""

HANGS_IN_C = """
@pytest.mark.timeout(1)
def test_hangs():
    sum(itertools.repeat(0))
"""

CATCHES_ITS_END = """
@pytest.mark.timeout(1)
async def test_hangs():
    while True:
        try:
            await never_comes()
        except BaseException:
            pass
"""

FAILS_AND_HANGS_ON_ITS_WAY_OUT = """
@pytest.fixture
def endless():
    yield
    sum(itertools.repeat(0))

@pytest.mark.timeout(1)
def test_hangs(endless):
    assert False
"""

OTHER = """
def test_other():
    pass
"""


@pytest.fixture
def run(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """Return a project that keeps to our deadlines, and has less patience."""
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    pytester.makeconftest("import tests.deadlines\n\ntests.deadlines.GRACE = 1")
    pytester.makeini(INI)
    return pytester


@pytest.mark.parametrize("workers", ["0", "1"])
def test_one_that_waits_fails_and_says_what_for(run: pytest.Pytester, workers: str) -> None:
    run.makepyfile(HEAD + WAITS + OTHER)
    result = run.runpytest_subprocess("-n", workers)
    result.assert_outcomes(failed=1, passed=1)
    result.stdout.fnmatch_lines(["*waits in*", "*.py:* test_hangs*", "*.py:* never_comes*"])
    result.stdout.fnmatch_lines(["*Timeout*1.0s*"])


@pytest.mark.parametrize(
    ("hangs", "where", "failures"),
    [
        (HANGS_IN_C, "*in test_hangs*", 1),
        (CATCHES_ITS_END, "*in _cancel_all_tasks*", 2),
        (FAILS_AND_HANGS_ON_ITS_WAY_OUT, "*in endless*", 2),
    ],
)
def test_one_that_goes_on_is_killed_and_its_stack_dumped(
    run: pytest.Pytester, hangs: str, where: str, failures: int
) -> None:
    run.makepyfile(HEAD + hangs + OTHER)
    result = run.runpytest_subprocess("-n", "1")
    result.assert_outcomes(failed=failures, passed=1)
    result.stdout.fnmatch_lines(["*crashed while running*::test_hangs*"])
    result.stderr.fnmatch_lines(["Timeout (*", where])
