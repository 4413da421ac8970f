"""What a workbook would change of an adopted plan that only a decision changes.

An import lists it and leaves it out. On request each becomes a variation, all with one reason.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from agencies.models import Agency, User
from workitems.models import Milestone, Pillar, Plan, Variation, WorkItem
from workitems.terms.additions import NewItem, NewMilestone
from workitems.terms.known_dates import KnownDate

Kind, Wording = Variation.Kind, Variation.Wording


@dataclass(frozen=True)
class ToDecide:
    """A difference that only a decision makes. `given` is what its request takes, `row` what it is of.

    `obstacle` says why it cannot be proposed as things are; "" if it can.
    """

    sheet: str
    label: str
    heading: str
    was: str
    now: str
    kind: str
    row: Any
    given: dict[str, Any]
    obstacle: str = ""

    @property
    def key(self) -> tuple[str, ...]:
        """What a preview showed of it."""
        return (self.sheet, self.label, self.heading, self.was, self.now, self.obstacle)


class Asking(NamedTuple):
    """Who asks, why and when."""

    reason: str
    agency: Agency
    by: User
    at: datetime


# Requests a variation, of a module that this one may not import. It is registered in `AppConfig.ready`.
ASK: list[Callable[[ToDecide, Asking], Variation]] = []
# Says why a difference cannot be proposed, or "". Registered likewise.
OBSTACLE: list[Callable[[ToDecide, Asking], str]] = []


def with_obstacles(rows: list[ToDecide], asking: Asking) -> list[ToDecide]:
    """Return the rows, each with why it cannot be proposed, if it cannot."""
    return [replace(row, obstacle=row.obstacle or OBSTACLE[0](row, asking)) for row in rows]


def request_of(field: str, row: Any, value: Any) -> tuple[str, dict[str, Any]]:
    """Return the kind of request that a new value of a stored row's field is, and what it takes."""
    if isinstance(value, Agency):
        kind = Kind.LEAD if isinstance(row, WorkItem) else Kind.RESPONSIBLE
        return kind, {"agency": value.pk}
    if isinstance(row, Plan):
        return Kind.END, {"ends_on": value.isoformat() if value else None}
    if isinstance(row, Pillar):
        wording = Wording.PILLAR_TITLE if field == "title" else Wording.PILLAR_TEXT
        return Kind.WORDING, {"wording": wording.value, "text": value}
    if isinstance(row, Milestone):
        if isinstance(value, KnownDate):
            return Kind.DATE, {"due_after": value}
        return Kind.WORDING, {"wording": field, "text": value}
    if field in Variation.OF_ITEM:
        return Kind.WORDING, {"wording": field, "text": value}
    plain = value.isoformat() if isinstance(value, date) else value
    return Kind.DETAIL, {"wording": field, "value": plain}


def obstacle_of(*agencies: Agency) -> str:
    """Return that an agency is to be imported first, if one of them is new; else ""."""
    for agency in agencies:
        if agency.pk is None:
            return _("Import the workbook first: {agency} is not in the register yet.").format(
                agency=agency
            )
    return ""


def new_milestone(row: Milestone) -> NewMilestone:
    return NewMilestone(
        number=row.number,
        description=row.description,
        due=row.original,
        responsible_agency=row.responsible_agency.pk,
        done_means=row.done_means,
        as_told=row.as_told,
    )


def new_item(
    row: WorkItem,
    supports: list[tuple[Agency, str]],
    measures: list[str],
    milestones: list[Milestone],
) -> NewItem:
    return NewItem(
        pillar=row.pillar.pk,
        number=row.number,
        title=row.title,
        objective=row.objective,
        action=row.action,
        kind=row.kind,
        lead_agency=row.lead_agency.pk,
        is_key=row.is_key,
        timeframe=row.timeframe,
        months=row.months,
        starts_on=row.starts_on,
        as_told=row.as_told,
        supports=tuple((agency.pk, role) for agency, role in supports),
        measures=tuple(measures),
        milestones=tuple(map(new_milestone, milestones)),
    )
