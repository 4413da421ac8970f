"""Write a work item, its milestones, delays and mitigations."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext

from agencies.models import Agency, User
from agencies.records import history
from agencies.wording.translation import day_words
from workitems.models import Delay, Milestone, Mitigation, WorkItem
from workitems.models.item import Confidence, Stage
from workitems.plan.services.plan_days import Faults, done_day
from workitems.plan.services.refusals import Conflict, Refused, locked, need_reason
from workitems.terms.as_told import fault_of_phrase
from workitems.terms.known_dates import Due, known
from workitems.terms.stems import CASE


def next_number(rows: QuerySet[Any]) -> int:
    """Return the next free number of rows that are numbered from 1."""
    last = rows.order_by("-number").values_list("number", flat=True).first()
    return (last or 0) + 1


def stage_obstacle(item: WorkItem, to: str, still_open: Sequence[Milestone]) -> str:
    """Return why the item may not move to the stage, as a sentence, or "" if it may.

    `still_open` are its open milestones. Withdrawing always needs a variation.
    """
    if to == item.stage:
        return ""
    if to == Stage.WITHDRAWN:
        return gettext("Item {number} can be withdrawn only by an approved variation.").format(
            number=item.number
        )
    if to not in item.next_stages:
        return gettext("Item {number} is {stage}; it cannot become {new_stage}.").format(
            number=item.number,
            stage=item.get_stage_display().lower(),
            new_stage=Stage(to).label.lower(),
        )
    if to == Stage.COMPLETE and still_open:
        names = ", ".join(f"“{milestone}”" for milestone in still_open[:3])
        if len(still_open) > 3:
            names = gettext("{milestones} and {count} more").format(
                milestones=names, count=len(still_open) - 3
            )
        return gettext("Item {number} has milestones to mark as done first: {milestones}.").format(
            number=item.number, milestones=names
        )
    return ""


def stage_faults(
    item: WorkItem, to: str, *, reason: str, on: date, completed_on: date | None
) -> Faults:
    """Yield why the item may not move to the stage with this completion date and reason."""
    if to not in Stage.values:
        yield gettext("Choose a stage from the list."), "stage"
        return
    # Only a completion depends on them.
    is_completed = to == Stage.COMPLETE != item.stage
    still_open = list(item.milestones.open().order_by("number")) if is_completed else []
    obstacle = stage_obstacle(item, to, still_open)
    if obstacle:
        yield obstacle, "stage"
    if to == Stage.COMPLETE and completed_on not in (None, item.completed_on):
        assert completed_on is not None
        yield from done_day(
            completed_on, plan=item.plan, on=on, reason=reason, field="completed_on"
        )
    if reason or obstacle:
        return
    if to != item.stage:
        is_reopened = item.stage == Stage.COMPLETE
        says = (
            gettext("Say why a complete item is reopened.")
            if is_reopened
            else gettext("Say why the stage changes.")
        )
        yield says, "reason"
    elif to == Stage.COMPLETE and completed_on not in (None, item.completed_on):
        yield gettext("Say why the completion date changes."), "reason"


def check_stage(
    item: WorkItem, to: str, *, reason: str, on: date, completed_on: date | None
) -> None:
    """Raise `Refused` unless the item may move to the stage with this completion date and reason."""
    Refused.raise_any(stage_faults(item, to, reason=reason, on=on, completed_on=completed_on))


def check_confidence(confidence: str) -> None:
    """Raise `Refused` unless the value is a `Confidence` or empty."""
    if confidence and confidence not in Confidence.values:
        raise Refused(gettext("Choose on track, at risk or off track."), "confidence")


@transaction.atomic
def change_status(
    *,
    item: WorkItem,
    version: int,
    stage: str,
    confidence: str,
    by: User,
    on: date,
    completed_on: date | None = None,
    reason: str = "",
) -> WorkItem:
    """Record an item's stage and its agency's confidence, with the reason in its history.

    A new stage or completion date needs a reason. Completing needs all milestones closed;
    `completed_on` defaults to `on`, or of a complete item stays. A reason without a change is kept as a note. Without either,
    write nothing. Raise `Conflict` if `version` is not the row's, and `Refused` if the stage is
    not allowed.
    """
    item = locked(item, version=version, related=("plan",))
    check_stage(item, stage, reason=reason, on=on, completed_on=completed_on)
    check_confidence(confidence)
    kept = item.completed_on if item.stage == Stage.COMPLETE else on
    done = (completed_on or kept) if stage == Stage.COMPLETE else None
    new = {"stage": stage, "confidence": confidence, "completed_on": done}
    if not reason and new == {name: getattr(item, name) for name in new}:
        return item
    for name, value in new.items():
        setattr(item, name, value)
    return history.save_version(item, *new, by=by, reason=reason)


@transaction.atomic
def review(*, item: WorkItem, version: int, confidence: str, by: User, reason: str) -> WorkItem:
    """Record the reviewer's confidence beside the agency's. Needs a reason.

    The reason for the same confidence as before is kept as a note.
    """
    item = locked(item, version=version)
    check_confidence(confidence)
    need_reason(reason, gettext("Enter the reason for your rating."))
    item.reviewer_confidence = confidence
    return history.save_version(item, "reviewer_confidence", by=by, reason=reason)


@transaction.atomic
def set_text(
    *, row: WorkItem | Milestone, field: str, was: str, text: str, by: User
) -> WorkItem | Milestone:
    """Record a text of an item or a milestone that is not official wording; "" for none.

    `was` is the text that the page was made from. The row keeps its version: answers in returns
    do not depend on the text. Without a change, write nothing. Raise `Conflict` if another text
    was saved meanwhile, and `Refused` if the noun phrase for papers does not fit into a sentence.
    """
    row = locked(row)
    now = getattr(row, field)
    if now == text:
        return row
    if now != was:
        raise Conflict(row)
    if field == "as_told" and (fault := fault_of_phrase(text)):
        raise Refused(fault, field)
    setattr(row, field, text)
    return history.save(row, by=by, fields=[field])


@transaction.atomic
def close_milestone(
    *, milestone: Milestone, version: int, completed_on: date, by: User, on: date, reason: str = ""
) -> Milestone:
    """Mark a milestone as completed on a day and end its open delays.

    Raise `Refused` if it is already completed or withdrawn, if the day is in the future, or if it
    is before the plan's release and no reason is given.
    """
    milestone = locked(milestone, version=version, related=("item__plan",))
    if not milestone.is_open:
        raise Refused(gettext("This milestone is already done."))
    plan = milestone.item.plan
    Refused.raise_any(done_day(completed_on, plan=plan, on=on, reason=reason, field="completed_on"))
    milestone.completed_on = completed_on
    history.save_version(milestone, "completed_on", by=by, reason=reason)
    end_delays(milestone, completed_on, by=by, reason="Milestone completed")
    return milestone


def end_delays(milestone: Milestone, on: date, *, by: User, reason: str) -> None:
    """End a milestone's open delays on the day `on`, or on the day they were found if later."""
    for delay in milestone.delays.filter(ended_on=None).order_by("number"):
        delay.ended_on = max(on, delay.found_on)
        history.save(delay, by=by, reason=reason, fields=["ended_on"])


