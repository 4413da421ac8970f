"""Request, recommend and decide variations.

Agreed dates and official wording change, and items are withdrawn, only through these functions.
"""

from datetime import date, datetime

from django.db import transaction
from django.utils.timezone import make_naive

from agencies import history
from agencies.models import Agency, User
from workitems.known_dates import Due, known
from workitems.models import (
    Decision,
    Meeting,
    Milestone,
    OutOfSession,
    Plan,
    Variation,
    WorkItem,
)
from workitems.models.item import TITLE_LENGTH, Stage
from workitems.services.decisions import check_action
from workitems.services.items import end_delays, next_number
from workitems.services.matters import mark_considered
from workitems.services.meetings import check_held, check_quorum, open_record
from workitems.services.plan_days import Faults, agreed_day, day_words
from workitems.services.refusals import Refused, locked, need_reason

WHY = "Say why the change is needed."


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
        raise Refused("This milestone is closed; its date stands.")
    Refused.raise_any(
        new_date_faults(
            milestone, due_after, on=make_naive(at).date(), after_end=after_end, reason=reason
        )
    )
    if milestone.variations.pending().filter(kind=Variation.Kind.DATE).exists():
        raise Refused("A request to move this milestone is already waiting.")
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
        yield "That is the agreed date already. Enter another date.", "due_after"
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
        raise Refused("That is the wording already.", "text_after")
    if not text_after:
        raise Refused("Write the new wording.", "text_after")
    if wording == Variation.Wording.TITLE and len(text_after) > TITLE_LENGTH:
        raise Refused(f"A title has at most {TITLE_LENGTH} characters.", "text_after")
    same = item.variations.pending().filter(wording=wording, text_after=text_after).first()
    if same is not None:
        raise Refused(f"{same.reference} asks for this very wording already.", "text_after")
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
        raise Refused(f"Item {item.number} is {item.get_stage_display().lower()}.")
    if item.variations.pending().filter(kind=Variation.Kind.WITHDRAWAL).exists():
        raise Refused("A request to withdraw this item is already waiting.")
    asked = Variation(kind=Variation.Kind.WITHDRAWAL, item=item)
    return _request(asked, reason, agency, requested_by or by, by, at)


def _request(
    variation: Variation, reason: str, agency: Agency, requested_by: User, by: User, at: datetime
) -> Variation:
    need_reason(reason, WHY)
    variation.plan = locked(Plan(pk=variation.item.plan_id))  # so that numbers stay unique
    variation.number = next_number(variation.plan.variations.all())
    variation.reason = reason
    variation.requesting_agency = agency
    variation.requested_by = requested_by
    variation.requested_at = at
    return history.save(variation, by=by, reason=reason)


