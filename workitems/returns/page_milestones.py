"""Milestones in the sections of a return: what is asked of each, and what was answered."""

from collections import defaultdict
from collections.abc import Iterable
from copy import copy
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from django.db.models import Exists, OuterRef, Prefetch, Q, Subquery

from agencies.models import Agency
from workitems.models import (
    Delay,
    Milestone,
    MilestoneAnswer,
    MilestoneDraft,
    Mitigation,
    Return,
    Variation,
    Wait,
    WorkItem,
)
from workitems.plan.asat import Moment
from workitems.plan.completion_notes import completion_notes
from workitems.plan.forms.due_dates import steps_by_item
from workitems.plan.plan_at.waits_at import waits_at
from workitems.plan.wait_lines import WaitsOfMilestone, waits_of
from workitems.returns.answer_questions import asks_about_actions
from workitems.returns.services.answers import by_agreed_date
from workitems.terms import lateness
from workitems.terms.date_order import Expected
from workitems.terms.known_dates import KnownDate


class Asked(NamedTuple):
    """A request to move an agreed date, "V3", and to when. `is_outdated` if the milestone is expected later than that."""

    number: int
    to: KnownDate
    is_outdated: bool


@dataclass(frozen=True, kw_only=True)
class MilestoneLine:
    """A milestone that fell due, is expected late, comes next, or was completed in the period.
    `delays` are its open ones, newest first, with their mitigations.

    `is_own` if the return's agency is responsible for it. `answer` is what the return says of it,
    and `parts` of its delays and mitigations, as long as that is not submitted; only its writers
    have them. `is_asked` if it is the agency's, open, late or due, not yet explained and not
    answered."""

    milestone: Milestone
    on: date
    late: lateness.Lateness
    delays: list[Delay]
    is_own: bool
    is_asked: bool
    answer: MilestoneAnswer | None = None
    parts: list[MilestoneAnswer] = field(default_factory=list)
    # What is typed in the return and not finished; only its writers have it.
    draft: dict[str, str] | None = None
    # The open milestones of the item, as they will be when the return is submitted.
    steps: list[Expected] = field(default_factory=list)
    # What it waits for and what waits for it; None if nothing of the return does.
    waits: WaitsOfMilestone | None = None
    # What was written when it was marked as done.
    note: str = ""

    @property
    def open_actions(self) -> tuple[Mitigation, ...]:
        """The actions against its open delays that are not done, nor will be when the return is submitted."""
        finished = {part.mitigation_id for part in self.parts}
        return tuple(
            row
            for delay in self.delays
            for row in delay.mitigations.all()
            if row.done_on is None and row.pk not in finished
        )

    @property
    def asks(self) -> list[str]:
        """What to ask its agency about the delays that are recorded already."""
        if self.answer is not None or not self.milestone.is_open:
            return []
        return asks_about_actions(self.delays, self.open_actions)

    @property
    def slip(self) -> str:
        """How far it is from its agreed date over all causes, in words; empty if it is on time."""
        return lateness.slip_in_words(self.milestone, self.delays)

    @property
    def asked(self) -> Asked | None:
        """The newest request to move its agreed date that waits for a decision."""
        row: Any = self.milestone
        if not row.is_open or getattr(row, "asked_in", None) is None:
            return None
        to = KnownDate(row.asked_due, row.asked_known_to)
        expected = self.answer.when if self.answer and self.answer.when else row.forecast
        return Asked(row.asked_in, to, is_outdated=expected.last_day > to.last_day)

    @property
    def late_as_answered(self) -> lateness.Lateness:
        """How late it is, or was, once the return is submitted."""
        answer = self.answer
        if answer is None or answer.day is None or not self.is_done:
            return self.late
        done = copy(self.milestone)
        done.completed_on = answer.day
        return lateness.milestone_lateness(done, self.on)

    @property
    def is_done(self) -> bool:
        """Whether it is done, or will be when the return is submitted."""
        return self.done_on is not None

    @property
    def done_on(self) -> date | None:
        """The day on which it was done, or will be when the return is submitted."""
        if self.answer is None:
            return self.milestone.completed_on
        return self.answer.day if self.answer.outcome == MilestoneAnswer.Outcome.DONE else None


def pending_answers(of_return: Return, only: WorkItem | None = None) -> list[MilestoneAnswer]:
    """Return the answers on milestones that take effect when the return is submitted. One query.

    Pass them only to writers of the return's agency.
    """
    found = of_return.milestone_answers.pending().for_page()
    return list((found if only is None else found.filter(milestone__item=only)).in_order())


def members_of(of_return: Return) -> dict[int, Agency]:
    """Return the plan's member agencies by id. Any of them may own a mitigation."""
    members = of_return.round.plan.agencies
    return {agency.pk: agency for agency in members}


