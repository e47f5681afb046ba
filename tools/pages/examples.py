"""Clients that others wrote: where they are published, and how they are built here.

None of their text is in this repository. What TodoMVC's examples begin with is an empty list that
a reload forgets; so that they can begin with many todos, one expression of each is replaced.
"""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

KEPT = 'JSON.parse(localStorage.getItem("todos") ?? "[]")'


@dataclass(frozen=True, slots=True)
class Repository:
    """A repository on GitHub at a commit, and the folders of it that are needed."""

    name: str
    commit: str
    folders: tuple[str, ...]

    def checkout(self, root: Path) -> Path:
        """Return its folder below `root`, cloned unless it is there."""
        folder = root / self.name
        if not folder.exists():
            url = f"https://github.com/{self.name}"
            git = ("git", "-C", str(folder))
            try:
                _run("git", "clone", "--quiet", "--no-checkout", "--filter=blob:none", url, folder)
                _run(*git, "sparse-checkout", "set", *self.folders)
                _run(*git, "checkout", "--quiet", self.commit)
            except subprocess.CalledProcessError:
                sys.exit(f"{url} can't be cloned: put its commit {self.commit} into {folder}")
        return folder


TODOMVC = Repository(
    "tastejs/todomvc",
    "1f2bd7f0a1fa8c602284451d282c3821d0d96aec",
    ("examples/react", "examples/svelte"),
)
SOCKET_IO = Repository(
    "socketio/socket.io",
    "3848280125f35768e74be4d778d7b55acf82f7df",
    ("examples/basic-crud-application",),
)


@dataclass(frozen=True, slots=True)
class Example:
    """A client in a folder of a repository, and what has to be replaced in one file of it."""

    repository: Repository
    folder: str
    built: str
    framework: tuple[str, str]
    file: str = ""
    old: str = ""
    new: str = ""

    def build(self, root: Path) -> Path:
        """Build it by its own scripts, unless that was done, and return the built folder."""
        folder = self.repository.checkout(root) / self.folder
        done = folder / "built-to-be-measured"
        if not done.exists():
            self._replace(folder)
            _run("npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", folder)
            _run("npm", "run", "--silent", "build", "--prefix", folder)
            done.touch()
        return folder / self.built

    def version(self, root: Path) -> tuple[str, str]:
        """Return its framework's name, and the version that it was built with."""
        name, package = self.framework
        manifest = self.repository.checkout(root) / self.folder / "node_modules" / package
        return name, json.loads((manifest / "package.json").read_text("utf-8"))["version"]

    def _replace(self, folder: Path) -> None:
        if self.file:
            text = (folder / self.file).read_text("utf-8")
            if self.old not in text and self.new not in text:
                sys.exit(f"{folder / self.file} has no {self.old}")
            (folder / self.file).write_text(text.replace(self.old, self.new), "utf-8")


TUTORIAL = Example(
    SOCKET_IO,
    "examples/basic-crud-application/angular-client",
    "dist/angular-client/browser",
    ("Angular", "@angular/core"),
)
REACT = Example(
    TODOMVC,
    "examples/react",
    "dist",
    ("React", "react"),
    "src/todo/app.jsx",
    "useReducer(todoReducer, [])",
    f"useReducer(todoReducer, {KEPT})",
)
SVELTE = Example(
    TODOMVC,
    "examples/svelte",
    "dist",
    ("Svelte", "svelte"),
    "src/App.svelte",
    "$state([])",
    f"$state({KEPT})",
)


def _run(*command: str | Path) -> None:
    subprocess.run(command, check=True, stdout=sys.stderr)
