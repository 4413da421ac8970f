"""What a request asks of an entity set, after "?"."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import QueryDict

from trafficking_plan.api.odata.entity_sets import EntitySet, Property
from trafficking_plan.api.odata.row_filters import (
    EXAMPLES,
    NAMES,
    Values,
    no_such,
    read_filter,
    refused,
)

KNOWN = (
    "$filter", "$select", "$orderby", "$top", "$skip", "$count", "$skiptoken", "$format", "at",
)  # fmt: skip
FORMATS = ("json", "application/json")
ORDER = re.compile(r"\s*(\w+)(?:\s+(asc|desc))?\s*", re.ASCII)
NUMBER = re.compile(r"\d{1,9}", re.ASCII)
# "'1.2'", or "item='1.2',number=3".
PART_OF_KEY = re.compile(r"(?:(\w+)=)?('(?:[^']|'')*'|\d+)(?:,(?!$)|$)", re.ASCII)


@dataclass(frozen=True)
class Options:
    """`given` is how many rows earlier pages gave."""

    is_asked: Callable[[Values], bool] | None
    select: tuple[str, ...]
    order: tuple[tuple[str, bool], ...]
    top: int | None
    skip: int
    given: int
    is_counted: bool

    def among(self, rows: Iterable[Values]) -> list[Values]:
        """Return the rows that are asked for, in the asked order. Without a value comes before any value."""
        found = [row for row in rows if self.is_asked is None or self.is_asked(row)]
        for name, is_down in reversed(self.order):
            found.sort(key=_with_nulls_first(name), reverse=is_down)
        return found


def _with_nulls_first(name: str) -> Callable[[Values], Any]:
    return lambda row: (row[name] is not None, row[name])


def read_options(asked: QueryDict, properties: Mapping[str, Property], today: date) -> Options:
    """Return the options, where `today` is the day of the moment that is asked for. Raise `Problem` for any that is not known, given twice or cannot be read."""
    for name, values in asked.lists():
        if name not in KNOWN:
            raise refused(name, f"“{name[:60]}” is not known here. Known are {', '.join(KNOWN)}.")
        if len(values) > 1:
            raise refused(name, f"“{name}” can be given once.")
    if (format := asked.get("$format", "json")).split(";")[0] not in FORMATS:
        raise refused("$format", f"Rows come as JSON, not as “{format[:40]}”.")
    counted = asked.get("$count", "false")
    if counted not in ("true", "false"):
        raise refused("$count", "$count is true or false.")
    text = asked.get("$filter")
    return Options(
        is_asked=None if text is None else read_filter(text, properties, today),
        select=tuple(_select(asked.get("$select", "*"), properties)),
        order=tuple(_order(asked.get("$orderby"), properties)),
        top=_number(asked, "$top"),
        skip=_number(asked, "$skip") or 0,
        given=_number(asked, "$skiptoken") or 0,
        is_counted=counted == "true",
    )


def filter_of_key(text: str, of: EntitySet) -> str:
    """Return the $filter that finds the row of the key. Raise `Problem` if it is not a key of the set."""
    found = list(PART_OF_KEY.finditer(text))
    named = {name or of.key[0]: value for name, value in (each.groups() for each in found)}
    kinds = {name: str if value[0] == "'" else int for name, value in named.items()}
    is_whole = "".join(each[0] for each in found) == text and len(found) == len(named)
    if not is_whole or kinds != {name: of.properties[name].type for name in of.key}:
        samples = (f"{name}={EXAMPLES[NAMES[of.properties[name].type]]}" for name in of.key)
        said = f"Give the key of a row as in {of.name}({','.join(samples)})."
        raise refused("key", said)
    return " and ".join(f"{name} eq {value}" for name, value in named.items())


def _number(asked: QueryDict, name: str) -> int | None:
    text = asked.get(name)
    if text is None:
        return None
    if not NUMBER.fullmatch(text):
        raise refused(name, f"{name} is a whole number from 0 to 999999999.")
    return int(text)


def _select(text: str, properties: Mapping[str, Property]) -> Iterable[str]:
    names = [each.strip() for each in text.split(",")]
    if names == ["*"]:
        return properties
    for name in names:
        if name not in properties:
            raise refused("$select", no_such(name, properties))
    return dict.fromkeys(names)


def _order(text: str | None, properties: Mapping[str, Property]) -> Iterable[tuple[str, bool]]:
    if text is None:
        return
    for each in text.split(","):
        found = ORDER.fullmatch(each)
        if found is None:
            raise refused(
                "$orderby",
                "$orderby is names of properties, each with asc or desc after it or nothing.",
            )
        name, direction = found.groups()
        if name not in properties:
            raise refused("$orderby", no_such(name, properties))
        yield name, direction == "desc"
