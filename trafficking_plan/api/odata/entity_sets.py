"""The entity sets of a plan: the API's rows, each flat, because a sheet has cells and no records within them."""

import inspect
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from django.http import HttpRequest
from ninja import Schema

from agencies.models import Agency
from trafficking_plan.api import as_json, schemas
from trafficking_plan.api.as_json import Row
from trafficking_plan.api.plan_endpoints import (
    every_delay,
    every_milestone,
    item_lines,
    milestone_lines,
    plan_at_moment,
    risk_rows,
)
from trafficking_plan.api.schemas import OneOf
from workitems.models import Plan
from workitems.plan.asat import Moment
from workitems.plan.plan_at import PlanAt, milestones_at, plan_at

EDM = {
    str: "Edm.String",
    int: "Edm.Int32",
    float: "Edm.Double",
    bool: "Edm.Boolean",
    date: "Edm.Date",
    datetime: "Edm.DateTimeOffset",
}


@dataclass(frozen=True)
class Read:
    """What the rows of a request are made of."""

    request: HttpRequest
    plan: Plan
    moment: Moment

    @cached_property
    def at(self) -> PlanAt:
        return plan_at(self.plan, self.moment)


@dataclass(frozen=True)
class Property:
    """A cell of each row. `path` leads to its value in a row of the API; `one_of` are its known values, if it has some."""

    name: str
    type: type
    is_nullable: bool
    path: tuple[str, ...]
    description: str
    one_of: OneOf | None = None

    @property
    def edm(self) -> str:
        return EDM[self.type]

    def of(self, row: Row) -> Any:
        """Return the value as Python compares it. A list of sentences becomes lines of one text."""
        value: Any = row
        for name in self.path:
            if value is None:
                return None
            value = value[name]
        if value is None or self.type in (date, datetime, bool):
            return value
        if isinstance(value, list):
            return "\n".join(map(str, value))
        return self.type(value)


@dataclass(frozen=True)
class EntitySet:
    """`key` names the properties that tell one row from another."""

    name: str
    of: type[Schema]
    key: tuple[str, ...]
    rows: Callable[[Read], Iterable[Row]]

    @cached_property
    def entity(self) -> str:
        return self.of.__name__.removesuffix("Line").removesuffix("Out")

    @cached_property
    def properties(self) -> dict[str, Property]:
        """By name, the key first."""
        found = {each.name: each for each in _properties(self.of)}
        return {name: found.pop(name) for name in self.key} | found


def _properties(schema: type[Schema], *path: str) -> Iterable[Property]:
    for name, field in schema.model_fields.items():
        kind, is_nullable, marks = _without_none(field.annotation)
        if inspect.isclass(kind) and issubclass(kind, Schema):
            for each in _properties(kind, *path, name):
                yield replace(
                    each,
                    name=f"{name}_{each.name}",
                    is_nullable=is_nullable or each.is_nullable,
                    description=each.description or field.description or "",
                )
            continue
        if get_origin(kind) is list:
            if get_args(kind) != (str,):
                continue  # an entity set of its own
            kind = str
        one_of = next((each for each in (*field.metadata, *marks) if isinstance(each, OneOf)), None)
        said = [field.description or "", f"One of: {one_of.words}." if one_of else ""]
        yield Property(name, kind, is_nullable, (*path, name), " ".join(filter(None, said)), one_of)


def _without_none(annotation: Any) -> tuple[Any, bool, tuple[Any, ...]]:
    """Return the type, whether None is allowed beside it, and what it is annotated with."""
    is_nullable = get_origin(annotation) in (Union, UnionType)
    if is_nullable:
        (annotation,) = (each for each in get_args(annotation) if each is not NoneType)
    if get_origin(annotation) is Annotated:
        kind, *marks = get_args(annotation)
        return kind, is_nullable, tuple(marks)
    return annotation, is_nullable, ()


# --- rows -----------------------------------------------------------------------------------


def _plans(read: Read) -> Iterable[Row]:
    yield plan_at_moment(read.request, read.plan, read.moment)


def _items(read: Read) -> Iterable[Row]:
    return item_lines(read.request, read.at, read.at.items)


def _milestones(read: Read) -> Iterable[Row]:
    yield from milestone_lines(read.request, read.at, every_milestone(read.at))


def _waits(read: Read) -> Iterable[Row]:
    for row in _milestones(read):
        for each in row["waits_for"]:
            yield {"item": row["item"], "milestone": row["number"]} | each


def _delays(read: Read) -> Iterable[Row]:
    at = read.at
    every = milestones_at(read.moment, {"item__plan_id": read.plan.pk}, texts=False)
    numbers = {row.pk: row.number for row in every}
    for row in every_delay(at):
        yield as_json.delay(row, at.by_pk[row.item].number, numbers[row.milestone], at.agencies)


def _mitigations(read: Read) -> Iterable[Row]:
    for row in _delays(read):
        parents = {"item": row["item"], "milestone": row["milestone"], "delay": row["number"]}
        for each in row["mitigations"]:
            yield parents | each


def _risks(read: Read) -> Iterable[Row]:
    return risk_rows(read.plan, read.moment)


def _measures(read: Read) -> Iterable[Row]:
    return map(as_json.measure, read.at.measures)


def _findings(read: Read) -> Iterable[Row]:
    return (as_json.finding(row, read.request, read.moment.on) for row in read.at.findings)


def _within_measures(name: str) -> Callable[[Read], Iterable[Row]]:
    def rows(read: Read) -> Iterable[Row]:
        for row in _measures(read):
            for each in row[name]:
                yield {"item": row["item"], "measure": row["id"], "name": row["measure"]} | each

    return rows


# Another kind of row is another entry: its schema gives the metadata, the properties and their types.
SETS = {
    each.name: each
    for each in (
        EntitySet("Plans", schemas.PlanLine, ("slug",), _plans),
        EntitySet("Items", schemas.ItemLine, ("number",), _items),
        EntitySet("Milestones", schemas.MilestoneLine, ("item", "number"), _milestones),
        EntitySet("Waits", schemas.WaitLine, ("id",), _waits),
        EntitySet("Delays", schemas.DelayOut, ("item", "milestone", "number"), _delays),
        EntitySet(
            "Mitigations",
            schemas.MitigationLine,
            ("item", "milestone", "delay", "number"),
            _mitigations,
        ),
        EntitySet("Risks", schemas.RiskOut, ("number",), _risks),
        EntitySet("Measures", schemas.MeasureOut, ("id",), _measures),
        EntitySet("Targets", schemas.TargetLine, ("id",), _within_measures("targets")),
        EntitySet("Values", schemas.ValueLine, ("id",), _within_measures("values")),
        EntitySet("Findings", schemas.FindingOut, ("id",), _findings),
    )
}


def with_agencies(properties: Mapping[str, Property]) -> dict[str, Property]:
    """Return the properties, those of an agency with the short names that agencies have and had as their known values, so that
    a misspelt one is refused. Two queries."""
    known = {
        *Agency.objects.values_list("short_name", flat=True),
        *Agency.history.values_list("short_name", flat=True),
    }
    one_of = OneOf.of(sorted(known, key=str.casefold), "")
    return {
        name: replace(of, one_of=one_of) if name.endswith("agency") else of
        for name, of in properties.items()
    }
