"""One connection to a namespace, which comes back by itself, with an await per call."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from inspect import isawaitable
from typing import Any, Literal, ParamSpec, Self, TypeAlias, TypedDict, TypeVar, Unpack

from socketio import AsyncClient
from socketio.exceptions import SocketIOError

from ..addresses import filled
from ..errors import ConnectError
from ..jsonschema.references import Json
from ..jsonschema.validation import Schema
from ..jsonschema.wording import JSON_SCHEMA
from ..runtime.arguments import judged, laid_out, several
from ..runtime.contract import Contract
from ..runtime.operations import ANSWER_WITHIN, Receive, Send
from .acks import Acks, Errors

P = ParamSpec("P")
R = TypeVar("R")
H = TypeVar("H", bound=Callable[..., Any])

Handler: TypeAlias = Callable[P, Awaitable[R] | R]
"""A function that takes what is heard, async or not; what it returns to a question is the ack."""

Auth: TypeAlias = R | Callable[[], Awaitable[R] | R]
"""An auth payload, or a function that returns one, asked before each connect."""

log = logging.getLogger("asyncapi_socketio.client")


class Options(TypedDict, total=False):
    """How to connect.

    `path` is where the server takes requests (`/socket.io`), `headers` go with each, `transports`
    are those to use. `validate` (True) holds acks, broadcasts and questions against the contract.
    `socket` is an `AsyncClient` of your own, with its settings of TLS and reconnection; no other
    client may use it.
    """

    path: str
    headers: Mapping[str, str]
    transports: list[Literal["polling", "websocket"]]
    validate: bool
    socket: AsyncClient


class Client:
    """A client of one namespace: connects with `async with`, and again whenever it was cut off.

    What is heard while it is cut off is lost: list anew in `on_connect`.
    """

    def __init__(
        self,
        contract: Contract[Any],
        namespace: str,
        url: str,
        *,
        parameters: Mapping[str, object] | None = None,
        auth: object = None,
        refused: type[ConnectError] = ConnectError,
        **options: Unpack[Options],
    ) -> None:
        """Prepare to connect; raise `ValueError` for parameters that can't be in a path."""
        self._contract = contract
        self._namespace = filled(namespace, parameters or {})
        self._url = url
        self._auth = auth
        self._refused = refused
        self._options = options
        self._validate = options.get("validate", True)
        self._refusal: ConnectError | None = None
        self._pending: set[asyncio.Future[Sequence[Json]]] = set()
        self._reacting: set[asyncio.Future[Any]] = set()
        self._acks: dict[str, Acks] = {}
        self._schemas: dict[str, Schema] = {}
        self._hooks: dict[str, Callable[..., Any]] = {}
        (self._described,) = (item for item in contract.namespaces if item.path == namespace)
        self.socket: AsyncClient = options.get("socket") or AsyncClient()
        """The client below: what this one does not have is there."""
        self._listen()

    async def __aenter__(self) -> Self:
        await self.connect()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.disconnect()

    async def connect(self, *, within: float = ANSWER_WITHIN) -> None:
        """Connect, within so many seconds.

        Raise `ConnectError` where the server does not let the client in, with the `data` that the
        contract declares, `ConnectionError` where nobody answers, and `TimeoutError`.
        """
        self._refusal = None
        try:
            async with asyncio.timeout(within):
                await self._connect(within)
        except TimeoutError:
            await self.socket.disconnect()
            text = f"{self._url}: not connected within {within} s: is it the server's address?"
            raise TimeoutError(text) from None
        except SocketIOError as error:
            text = f"can't connect to {self._url}{self._namespace}: {error}: does it run there?"
            raise self._refusal or ConnectionError(text) from error

    async def _connect(self, within: float) -> None:
        options = self._options
        await self.socket.connect(
            self._url,
            headers=dict(options.get("headers", {})),
            auth=self._authorise,
            transports=options.get("transports"),
            namespaces=[self._namespace],
            socketio_path=options.get("path", "/socket.io").strip("/"),
            wait_timeout=within,
        )

    async def disconnect(self) -> None:
        """Leave, and do not come back; returns at once if the connection is gone."""
        for task in self._reacting - {asyncio.current_task()}:
            task.cancel()
        await self.socket.shutdown()

    def on_connect(self, react: Handler[[], None], /) -> Handler[[], None]:
        """Call `react` on every connect, the first one and each after a cut: list anew in it."""
        self._hooks["connect"] = react
        return react

    def on_disconnect(self, react: Handler[[str], None], /) -> Handler[[str], None]:
        """Call `react` with the reason when the connection has ended."""
        self._hooks["disconnect"] = react
        return react

    def on_connect_error(
        self, react: Handler[[ConnectError], None], /
    ) -> Handler[[ConnectError], None]:
        """Call `react` when the server does not let the client in, also when it comes back."""
        self._hooks["connect_error"] = react
        return react

    # For generated methods

    async def _call(
        self, operation: Receive, args: tuple[object, ...], within: float, errors: Errors
    ) -> Json:
        """Emit an event and return what its ack carries.

        Raise `Rejected` as `errors` say, `TimeoutError`, `ConnectionError` when the connection is
        not there or ends meanwhile, and `ContractBroken` for an ack that nobody declared.
        """
        if operation.id not in self._acks:
            document = self._contract.schema(operation.ack) if operation.ack else None
            self._acks[operation.id] = Acks(operation, document, errors)
        ack = await self._acknowledged(operation.event, args, within)
        return self._acks[operation.id].value(ack, validate=self._validate)

    async def _acknowledged(
        self, event: str, args: tuple[object, ...], within: float
    ) -> Sequence[Json]:
        answered: asyncio.Future[Sequence[Json]] = asyncio.get_running_loop().create_future()
        self._pending.add(answered)
        try:
            async with asyncio.timeout(within):
                await self._emit(event, args, lambda *ack: _settle(answered, ack))
                return await answered
        except TimeoutError:
            text = f"{event}: no ack within {within} s; it may have been carried out nevertheless"
            raise TimeoutError(text) from None
        finally:
            self._pending.discard(answered)

    async def _emit(
        self, event: str, args: tuple[object, ...], acked: Callable[..., None] | None = None
    ) -> None:
        """Emit an event; raise `ConnectionError`."""
        try:
            await self.socket.emit(event, args, self._namespace, callback=acked)
        except SocketIOError as error:
            text = f"{event}: not connected to {self._url}{self._namespace}: wait for on_connect"
            raise ConnectionError(text) from error

    def _on(self, send: Send, react: H) -> H:
        """Call `react` with the arguments of an event; of two for one event, the second has it."""

        async def heard(*args: Json) -> Json:
            if self._is_declared(send, args):
                return await _done(react(*laid_out(send, [*args])))
            log.error("operations/%s: %s breaks its schema: not handled", send.id, send.event)
            return None

        self.socket.on(send.event, heard, namespace=self._namespace)
        return react

    # What python-socketio tells

    def _listen(self) -> None:
        for event, react in {
            "connect": self._connected,
            "disconnect": self._disconnected,
            "connect_error": self._not_let_in,
        }.items():
            self.socket.on(event, react, namespace=self._namespace)

    async def _authorise(self) -> Json:
        return await _done(self._auth() if callable(self._auth) else self._auth)

    def _connected(self) -> None:
        self._react("connect")

    def _disconnected(self, reason: str) -> None:
        for answered in self._pending:
            if not answered.done():
                text = f"{self._url}: the connection ended ({reason}) before the ack came"
                answered.set_exception(ConnectionError(text))
        self._react("disconnect", reason)

    def _not_let_in(self, told: object = None, *_: object) -> None:
        if isinstance(told, dict):  # anything else is of the transport, not of the server
            data = told.get("data")
            declared = not self._validate or self._accepts(self._described.connect_errors, data)
            error = self._refused(str(told.get("message", "")), data if declared else None)
            self._refusal = error
            self._react("connect_error", error)

    def _react(self, hook: str, *args: object) -> None:
        """Call a hook beside what goes on: it may wait for acks, which come by the same way."""
        if hook in self._hooks:
            task = asyncio.ensure_future(_called(self._hooks[hook], *args))
            self._reacting.add(task)
            task.add_done_callback(self._reacting.discard)

    def _is_declared(self, send: Send, args: tuple[Json, ...]) -> bool:
        if not self._validate:
            return True
        value = judged(args, several=several(send))
        return send.takes(len(args)) and (not args or self._accepts(send.payload, value))

    def _accepts(self, schema: str | None, value: Json) -> bool:
        if schema is None:
            return True
        if schema not in self._schemas:
            self._schemas[schema] = Schema(self._contract.schema(schema), wording=JSON_SCHEMA)
        return self._schemas[schema].accepts(value)


def _settle(answered: asyncio.Future[Sequence[Json]], ack: Sequence[Json]) -> None:
    if not answered.done():
        answered.set_result(ack)


async def _called(react: Callable[..., Any], *args: object) -> None:
    try:
        await _done(react(*args))
    except Exception:
        log.exception("%s failed", getattr(react, "__name__", "a hook"))


async def _done(value: Any) -> Json:  # noqa: ANN401
    return await value if isawaitable(value) else value
