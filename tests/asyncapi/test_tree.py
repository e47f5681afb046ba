"""Texts as YAML 1.2 and JSON read them, and those that nobody should read to their end."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from asyncapi_socketio.asyncapi import tree


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2024-01-01T00:00:00Z", "2024-01-01T00:00:00Z"),
        ("2024-01-01", "2024-01-01"),
        ("12:30:45", "12:30:45"),
        ("1_000", "1_000"),
        ("017", 17),
        ("0o17", 15),
        ("0xff", 255),
        ("1.5e3", 1500.0),
        (".inf", ".inf"),
        ("yes", "yes"),
        ("on", "on"),
        ("True", True),
        ("~", None),
        ("", None),
        ("'1'", "1"),
        ("!!str 1", "1"),
        ("!colour red", "red"),
    ],
)
def test_a_scalar_is_what_the_core_schema_says(text: str, value: Any) -> None:
    read = tree.read(f"key: {text}\n")[0]["key"]
    assert (type(read), read) == (type(value), value)


def test_keys_are_texts() -> None:
    assert tree.read("{1: a, true: b, on: c}")[0] == {"1": "a", "true": "b", "on": "c"}


def test_what_an_anchor_names_is_there_for_each_alias() -> None:
    text = "base: &base {a: 1, b: 2}\nsame: *base\nmore: {<<: *base, b: 3}\n"
    text += "both: {<<: [*base, {c: 4}]}\n"
    read, positions = tree.read(text)
    assert read["same"] == {"a": 1, "b": 2}
    assert read["more"] == {"a": 1, "b": 3}
    assert read["both"] == {"a": 1, "b": 2, "c": 4}
    assert positions[("more", "b")] == (3, 19)


def test_json_is_read_with_tabs_and_escapes() -> None:
    emoji, escaped = "\U0001f600", "\\ud83d\\ude00"
    value = {"a": ['\u00e9\n"', -1.5e-3, None], "b": {"": True}, "c": [emoji, escaped]}
    assert tree.read(json.dumps(value, indent="\t"))[0] == value


BOMB = "a: &a [x, x]\n" + "".join(
    f"{name}: &{name} [*{before}, *{before}]\n"
    for before, name in zip("abcdefghijklmnopqrs", "bcdefghijklmnopqrst", strict=True)
)


@pytest.mark.parametrize(
    ("text", "problem", "line"),
    [
        ("a: 1\nb: 2\na: 3\n", "the key 'a' stands here twice", 3),
        ("a: &a [*a]\n", "an alias names what it stands in", 1),
        ("a: *b\n", "is not valid YAML: found undefined alias", 1),
        ("a: [1\nb: 2\n", "is not valid YAML: did not find expected ',' or ']'", 2),
        ("a: 1\n---\nb: 2\n", "is not valid YAML: but found another document", 2),
        ("? [a]\n: 1\n", "a key is a mapping or a list, not a name", 1),
        ("a: {<<: 1}\n", "'<<' names no mapping", 1),
        ("[" * 5000, "values hold each other more than 200 levels deep", 1),
        ("- " * 300 + "x", "values hold each other more than 200 levels deep", 1),
        (BOMB, "aliases unfold to more than 100,000 values", 14),
    ],
    ids=["twice", "loop", "undefined", "unclosed", "two", "key", "merge", "deep", "deeper", "bomb"],
)
def test_what_can_not_be_read_is_said_with_its_line(text: str, problem: str, line: int) -> None:
    with pytest.raises(tree.Unreadable) as unreadable:
        tree.read(text)
    assert (str(unreadable.value), unreadable.value.line) == (problem, line)


@pytest.mark.slow
def test_a_large_document_without_aliases_is_no_bomb() -> None:
    many = tree.MAX_REPEATED + 1
    assert len(tree.read(json.dumps([0] * many))[0]) == many


@given(
    st.recursive(
        st.none()
        | st.booleans()
        | st.integers()
        | st.floats(allow_nan=False, allow_infinity=False)
        | st.text(st.characters(codec="utf-8"))
        | st.sampled_from(["yes", "1e3", "0o17", "~", "", "2024-01-01", "<<", "*a", "a: b", "- x"]),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
@example({"a": [same := {"b": "1e3"}, same]})
def test_what_is_written_reads_as_the_same(value: Any) -> None:
    assert tree.read(tree.written(value))[0] == value


def test_half_a_character_is_not_read() -> None:
    with pytest.raises(tree.Unreadable, match="half of a character"):
        tree.read("a: \ud800")


def test_without_libyaml_the_same_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    text = (Path(__file__).parents[2] / "asyncapi.yaml").read_text("utf-8")
    fast = tree.read(text)
    monkeypatch.delattr(yaml, "CBaseLoader")
    spec = tree.__spec__
    pure = importlib.util.module_from_spec(spec)
    assert spec.loader
    spec.loader.exec_module(pure)
    assert pure.read(text) == fast
