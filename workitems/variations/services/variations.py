"""Request, recommend and decide variations.

What was adopted changes only through these functions.
"""

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import translation
from django.utils.timezone import make_naive
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.models import Agency, User
from agencies.records import history
from agencies.wording.translation import day_words
from workitems.measures.services import set_up
from workitems.meetings.services.decisions import check_action
from workitems.meetings.services.matters import keep_risks, mark_considered
from workitems.meetings.services.meetings import check_held, check_quorum, open_record
from workitems.models import (
    Decision,
    Measure,
    Meeting,
    Milestone,
    OutOfSession,
    Pillar,
    Plan,
    Variation,
    WorkItem,
)
from workitems.models.item import TITLE_LENGTH, Stage
from workitems.plan.held_work import withdraw_held
from workitems.plan.services.items import end_delays, next_number
from workitems.plan.services.plan_days import Faults, agreed_day
from workitems.plan.services.refusals import Refused, locked, need_reason
from workitems.returns.services.handover import ask_for_more
from workitems.terms.additions import Addition, NewItem, NewMilestone
from workitems.terms.known_dates import Due, known
from workitems.variations.services import additions
from workitems.variations.services import change_requests as changes

WHY = gettext_lazy("Say why the change is needed.")


@transaction.atomic
def request_date(
    *,
    milestone: Milestone,
    due_after: Due,
    reason: str,
    agency: Agency,
    by: User,
    at: datetime,
    version: int | None = None,
    requested_by: User | None = None,
    after_end: bool = False,
) -> Variation:
    """Request a new agreed date. A milestone has at most one such request pending.

    `requested_by` is the person who wrote it, if another one (`by`) releases it. Raise `Conflict` if
    `version`, that of the user's page, is not the milestone's, and `Refused` if the milestone is
    closed, has a pending request, or already has this date, or if the date is not after today or
    lies after the plan's end without `after_end`, which says that it is meant to.
    """
    milestone = locked(milestone, version=version, related=("item__plan",))
    if not milestone.is_open:
        raise Refused(closed_in_words(milestone))
    Refused.raise_any(
        new_date_faults(
            milestone, due_after, on=make_naive(at).date(), after_end=after_end, reason=reason
        )
    )
    if milestone.variations.pending().filter(kind=Variation.Kind.DATE).exists():
        raise Refused(_("A request to change this milestone’s date is already waiting."))
    asked = Variation(kind=Variation.Kind.DATE, item=milestone.item, milestone=milestone)
    asked.before, asked.after = milestone.agreed, known(due_after)
    return _request(asked, reason, agency, requested_by or by, by, at)


def new_date_faults(
    milestone: Milestone, due_after: Due, *, on: date, after_end: bool, reason: str
) -> Faults:
    """Yield why a milestone's agreed date may not be asked to move to the day, month or quarter.

    The last day of a month that is known more precisely is another date.
    """
    after = known(due_after)
    if after == milestone.agreed:
        yield _("That is already the agreed date. Enter another date."), "due_after"
    else:
        plan = milestone.item.plan
        yield from agreed_day(after, plan=plan, on=on, after_end=after_end, field="due_after")
    if not reason:
        yield WHY, "reason"


@transaction.atomic
def request_wording(
    *,
    item: WorkItem,
    wording: str,
    text_after: str,
    reason: str,
    agency: Agency,
    by: User,
    at: datetime,
    version: int | None = None,
    requested_by: User | None = None,
) -> Variation:
    """Request a new official wording of an item's title, objective or action.

    Raise `Conflict` if `version`, that of the user's page, is not the item's, and `Refused` if the
    wording is empty, unchanged or too long, or if a pending request asks for the same.
    """
    item = locked(item, version=version, related=("plan",))
    before = getattr(item, Variation.Wording(wording).value)
    if before == text_after:
        raise Refused(_("That is already the wording."), "text_after")
    if not text_after:
        raise Refused(_("Write the new wording."), "text_after")
    if wording == Variation.Wording.TITLE and len(text_after) > TITLE_LENGTH:
        raise Refused(
            _("A title has at most {count} characters.").format(count=TITLE_LENGTH),
            "text_after",
        )
    same = item.variations.pending().filter(wording=wording, text_after=text_after).first()
    if same is not None:
        raise Refused(
            _("{reference} already asks for this wording.").format(reference=same.reference),
            "text_after",
        )
    asked = Variation(kind=Variation.Kind.WORDING, item=item, wording=wording)
    asked.text_before, asked.text_after = before, text_after
    return _request(asked, reason, agency, requested_by or by, by, at)


@transaction.atomic
def request_withdrawal(
    *,
    item: WorkItem,
    reason: str,
    agency: Agency,
    by: User,
    at: datetime,
    version: int | None = None,
    requested_by: User | None = None,
) -> Variation:
    """Request to withdraw an item from the Plan.

    Raise `Conflict` if `version`, that of the user's page, is not the item's, and `Refused` if the
    item is not live or has such a request pending.
    """
    item = locked(item, version=version, related=("plan",))
    if not item.is_live:
        raise Refused(
            _("Item {number} is {stage}.").format(
                number=item.number, stage=item.get_stage_display().lower()
            )
        )
    if item.variations.pending().filter(kind=Variation.Kind.WITHDRAWAL).exists():
        raise Refused(_("A request to withdraw this item is already waiting."))
    asked = Variation(kind=Variation.Kind.WITHDRAWAL, item=item)
    return _request(asked, reason, agency, requested_by or by, by, at)


@transaction.atomic
def request_item(
    *,
    plan: Plan,
    adds: NewItem,
    reason: str,
    agency: Agency,
    by: User,
    at: datetime,
    requested_by: User | None = None,
    after_end: bool = False,
) -> Variation:
    """Request to add a work item to the plan.

    Raise `Refused` with what would also be refused of a plan that is being made, if the item has no
    official wording or no milestone, if a pending request has its number, or if a milestone is due
    by today or, without `after_end`, after the plan's end.
    """
    asked = Variation(kind=Variation.Kind.ITEM, plan=plan)
    return _request_addition(asked, adds, reason, agency, requested_by, by, at, after_end)


@transaction.atomic
def request_milestone(
    *,
    item: WorkItem,
    adds: NewMilestone,
    reason: str,
    agency: Agency,
    by: User,
    at: datetime,
    requested_by: User | None = None,
    after_end: bool = False,
) -> Variation:
    """Request to add a milestone to an item. Refusals are those of `request_item`."""
    asked = Variation(kind=Variation.Kind.MILESTONE, plan=item.plan, item=item)
    return _request_addition(asked, adds, reason, agency, requested_by, by, at, after_end)


def _request_addition(
    asked: Variation,
    adds: Addition,
    reason: str,
    agency: Agency,
    requested_by: User | None,
    by: User,
    at: datetime,
    after_end: bool,
) -> Variation:
    asked.plan = locked(asked.plan)
    on = make_naive(at).date()
    faults = list(
        additions.day_faults(additions.dues_of(adds), plan=asked.plan, on=on, after_end=after_end)
    )
    Refused.raise_any([*faults, *([] if reason else [(WHY, "reason")])])
    additions.refuse_two_of_a_number(adds, asked.plan, asked.item)
    additions.rehearse(adds, plan=asked.plan, item=asked.item, by=by, on=on)
    asked.adds = adds.data
    return _request(asked, reason, agency, requested_by or by, by, at)