@transaction.atomic
def reopen_milestone(*, milestone: Milestone, version: int, by: User, reason: str) -> Milestone:
    """Reopen a completed milestone. Needs a reason. Raise `Refused` if the item is complete."""
    # Lock the item first, so that it cannot be completed while its milestone is being reopened.
    item = locked(milestone.item)
    milestone = locked(milestone, version=version)
    if milestone.withdrawn_on is not None:
        raise Refused(gettext("This milestone was withdrawn with its item."))
    if milestone.completed_on is None:
        raise Refused(gettext("This milestone is open."))
    if item.stage == Stage.COMPLETE:
        raise Refused(gettext("Reopen the item first: it is recorded as complete."))
    need_reason(reason, gettext("Say why the milestone is reopened."))
    milestone.completed_on, milestone.no_evidence = None, ""
    return history.save_version(milestone, "completed_on", "no_evidence", by=by, reason=reason)


def open_delays_of(milestone: Milestone) -> tuple[list[Delay], bool]:
    """Return a milestone's open delays, newest first, and whether any has a mitigation."""
    delays = list(milestone.delays.filter(ended_on=None).order_by("-number"))
    return delays, bool(delays) and Mitigation.objects.filter(delay__in=delays).exists()


def settlement_faults(
    settlement: str,
    agency: Agency | None,
    other: str,
    by: date | None,
    *,
    on: date,
    was_by: date | None = None,
) -> Faults:
    """Yield why the cause of a delay may not be recorded as settled so. `was_by` is the date that
    it has now, which may have passed."""
    is_being_settled = settlement == Delay.Settlement.BEING_SETTLED
    if settlement not in ("", *Delay.Settlement.values):
        yield gettext("Choose an answer from the list."), "settlement"
    elif is_being_settled and agency is None and not other:
        yield (
            gettext("Choose the agency that settles it, or name who else does."),
            "settling_agency",
        )
    elif is_being_settled and agency is not None and other:
        yield (
            gettext("Leave this blank, or choose no agency: one of them settles it."),
            "settling_other",
        )
    elif not is_being_settled and agency is not None:
        yield gettext("Choose an agency only with “Being settled”."), "settling_agency"
    elif not is_being_settled and other:
        yield gettext("Name somebody only with “Being settled”."), "settling_other"
    if not is_being_settled and by is not None:
        yield gettext("Enter a date only with “Being settled”."), "settling_by"
    elif by is not None and by < on and by != was_by:
        yield (
            gettext("That day has passed. Enter a day from today on, or choose “Settled”."),
            "settling_by",
        )


