"""Models out: a JSON-ready type for each schema, by datamodel-code-generator."""

from __future__ import annotations

import json
import warnings

from ..asyncapi.contract import Contract
from ..jsonschema.references import Json
from .docstrings import WIDTH, lines_of, summary_of

INDENT = 4
"""Characters that a docstring of a class is indented by."""

UNTYPED = {"title", "examples", "format", "pattern", "discriminator"}
"""What says nothing of a type: titles would rename types, and OpenAPI's discriminator is an object."""

NEVER = {"type": "string", "customTypePath": "typing.Never"}
"""What tells datamodel-code-generator of the schema `false`, which it takes for anything."""


def emit(contract: Contract) -> dict[str, str]:
    """Return the file `models.py`, not yet laid out."""
    return {"models.py": _generate(contract) if contract.schemas else "\n"}


def _generate(contract: Contract) -> str:
    # It takes a second to import, which only those who emit should wait for.
    from datamodel_code_generator import PythonVersion, generate  # noqa: PLC0415
    from datamodel_code_generator.enums import DataModelType, InputFileType  # noqa: PLC0415

    document = {
        "asyncapi": "3.1.0",
        "info": {"title": contract.title, "version": contract.version},
        "components": {"schemas": {n: _typed(s) for n, s in contract.schemas.items()}},
    }
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        text = generate(
            json.dumps(document),
            input_file_type=InputFileType.AsyncAPI,
            output_model_type=DataModelType.TypingTypedDict,
            target_python_version=PythonVersion.PY_311,
            use_schema_description=True,
            disable_timestamp=True,
            custom_file_header=" ",
            formatters=[],
        )
    return str(text)


def _typed(schema: Json) -> Json:
    """Leave of a schema what a type can say."""
    if schema is False:
        return NEVER
    if isinstance(schema, dict):
        return {
            key: value if key in {"enum", "const", "default", "required"} else _inner(key, value)
            for key, value in schema.items()
            if key not in UNTYPED or isinstance(value, dict)
        }
    return schema


def _inner(key: str, value: Json) -> Json:
    if key in {"properties", "patternProperties"}:
        return {name: _typed(inner) for name, inner in value.items()}
    if key == "description" and isinstance(value, str):
        return "\n".join(lines_of(*summary_of(value), WIDTH - INDENT))
    if isinstance(value, list):
        return [_typed(item) for item in value]
    return _typed(value) if isinstance(value, dict) else value
