"""What a gateway serves, made of a document's contract: for generated code and for the mock."""

from __future__ import annotations

from ..asyncapi.contract import Error, Operation
from ..asyncapi.contract import Namespace as Described
from ..asyncapi.schemas import (
    ack_schema,
    auth_schema,
    connect_errors_schema,
    parameters_schema,
    payload_schema,
)
from .contract import Namespace
from .operations import Receive, Refusal, Send


def receive(operation: Operation) -> Receive:
    """Return an operation that clients call, as a gateway takes it."""
    message, errors = operation.message, operation.errors
    return Receive(
        id=operation.id,
        method=operation.method,
        namespace=operation.namespace.path,
        event=operation.event,
        args=message.args,
        payload=payload_schema(operation),
        unknown_keys=message.unknown_keys,
        convert=message.convert,
        ack=ack_schema(operation),
        ack_args=operation.ack_args,
        arity_refusal=_refusal(errors.get("arity")),
        payload_refusal=_refusal(errors.get("payload")),
        rate_refusal=_refusal(errors.get("rate")),
        unexpected_refusal=_refusal(errors.get("unexpected")),
        broadcasts=tuple(operation.broadcasts),
        more=message.more,
        least=None if message.least == message.args else message.least,
        rest=message.rest is not None,
        ack_rest=operation.ack_rest,
    )


def send(operation: Operation) -> Send:
    """Return an operation that the server calls, as a gateway takes it."""
    message = operation.message
    return Send(
        id=operation.id,
        namespace=operation.namespace.path,
        event=operation.event,
        args=message.args,
        payload=payload_schema(operation),
        audience=operation.audience or "all",
        ack=ack_schema(operation),
        ack_args=operation.ack_args,
        least=None if message.least == message.args else message.least,
        rest=message.rest is not None,
        ack_rest=operation.ack_rest,
    )


def namespace(described: Described) -> Namespace:
    """Return a namespace as a gateway takes it."""
    return Namespace(
        path=described.path,
        connect=described.connect,
        disconnect=described.disconnect,
        auth=auth_schema(described),
        connect_errors=connect_errors_schema(described),
        parameters=parameters_schema(described),
    )


def _refusal(error: Error | None) -> Refusal | None:
    return Refusal(dict(error.ack), error.details) if error else None
