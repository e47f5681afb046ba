"""Everything that the library raises, in one tree."""

from __future__ import annotations

from typing import Any


class Error(Exception):
    """The base of all that the library raises."""


class ContractBroken(Error):
    """Something of the application does not keep to its contract; the message says what and where.

    It never quotes a value.
    """


class Unavailable(Error):
    """What a handler stands on does not answer, and nothing was changed.

    The event is acknowledged as unexpected, and is one log line with this message.
    """


class ConnectError(Error):
    """A client may not connect to a namespace: raised by a connect hook.

    The client is told the message, and `data` where the contract declares connect errors.
    """

    def __init__(self, message: str, data: Any = None) -> None:  # noqa: ANN401
        super().__init__(message)
        self.data = data


class NoAnswer(Error):
    """A client was asked and gave no valid answer: it is gone, or its ack breaks the contract.

    One that does not answer in time is a `TimeoutError`.
    """
