"""Plays checks until one breaks, makes what broke it small, and names each cause once."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

from hypothesis import HealthCheck, given, seed, settings
from hypothesis import Phase as Step
from hypothesis.errors import HypothesisException
from hypothesis.strategies import SearchStrategy

from ..jsonschema.strategies import Undrawable
from .checks import Check
from .client import Closed
from .session import Cause, LogEntry, Session, Violation

Json: TypeAlias = Any

SHRINK_SECONDS = 2.0
"""How long an input that breaks a rule is made smaller."""

REVIVAL_SECONDS = 3.0
"""How long a server that is gone is waited for."""

CAUSES = 5
"""How many causes are looked for in one check."""


@dataclass(frozen=True, slots=True)
class Failure:
    """A rule that broke: by which check and input, and all that happened."""

    check: str
    rule: str
    event: str
    problem: str
    namespace: str
    value: Json
    entries: tuple[LogEntry, ...]

    @property
    def cause(self) -> Cause:
        """What makes two failures one."""
        return self.rule, self.event


class Unreachable(Exception):
    """The server does not take connections any more."""


class Runner:
    """Runs the checks of one session in a loop of its own."""

    def __init__(self, session: Session, *, max_examples: int, seed: int) -> None:
        """Hunt with so many drawn inputs a check; the same seed draws the same."""
        self.session = session
        self._max_examples = max_examples
        self._seed = seed
        self._loop = asyncio.new_event_loop()
        self.unreachable = False
        self.until = self.end = float("inf")
        self._left: dict[str, tuple[Json, ...]] = {}

    def connect(self) -> None:
        """Connect; raise `Unreachable` when there is no server."""
        self._loop.run_until_complete(self._begin())

    def leave(self) -> None:
        """Leave the server until the next check: nobody answers its pings in between."""
        self._loop.run_until_complete(self.session.reset())

    def close(self) -> None:
        """Leave the server for good."""
        self.leave()
        self._loop.close()

    def failures(self, check: Check) -> Iterator[Failure]:
        """Yield a failure per cause, with the smallest input found, until the server is gone."""
        for _ in range(CAUSES):
            if self.unreachable:
                return
            match check.inputs:
                case tuple() as inputs:
                    failure = self._listed(check, inputs)
                case strategy:
                    failure = self._drawn(check, strategy)
            if failure is None:
                return
            self.session.log.known.add(failure.cause)
            yield failure

    def play(self, check: Check, value: Json) -> Failure | None:
        """Play one story with one input."""
        return self._loop.run_until_complete(self._play(check, value))

    def hurry(self) -> None:
        """Wait for acks ten times as long as the slowest took: smaller inputs are tried."""
        slowest = self.session.log.slowest
        self.session.patience = min(self.session.target.patience, max(0.2, 10 * slowest))

    def is_cut(self, check: Check) -> bool:
        """Return whether a check has inputs that it had no time for."""
        return bool(self._left.get(check.id))

    def _listed(self, check: Check, inputs: tuple[Json, ...]) -> Failure | None:
        """Play what is left of the inputs, until one breaks or the time is up."""
        left = self._left.get(check.id, inputs)
        for number, value in enumerate(left):
            self._left[check.id] = left[number:]
            if time.monotonic() > self.until:
                return None
            if found := self.play(check, value):
                return found
        self._left[check.id] = ()
        return None

    def _drawn(self, check: Check, strategy: SearchStrategy[Json]) -> Failure | None:
        found = _Found(self, check)

        @seed(self._seed)
        @settings(
            max_examples=self._max_examples,
            phases=[Step.generate, Step.shrink],
            deadline=None,
            database=None,
            suppress_health_check=[*HealthCheck],
            print_blob=False,
        )
        @given(strategy)
        def story(value: Json) -> None:
            if found.by(value):
                raise _Broken
            if found.smallest is None and time.monotonic() > self.until:
                raise _TimeIsUp

        try:
            story()
        except _Broken:
            return found.smallest
        except (HypothesisException, Undrawable, _TimeIsUp):
            return None
        finally:
            self.session.patience = self.session.target.patience
        return None

    async def _play(self, check: Check, value: Json) -> Failure | None:
        session = self.session
        try:
            async with asyncio.timeout(max(0, self.end - time.monotonic())):
                await self._begin()
                await check.play(session, value)
        except TimeoutError:  # the run is over, in the middle of a story
            await session.reset()
        except Violation as violation:
            return await self._failure(check, value, violation)
        except Closed:  # for a cause that is known already
            await session.reset()
        except Unreachable as error:
            return await self._failure(check, value, Violation("closed", check.event, str(error)))
        return None

    async def _failure(self, check: Check, value: Json, violation: Violation) -> Failure:
        """Return what broke; a closed connection is a dead server if nobody can come back."""
        entries = tuple(self.session.log.entries)
        await self.session.reset()
        (rule, event), problem = violation.cause, violation.problem
        if rule == "closed":
            try:
                await self._begin()
            except Unreachable as error:
                self.unreachable, rule, problem = True, "dead", str(error)
        path = self.session.namespace.path
        return Failure(check.id, rule, event, problem, path, value, entries)

    async def _begin(self) -> None:
        """Connect both, if need be; raise `Unreachable` when the server does not come back."""
        deadline = time.monotonic() + REVIVAL_SECONDS
        while True:
            try:
                return await self.session.begin()
            except Closed as error:
                await self.session.reset()
                if time.monotonic() > deadline:
                    raise Unreachable(str(error)) from error
                await asyncio.sleep(0.1)


class _Broken(Exception):
    """An input broke the rule that is looked for."""


class _TimeIsUp(Exception):
    """The check has had its share of the time."""


class _Found:
    """The inputs that broke one cause so far, in the order in which they were tried."""

    def __init__(self, runner: Runner, check: Check) -> None:
        self.smallest: Failure | None = None
        self._runner = runner
        self._check = check
        self._outcomes: dict[str, Failure | None] = {}
        self._cause: Cause | None = None
        self._until = runner.until

    def by(self, value: Json) -> bool:
        """Return whether an input breaks the cause; each is played once, none after the time."""
        written = json.dumps(value)
        if written not in self._outcomes:
            if time.monotonic() > self._until or self._runner.unreachable:
                return False
            self._outcomes[written] = self._runner.play(self._check, value)
        failure = self._outcomes[written]
        if failure is None:
            return False
        if self._cause is None:
            self._cause = failure.cause
            self._until = min(time.monotonic() + SHRINK_SECONDS, self._runner.end)
            self._runner.hurry()
        if failure.cause != self._cause:
            return False
        self.smallest = failure
        return True