def forecast_faults(
    milestone: Milestone,
    forecast_due: Due | None,
    *,
    on: date,
    reason: str,
    cause: str = "",
    effect: str = "",
    meanwhile: str = "",
    needs: str = "",
    money_from: str = "",
    if_declined: str = "",
    mitigation: str = "",
    mitigation_due_on: date | None = None,
    settlement: str = "",
    settling_agency: Agency | None = None,
    settling_other: str = "",
    settling_by: date | None = None,
) -> Faults:
    """Yield why an open milestone may not have this forecast, or none."""
    open_delays, is_mitigated = open_delays_of(milestone)
    if forecast_due is None:
        if milestone.forecast_due >= on:
            yield gettext("Its expected date has not passed. Keep it, or enter another."), "outcome"
        if not reason:
            yield gettext("Say why it is late."), "reason"
        if not settling_by:
            yield gettext("Enter by when the new date is known."), "settling_by"
        yield from settlement_faults(
            Delay.Settlement.BEING_SETTLED, settling_agency, settling_other, settling_by, on=on
        )
        if not open_delays and not cause:
            yield gettext("Choose the cause of the delay."), "cause"
        if not mitigation and (cause or not is_mitigated):
            yield gettext("Say what is being done about the delay."), "mitigation"
        elif mitigation_due_on and not mitigation:
            yield gettext("Say what will be done by that date."), "mitigation"
        return
    forecast = known(forecast_due)
    is_late = forecast.last_day > milestone.agreed_due
    if forecast == milestone.forecast and (is_mitigated or not is_late):
        yield gettext("That is already the forecast. Enter another date."), "forecast_due"
        return
    if forecast.last_day < on:
        yield (
            gettext(
                "A forecast cannot be before today. Enter a later date, or mark the milestone as done."
            ),
            "forecast_due",
        )
    if not reason:
        yield gettext("Say why the date moves."), "reason"
    if forecast.last_day < on:  # lateness is checked only for a date that may be entered
        return
    yield from settlement_faults(settlement, settling_agency, settling_other, settling_by, on=on)
    if not is_late:
        yield from _would_be_dropped(
            cause=cause,
            effect=effect,
            meanwhile=meanwhile,
            needs=needs,
            money_from=money_from,
            if_declined=if_declined,
            mitigation=mitigation,
            settlement=settlement,
        )
    elif cause and open_delays and forecast.last_day < milestone.forecast_due:
        yield (
            gettext("The new date is earlier, so it is not a new delay. Leave the cause blank."),
            "cause",
        )
    elif not open_delays and not cause:
        yield (
            gettext("The new date is after the agreed date. Choose the cause of the delay."),
            "cause",
        )
    opens_another = bool(cause) and forecast.last_day >= milestone.forecast_due
    if is_late and not mitigation and (not is_mitigated or opens_another):
        yield gettext("Say what is being done about the delay."), "mitigation"
    elif mitigation_due_on and not mitigation:
        yield gettext("Say what will be done by that date."), "mitigation"


