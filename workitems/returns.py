"""Data of a return's page: each item with its previous and new answer, its due milestones, and
what is missing. Reads only; the number of queries does not grow with the number of items."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Prefetch, Q

from workitems import standing
from workitems.models import (
    Delay,
    Evidence,
    Milestone,
    Mitigation,
    Return,
    ReturnNote,
    Update,
    WorkItem,
)
from workitems.models.item import Stage
from workitems.services.answers import Fault, after_no_changes, answers_of, by_agreed_date


@dataclass(frozen=True)
class MilestoneLine:
    """A milestone that fell due, is expected late, comes next, or was completed in the period.
    `is_asked` if it is open and late or due, and its delay is not yet explained."""

    milestone: Milestone
    late: standing.Lateness
    delay: Delay | None
    is_asked: bool


@dataclass(kw_only=True)
class Section:
    """One item on the page. `last` is the agency's previous accepted update. `is_led` is false
    for an item that the agency only supports."""

    item: WorkItem
    update: Update | None
    last: Update | None
    is_led: bool
    milestones: list[MilestoneLine]
    notes: list[ReturnNote] = field(default_factory=list)
    missing: list[Fault] = field(default_factory=list)
    is_after_no_changes: bool = False

    @property
    def is_answered(self) -> bool:
        return self.update is not None

    @property
    def is_overdue(self) -> bool:
        return any(line.late.state == standing.Late.OVERDUE for line in self.milestones)

    @property
    def may_say_no_change(self) -> bool:
        return not self.is_overdue and not self.is_after_no_changes


@dataclass(frozen=True)
class Page:
    sections: list[Section]
    notes: list[ReturnNote]

    @property
    def led(self) -> list[Section]:
        return [section for section in self.sections if section.is_led]

    @property
    def answered(self) -> int:
        return sum(section.is_answered for section in self.led)

    @property
    def total(self) -> int:
        return len(self.led)

    @property
    def is_complete(self) -> bool:
        return not any(section.missing for section in self.sections)

    @property
    def silent(self) -> list[Section]:
        """Items that the agency supports and has not answered."""
        return [each for each in self.sections if not each.is_led and not each.is_answered]

    @property
    def authors(self) -> set[int | None]:
        return {section.update.written_by_id for section in self.sections if section.update}


def takes_answers(of_return: Return) -> bool:
    """Return whether the round is open and the return is with its agency."""
    return of_return.round.is_open and of_return.is_with_agency


def return_page(of_return: Return, on: date, only: WorkItem | None = None) -> Page:
    """Return the page's data, or only that of the item `only`. Items the agency leads come first.

    `on` is today's New Zealand date.
    """
    agency = of_return.agency_id
    items = (
        WorkItem.objects.filter(plan=of_return.round.plan_id)
        .filter(
            Q(lead_agency=agency) | Q(supports__agency=agency) | Q(updates__of_return=of_return)
        )
        .exclude(~Q(updates__of_return=of_return), stage=Stage.WITHDRAWN)
        .distinct()
        .prefetch_related("supports")
        .in_order()
    )
    if only is not None:
        items = items.filter(pk=only.pk)
    rows = sorted(items, key=lambda item: item.lead_agency_id != agency)
    for item in rows:
        item.plan = of_return.round.plan
    updates = {
        update.item_id: update
        for update in of_return.updates.filter(item__in=rows)
        .select_related("written_by")
        .prefetch_related(Prefetch("evidence", Evidence.objects.for_list()))
    }
    last = {update.item_id: update for update in _last_answers(of_return, rows)}
    milestones = _milestones(of_return, rows, on)
    notes = list(of_return.notes.select_related("by", "item").order_by("-at"))
    missing: dict[int, list[Fault]] = defaultdict(list)
    after_none: set[int] = set()
    if takes_answers(of_return):
        for fault in answers_of(of_return, on).missing:
            missing[fault.item.pk].append(fault)
        after_none = after_no_changes(of_return, rows)
    return Page(
        sections=[
            Section(
                item=item,
                update=updates.get(item.pk),
                last=last.get(item.pk),
                is_led=item.lead_agency_id == agency,
                milestones=milestones[item.pk],
                notes=[note for note in notes if note.item_id == item.pk],
                missing=missing[item.pk],
                is_after_no_changes=item.pk in after_none,
            )
            for item in rows
        ],
        notes=[note for note in notes if note.item_id is None],
    )


def one_section(of_return: Return, item: WorkItem, on: date, *, with_milestones: bool) -> Section:
    """Return the section of one item, without its previous answer and notes."""
    return Section(
        item=item,
        update=of_return.updates.filter(item=item).select_related("written_by").first(),
        last=None,
        is_led=item.lead_agency_id == of_return.agency_id,
        milestones=_milestones(of_return, [item], on)[item.pk] if with_milestones else [],
    )


def _last_answers(of_return: Return, items: list[WorkItem]) -> list[Update]:
    """Return the updates of the agency's last accepted return before this one."""
    before = (
        Return.objects.filter(
            round__plan=of_return.round.plan_id,
            agency=of_return.agency_id,
            state=Return.State.ACCEPTED,
            round__period_end__lt=of_return.round.period_end,
        )
        .order_by("-round__period_end")
        .values("pk")[:1]
    )
    return list(
        Update.objects.filter(of_return=before, item__in=items).select_related("of_return__round")
    )


def _milestones(
    of_return: Return, items: list[WorkItem], on: date
) -> dict[int, list[MilestoneLine]]:
    """Return the milestones to show, by item id.

    These are milestones completed since the period began, each item's next open milestone, and
    other open ones that are due by the period's end (or today, if later) or expected late. None
    for a closed round, because milestones have changed since.
    """
    lines: dict[int, list[MilestoneLine]] = defaultdict(list)
    if not of_return.round.is_open:
        return lines
    horizon = max(on, of_return.round.period_end)
    rows = (
        Milestone.objects.filter(
            Q(completed_on=None) | Q(completed_on__gte=of_return.round.period_start),
            item__in=items,
            withdrawn_on=None,
        )
        .select_related("responsible_agency")
        .prefetch_related(
            Prefetch(
                "delays",
                Delay.objects.open(on)
                .order_by("-number")
                .prefetch_related(
                    Prefetch(
                        "mitigations",
                        Mitigation.objects.select_related("owner_agency").order_by("number"),
                    )
                ),
                to_attr="open_delays",
            )
        )
        .in_order()
    )
    following = {
        milestone.item_id: milestone
        for milestone in sorted(rows, key=by_agreed_date, reverse=True)
        if milestone.is_open
    }
    for milestone in rows:
        late = standing.milestone_lateness(milestone, on)
        if (
            milestone.is_open
            and milestone != following[milestone.item_id]
            and milestone.agreed_due > horizon
            and not late.is_late
        ):
            continue
        delay = next(iter(milestone.open_delays), None)  # type: ignore[attr-defined]
        is_explained = (
            delay is not None and bool(delay.mitigations.all()) and milestone.forecast_due >= on
        )
        fell_due = milestone.agreed_due <= on or late.is_late
        is_asked = milestone.is_open and fell_due and not is_explained
        lines[milestone.item_id].append(MilestoneLine(milestone, late, delay, is_asked))
    return lines
