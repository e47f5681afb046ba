"""A document that has never heard of Socket.IO is read as it stands: each thing has a default."""

from __future__ import annotations

import json
from typing import Any

import pytest

from asyncapi_socketio import asyncapi
from asyncapi_socketio.asyncapi.contract import Contract, Operation
from asyncapi_socketio.asyncapi.document import parse
from asyncapi_socketio.lint.linter import lint

ROOT = {"$ref": "#/channels/root"}
REF = "#/components/schemas/"


def document(
    messages: dict[str, Any] | None = None,
    operations: dict[str, Any] | None = None,
    schemas: dict[str, Any] | None = None,
    **rest: Any,
) -> dict[str, Any]:
    """Return a document with one channel, of which everything is received unless said."""
    return {
        "asyncapi": "3.0.0",
        "info": {"title": "Found", "version": "1.0.0"},
        "channels": {"root": {"messages": messages or {"say": {}}}},
        "operations": operations or {"all": {"action": "receive", "channel": ROOT}},
        "components": {"schemas": schemas or {}},
        **rest,
    }


def read(found: dict[str, Any]) -> Contract:
    return asyncapi.read(json.dumps(found))


def only(contract: Contract) -> Operation:
    (operation,) = (*contract.receives, *contract.sends)
    return operation


def errors(found: dict[str, Any]) -> list[tuple[str, str]]:
    """Return what `lint` refuses, by rule and address."""
    findings = lint(parse(json.dumps(found), "asyncapi.yaml")).findings
    refused = [item for item in findings if item.severity == "error"]
    return [(item.rule, "/".join(map(str, item.address))) for item in refused]


def test_an_operation_without_messages_has_all_of_its_channel() -> None:
    contract = read(document({"say": {}, "hear": {"name": "heard"}}))
    assert [(item.id, item.event) for item in contract.receives] == [
        ("all.say", "say"), ("all.hear", "heard"),
    ]  # fmt: skip
    assert [item.method for item in contract.receives] == ["all_say", "all_hear"]


def test_a_reply_without_messages_has_all_of_its_channel() -> None:
    found = document(
        {"say": {}},
        {
            "say": {
                "action": "receive",
                "channel": ROOT,
                "reply": {"channel": {"$ref": "#/channels/acks"}},
            }
        },
    )
    found["channels"]["acks"] = {
        "messages": {"done": {}, "failed": {"payload": {"type": "string"}}}
    }
    assert [reply.key for reply in only(read(found)).replies] == ["done", "failed"]


def test_what_the_server_sends_goes_to_all_and_what_it_asks_to_one() -> None:
    send = {"action": "send", "channel": ROOT}
    assert only(read(document(operations={"tell": send}))).audience == "all"
    asks = {**send, "reply": {"messages": [{"$ref": "#/channels/root/messages/say"}]}}
    assert only(read(document(operations={"ask": asks}))).audience == "sender"


@pytest.mark.parametrize(
    ("address", "path"),
    [("/chat", "/chat"), ("chat.said", "/chat.said"), (None, "/"), ("lights/{id}", "/lights/{id}")],
)
def test_a_channel_is_a_namespace(address: str | None, path: str) -> None:
    found = document()
    found["channels"]["root"]["address"] = address
    assert [item.path for item in read(found).namespaces] == [path]


def test_channels_of_one_address_are_one_namespace() -> None:
    found = document()
    found["channels"] |= {"other": {"address": "/"}, "third": {"address": "/third"}}
    assert [item.path for item in read(found).namespaces] == ["/", "/third"]


def test_traits_fill_in_what_an_operation_and_a_message_do_not_say() -> None:
    found = document(
        {
            "say": {
                "title": "Own",
                "traits": [{"title": "Trait", "summary": "First"}, {"summary": "Second"}],
            }
        },
        {"say": {"action": "receive", "channel": ROOT, "traits": [{"description": "Shared."}]}},
    )
    operation = only(read(found))
    assert (operation.description, operation.message.title) == ("Shared.", "Own")
    assert operation.message.summary == "Second"


def test_a_schema_is_named_wherever_it_stands() -> None:
    found = document(
        {
            "say": {"payload": {"$ref": "#/channels/root/messages/hear/payload/properties/inner"}},
            "hear": {"payload": {"properties": {"inner": {"type": "string"}}}},
        },
        {
            "say": {
                "action": "receive",
                "channel": ROOT,
                "messages": [{"$ref": "#/channels/root/messages/say"}],
            }
        },
        {
            "user-created": {"type": "object"},
            "userCreated": {},
            "Error": {},
            "class": {},
            "1st": {},
        },
    )
    contract = read(found)
    assert {*contract.schemas} == {
        "UserCreated", "UserCreated2", "Error2", "Class", "T1st", "Inner",
    }  # fmt: skip
    assert only(contract).message.payload == "Inner"


def test_timestamps_stay_the_text_that_they_are() -> None:
    text = """
asyncapi: 3.0.0
info: {title: Times, version: 1.0.0}
channels: {root: {messages: {at: {payload: {type: string, default: 2024-01-01T00:00:00Z}}}}}
operations: {at: {action: receive, channel: {$ref: '#/channels/root'}}}
"""
    contract = asyncapi.read(text)
    assert contract.schemas["AtPayload"]["default"] == "2024-01-01T00:00:00Z"


def test_example_is_one_of_the_examples() -> None:
    contract = read(document(schemas={"Name": {"type": "string", "example": "Ada"}}))
    assert contract.schemas["Name"] == {"type": "string", "examples": ["Ada"]}


def test_inheritance_that_goes_both_ways_ends() -> None:
    pet = {"type": "object", "properties": {"kind": {"type": "string"}}, "required": ["kind"]}
    child = [
        {"$ref": f"{REF}Pet"},
        {"type": "object", "properties": {"barks": {"type": "boolean"}}},
    ]
    found = document(
        {"pet": {"payload": {"$ref": f"{REF}Pet"}}},
        schemas={"Dog": {"allOf": child}, "Pet": {**pet, "oneOf": [{"$ref": f"{REF}Dog"}]}},
    )
    contract = read(found)
    assert contract.schemas["Dog"]["allOf"][0] == {"$ref": f"{REF}PetBase"}
    assert contract.schemas["PetBase"] == pet
    assert errors(found) == []


@pytest.mark.parametrize(
    ("version", "problem"),
    [
        ("2.6.0", "AsyncAPI 2.6.0 has publish and subscribe, but no operations and no acks"),
        ("1.2.0", "AsyncAPI 1.2.0 has topics, but no operations and no acks"),
        ("4.0.0", "AsyncAPI 4.0.0 is not known, but 3.0.0 and 3.1.0 are"),
        ("3.0", "AsyncAPI 3.0 is not known, but 3.0.0 and 3.1.0 are"),
    ],
)
def test_another_version_gets_one_sentence(version: str, problem: str) -> None:
    found = {"asyncapi": version, "info": 7, "channels": [], "topics": {"$ref": "nowhere"}}
    (finding,) = lint(parse(json.dumps(found), "asyncapi.yaml")).findings
    assert (finding.rule, finding.problem) == ("version", problem)


def test_an_openapi_document_gets_one_sentence() -> None:
    found = {"openapi": "3.1.0", "paths": {"/": {"$ref": "#/nowhere"}}}
    (finding,) = lint(parse(json.dumps(found), "asyncapi.yaml")).findings
    assert finding.problem == "is an OpenAPI document (openapi: 3.1.0), not AsyncAPI"


def test_what_asyncapis_parser_refuses_is_found() -> None:
    stray = {
        "action": "receive",
        "channel": ROOT,
        "messages": [{"$ref": "#/components/messages/stray"}],
    }
    found = document(operations={"say": stray})
    found["components"]["messages"] = {"stray": {}}
    found["channels"]["root"] |= {"address": "/{room}", "parameters": {"floor": {}}}
    assert errors(found) == [
        ("parameters", "channels/root/address"),
        ("parameters", "channels/root/parameters/floor"),
        ("message-channel", "operations/say/messages/0"),
    ]


def test_causes_and_preconditions_may_be_in_another_namespace() -> None:
    found = document()
    found["channels"]["news"] = {"address": "/news", "messages": {"told": {}}}
    found["operations"] = {
        "enter": {"action": "receive", "channel": {"$ref": "#/channels/news"}},
        "say": {
            "action": "receive",
            "channel": ROOT,
            "x-socketio": {
                "broadcasts": [{"$ref": "#/operations/tell", "times": "0..n"}],
                "preconditions": [{"$ref": "#/operations/enter"}],
            },
        },
        "tell": {"action": "send", "channel": {"$ref": "#/channels/news"}},
    }
    say = read(found).receives[1]
    assert (dict(say.broadcasts), say.preconditions) == ({"tell": "0..n"}, ("enter",))