@transaction.atomic
def request_change(
    *,
    kind: str,
    row: changes.Changed,
    given: changes.Given,
    reason: str,
    agency: Agency,
    by: User,
    at: datetime,
    version: int | None = None,
    requested_by: User | None = None,
) -> Variation:
    """Request to change what was adopted of the plan, a pillar, an item or a milestone.

    `given` is what `changes.drafted` takes; of a lead with `with_milestones`, each open milestone that the former lead
    is responsible for is requested for the new one too. Raise `Conflict` if `version`, that of the user's page, is
    not the row's, and `Refused` for what `changes.faults` says, or if a pending request asks to change
    the same.
    """
    row = locked(row, version=version, related=RELATED[type(row)])
    asked = changes.drafted(kind, row, given)
    faults = list(changes.faults(asked, make_naive(at).date()))
    Refused.raise_any([*faults, *([] if reason else [(WHY, "reason")])])
    if same := changes.pending_same(asked):
        raise Refused(
            _("{reference} already asks to change this. Wait until it is decided.").format(
                reference=same.reference
            )
        )
    made = _request(asked, reason, agency, requested_by or by, by, at)
    if kind == Variation.Kind.LEAD and given.get("with_milestones"):
        for milestone in changes.milestones_of_lead(row):
            its = changes.drafted(Variation.Kind.RESPONSIBLE, milestone, given)
            if changes.pending_same(its) is None:
                _request(its, reason, agency, requested_by or by, by, at)
    return made


# What a request needs to know of the row that it is of.
RELATED: dict[type[Any], tuple[str, ...]] = {
    Plan: ("coordinating_agency",),
    Pillar: ("plan",),
    WorkItem: ("plan", "lead_agency", "pillar"),
    Milestone: ("item__plan", "responsible_agency"),
    Measure: set_up.RELATED,
}


def _request(
    variation: Variation, reason: str, agency: Agency, requested_by: User, by: User, at: datetime
) -> Variation:
    need_reason(reason, WHY)
    if variation.item is not None:
        variation.plan_id = variation.item.plan_id
    variation.plan = locked(Plan(pk=variation.plan_id))  # so that numbers stay unique
    variation.number = next_number(variation.plan.variations.all())
    variation.reason = reason
    variation.requesting_agency = agency
    variation.requested_by = requested_by
    variation.requested_at = at
    return history.save(variation, by=by, reason=reason)


STEPS_NEED = ("item", "milestone", "plan", "pillar", "agency_before", "agency_after")


def _step(variation: Variation, to: Variation.State) -> Variation:
    variation = locked(variation, related=STEPS_NEED)
    if to not in Variation.NEXT[variation.state]:
        raise Refused(
            _("{reference} is {state}; it cannot become {new_state}.").format(
                reference=variation.reference,
                state=variation.get_state_display().lower(),
                new_state=to.label.lower(),
            )
        )
    variation.state = to
    return variation


@transaction.atomic
def recommend(
    *, variation: Variation, recommendation: str, recommends: str = "", by: User, at: datetime
) -> Variation:
    """Send a request to the working group with the coordinator's recommendation.

    `recommendation` is the text; `recommends` is "approve", "decline" or "" if it is neither.
    """
    variation = _step(variation, Variation.State.RECOMMENDED)
    if not recommendation:
        raise Refused(_("Write what you recommend to the working group."), "recommendation")
    if recommends not in ("", *Variation.Recommends.values):
        raise Refused(_("Choose approve or decline."), "recommends")
    variation.recommends, variation.recommendation = recommends, recommendation
    variation.recommended_by, variation.recommended_at = by, at
    return history.save(variation, by=by, reason=recommendation)


@transaction.atomic
def take_back(*, variation: Variation, by: User, reason: str) -> Variation:
    """Withdraw a request before it is decided. Needs a reason."""
    variation = _step(variation, Variation.State.TAKEN_BACK)
    need_reason(reason, _("Say why the request is withdrawn."))
    _check_not_asked(variation)
    return history.save(variation, by=by, reason=reason)


