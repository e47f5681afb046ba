"""Which Chromium is driven: $CHROMIUM, `chromium` on PATH, or the one in an npm package."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "node_modules" / "@sparticuz" / "chromium"
UNPACKED = ROOT / "node_modules" / ".cache" / "chromium"

MISSING = (
    "no Chromium: run `npm ci` for the one that @sparticuz/chromium carries (x86-64 Linux),"
    " or set CHROMIUM to the program of another"
)

FONTS = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
  <dir>{unpacked}/fonts</dir>
  <cachedir>{unpacked}/fonts-cache</cachedir>
</fontconfig>
"""


class NoChromium(Exception):
    """There is no Chromium to drive; the message says how to get one."""


@dataclass(frozen=True)
class Chromium:
    """A program, and the variables that it needs."""

    program: str
    variables: dict[str, str] = field(default_factory=dict)


def find() -> Chromium:
    """Find a Chromium. Raises `NoChromium`."""
    named = os.environ.get("CHROMIUM")
    if named:
        if not shutil.which(named):
            raise NoChromium(f"CHROMIUM={named} is no program")
        return Chromium(named)
    if installed := shutil.which("chromium"):
        return Chromium(installed)
    if not PACKAGE.exists():
        raise NoChromium(MISSING)
    _unpack()
    return Chromium(
        str(UNPACKED / "chromium"),
        {
            "LD_LIBRARY_PATH": str(UNPACKED / "al2023" / "lib"),
            "FONTCONFIG_FILE": str(UNPACKED / "fonts.conf"),
        },
    )


def _unpack() -> None:
    """Unpack the package's Chromium once, whoever else is about to."""
    if UNPACKED.exists():
        return
    UNPACKED.parent.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=UNPACKED.parent) as directory:
        unpacking = Path(directory) / "chromium"
        unpacking.mkdir()
        subprocess.run(
            ["node", str(Path(__file__).with_name("chromium.mjs"))],
            env={**os.environ, "TMPDIR": str(unpacking)},
            check=True,
        )
        (unpacking / "fonts.conf").write_text(FONTS.format(unpacked=UNPACKED), "utf-8")
        try:
            unpacking.rename(UNPACKED)
        except OSError:
            if not UNPACKED.exists():
                raise