def _step(variation: Variation, to: Variation.State) -> Variation:
    variation = locked(variation, related=("item", "milestone", "plan"))
    if to not in Variation.NEXT[variation.state]:
        raise Refused(
            f"{variation.reference} is {variation.get_state_display().lower()}; "
            f"it cannot become {to.label.lower()}."
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
        raise Refused("Write what you recommend to the working group.", "recommendation")
    if recommends not in ("", *Variation.Recommends.values):
        raise Refused("Recommend to approve or to decline.", "recommends")
    variation.recommends, variation.recommendation = recommends, recommendation
    variation.recommended_by, variation.recommended_at = by, at
    return history.save(variation, by=by, reason=recommendation)


@transaction.atomic
def take_back(*, variation: Variation, by: User, reason: str) -> Variation:
    """Withdraw a request before it is decided. Needs a reason."""
    variation = _step(variation, Variation.State.TAKEN_BACK)
    need_reason(reason, "Say why the request is withdrawn.")
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

    An approval takes effect at once: it moves the agreed date (the forecast stays as it is),
    changes the wording, or withdraws the item and its open milestones and ends their delays. The
    matter becomes considered.

    Raise `Refused` before the meeting's day, if its record is closed, if the variation is not on
    its agenda, if fewer agencies are recorded as present than the plan asks for, while agencies
    answer out of session, if the date or wording has changed since the request was made, if the
    milestone has been closed, or if the date asked for may not be approved (`approval_faults`).
    """
    if meeting.plan_id != variation.plan_id:
        raise Refused("The meeting is of another plan.", "meeting")
    meeting = open_record(meeting)
    check_held(meeting, make_naive(at).date())
    matter = meeting.matters.on_agenda().select_for_update().filter(variation=variation).first()
    to = Variation.State.APPROVED if approve else Variation.State.DECLINED
    variation = _step(variation, to)
    if matter is None:
        raise Refused(
            f"{variation.reference} is not on the agenda of that meeting. Put it on the agenda first.",
            "meeting",
        )
    check_quorum(meeting)
    _check_not_asked(variation)
    if approve:
        instead = "Record it as declined; the agency can then request a later date."
        Refused.raise_any(approval_faults(variation, text, on=meeting.held_on, instead=instead))
    variation.meeting = meeting
    _settle(variation, by=by, at=at, on=meeting.held_on, reason=text)
    decision = Decision(
        meeting=meeting,
        number=next_number(meeting.decisions.all()),
        text=text or f"{variation.reference} was {variation.get_state_display().lower()}.",
        matter=matter,
        item=variation.item,
        variation=variation,
    )
    history.save(decision, by=by)
    mark_considered(matter, meeting, by=by)
    return variation


def approval_faults(variation: Variation, text: str, *, on: date, instead: str) -> Faults:
    """Yield why a new agreed date may not be approved on a day: it has come meanwhile, or it lies
    after the plan's end and the decision (`text`) does not say why. `instead` is what to do."""
    day, ends_on = variation.due_after, variation.plan.ends_on
    if day is None:
        return
    asks = f"{variation.reference} asks for {variation.after}"
    if day <= on:
        yield f"{asks}, which is no longer in the future. {instead}", "decision"
    elif ends_on is not None and day > ends_on and not text:
        yield f"{asks}, and the plan ends on {day_words(ends_on)}. Say why in the decision.", "text"


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


def _settle(variation: Variation, *, by: User, at: datetime, on: date, reason: str) -> None:
    variation.decided_by, variation.decided_at = by, at
    history.save(variation, by=by, reason=reason)
    if variation.state == Variation.State.APPROVED:
        _take_effect(variation, by=by, on=on)


def _check_not_asked(variation: Variation) -> None:
    asked = variation.out_of_session_decisions.open().first()
    if asked is not None:
        raise Refused(
            f"Agencies are answering on {variation.reference} out of session until "
            f"{asked.due_on:%-d %B %Y}. Close that first."
        )


def _take_effect(variation: Variation, *, by: User, on: date) -> None:
    reason = f"Variation {variation.reference}: {variation.reason}"
    if variation.kind == Variation.Kind.DATE:
        milestone = locked(Milestone(pk=variation.milestone_id))
        if not milestone.is_open:
            raise Refused("This milestone is closed; its date stands.")
        if milestone.agreed != variation.before:
            raise Refused("The agreed date has moved since this was requested.")
        assert variation.after is not None  # held by a check constraint
        milestone.agreed = variation.after
        history.save_version(milestone, *Milestone.agreed.columns, by=by, reason=reason)
        return
    item = locked(variation.item)
    if variation.kind == Variation.Kind.WORDING:
        if getattr(item, variation.wording) != variation.text_before:
            raise Refused("The wording has changed since this was requested.")
        setattr(item, variation.wording, variation.text_after)
        history.save_version(item, variation.wording, by=by, reason=reason)
        return
    if Stage.WITHDRAWN not in item.next_stages:
        raise Refused(f"Item {item.number} is {item.get_stage_display().lower()}.")
    item.stage = Stage.WITHDRAWN
    history.save_version(item, "stage", by=by, reason=reason)
    # Lock them, so that a milestone that is being completed is not withdrawn as well.
    for milestone in item.milestones.open().select_for_update().order_by("number"):
        milestone.withdrawn_on = on
        history.save_version(milestone, "withdrawn_on", by=by, reason=reason)
        end_delays(milestone, on, by=by, reason=reason)
