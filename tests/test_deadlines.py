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
addopts = -p pytest_asyncio.plugin -p pytest_timeout -p xdist.plugin -p tests.deadlines
"""

HEAD = """
import asyncio
import ctypes

import pytest

async def never_comes():
    await asyncio.Event().wait()

def hang_in_c():
    lock, libc = ctypes.create_string_buffer(64), ctypes.PyDLL(None)  # keeps the interpreter's lock
    while True:
        libc.pthread_mutex_lock(lock)
"""

WAITS = """
@pytest.mark.timeout(1)
async def test_hangs():
    await never_comes()
"""

GO_ON = """
@pytest.mark.timeout(1)
def test_hangs_in_c():
    hang_in_c()

@pytest.mark.timeout(1)
async def test_catches_its_end():
    while True:
        try:
            await never_comes()
        except BaseException:
            pass

@pytest.fixture
def endless():
    yield
    hang_in_c()

@pytest.mark.timeout(1)
def test_fails_and_hangs_on_its_way_out(endless):
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
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")  # most of a start is the others
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


def test_those_that_go_on_are_killed_and_their_stacks_dumped(run: pytest.Pytester) -> None:
    run.makepyfile(HEAD + GO_ON + OTHER)
    result = run.runpytest_subprocess("-n", "1")
    result.assert_outcomes(failed=5, passed=1)  # two have failed before they were killed
    for test in ("hangs_in_c", "catches_its_end", "fails_and_hangs_on_its_way_out"):
        result.stdout.fnmatch_lines([f"*crashed while running*::test_{test}*"])
    for where in ("test_hangs_in_c", "_cancel_all_tasks", "endless"):
        result.stderr.fnmatch_lines(["Timeout (*", f"*in {where}*"])
