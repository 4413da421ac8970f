"""What a workbook would change of an adopted plan that only a decision changes.

An import lists it and leaves it out. On request each becomes a variation, all with one reason.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from agencies.models import Agency, User
from workitems.measures.services.set_up import proposed
from workitems.models import Measure, Milestone, Pillar, Plan, Variation, WorkItem
from workitems.terms.additions import Aimed, NewItem, NewMilestone
from workitems.terms.known_dates import KnownDate

Kind, Wording = Variation.Kind, Variation.Wording
REFUSED = (Variation.State.DECLINED, Variation.State.TAKEN_BACK)


@dataclass(frozen=True)
class ToDecide:
    """A difference that only a decision makes. `given` is what its request takes, `row` what it is of.

    `obstacle` says why it cannot be proposed as things are; "" if it can. `asked` is the variation that asks for it
    already, `refused` the last one that did and was declined or withdrawn, and `undoes` the approved one before which
    the plan had what the workbook has.
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
    asked: Variation | None = None
    refused: Variation | None = None
    undoes: Variation | None = None

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
# Says of each difference why it cannot be proposed once those before it are, or "". Registered likewise.
OBSTACLES: list[Callable[[list[ToDecide], Asking], list[str]]] = []


def with_obstacles(rows: list[ToDecide], asking: Asking) -> list[ToDecide]:
    """Return the rows, each with why it cannot be proposed, if it cannot, and with what was asked and decided of it."""
    variations = list(
        Variation.objects.filter(plan__in={_plan_of(row.row) for row in rows})
        .select_related("item", "pillar", "milestone")
        .order_by("-number")
    )
    approved = [each for each in variations if each.state == Variation.State.APPROVED]
    refused = [each for each in variations if each.state in REFUSED]
    return [
        replace(
            row,
            obstacle=obstacle,
            asked=next((v for v in variations if v.is_pending and _asks(v, row)), None),
            refused=next((v for v in refused if _asks(v, row)), None),
            undoes=next((v for v in approved if _undone(v, row)), None),
        )
        for row, obstacle in zip(rows, OBSTACLES[0](rows, asking), strict=True)
    ]


def _plan_of(row: Any) -> Any:
    if isinstance(row, Milestone):
        return row.item.plan_id
    return row.pk if isinstance(row, Plan) else row.plan_id


def _is_of(variation: Variation, row: ToDecide) -> bool:
    """Whether a variation is of the same row and text or detail."""
    of, wording = row.row, row.given.get("wording", "")
    name = {Milestone: "milestone_id", WorkItem: "item_id", Pillar: "pillar_id"}.get(type(of))
    same: bool = name is None or getattr(variation, name) == of.pk
    return same and (variation.kind, variation.wording) == (row.kind, wording)


def _asks(variation: Variation, row: ToDecide) -> bool:
    """Whether a variation asks for what the row says."""
    return _is_of(variation, row) and _has(variation, row, "after")


def _undone(variation: Variation, row: ToDecide) -> bool:
    """Whether the row says what was so before an approved variation."""
    if (variation.kind, row.kind) == (Kind.LEAD, Kind.SUPPORTER):
        # Whoever became the lead stopped supporting the item by that.
        is_its = variation.item_id == row.row.pk
        return bool(is_its and variation.agency_after_id == row.given["agency"])
    return _is_of(variation, row) and _has(variation, row, "before")


def _has(variation: Variation, row: ToDecide, side: str) -> bool:
    """Whether a side of a variation of the same row ("before", "after") is what the row says."""
    given, text = row.given, getattr(variation, f"text_{side}")
    match row.kind:
        case Kind.LEAD | Kind.RESPONSIBLE:
            return bool(getattr(variation, f"agency_{side}_id") == given["agency"])
        case Kind.DATE:
            return bool(getattr(variation, side) == given["due_after"])
        case Kind.END:
            day = getattr(variation, f"due_{side}")
            return bool((day.isoformat() if day else None) == given["ends_on"])
        case Kind.SUPPORTER:
            other = "after" if side == "before" else "before"
            is_its = given["agency"] in (variation.agency_before_id, variation.agency_after_id)
            wanted = side if given["role"] is not None else other
            return is_its and getattr(variation, f"agency_{wanted}_id") == given["agency"]
        case Kind.WORDING:
            return bool(text == given["text"])
        case Kind.ITEM:
            return side == "after" and variation.about == row.now
        case Kind.MILESTONE:
            added = variation.addition
            steps = added.milestones if added is not None else ()
            return side == "after" and any(step.description == row.now for step in steps)
        case Kind.WITHDRAWAL | Kind.CANCEL:
            return side == "after"
    return bool(text == row.now)


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
        if field == "withdrawn_on":
            return Kind.CANCEL, {}
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
    measures: list[tuple[Measure, list[Aimed]]],
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
        measures=tuple(proposed(*each) for each in measures),
        milestones=tuple(map(new_milestone, milestones)),
    )
