"""The operations of a contract, in both directions, as generated code lists them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple, Protocol, TypeAlias


@dataclass(frozen=True, slots=True)
class Refusal:
    """An error ack that the library itself gives.

    `ack` is its argument; `details` the key in it that lists every violation, if any.
    """

    ack: Mapping[str, object]
    details: str | None = None


@dataclass(frozen=True, slots=True)
class Receive:
    """An operation that clients call.

    `args` is the number of its arguments, of which the first `least` must be there, all by default;
    with `rest`, any number may follow; with `more`, others may, which are left out.
    `payload` and `ack` name JSON Schemas of the contract (None: no argument): of the one argument,
    or of the list of all where there may be several. `ack_args` are the numbers of arguments that
    an ack may have, and even more with `ack_rest`; empty: the event has no ack. `unknown_keys` and
    `convert` say how a payload is normalised before it is validated. `broadcasts` are the ids of
    the operations that it may send.
    """

    id: str
    method: str
    namespace: str
    event: str
    args: int
    payload: str | None
    unknown_keys: Literal["keep", "drop"]
    convert: tuple[str, ...]
    ack: str | None
    ack_args: tuple[int, ...]
    arity_refusal: Refusal | None
    payload_refusal: Refusal | None
    rate_refusal: Refusal | None
    unexpected_refusal: Refusal | None
    broadcasts: tuple[str, ...]
    more: bool = False
    least: int | None = None
    rest: bool = False
    ack_rest: bool = False

    def takes(self, count: int) -> bool:
        """Return whether it may have so many arguments."""
        least = self.args if self.least is None else self.least
        return least <= count and (count <= self.args or self.rest)


@dataclass(frozen=True, slots=True)
class Send:
    """An operation that the server calls; `ack` and `ack_args` are what clients acknowledge."""

    id: str
    namespace: str
    event: str
    args: int
    payload: str | None
    audience: Literal["all", "others", "room", "room-others", "sender"]
    ack: str | None
    ack_args: tuple[int, ...]
    least: int | None = None
    rest: bool = False
    ack_rest: bool = False

    def takes(self, count: int) -> bool:
        """Return whether it may have so many arguments."""
        least = self.args if self.least is None else self.least
        return least <= count and (count <= self.args or self.rest)


def given(args: tuple[object, ...], least: int) -> tuple[object, ...]:
    """Return arguments without those that were left out: None at the end, after the first few."""
    count = len(args)
    while count > least and args[count - 1] is None:
        count -= 1
    return args[:count]


class Emit(Protocol):
    """Sends an operation's arguments to its audience."""

    def __call__(
        self,
        send: Send,
        args: tuple[object, ...],
        room: str | None,
        others: bool,
        parameters: Mapping[str, object] | None = None,
        /,
    ) -> None:
        """Send to a `room`, if it has one, and leave out the sender if it is to `others`.

        `parameters` are those of the namespace's path; without them, it is the client's own.
        """


Ask: TypeAlias = Callable[[Send, tuple[object, ...], float], Awaitable[Any]]
"""Sends an operation's arguments to the sender alone, and returns the argument of its ack.

The third argument is how many seconds the answer may take.
"""


class Whom(NamedTuple):
    """Whom an event is sent to, beside what its operation says: as `Emit` has it."""

    room: str | None = None
    others: bool = False
    parameters: Mapping[str, object] | None = None


ANSWER_WITHIN = 10.0
"""Seconds that a client has to answer what it is asked, unless the handler says otherwise."""
