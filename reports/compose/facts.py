"""What a briefing is composed from: the plan's records as at its date, in a fixed number of queries.

Rows of items, milestones, delays, mitigations and risks are history rows: each has the record's
columns, `id` as the record's and `history_id` as the version's. Nothing later touches the database.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Subquery

from agencies.models import Agency, Appointment
from reports.document import DocumentError, Source
from reports.document.dates import long_date
from reports.models import Briefing, Clearance, FollowUp, Response, ResponseChoice
from workitems.asat import end_of, newest_versions, rows_as_at
from workitems.models import (
    Delay,
    Milestone,
    Mitigation,
    Pillar,
    Plan,
    Risk,
    Support,
    Update,
    WorkItem,
)
from workitems.models.item import Stage, number_key
from workitems.standing import Lateness, item_lateness, milestone_lateness


@dataclass(frozen=True)
class DelayFacts:
    row: Any
    mitigations: tuple[Any, ...]
    is_open: bool


@dataclass(frozen=True)
class MilestoneFacts:
    row: Any
    lateness: Lateness
    delays: tuple[DelayFacts, ...]

    @property
    def is_done(self) -> bool:
        return self.lateness.state in ("done", "done_late")

    @property
    def is_open(self) -> bool:
        return not self.is_done and self.lateness.state != "withdrawn"


@dataclass(frozen=True)
class ItemFacts:
    row: Any
    pillar: Pillar
    lead: Agency
    milestones: tuple[MilestoneFacts, ...]
    # Updates accepted by the paper's date from rounds that end in its period, oldest round first.
    updates: tuple[Update, ...]
    lateness: Lateness
    # Agencies that help, each with its role, by name.
    supports: tuple[tuple[Agency, str], ...] = ()

    @property
    def is_live(self) -> bool:
        return self.row.stage not in (Stage.COMPLETE, Stage.WITHDRAWN)

    @property
    def source(self) -> Source:
        return version_of(self.row, "workitem", f"Item {self.row.number}, {self.row.title}")


@dataclass(frozen=True)
class AnswerFacts:
    """The Minister's answer to an earlier paper, as it stood on this one's date. `to_do` has the
    follow-ups, as history rows, by the key of their recommendation."""

    response: Response
    choices: tuple[ResponseChoice, ...]
    to_do: dict[str, Any]

    @property
    def paper(self) -> Briefing:
        return self.response.issued.briefing

    @property
    def source(self) -> Source:
        label = (
            f"The Minister’s answer of {long_date(self.response.decided_on)} to "
            f"{self.paper.tracker_number}"
        )
        return Source("reports.response", self.response.pk, None, label)


@dataclass(frozen=True)
class Facts:
    """`agencies` holds every agency by id; `members` the working group's on the paper's date;
    `all_risks` those that were open in the paper's period or since."""

    briefing: Briefing
    plan: Plan
    plan_source: Source
    minister: str
    agencies: dict[int, Agency]
    members: tuple[Agency, ...]
    pillars: tuple[Pillar, ...]
    items: tuple[ItemFacts, ...]
    all_risks: tuple[Any, ...]
    answer: AnswerFacts | None
    # What agencies say of this paper, by short name.
    clearances: tuple[Clearance, ...]
    update_versions: dict[int, int] = field(repr=False)

    @property
    def coordinator(self) -> Agency:
        return self.agencies[self.plan.coordinating_agency_id]

    @property
    def risks(self) -> tuple[Any, ...]:
        """Open risks that are with the Minister on the paper's date, by number."""
        on = self.briefing.dated
        return tuple(
            row
            for row in self.all_risks
            if row.escalated_to == Risk.EscalatedTo.MINISTER
            and row.escalated_on <= on
            and (row.closed_on is None or row.closed_on > on)
        )

    @property
    def maori(self) -> tuple[str, ...]:
        """The agencies' te reo names, to be marked as such wherever they stand."""
        return tuple(sorted(agency.name_mi for agency in self.agencies.values() if agency.name_mi))

    def update_source(self, item: ItemFacts, update: Update) -> Source:
        return Source(
            "workitems.update",
            update.pk,
            self.update_versions.get(update.pk),
            f"Update of item {item.row.number} by {update.of_return.agency}, "
            f"{update.of_return.round}",
        )


def version_of(row: Any, model: str, label: str) -> Source:
    """The source that a history row of a work item's record stands for."""
    return Source(f"workitems.{model}", row.id, row.history_id, label)


def milestone_source(item: ItemFacts, step: MilestoneFacts) -> Source:
    label = f"Milestone {step.row.number} of item {item.row.number}"
    return version_of(step.row, "milestone", label)