@transaction.atomic
def move_forecast(
    *,
    milestone: Milestone,
    version: int,
    forecast_due: Due | None,
    by: User,
    on: date,
    reason: str,
    cause: str = "",
    effect: str = "",
    meanwhile: str = "",
    needs: str = "",
    money_from: str = "",
    if_declined: str = "",
    mitigation: str = "",
    owner_agency: Agency | None = None,
    mitigation_due_on: date | None = None,
    settlement: str = "",
    settling_agency: Agency | None = None,
    settling_other: str = "",
    settling_by: date | None = None,
    source: str = "",
) -> Milestone:
    """Record when the responsible agency now expects a milestone to be done: a day, month or quarter. None if it
    does not know yet: the forecast, which has passed, stays, and the delay says who settles its cause and by when.

    Needs a reason. A forecast after the agreed date needs a cause, which opens a delay, and a
    mitigation. If the milestone already has an open delay, the cause is optional: without it that
    delay is extended, its `times_moved` counts one more, and a mitigation is needed only if no
    open delay has one. A forecast earlier than the last one shortens the open delay and ends any
    delay that it makes up for entirely. A forecast on or before the agreed date ends all of them.
    `settlement` says whether the cause of the delay is settled; "" leaves what its record says.
    `source` is where a coordinator who records it for the agency has it from; history has it with the reason.

    Raise `Refused` if the milestone is closed, if the date is in the past, if cause or mitigation
    is missing, or if the date is unchanged (unless it is late and has no mitigation yet).
    """
    milestone = locked(milestone, version=version)
    if not milestone.is_open:
        raise Refused(gettext("This milestone is done, so its forecast cannot change."))
    Refused.raise_any(
        forecast_faults(
            milestone,
            forecast_due,
            on=on,
            reason=reason,
            cause=cause,
            effect=effect,
            meanwhile=meanwhile,
            needs=needs,
            money_from=money_from,
            if_declined=if_declined,
            mitigation=mitigation,
            mitigation_due_on=mitigation_due_on,
            settlement=settlement,
            settling_agency=settling_agency,
            settling_other=settling_other,
            settling_by=settling_by,
        )
    )
    because = with_source(reason, source)
    open_delays, _ = open_delays_of(milestone)
    before = milestone.forecast
    after = before if forecast_due is None else known(forecast_due)
    is_sooner = after.last_day < before.last_day
    milestone.forecast = after
    if after != before:
        history.save_version(milestone, *Milestone.forecast.columns, by=by, reason=because)

    if forecast_due is not None and after.last_day <= milestone.agreed_due:
        end_delays(milestone, on, by=by, reason=because)
    elif open_delays and (is_sooner or not cause):
        delay, *earlier = open_delays
        while is_sooner and earlier and after.last_day <= delay.due_before:
            delay.ended_on = max(on, delay.found_on)
            history.save(delay, by=by, reason=because, fields=["ended_on"])
            delay, *earlier = earlier
        delay.after = after
        delay.times_moved += after.last_day > before.last_day
        delay.effect = effect or delay.effect
        delay.meanwhile, delay.needs = meanwhile or delay.meanwhile, needs or delay.needs
        delay.money_from = money_from or delay.money_from
        delay.if_declined = if_declined or delay.if_declined
        fields = [*Delay.after.columns, "times_moved", "effect", "meanwhile", "needs", *CASE]
        if settlement:
            fields += _settle(delay, settlement, settling_agency, settling_other, settling_by)
        history.save(delay, by=by, reason=because, fields=fields)
        if mitigation:
            _add_mitigation(delay, mitigation, owner_agency, mitigation_due_on, by, source)
    else:
        delay = Delay(
            milestone=milestone,
            number=next_number(milestone.delays.all()),
            cause=cause,
            explanation=reason,
            effect=effect,
            meanwhile=meanwhile,
            needs=needs,
            money_from=money_from,
            if_declined=if_declined,
            found_on=on,
        )
        delay.before = max(before, milestone.agreed) if open_delays else milestone.agreed
        delay.after = after
        # The milestone's date has not moved only where its agency has no new one.
        delay.times_moved = int(forecast_due is not None or after != delay.before)
        _settle(delay, settlement, settling_agency, settling_other, settling_by)
        history.save(delay, by=by, reason=because)
        _add_mitigation(delay, mitigation, owner_agency, mitigation_due_on, by, source)
    return milestone


def _settle(
    delay: Delay, settlement: str, agency: Agency | None, other: str, by: date | None
) -> tuple[str, ...]:
    """Set whether the delay's cause is settled, and return the names of the fields."""
    delay.settlement, delay.settling_agency, delay.settling_by = settlement, agency, by
    delay.settling_other = other
    return "settlement", "settling_agency", "settling_other", "settling_by"


