"""What a handler knows of its client, and what it may do beside its answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from .operations import Receive, Send, Whom


class Client:
    """What the application keeps of a client while it is in a namespace."""

    __slots__ = ("auth", "identity", "session")

    def __init__(self) -> None:
        self.auth: Any = None
        self.identity: Any = None
        self.session: dict[str, Any] = {}


class Gateway(Protocol):
    """What a context asks of the gateway that made it."""

    def client(self, sid: str) -> Client:
        """Return what is kept of a client."""

    def tell(self, context: BaseContext, send: Send, args: tuple[object, ...], whom: Whom) -> None:
        """Send an event, once it is known that the client's own event has succeeded."""

    def parameters(self, namespace: str) -> Mapping[str, str]:
        """Return the values of the parameters in a namespace's path."""

    async def ask(
        self, context: BaseContext, send: Send, args: tuple[object, ...], within: float
    ) -> Any:  # noqa: ANN401
        """Ask the client, and return the argument of its ack."""

    def enter(self, namespace: str, sid: str, room: str) -> None: ...

    def leave(self, namespace: str, sid: str, room: str) -> None: ...

    def rooms(self, namespace: str, sid: str) -> frozenset[str]: ...

    def disconnect(self, namespace: str, sid: str) -> None: ...

    def address(self, namespace: str, sid: str) -> str: ...

    def headers(self, namespace: str, sid: str) -> Mapping[str, str]: ...


class BaseContext:
    """One event of a client, or its coming or going; a generated `Context` adds what it may send.

    It stays of use after its handler has returned: what is broadcast then is sent at once.
    """

    __slots__ = ("_gateway", "namespace", "operation", "outbox", "sid")

    def __init__(
        self, gateway: Gateway, sid: str, namespace: str, operation: Receive | None = None
    ) -> None:
        self._gateway = gateway
        self.sid = sid
        """The client's id in this namespace."""
        self.namespace = namespace
        self.operation = operation
        """What the client called; None when it comes or goes."""
        self.outbox: list[Any] | None = []
        """What is held back until the handler's ack is known to be good; None: no longer."""

    # The client

    @property
    def session(self) -> dict[str, Any]:
        """What handlers keep of the client; gone when it disconnects."""
        return self._gateway.client(self.sid).session

    @property
    def auth(self) -> Any:  # noqa: ANN401
        """What the client's CONNECT carried; None where the contract declares nothing."""
        return self._gateway.client(self.sid).auth

    @property
    def identity(self) -> Any:  # noqa: ANN401
        """Who the client is, as a connect hook has found out; None until then."""
        return self._gateway.client(self.sid).identity

    @identity.setter
    def identity(self, value: Any) -> None:  # noqa: ANN401
        self._gateway.client(self.sid).identity = value

    @property
    def parameters(self) -> Any:  # noqa: ANN401
        """The parameters in the path of the client's namespace, by name."""
        return self._gateway.parameters(self.namespace)

    @property
    def address(self) -> str:
        """The address that the client connected from, behind trusted proxies its own."""
        return self._gateway.address(self.namespace, self.sid)

    @property
    def headers(self) -> Mapping[str, str]:
        """The headers of the request that opened the client's session, by any case of their names.

        Raises `KeyError` when the client has gone.
        """
        return self._gateway.headers(self.namespace, self.sid)

    def disconnect(self) -> None:
        """Take the client out of the namespace; it is told."""
        self._gateway.disconnect(self.namespace, self.sid)

    # Rooms

    def enter(self, room: str) -> None:
        """Let the client hear what is sent to a room of this namespace."""
        self._gateway.enter(self.namespace, self.sid, room)

    def leave(self, room: str) -> None:
        """Let the client hear no more of a room."""
        self._gateway.leave(self.namespace, self.sid, room)

    @property
    def rooms(self) -> frozenset[str]:
        """The rooms that the client is in."""
        return self._gateway.rooms(self.namespace, self.sid)

    # What generated code is made of

    def tell(
        self,
        send: Send,
        args: tuple[object, ...],
        room: str | None = None,
        others: bool = False,  # as `Emit` has it
        parameters: Mapping[str, object] | None = None,
    ) -> None:
        """Send an event, once it is known that the client's own event has succeeded.

        Raises `ContractBroken` for one that the operation does not declare, or that is not valid.
        """
        self._gateway.tell(self, send, args, Whom(room, others, parameters))

    async def _ask(self, send: Send, args: tuple[object, ...], within: float) -> Any:  # noqa: ANN401
        return await self._gateway.ask(self, send, args, within)
