"""Find the agency that succeeds one that has ended, and what that one still holds.

Each subject registers in `HOLDINGS` what an agency holds of it; `agencies.people.services.handing_over`
moves all of it.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import models

from agencies.models import Agency, User
from agencies.records import history
from agencies.typed.asking import Fault
from agencies.wording.translation import StrOrPromise, day_words


def agency_on(agency: Agency, day: date) -> Agency:
    """Return the agency or, if it ended before the day, the last successor known by then.

    One query for each successor.
    """
    passed = set()
    while (
        agency.valid_to and agency.valid_to < day and agency.successor and agency.pk not in passed
    ):
        passed.add(agency.pk)
        agency = agency.successor
    return agency


@dataclass(frozen=True)
class HandOver:
    """One act: an agency that ended hands over to another one, for a reason."""

    agency: Agency
    to: Agency
    on: date
    at: datetime
    by: User
    reason: str

    @property
    def last_day(self) -> date:
        """The last day on which the agency held what goes: before the act, and no later than its own end."""
        before = self.on - timedelta(days=1)
        return min(self.agency.valid_to or before, before)

    @property
    def because(self) -> str:
        return f"{self.agency} ended: {self.reason}"


@dataclass(frozen=True)
class Holding:
    """A kind of rows that an agency holds in its column `field`.

    `rows` returns those of the agency that are not finished on a day. `names` says what one is called in
    the list, and `plan` is the lookup to the title of its plan. Where an agency has one row of its kind
    for each `once`, a row stays if the successor has its own; `left` are the values that it then takes.
    """

    label: StrOrPromise
    rows: Callable[[int, date], "models.QuerySet[Any]"]
    field: str
    names: str
    plan: str = ""
    once: str = ""
    left: tuple[tuple[str, Any], ...] = ()
    # What stands before each name: "V6".
    prefix: str = ""

    def lines(self, agency: Agency, on: date) -> list[str]:
        """Return the names of the rows, by plan: "1.1, 1.2 (National Plan)". One query."""
        if not self.plan:
            names = self._named(agency, on, self.names)
            return [
                day_words(name) if isinstance(name, date) else f"{self.prefix}{name}"
                for name in names
            ]
        by_plan: dict[str, dict[str, None]] = {}
        for title, name in self._named(agency, on, self.plan, self.names):
            by_plan.setdefault(title, {})[f"{self.prefix}{name}"] = None
        return [f"{', '.join(names)} ({title})" for title, names in by_plan.items()]

    def _named(self, agency: Agency, on: date, *lookups: str) -> Any:
        rows = self.rows(agency.pk, on).order_by(*lookups[:-1], "pk")
        return rows.values_list(*lookups, flat=len(lookups) == 1)

    def move(self, act: HandOver) -> None:
        """Give each row to the successor, with its history."""
        rows = self.rows(act.agency.pk, act.on)
        model: Any = rows.model
        found = model._default_manager.filter(pk__in=rows.values("pk"))
        for row in found.select_for_update(of=("self",)).order_by("pk"):
            if self._is_the_successors_already(row, act.to):
                values = dict(self.left)
            else:
                values = {self.field: act.to}
            for name, value in values.items():
                setattr(row, name, value)
            if values:
                save_row(row, *values, act=act)

    def _is_the_successors_already(self, row: Any, to: Agency) -> bool:
        if not self.once:
            return False
        same = {self.once: getattr(row, f"{self.once}_id"), self.field: to}
        return bool(type(row)._default_manager.filter(**same).exists())

    def faults(self, agency: Agency, to: Agency, on: date) -> Iterator[Fault]:
        """Yield what must be done first."""
        return iter(())


def save_row(row: Any, *fields: str, act: HandOver) -> None:
    """Save the row as a part of the act, with a version one higher if it has one."""
    save = history.save_version if hasattr(row, "version") else _save
    save(row, *fields, by=act.by, reason=act.because, at=act.at)


def _save(row: Any, *fields: str, **how: Any) -> None:
    history.save(row, fields=fields, **how)


# Each subject adds its own in `AppConfig.ready`.
HOLDINGS: list[Holding] = []


def held_by(agency: Agency, on: date) -> list[tuple[StrOrPromise, list[str]]]:
    """Return what the agency leads, owes and holds on a day: each kind with its lines. A query each."""
    found = ((each.label, each.lines(agency, on)) for each in HOLDINGS)
    return [(label, lines) for label, lines in found if lines]
