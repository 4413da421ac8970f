"""JSON Schema (draft 2020-12) of a briefing's JSON, generated from the dataclasses.

`python3 -m reports.document.schema` prints it, `reports/document/document.schema.json` publishes it,
and a test keeps them equal. It describes the structure only; `reports.document` checks lengths,
order, numbering and unique keys when a document is built.
"""

from __future__ import annotations

import inspect
import json
import sys
import types
from dataclasses import fields, is_dataclass
from datetime import date
from enum import StrEnum
from typing import Any, Union, get_args, get_origin, get_type_hints

from reports.document import SCHEMA, Document
from reports.document.plain_json import required

DIALECT = "https://json-schema.org/draft/2020-12/schema"
SIMPLE: dict[Any, dict[str, str]] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    bool: {"type": "boolean"},
    types.NoneType: {"type": "null"},
    date: {"type": "string", "format": "date", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"},
}


def json_schema() -> dict[str, Any]:
    """Return the schema that `from_json` accepts now, with a definition for each class."""
    definitions: dict[str, Any] = {}
    document = _of(Document, definitions)
    return {
        "$schema": DIALECT,
        "$id": f"urn:trafficking-plan:briefing:{SCHEMA}",
        "title": "Briefing",
        "description": "A whole briefing to a Minister: cover, numbered sections, recommendation and annexes.",
        "type": "object",
        "properties": {"schema": {"const": SCHEMA}, "document": document},
        "required": ["schema", "document"],
        "additionalProperties": False,
        "$defs": dict(sorted(definitions.items())),
    }


def published() -> str:
    """Return the text of `reports/document/document.schema.json`."""
    return json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n"


def _of(hint: Any, definitions: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of an annotation, and add the classes it refers to, to `definitions`."""
    if hint in SIMPLE:
        return dict(SIMPLE[hint])
    if get_origin(hint) is tuple:
        return {"type": "array", "items": _of(get_args(hint)[0], definitions)}
    if get_origin(hint) in (types.UnionType, Union):
        return {"oneOf": [_of(option, definitions) for option in get_args(hint)]}
    if isinstance(hint, type) and is_dataclass(hint):
        name = hint.__name__
        if name not in definitions:
            definitions[name] = {}  # reserved first, because bullets contain bullets
            definitions[name] = _object(hint, definitions)
        return {"$ref": f"#/$defs/{name}"}
    if issubclass(hint, StrEnum):
        return {"enum": [member.value for member in hint]}
    raise TypeError(f"JSON Schema is not written for {hint!r}.")


def _object(kind: Any, definitions: dict[str, Any]) -> dict[str, Any]:
    hints = get_type_hints(kind)
    names = [entry.name for entry in fields(kind)]
    schema = {
        "type": "object",
        "properties": {
            "type": {"const": kind.__name__},
            **{name: _of(hints[name], definitions) for name in names},
        },
        # As in `plain_json.build`, entries with a default may be missing.
        "required": ["type", *(name for name in names if name in required(kind))],
        "additionalProperties": False,
    }
    description = inspect.getdoc(kind) or ""
    # A dataclass without a docstring gets its signature as one.
    if not description.startswith(f"{kind.__name__}("):
        schema = {"description": " ".join(description.split("\n\n")[0].split()), **schema}
    return schema


if __name__ == "__main__":
    sys.stdout.write(published())