@transaction.atomic
def settle_cause(
    *,
    delay: Delay,
    was: str,
    settlement: str,
    settling_agency: Agency | None,
    settling_other: str = "",
    settling_by: date | None,
    meanwhile: str,
    needs: str,
    money_from: str = "",
    if_declined: str = "",
    by: User,
    on: date,
) -> Delay:
    """Record whether the cause of an open delay is settled, is being settled, or needs a decision; what
    bridges the delay, what it needs, and the case for a decision of the Minister.

    `was` is the `settlement_key` that the page was made from. Without a change, write nothing.
    Raise `Conflict` if another answer was saved meanwhile, and `Refused` if the delay has ended, or
    if an agency or date is missing or has no place.
    """
    delay = locked(delay, related=("settling_agency",))
    if delay.ended_on is not None:
        raise Refused(gettext("This delay has ended."))
    key, was_by = delay.settlement_key, delay.settling_by
    Refused.raise_any(
        settlement_faults(
            settlement, settling_agency, settling_other, settling_by, on=on, was_by=was_by
        )
    )
    fields = [
        *_settle(delay, settlement, settling_agency, settling_other, settling_by),
        "meanwhile",
        "needs",
        *CASE,
    ]
    delay.meanwhile, delay.needs = meanwhile, needs
    delay.money_from, delay.if_declined = money_from, if_declined
    if delay.settlement_key == key:
        return delay
    if was != key:
        raise Conflict(Delay.objects.select_related("settling_agency").get(pk=delay.pk))
    return history.save(delay, by=by, fields=fields)


def _would_be_dropped(**typed: str) -> Faults:
    """Yield a fault for each text about a delay: the new date is no delay."""
    for field, text in typed.items():
        if text:
            yield (
                gettext(
                    "The new date is not after the agreed date, so there is no delay. Leave this blank."
                ),
                field,
            )


def with_source(reason: str, source: str) -> str:
    """Return the reason of a history row, with where it was had from. It is kept, so it is English."""
    return "\n".join(
        filter(None, [reason, source and f"Recorded for the agency. Source: {source}"])
    )


@transaction.atomic
def add_mitigation(
    *,
    delay: Delay,
    mitigation: str,
    owner_agency: Agency | None,
    mitigation_due_on: date | None,
    by: User,
    source: str = "",
) -> Mitigation:
    """Record what an agency does about an open delay. Raise `Refused` if the delay has ended."""
    delay = locked(delay, related=("milestone__responsible_agency",))
    if delay.ended_on is not None:
        raise Refused(gettext("This delay ended on {day}.").format(day=day_words(delay.ended_on)))
    return _add_mitigation(delay, mitigation, owner_agency, mitigation_due_on, by, source)


def _add_mitigation(
    delay: Delay,
    description: str,
    owner: Agency | None,
    due_on: date | None,
    by: User,
    source: str = "",
) -> Mitigation:
    mitigation = Mitigation(
        delay=delay,
        number=next_number(delay.mitigations.all()),
        description=description,
        owner_agency=owner or delay.milestone.responsible_agency,
        due_on=due_on,
    )
    return history.save(mitigation, by=by, reason=with_source("", source))


@transaction.atomic
def finish_mitigation(*, mitigation: Mitigation, done_on: date, on: date, by: User) -> Mitigation:
    """Record the day on which a mitigation was done.

    Raise `Refused` if it is in the future or before the plan's release.
    """
    mitigation = locked(mitigation, related=("delay__milestone__item__plan",))
    if mitigation.done_on is not None:
        raise Refused(gettext("This was done on {day}.").format(day=day_words(mitigation.done_on)))
    plan = mitigation.delay.milestone.item.plan
    if done_on < plan.released_on:
        raise Refused(
            gettext("The plan was released on {day}. Enter a day from then on.").format(
                day=day_words(plan.released_on)
            ),
            "done_on",
        )
    Refused.raise_any(done_day(done_on, plan=plan, on=on, reason="", field="done_on"))
    mitigation.done_on = done_on
    return history.save(mitigation, by=by, fields=["done_on"])


@transaction.atomic
def end_delay(*, delay: Delay, ended_on: date, on: date, by: User, reason: str) -> Delay:
    """End a delay on a day that is not in the future. Its record stays. Needs a reason."""
    delay = locked(delay)
    if delay.ended_on is not None:
        raise Refused(gettext("This delay ended on {day}.").format(day=day_words(delay.ended_on)))
    Refused.raise_any(_end_faults(delay, ended_on, on, reason))
    delay.ended_on = ended_on
    return history.save(delay, by=by, reason=reason, fields=["ended_on"])


def _end_faults(delay: Delay, ended_on: date, on: date, reason: str) -> Faults:
    if ended_on < delay.found_on:
        found = day_words(delay.found_on)
        yield (
            gettext(
                "The delay was recorded on {day} and counts as open until then. Enter that day or a later one, "
                "and say in the reason since when it has been over."
            ).format(day=found),
            "ended_on",
        )
    if ended_on > on:
        yield gettext("That day has not come yet. Enter a day up to today."), "ended_on"
    if not reason:
        yield gettext("Say why the delay is over."), "reason"
