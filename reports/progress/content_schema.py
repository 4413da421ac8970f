"""The JSON schema of a public page of progress, with the parts that the page has and no others."""

from collections.abc import Mapping
from typing import Any

TEXT = {"type": "string"}
COUNT = {"type": "integer", "minimum": 0}
DAY = {"type": "string", "format": "date"}
KNOWN = {"type": "string", "pattern": r"^\d{4}-(\d{2}(-\d{2})?|Q[1-4])$"}


def _list(**properties: Any) -> dict[str, Any]:
    row = {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }
    return {"type": "array", "items": row}


LISTS: dict[str, dict[str, Any]] = {
    "work_items": _list(
        pillar=TEXT,
        number=TEXT,
        title=TEXT,
        status={
            "enum": ["late", "in_doubt", "unjudged", "on_time", "complete", "withdrawn"],
        },
    ),
    "figures": _list(key=TEXT, label=TEXT, value=COUNT, source=TEXT),
    "stages": _list(
        pillar=TEXT,
        complete=COUNT,
        ongoing=COUNT,
        under_way=COUNT,
        not_started=COUNT,
        withdrawn=COUNT,
    ),
    "timeline": _list(
        item=TEXT,
        title=TEXT,
        milestone=TEXT,
        promised=KNOWN,
        agreed=KNOWN,
        expected={"anyOf": [KNOWN, {"type": "null"}]},
        done={"anyOf": [DAY, {"type": "null"}]},
        status=TEXT,
    ),
    "measures": _list(item=TEXT, number=COUNT, agency=TEXT, text=TEXT, state=TEXT),
    "achievements": _list(item=TEXT, title=TEXT, agency=TEXT, period=TEXT, text=TEXT),
    "released_papers": _list(
        title=TEXT,
        released=DAY,
        pages=COUNT,
        sha256={"type": "string", "pattern": "^[0-9a-f]{64}$"},
        # null: words are withheld on this ground, and nobody counted them.
        withheld={
            "type": "object",
            "additionalProperties": {"anyOf": [COUNT, {"type": "null"}]},
        },
    ),
}


def schema_of(content: Mapping[str, Any]) -> dict[str, Any]:
    """Return the schema of this content."""
    licence = {
        "type": "object",
        "properties": {"name": TEXT, "url": {"type": "string", "format": "uri"}},
        "required": ["name", "url"],
        "additionalProperties": False,
    }
    properties = {
        "format": {"const": content["format"]},
        "plan": TEXT,
        "agency": TEXT,
        "agency_mi": TEXT,
        "as_at": DAY,
        "licence": licence,
        **({"headline": TEXT} if "headline" in content else {}),
        **{name: LISTS[name] for name in LISTS if name in content},
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Progress of a plan, as published",
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }
