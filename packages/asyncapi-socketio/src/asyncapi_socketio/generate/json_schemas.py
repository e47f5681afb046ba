"""JSON Schemas out: one self-contained draft 7 document for each payload and each ack."""

from __future__ import annotations

import json

from ..asyncapi.contract import Contract
from ..asyncapi.schemas import (
    ack_document,
    ack_schema,
    auth_schema,
    connect_errors_document,
    connect_errors_schema,
    parameters_document,
    parameters_schema,
    payload_document,
    payload_schema,
    schema_document,
)
from ..jsonschema.references import Json


def emit(contract: Contract) -> dict[str, str]:
    """Return the files, by path: the schemas of operations, and of namespaces with auth."""
    files = {}
    for operation in (*contract.receives, *contract.sends):
        if name := payload_schema(operation):
            files[f"{name}.json"] = _text(payload_document(contract, operation))
        if name := ack_schema(operation):
            files[f"{name}.json"] = _text(ack_document(contract, operation))
    for namespace in contract.namespaces:
        if name := auth_schema(namespace):
            files[f"{name}.json"] = _text(schema_document(contract, [namespace.auth]))
        if name := connect_errors_schema(namespace):
            files[f"{name}.json"] = _text(connect_errors_document(contract, namespace))
        if name := parameters_schema(namespace):
            files[f"{name}.json"] = _text(parameters_document(contract, namespace))
    return files


def _text(document: Json) -> str:
    return json.dumps(document, indent=2) + "\n"
