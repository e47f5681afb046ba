"""Models out: a JSON-ready type for each schema, by datamodel-code-generator."""

from __future__ import annotations

import json
import warnings
from collections.abc import Iterator, Mapping

from ..asyncapi.contract import Contract
from ..asyncapi.named_schemas import COMPONENTS
from ..jsonschema.references import Json
from .docstrings import WIDTH, lines_of, summary_of

INDENT = 4
"""Characters that a docstring of a class is indented by."""

UNTYPED = {"title", "examples", "format", "pattern", "discriminator"}
"""What says nothing of a type; titles would rename types, and discriminators are not OpenAPI's."""

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
        "components": {
            "schemas": {n: _typed(s, contract.schemas) for n, s in contract.schemas.items()}
        },
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


def _typed(schema: Json, schemas: Mapping[str, Json]) -> Json:
    """Leave of a schema what a type can say."""
    if schema is False:
        return NEVER
    if isinstance(schema, dict):
        return {
            key: value
            if key in {"enum", "const", "default", "required"}
            else _inner(key, value, schemas)
            for key, value in _narrowed(schema, schemas).items()
            if key not in UNTYPED or isinstance(value, dict)
        }
    return schema


def _inner(key: str, value: Json, schemas: Mapping[str, Json]) -> Json:
    if key in {"properties", "patternProperties"}:
        return {name: _typed(inner, schemas) for name, inner in value.items()}
    if key == "description" and isinstance(value, str):
        return "\n".join(lines_of(*summary_of(value), WIDTH - INDENT))
    if isinstance(value, list):
        return [_typed(item, schemas) for item in value]
    return _typed(value, schemas) if isinstance(value, dict) else value


def _narrowed(schema: dict[str, Json], schemas: Mapping[str, Json]) -> dict[str, Json]:
    """Make one object of all that a schema is made of, where parts differ about a property.

    A `TypedDict` can't say of a key what its base says otherwise: that a dog's `kind` is `dog`.
    """
    if not isinstance(schema.get("allOf"), list):
        return schema
    parts = [*_parts(schema, schemas)]
    properties: dict[str, Json] = {}
    differ = False
    for name, inner in (item for part in parts for item in part.get("properties", {}).items()):
        before = properties.setdefault(name, inner)
        differ = differ or before != inner
        properties[name] = _both(before, inner)
    if not differ or any(part.keys() & {"anyOf", "oneOf"} for part in parts):
        return schema
    required = dict.fromkeys(name for part in parts for name in part.get("required", []))
    own = {key: value for key, value in schema.items() if key != "allOf"}
    return {**own, "type": "object", "properties": properties, "required": [*required]}


def _parts(schema: Json, schemas: Mapping[str, Json]) -> Iterator[dict[str, Json]]:
    """Yield what a schema is made of, itself last."""
    if isinstance(schema, dict) and "$ref" in schema:
        schema = schemas.get(str(schema["$ref"]).removeprefix(COMPONENTS))
    if isinstance(schema, dict):
        for part in schema.get("allOf", []):
            yield from _parts(part, schemas)
        yield schema


def _both(one: Json, other: Json) -> Json:
    """Return the schema of a property that two parts have: the later one, in doubt."""
    if not (isinstance(one, dict) and isinstance(other, dict)) or "$ref" in {*one, *other}:
        return other
    return {**one, **other}