def read(briefing: Briefing) -> Facts:
    """Everything that the paper is composed from: 16 queries, whatever the plan's size.

    Refused with a `DocumentError` when nobody holds the plan's portfolio on the paper's date.
    """
    plan, dated = briefing.plan, briefing.dated
    appointment = Appointment.objects.holding(plan.portfolio, dated)
    if appointment is None:
        raise DocumentError(
            f"Nobody is recorded as {plan.portfolio} on {long_date(dated)}. "
            "Enter the ministerial appointment, or correct the briefing’s date."
        )
    agencies = Agency.objects.in_bulk()
    members = sorted(
        (agencies[pk] for pk in plan.members.values_list("agency", flat=True)),
        key=lambda agency: agency.short_name.casefold(),
    )
    pillars = {pillar.pk: pillar for pillar in plan.pillars.order_by("number")}
    updates = Update.objects.accepted(until=dated).filter(
        of_return__round__plan=plan,
        of_return__round__period_end__range=(briefing.period_start, briefing.period_end),
    )
    versions = newest_versions(Update, updates.values("pk"))
    return Facts(
        briefing=briefing,
        plan=plan,
        plan_source=Source(
            "workitems.plan",
            plan.pk,
            newest_versions(Plan, Plan.objects.filter(pk=plan.pk).values("pk")).get(plan.pk),
            f"The plan, {plan.title}",
        ),
        minister=appointment.minister,
        agencies=agencies,
        members=tuple(agency for agency in members if agency.exists_on(dated)),
        pillars=tuple(pillars.values()),
        items=tuple(
            _items(
                plan,
                dated,
                agencies,
                pillars,
                updates.select_related("of_return__round", "of_return__agency").order_by(
                    "of_return__round__period_end", "of_return__agency__short_name", "pk"
                ),
            )
        ),
        all_risks=tuple(
            rows_as_at(Risk, end_of(dated), of={"plan_id": plan.pk})
            .exclude(closed_on__lt=briefing.period_start)
            .order_by("number")
        ),
        answer=_last_answer(briefing),
        clearances=tuple(
            Clearance.objects.asked()
            .filter(briefing=briefing.pk or 0)
            .select_related("agency")
            .order_by("agency__short_name")
        ),
        update_versions=versions,
    )


def _last_answer(briefing: Briefing) -> AnswerFacts | None:
    """The last answer to another paper of the plan, given before this one's date: two queries."""
    until = end_of(briefing.dated)
    answers = (
        Response.objects.filter(
            issued__briefing__plan=briefing.plan,
            decided_on__lt=briefing.dated,
            recorded_at__lt=until,
        )
        .exclude(issued__briefing=briefing.pk or 0)
        .exclude(corrected_by__recorded_at__lt=until)
        .order_by("-decided_on", "-recorded_at", "-pk")
    )
    choices = tuple(
        ResponseChoice.objects.filter(response=Subquery(answers.values("pk")[:1]))
        .select_related("response__issued__briefing")
        .defer("response__issued__document", "response__issued__pdf")
        .order_by("number")
    )
    follow_ups = rows_as_at(FollowUp, until, of={"issued__briefing__plan_id": briefing.plan_id})
    rows = list(follow_ups)
    if not choices:
        return None
    response = choices[0].response
    to_do = {row.key: row for row in rows if row.issued_id == response.issued_id}
    return AnswerFacts(response, choices, to_do)


def _items(
    plan: Plan,
    dated: date,
    agencies: dict[int, Agency],
    pillars: dict[int, Pillar],
    updates: Iterable[Update],
) -> Iterator[ItemFacts]:
    until = end_of(dated)
    milestones = _by(
        rows_as_at(Milestone, until, of={"item__plan_id": plan.pk}).order_by("number"), "item_id"
    )
    delays = _by(
        rows_as_at(
            Delay, until, of={"milestone__item__plan_id": plan.pk}, found_on__lte=dated
        ).order_by("number"),
        "milestone_id",
    )
    mitigations = _by(
        rows_as_at(Mitigation, until, of={"delay__milestone__item__plan_id": plan.pk}).order_by(
            "number"
        ),
        "delay_id",
    )
    supports = _by(rows_as_at(Support, until, of={"item__plan_id": plan.pk}), "item_id")
    said = _by(updates, "item_id")
    rows = rows_as_at(WorkItem, until, of={"plan_id": plan.pk})
    place = {pk: index for index, pk in enumerate(pillars)}
    for row in sorted(rows, key=lambda row: (place[row.pillar_id], number_key(row.number), row.id)):
        steps = tuple(
            MilestoneFacts(
                step,
                milestone_lateness(step, dated),
                tuple(
                    DelayFacts(
                        delay,
                        tuple(mitigations[delay.id]),
                        delay.ended_on is None or delay.ended_on > dated,
                    )
                    for delay in delays[step.id]
                ),
            )
            for step in milestones[row.id]
        )
        yield ItemFacts(
            row=row,
            pillar=pillars[row.pillar_id],
            lead=agencies[row.lead_agency_id],
            milestones=steps,
            updates=tuple(said[row.id]),
            lateness=item_lateness([step.row for step in steps], dated),
            supports=tuple(
                sorted(
                    ((agencies[each.agency_id], each.role) for each in supports[row.id]),
                    key=lambda pair: pair[0].short_name.casefold(),
                )
            ),
        )


def _by(rows: Iterable[Any], key: str) -> dict[int, list[Any]]:
    found = defaultdict(list)
    for row in rows:
        found[getattr(row, key)].append(row)
    return found