@transaction.atomic
def decide(
    *,
    variation: Variation,
    approve: bool,
    meeting: Meeting,
    by: User,
    at: datetime,
    text: str = "",
) -> Variation:
    """Record the decision of a meeting that has the variation on its agenda.

    An approval takes effect at once: it moves the agreed date (and a forecast before that),
    changes the wording, withdraws the item and its open milestones and ends their delays, adds the
    item or milestone, or changes what `changes` knows. The matter becomes considered.

    Raise `Refused` before the meeting's day, if its record is closed, if neither the variation nor its
    item is on its agenda, if fewer agencies are recorded as present than the plan asks for, while agencies
    answer out of session, if the date or wording has changed since the request was made, if the
    milestone has been closed, or for what may not be approved any more (`approval_faults`).
    """
    if meeting.plan_id != variation.plan_id:
        raise Refused(_("The meeting is of another plan."), "meeting")
    meeting = open_record(meeting)
    check_held(meeting, make_naive(at).date())
    matters = meeting.matters.on_agenda().on_variation(variation).select_for_update()
    matter = max(matters, key=lambda each: each.variation_id is not None, default=None)
    to = Variation.State.APPROVED if approve else Variation.State.DECLINED
    variation = _step(variation, to)
    if matter is None:
        raise Refused(
            _(
                "{reference} is not on the agenda of that meeting. Put it on the agenda first."
            ).format(reference=variation.reference),
            "meeting",
        )
    check_quorum(meeting)
    _check_not_asked(variation)
    if approve:
        instead = _("Record it as declined")
        Refused.raise_any(approval_faults(variation, text, on=meeting.held_on, instead=instead))
    variation.meeting = meeting
    _settle(variation, by=by, at=at, on=meeting.held_on, reason=text)
    with translation.override("en"):  # kept as the text of the decision
        told = f"{variation.get_state_display()}: {variation}."
    decision = Decision(
        meeting=meeting,
        number=next_number(meeting.decisions.all()),
        text=text or told,
        matter=matter,
        item=variation.item,
        variation=variation,
    )
    history.save(decision, by=by)
    keep_risks(matter, meeting, by=by)
    mark_considered(matter, meeting, by=by)
    return variation


def approval_faults(variation: Variation, text: str, *, on: date, instead: str) -> Faults:
    """Yield why a request may not be approved on a day, and what to do `instead`.

    A date asked for has come meanwhile, or lies after the plan's end and the decision (`text`) does
    not say why; or what it adds or changes cannot be added or changed any more.
    """
    ends_on, is_change = variation.plan.ends_on, changes.is_change(variation)
    again = (
        _("{instead}; it can then be proposed again.")
        if is_change or variation.addition is not None
        else _("{instead}; the agency can then request a later date.")
    ).format(instead=instead)
    milestone = variation.milestone
    if is_change and milestone is not None and milestone.withdrawn_on is not None:
        # Nothing of a cancelled milestone can be proposed again.
        again = _("{instead}.").format(instead=instead)
    for fault in additions.faults_by_now(variation, on):
        yield f"{fault} {again}", "decision"
    if is_change:
        for says, _field in changes.faults(variation, on):
            yield f"{says} {again}", "decision"
    for due in variation.dates_asked:
        if due.last_day <= on:
            past = _("{reference} asks for {due}, which is no longer in the future.").format(
                reference=variation.reference, due=due
            )
            yield f"{past} {again}", "decision"
            return
        if ends_on is not None and due.last_day > ends_on and not text:
            yield (
                _(
                    "{reference} asks for {due}, and the plan ends on {day}. Say why in the decision."
                ).format(reference=variation.reference, due=due, day=day_words(ends_on)),
                "text",
            )
            return


def take_outcome(
    *,
    asked: OutOfSession,
    text: str,
    owner_agency: Agency | None,
    due_on: date | None,
    by: User,
    at: datetime,
) -> Variation:
    """Decide a variation as the agencies answered out of session; an approval takes effect at once.

    Called by `out_of_session.close`, in its transaction, once `asked` is closed.
    """
    assert asked.closed_on is not None
    variation = _step(asked.variation, Variation.State(asked.state))
    variation.out_of_session = asked
    check_action(text, owner_agency, due_on, asked.closed_on)
    _settle(variation, by=by, at=at, on=asked.closed_on, reason=text)
    decision = Decision(
        out_of_session=asked,
        number=1,
        text=text,
        item=variation.item,
        variation=variation,
        owner_agency=owner_agency,
        due_on=due_on,
    )
    history.save(decision, by=by)
    return variation


def closed_in_words(milestone: Milestone) -> str:
    """Return why the date of a milestone that is not open cannot change."""
    if milestone.withdrawn_on is None:
        return _("This milestone is done, so its date cannot change.")
    return _("This milestone was cancelled on {day}, so its date cannot change.").format(
        day=day_words(milestone.withdrawn_on)
    )


