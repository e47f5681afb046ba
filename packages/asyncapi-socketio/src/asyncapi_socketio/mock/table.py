"""The table that a gateway serves, made of any contract when it is needed: no code is generated."""

from __future__ import annotations

from functools import partial

from ..asyncapi.contract import Contract, Error, Operation
from ..asyncapi.schemas import ack_document, ack_schema, payload_document, payload_schema
from ..jsonschema.validation import Json, Schema
from ..runtime.gateway import Table
from ..runtime.operations import Emit, Receive, Refusal, Send


def table(contract: Contract) -> Table:
    """Make the table of a contract; handlers that may broadcast are given the `Emit` itself."""
    return Table(
        receive=tuple(map(_receive, contract.receives)),
        send=tuple(map(_send, contract.sends)),
        load=partial(_load, _documents(contract)),
        broadcaster=_itself,
    )


def _itself(emit: Emit) -> Emit:
    return emit


def _load(documents: dict[str, Json], name: str, **options: bool) -> Schema:
    return Schema(documents[name], **options)


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
        args=1 if message.payload else 0,
        payload=payload_schema(operation),
        unknown_keys=message.unknown_keys,
        convert=message.convert,
        ack=ack_schema(operation),
        ack_args=operation.ack_args,
        arity_refusal=_refusal(errors.get("arity")),
        payload_refusal=_refusal(errors.get("payload")),
        rate_refusal=_refusal(errors.get("rate")),
        unexpected_refusal=_refusal(errors.get("unexpected")),
        broadcasts=operation.broadcasts,
    )


def _refusal(error: Error | None) -> Refusal | None:
    return Refusal(error.ack, error.details) if error else None


def _send(operation: Operation) -> Send:
    return Send(
        id=operation.id,
        namespace=operation.namespace.path,
        event=operation.event,
        args=1 if operation.message.payload else 0,
        payload=payload_schema(operation),
        audience=operation.audience or "all",
        ack=ack_schema(operation),
        ack_args=operation.ack_args,
    )
