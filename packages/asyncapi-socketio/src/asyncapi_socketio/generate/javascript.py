"""JSON Schemas out for JavaScript: a module that has each event's payload and ack at run time."""

from __future__ import annotations

import json

from ..asyncapi.contract import Contract, Operation
from ..asyncapi.schemas import ack_document, ack_schema, payload_document, payload_schema
from ..jsonschema.references import Json

TYPES = """/** A JSON Schema, draft 7, that needs nothing outside itself. */
export type Schema = Readonly<Record<string, unknown>>;

/**
 * What an event carries, and what acknowledges it; null is no argument. Where there may be several
 * arguments, the schema is that of the list of all.
 */
export interface EventSchemas {
  /** How many arguments the event has. */
  readonly args: number;
  /** How many of them must be there; without it, all. */
  readonly least?: number;
  /** Whether any number of arguments may follow. */
  readonly rest?: boolean;
  /** Whether `payload` is the schema of the list of all arguments. */
  readonly list?: boolean;
  readonly payload: Schema | null;
  /** The numbers of arguments its ack may have; empty: it has no ack. */
  readonly ackArgs: readonly number[];
  /** Whether its ack may have even more. */
  readonly ackRest?: boolean;
  /** Whether `ack` is the schema of the list of all its arguments. */
  readonly ackList?: boolean;
  readonly ack: Schema | null;
}

/** The events of each namespace, by who emits them. */
export declare const schemas: Readonly<
  Record<
    string,
    {
      readonly client: Readonly<Record<string, EventSchemas>>;
      readonly server: Readonly<Record<string, EventSchemas>>;
    }
  >
>;
"""


def emit(contract: Contract) -> dict[str, str]:
    """Return the files `schemas.js` and `schemas.d.ts`."""
    schemas = {
        namespace.path: {
            "client": _events(contract, contract.receives, namespace.path),
            "server": _events(contract, contract.sends, namespace.path),
        }
        for namespace in contract.namespaces
    }
    text = json.dumps(schemas, indent=2)
    module = f"const schemas = {text};\n\nexport {{ schemas }};\n"
    return {"schemas.js": module, "schemas.d.ts": TYPES}


def _events(contract: Contract, operations: tuple[Operation, ...], path: str) -> Json:
    return {
        item.event: {
            "args": item.message.args,
            **({} if item.message.least == item.message.args else {"least": item.message.least}),
            **({"rest": True} if item.message.rest or item.message.more else {}),
            **({"list": True} if item.message.several else {}),
            "payload": payload_document(contract, item) if payload_schema(item) else None,
            "ackArgs": item.ack_args,
            **({"ackRest": True} if item.ack_rest else {}),
            **({"ackList": True} if any(reply.several for reply in item.replies) else {}),
            "ack": ack_document(contract, item) if ack_schema(item) else None,
        }
        for item in operations
        if item.namespace.path == path
    }
