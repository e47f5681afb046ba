"""The recipes for other languages: their commands are run, and what comes out is compiled."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
import tree_sitter_dart
import tree_sitter_java
import tree_sitter_swift
from tree_sitter import Language, Parser

from tests.docs.pages import blocks, commands, saved, text
from tests.generate.test_cases import ROOT, run

PAGE = text("other-languages.md")
GRAMMARS = {
    "java": tree_sitter_java.language(),
    "swift": tree_sitter_swift.language(),
    "dart": tree_sitter_dart.language(),
}
NAMES = {"todo": "Todo", "chat": "NewMessage"}
CONTRACTS = {"todo": ROOT / "asyncapi.yaml", "chat": ROOT / "examples" / "chat" / "asyncapi.yaml"}

contract = pytest.mark.parametrize(
    "name", ["todo", pytest.param("chat", marks=pytest.mark.thorough)]
)


def is_valid(language: str, source: str) -> bool:
    """Return whether a text is a program of a language."""
    tree = Parser(Language(GRAMMARS[language])).parse(source.encode())
    return not tree.root_node.has_error


@pytest.mark.parametrize("language", GRAMMARS)
def test_the_programs_of_the_page_are_some(language: str) -> None:
    (source,) = blocks(PAGE, language)
    assert is_valid(language, source)
    assert not is_valid(language, source.replace("(", "[", 1))


@pytest.fixture
def project(name: str, tmp_path: Path) -> Path:
    """Return a reader's folder: a contract, and what the page has them save."""
    (tmp_path / "node_modules").symlink_to(ROOT / "node_modules")
    (tmp_path / "schemas.py").write_text(saved(PAGE)["schemas.py"], "utf-8")
    shutil.copy(CONTRACTS[name], tmp_path / "asyncapi.yaml")
    return tmp_path


@pytest.mark.slow
@contract
def test_the_commands_of_the_page_make_types(name: str, project: Path) -> None:
    made = run("bash", "-ec", "\n".join(command for command, _ in commands(PAGE)), cwd=project)
    assert made.returncode == 0, made.stderr

    for file in ("Events.swift", "events.dart", f"events/{NAMES[name]}.java"):
        source = (project / file).read_text("utf-8")
        assert re.search(rf"\b{NAMES[name]}\b", source)
        assert is_valid(file.rpartition(".")[2], source)


@pytest.mark.slow
@contract
def test_a_jdk_compiles_the_types_without_a_library(name: str, project: Path) -> None:
    (java,) = (command for command, _ in commands(PAGE) if "-l java" in command)
    made = run("bash", "-ec", f"python schemas.py; mkdir events; {java} --just-types", cwd=project)
    assert made.returncode == 0, made.stderr

    compiled = run("javac", "-d", project / "classes", *(project / "events").glob("*.java"))
    assert compiled.stderr == ""
    assert (project / "classes" / "events" / f"{NAMES[name]}.class").exists()