def _settle(variation: Variation, *, by: User, at: datetime, on: date, reason: str) -> None:
    variation.decided_by, variation.decided_at = by, at
    is_approved, is_addition = (
        variation.state == Variation.State.APPROVED,
        variation.addition is not None,
    )
    if is_approved and is_addition:
        _add(variation, by=by, on=on)
    history.save(variation, by=by, reason=reason)
    if is_approved and not is_addition:
        _take_effect(variation, by=by, on=on)
    if is_approved and variation.kind in (Variation.Kind.CANCEL, Variation.Kind.WITHDRAWAL):
        withdraw_held(variation, by=by, at=at)


def _why(variation: Variation) -> str:
    """Return the reason in the history of what the request changes or adds."""
    return f"Variation {variation.reference}: {variation.reason}"


def _add(variation: Variation, *, by: User, on: date) -> None:
    """Add the item or milestone, which becomes the variation's own."""
    adds, reason = variation.addition, _why(variation)
    if isinstance(adds, NewItem):
        variation.item = additions.make_item(variation.plan, adds, by=by, on=on, reason=reason)
    elif adds is not None and variation.item is not None:
        variation.milestone = additions.make_milestone(
            variation.item, adds, by=by, on=on, reason=reason
        )
    if variation.item is not None:
        item = variation.item
        agencies = {
            item.lead_agency_id,
            *item.milestones.values_list("responsible_agency", flat=True),
        }
        says = (
            _("{reference} added to item {number}")
            if variation.milestone
            else _("{reference} added item {number}")
        )
        ask_for_more(
            plan=variation.plan,
            agencies=agencies,
            on=on,
            by=by,
            reason=says.format(reference=variation.reference, number=item.number),
        )


def _check_not_asked(variation: Variation) -> None:
    asked = variation.out_of_session_decisions.open().first()
    if asked is not None:
        raise Refused(
            _(
                "{reference} is being decided out of session, with answers due by {day}. Close that first."
            ).format(reference=variation.reference, day=day_words(asked.due_on))
        )


def _take_effect(variation: Variation, *, by: User, on: date) -> None:
    reason = _why(variation)
    if changes.is_change(variation):
        changes.take_effect(variation, by=by, on=on, reason=reason)
        return
    if variation.kind == Variation.Kind.DATE:
        milestone = locked(Milestone(pk=variation.milestone_id))
        if not milestone.is_open:
            raise Refused(closed_in_words(milestone))
        if milestone.agreed != variation.before:
            raise Refused(_("The agreed date has moved since this was requested."))
        assert variation.after is not None  # held by a check constraint
        milestone.agreed = variation.after
        columns: tuple[str, ...] = Milestone.agreed.columns
        # What was expected for an earlier day was said before the group agreed on this one.
        if milestone.forecast_due < milestone.agreed_due:
            milestone.forecast = variation.after
            columns += Milestone.forecast.columns
        history.save_version(milestone, *columns, by=by, reason=reason)
        return
    assert variation.item is not None  # held by a check constraint
    item = locked(variation.item)
    if variation.kind == Variation.Kind.WORDING:
        if getattr(item, variation.wording) != variation.text_before:
            raise Refused(_("The wording has changed since this was requested."))
        setattr(item, variation.wording, variation.text_after)
        history.save_version(item, variation.wording, by=by, reason=reason)
        return
    if Stage.WITHDRAWN not in item.next_stages:
        raise Refused(
            _("Item {number} is {stage}.").format(
                number=item.number, stage=item.get_stage_display().lower()
            )
        )
    item.stage = Stage.WITHDRAWN
    history.save_version(item, "stage", by=by, reason=reason)
    # Lock them, so that a milestone that is being completed is not withdrawn as well.
    for milestone in item.milestones.open().select_for_update().order_by("number"):
        milestone.withdrawn_on = on
        history.save_version(milestone, "withdrawn_on", by=by, reason=reason)
        end_delays(milestone, on, by=by, reason=reason)
