"""The table that a gateway serves, made of any contract when it is needed: no code is generated."""

from __future__ import annotations

from ..asyncapi.contract import Contract, Error, Operation
from ..asyncapi.schemas import ack_document, ack_schema, payload_document, payload_schema
from ..jsonschema.references import Json
from ..runtime.context import BaseContext
from ..runtime.contract import Contract as Served
from ..runtime.contract import Namespace
from ..runtime.operations import Emit, Receive, Refusal, Send


def table(contract: Contract) -> Served[Emit]:
    """Return what is needed to serve a contract."""
    return Served(
        title=contract.title,
        version=contract.version,
        namespaces=tuple(
            Namespace(item.path, item.connect, item.disconnect) for item in contract.namespaces
        ),
        receive=tuple(map(_receive, contract.receives)),
        send=tuple(map(_send, contract.sends)),
        schema=_documents(contract).__getitem__,
        context=BaseContext,
        broadcast=_itself,
    )


def _itself(emit: Emit) -> Emit:
    return emit


def _documents(contract: Contract) -> dict[str, Json]:
    documents = {}
    for operation in (*contract.receives, *contract.sends):
        if name := payload_schema(operation):
            documents[name] = payload_document(contract, operation)
        if name := ack_schema(operation):
            documents[name] = ack_document(contract, operation)
    return documents


def _receive(operation: Operation) -> Receive:
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
    )


def _refusal(error: Error | None) -> Refusal | None:
    return Refusal(error.ack, error.details) if error else None


def _send(operation: Operation) -> Send:
    return Send(
        id=operation.id,
        namespace=operation.namespace.path,
        event=operation.event,
        args=operation.message.args,
        payload=payload_schema(operation),
        audience=operation.audience or "all",
        ack=ack_schema(operation),
        ack_args=operation.ack_args,
    )
