"""The table that a gateway serves, made of any contract when it is needed: no code is generated."""

from __future__ import annotations

from dataclasses import replace

from ..asyncapi.contract import Contract
from ..asyncapi.schemas import ack_document, ack_schema, payload_document, payload_schema
from ..jsonschema.references import Json
from ..runtime.context import BaseContext
from ..runtime.contract import Contract as Served
from ..runtime.operations import Emit
from ..runtime.table import namespace, receive, send


def table(contract: Contract) -> Served[Emit]:
    """Return what is needed to serve a contract; who connects is judged by the mock itself."""
    return Served(
        title=contract.title,
        version=contract.version,
        namespaces=tuple(
            replace(namespace(item), auth=None, connect_errors=None, parameters=None)
            for item in contract.namespaces
        ),
        receive=tuple(map(receive, contract.receives)),
        send=tuple(map(send, contract.sends)),
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
