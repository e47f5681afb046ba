"""JSON Schemas out: one self-contained draft 7 document for each payload and each ack."""

from __future__ import annotations

import json

from ..asyncapi.contract import Contract
from ..asyncapi.schemas import ack_document, ack_schema, payload_document, payload_schema
from ..jsonschema.references import Json


def emit(contract: Contract) -> dict[str, str]:
    """Return the files, by path: `OPERATION.payload.json` and `OPERATION.ack.json`."""
    files = {}
    for operation in (*contract.receives, *contract.sends):
        if name := payload_schema(operation):
            files[f"{name}.json"] = _text(payload_document(contract, operation))
        if name := ack_schema(operation):
            files[f"{name}.json"] = _text(ack_document(contract, operation))
    return files


def _text(document: Json) -> str:
    return json.dumps(document, indent=2) + "\n"
