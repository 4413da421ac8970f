"""The JSON of a briefing described for other programs: JSON Schema, draft 2020-12, told from the dataclasses themselves.

`reports/document/document.schema.json` is this description published. `python -m reports.document.schema` prints it; a test holds the
file equal. It describes structure: what further makes a document sound (lengths, order, numbering, keys that stand
once) is checked by `reports.document` when one is built.
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
    """What `reports.document.from_json` reads of today's schema number, with a definition for each class, by name."""
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
    """The text of `reports/document/document.schema.json`."""
    return json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n"


def _of(hint: Any, definitions: dict[str, Any]) -> dict[str, Any]:
    """The schema of one annotation; classes that it names are added to `definitions`."""
    if hint in SIMPLE:
        return dict(SIMPLE[hint])
    if get_origin(hint) is tuple:
        return {"type": "array", "items": _of(get_args(hint)[0], definitions)}
    if get_origin(hint) in (types.UnionType, Union):
        return {"oneOf": [_of(option, definitions) for option in get_args(hint)]}
    if isinstance(hint, type) and is_dataclass(hint):
        name = hint.__name__
        if name not in definitions:
            definitions[name] = {}  # named before it is told: a bullet has bullets
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
        # As the reader does it: what has a default may be missing, as in a paper of an earlier release.
        "required": ["type", *(name for name in names if name in required(kind))],
        "additionalProperties": False,
    }
    said = inspect.getdoc(kind) or ""
    # A dataclass without words of its own is given its signature.
    if not said.startswith(f"{kind.__name__}("):
        schema = {"description": " ".join(said.split("\n\n")[0].split()), **schema}
    return schema


if __name__ == "__main__":
    sys.stdout.write(published())