def milestone_lines(
    of_return: Return,
    items: list[WorkItem],
    on: date,
    pending: Iterable[MilestoneAnswer],
    *,
    with_drafts: bool,
) -> dict[int, list[MilestoneLine]]:
    """Return the milestones to show, by item id.

    These are milestones completed since the period began, each item's next open milestone, other
    open ones that are due by the period's end (or today, if later) or expected late, those of
    `pending` answers and, with drafts, those that have one. None for a closed round, because
    milestones have changed since.
    """
    lines: dict[int, list[MilestoneLine]] = defaultdict(list)
    if not of_return.round.is_open:
        return lines
    horizon = max(on, of_return.round.period_end)
    answers, parts = _by_milestone(pending)
    item_of = {item.pk: item for item in items}
    for item in items:
        item.plan = of_return.round.plan
    drafts = MilestoneDraft.objects.filter(of_return=of_return.pk, milestone=OuterRef("pk"))
    if not with_drafts:
        drafts = drafts.none()
    waiting = Variation.objects.filter(
        milestone=OuterRef("pk"), state__in=Variation.PENDING, due_after__isnull=False
    ).order_by("-number")
    rows = (
        Milestone.objects.filter(
            Q(completed_on=None)
            | Q(completed_on__gte=of_return.round.period_start)
            | Q(pk__in=[*answers, *parts]),
            item__in=items,
            withdrawn_on=None,
        )
        .annotate(
            draft=Subquery(drafts.values("typed")[:1]),
            asked_in=Subquery(waiting.values("number")[:1]),
            asked_due=Subquery(waiting.values("due_after")[:1]),
            asked_known_to=Subquery(waiting.values("after_known_to")[:1]),
            waits_or_waited=Exists(
                Wait.objects.live().filter(
                    Q(milestone=OuterRef("pk")) | Q(waits_for=OuterRef("pk"))
                )
            ),
        )
        .select_related("responsible_agency")
        .prefetch_related(
            Prefetch(
                "delays",
                Delay.objects.open(on)
                .select_related("settling_agency")
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
    steps, plan, waits = steps_by_item(rows, answers), of_return.round.plan, None
    if any(row.waits_or_waited for row in rows):  # type: ignore[attr-defined]
        plan.has_waits = True
        waits = waits_at(plan, Moment.today(on))
    notes = completion_notes(rows, Moment.today(on))
    following = {
        milestone.item_id: milestone
        for milestone in sorted(rows, key=by_agreed_date, reverse=True)
        if milestone.is_open
    }
    for milestone in rows:
        late = lateness.milestone_lateness(milestone, of_return.round.plan.present_day(on))
        if (
            milestone.is_open
            and milestone != following[milestone.item_id]
            and milestone.agreed_due > horizon
            and not late.is_late
            and milestone.pk not in answers
            and milestone.pk not in parts
            and milestone.draft is None  # type: ignore[attr-defined]
        ):
            continue
        delays: list[Delay] = milestone.open_delays  # type: ignore[attr-defined]
        is_mitigated = any(delay.mitigations.all() for delay in delays)
        is_explained = is_mitigated and (
            milestone.forecast_due >= on
            or any(delay.settling_by and delay.settling_by >= on for delay in delays)
        )
        fell_due = milestone.agreed_due <= on or late.is_late
        is_own = milestone.responsible_agency_id == of_return.agency_id
        milestone.item = item_of[milestone.item_id]
        answer = answers.get(milestone.pk)
        if answer is not None:
            answer.milestone = milestone
        lines[milestone.item_id].append(
            MilestoneLine(
                milestone=milestone,
                on=on,
                late=lateness.while_waiting(late, milestone, delays),
                delays=delays,
                is_own=is_own,
                is_asked=is_own
                and answer is None
                and milestone.is_open
                and fell_due
                and not is_explained,
                answer=answer,
                parts=parts.get(milestone.pk, []),
                draft=milestone.draft if is_own else None,  # type: ignore[attr-defined]
                steps=steps[milestone.item_id],
                waits=waits_of(waits, milestone.pk, plan, {plan.pk: plan}) if waits else None,
                note=notes.get(milestone.pk, ""),
            )
        )
    return lines


def _by_milestone(
    pending: Iterable[MilestoneAnswer],
) -> tuple[dict[int, MilestoneAnswer], dict[int, list[MilestoneAnswer]]]:
    """Return the answers on milestones, and those on their delays and mitigations, by milestone."""
    answers: dict[int, MilestoneAnswer] = {}
    parts: dict[int, list[MilestoneAnswer]] = defaultdict(list)
    for answer in pending:
        if answer.is_on_milestone:
            answers[answer.milestone_id] = answer
        else:
            parts[answer.milestone_id].append(answer)
    return answers, parts
