"""Documents of AsyncAPI 1 and 2, made ones of AsyncAPI 3 by the official converter."""

from __future__ import annotations

import re
from pathlib import Path

from ..asyncapi.document import InvalidContract, parse
from ..reporting.finding import Finding
from . import node

PROGRAM = Path(__file__).with_name("convert.mjs")

_OLD = re.compile(r"""(?:^|[{,])\s*["']?asyncapi["']?\s*:\s*["']?([12])\.""", re.MULTILINE)


def converted(text: str, file: str) -> str:
    """Return a document of AsyncAPI 3 as it is, and one of AsyncAPI 1 or 2 as one of 3.

    What `publish`es there is received here: by the server, whose view a document of version 2
    describes. Raise `InvalidContract` where that can't be done.
    """
    if not _OLD.search(text) or not _is_old(text, file):
        return text
    try:
        packages, without = "@asyncapi/converter", "convert it elsewhere"
        return node.run(PROGRAM, {"text": text}, "the converter", packages, without)
    except node.NodeMissing as error:
        problem = f"AsyncAPI 1 and 2 are converted in Node: {error}"
    except node.NodeFailed as error:
        problem = f"@asyncapi/converter can't convert it: {_last_line(str(error))}"
    raise InvalidContract([Finding("version", "error", file, ("asyncapi",), problem)])


def _is_old(text: str, file: str) -> bool:
    version = str(parse(text, file).root.get("asyncapi", ""))
    return version.startswith(("1.", "2."))


def _last_line(text: str) -> str:
    return next((line for line in reversed(text.splitlines()) if line.strip()), "")
