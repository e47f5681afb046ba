"""A small contract around one schema, sent by clients or read by them."""

from __future__ import annotations

import copy
import json
from datetime import date
from functools import cache
from typing import Any, TypeAlias

from jsonschema import Draft7Validator
from ruamel.yaml import YAML

from asyncapi_socketio import asyncapi
from asyncapi_socketio.asyncapi.document import parse
from asyncapi_socketio.breaking.comparison import compare
from asyncapi_socketio.breaking.revision import Revision
from asyncapi_socketio.breaking.waivers import Waivers
from asyncapi_socketio.reporting.report import Report

Json: TypeAlias = Any

TODAY = date(2026, 6, 1)
SMALL = """
asyncapi: 3.1.0
info: {title: Notes, version: 1.0.0}
channels:
  main:
    address: /
    messages:
      add: {$ref: '#/components/messages/Add'}
      added: {$ref: '#/components/messages/Added'}
      kept: {$ref: '#/components/messages/Kept'}
      refused: {$ref: '#/components/messages/InvalidContract'}
    x-socketio:
      errors: {unexpected: {ack: {error: broken}}}
operations:
  addNote:
    action: receive
    channel: {$ref: '#/channels/main'}
    messages: [{$ref: '#/channels/main/messages/add'}]
    reply:
      channel: {$ref: '#/channels/main'}
      messages:
        - {$ref: '#/channels/main/messages/kept'}
        - {$ref: '#/channels/main/messages/refused'}
    x-socketio: {broadcasts: [{$ref: '#/operations/noteAdded'}]}
  noteAdded:
    action: send
    channel: {$ref: '#/channels/main'}
    messages: [{$ref: '#/channels/main/messages/added'}]
    x-socketio: {audience: others}
components:
  messages:
    Add: {name: 'note:add', payload: {$ref: '#/components/schemas/Sent'}}
    Added: {name: 'note:added', payload: {$ref: '#/components/schemas/Read'}}
    Kept: {name: kept, x-socketio: {args: 0}}
    InvalidContract:
      name: refused
      payload: {$ref: '#/components/schemas/Problem'}
      x-socketio: {ack: error}
  schemas:
    Sent: {type: string}
    Read: {type: string}
    Problem:
      type: object
      required: [error]
      properties: {error: {type: string}}
"""


def yaml(text: str) -> Json:
    return YAML(typ="safe").load(text)


_CONTRACT = yaml(SMALL)


def small(schemas: Json | None = None) -> Json:
    """Make the contract, with some of its schemas its own."""
    document = copy.deepcopy(_CONTRACT)
    document["components"]["schemas"] |= copy.deepcopy(schemas or {})
    return document


def revision(document: Json, file: str = "asyncapi.yaml") -> Revision:
    """Model a contract, as the command does."""
    return _revision(json.dumps(document, default=str), file)  # which is YAML, too


@cache
def _revision(text: str, file: str) -> Revision:
    return Revision(asyncapi.read(text, file), parse(text, file))


def compared(old: Json, new: Json, waivers: Waivers | None = None) -> Report:
    """Compare two contracts on the first of June 2026."""
    return compare(revision(old), revision(new), waivers or Waivers("waivers.yaml", ()), TODAY)


def found(report: Report) -> dict[str, str]:
    """Return the severity of each rule that found something, the version's aside."""
    return {
        item.rule: item.severity for item in report.findings if item.rule != "version-not-bumped"
    }


def is_valid(document: Json, schema: str, value: Json) -> bool:
    """Ask jsonschema itself whether a value fits a schema of a contract."""
    components = {"components": document["components"]}
    return Draft7Validator({**components, "$ref": f"#/components/schemas/{schema}"}).is_valid(value)
