"""What can happen to a work item and its milestones between rounds."""

from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from agencies import history
from agencies.models import Agency, User
from workitems.models import Delay, Milestone, Mitigation, WorkItem
from workitems.models.item import Confidence, Stage
from workitems.services.refusals import Refused, locked


def next_number(rows: QuerySet[Any]) -> int:
    """One more than the highest number among rows that are numbered from 1."""
    last = rows.order_by("-number").values_list("number", flat=True).first()
    return (last or 0) + 1


def check_stage(
    item: WorkItem, to: str, *, reason: str, on: date, completed_on: date | None
) -> None:
    """Raise `Refused` unless the item may move to the stage. Withdrawing is a variation's work."""
    label = Stage(to).label.lower()
    if to == item.stage:
        if to == Stage.COMPLETE and completed_on not in (None, item.completed_on) and not reason:
            raise Refused("Say why the completion date changes.", "reason")
        return
    if to == Stage.WITHDRAWN:
        raise Refused("An item is withdrawn only by an approved variation.", "stage")
    if to not in item.next_stages:
        raise Refused(
            f"Item {item.number} is {item.get_stage_display().lower()}; it cannot become {label}.",
            "stage",
        )
    if item.stage == Stage.COMPLETE and not reason:
        raise Refused("Say why a complete item is opened again.", "reason")
    if to == Stage.COMPLETE:
        still_open = list(item.milestones.open().order_by("number"))
        if still_open:
            names = ", ".join(f"“{milestone}”" for milestone in still_open[:3])
            raise Refused(
                f"Close every milestone first. Still open: {names}"
                + (f" and {len(still_open) - 3} more." if len(still_open) > 3 else "."),
                "stage",
            )
        if (completed_on or on) > on:
            raise Refused("The completion date is in the future.", "completed_on")


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

    Completing needs every milestone closed; `completed_on` defaults to `on`, today's New Zealand
    date. Opening a complete item again needs a reason. `Conflict` when `version` is not the
    row's; `Refused` when the stage cannot follow. Unchanged values write nothing.
    """
    item = locked(item, version=version)
    check_stage(item, stage, reason=reason, on=on, completed_on=completed_on)
    if confidence and confidence not in Confidence.values:
        raise Refused("Choose on track, at risk or off track.", "confidence")
    done = (completed_on or item.completed_on or on) if stage == Stage.COMPLETE else None
    if (stage, confidence, done) == (item.stage, item.confidence, item.completed_on):
        return item
    item.stage, item.confidence, item.completed_on = stage, confidence, done
    item.version += 1
    return history.save(
        item,
        by=by,
        reason=reason,
        fields=["stage", "confidence", "completed_on", "version"],
    )


@transaction.atomic
def review(*, item: WorkItem, version: int, confidence: str, by: User, reason: str) -> WorkItem:
    """Record the reviewer's own confidence beside the agency's. Needs a reason."""
    item = locked(item, version=version)
    if not reason:
        raise Refused("Say what your view rests on.", "reason")
    if confidence == item.reviewer_confidence:
        return item
    item.reviewer_confidence = confidence
    item.version += 1
    return history.save(item, by=by, reason=reason, fields=["reviewer_confidence", "version"])


@transaction.atomic
def close_milestone(
    *, milestone: Milestone, version: int, completed_on: date, by: User, on: date, reason: str = ""
) -> Milestone:
    """Close a milestone against its "done means" on the day it was met; ends its open delays.

    Refused when it is closed or withdrawn already, or when the day is in the future.
    """
    milestone = locked(milestone, version=version)
    if not milestone.is_open:
        raise Refused("This milestone is closed already.")
    if completed_on > on:
        raise Refused("The day is in the future. Give the day it was done.", "completed_on")
    milestone.completed_on = completed_on
    milestone.version += 1
    history.save(milestone, by=by, reason=reason, fields=["completed_on", "version"])
    for delay in milestone.delays.filter(ended_on=None):
        delay.ended_on = max(completed_on, delay.found_on)
        history.save(delay, by=by, reason="Milestone completed", fields=["ended_on"])
    return milestone


@transaction.atomic
def reopen_milestone(*, milestone: Milestone, version: int, by: User, reason: str) -> Milestone:
    """Take a completion back. Needs a reason; refused while the whole item counts as complete."""
    milestone = locked(milestone, version=version, related=("item",))
    if milestone.completed_on is None:
        raise Refused("This milestone is open.")
    if milestone.item.stage == Stage.COMPLETE:
        raise Refused("Open the item again first: it is recorded as complete.")
    if not reason:
        raise Refused("Say why the milestone is opened again.", "reason")
    milestone.completed_on = None
    milestone.version += 1
    return history.save(milestone, by=by, reason=reason, fields=["completed_on", "version"])


@transaction.atomic
def move_forecast(
    *,
    milestone: Milestone,
    version: int,
    forecast_due: date,
    by: User,
    on: date,
    reason: str,
    cause: str = "",
    effect: str = "",
    mitigation: str = "",
    owner_agency: Agency | None = None,
    mitigation_due_on: date | None = None,
) -> Milestone:
    """Record when the responsible agency now expects a milestone.

    A forecast after the agreed date is a slip: it must come with a cause (which opens a delay)
    and a mitigation, unless the milestone has an open delay, which then counts one more move.
    A forecast back on or before the agreed date ends open delays. Needs a reason.
    """
    milestone = locked(milestone, version=version)
    if not milestone.is_open:
        raise Refused("This milestone is closed; its forecast stands.")
    if forecast_due == milestone.forecast_due:
        raise Refused("That is the forecast already.", "forecast_due")
    if forecast_due < on:
        raise Refused("The forecast is in the past. If it is done, close it.", "forecast_due")
    if not reason:
        raise Refused("Say why the date moves.", "reason")
    before, milestone.forecast_due = milestone.forecast_due, forecast_due
    milestone.version += 1
    history.save(milestone, by=by, reason=reason, fields=["forecast_due", "version"])

    open_delays = list(milestone.delays.filter(ended_on=None).order_by("-number"))
    if forecast_due <= milestone.agreed_due:
        for delay in open_delays:
            delay.ended_on = max(on, delay.found_on)
            history.save(delay, by=by, reason=reason, fields=["ended_on"])
    elif open_delays and not cause:
        delay = open_delays[0]
        delay.due_after = forecast_due
        delay.times_moved += 1
        history.save(delay, by=by, reason=reason, fields=["due_after", "times_moved"])
        if mitigation:
            _add_mitigation(delay, mitigation, owner_agency, mitigation_due_on, by)
    else:
        if not cause:
            raise Refused(
                "The new date is after the agreed one. Say what causes the delay.", "cause"
            )
        if not mitigation:
            raise Refused("Say what is being done about the delay.", "mitigation")
        delay = Delay(
            milestone=milestone,
            number=next_number(milestone.delays.all()),
            cause=cause,
            explanation=reason,
            effect=effect,
            found_on=on,
            due_before=max(before, milestone.agreed_due) if open_delays else milestone.agreed_due,
            due_after=forecast_due,
        )
        history.save(delay, by=by, reason=reason)
        _add_mitigation(delay, mitigation, owner_agency, mitigation_due_on, by)
    return milestone


def _add_mitigation(
    delay: Delay, description: str, owner: Agency | None, due_on: date | None, by: User
) -> Mitigation:
    mitigation = Mitigation(
        delay=delay,
        number=next_number(delay.mitigations.all()),
        description=description,
        owner_agency=owner or delay.milestone.responsible_agency,
        due_on=due_on,
    )
    return history.save(mitigation, by=by)


@transaction.atomic
def add_mitigation(
    *, delay: Delay, description: str, owner_agency: Agency, due_on: date | None, by: User
) -> Mitigation:
    """Record one more thing that is done about an open delay."""
    delay = locked(delay)
    if delay.ended_on is not None:
        raise Refused("This delay has ended.")
    return _add_mitigation(delay, description, owner_agency, due_on, by)


@transaction.atomic
def finish_mitigation(*, mitigation: Mitigation, done_on: date, on: date, by: User) -> Mitigation:
    """Close a mitigation on the day it was done, which is not in the future."""
    mitigation = locked(mitigation)
    if mitigation.done_on is not None:
        raise Refused(f"This was done on {mitigation.done_on:%-d %B %Y}.")
    if done_on > on:
        raise Refused("The day is in the future.", "done_on")
    mitigation.done_on = done_on
    return history.save(mitigation, by=by, fields=["done_on"])


@transaction.atomic
def end_delay(*, delay: Delay, ended_on: date, by: User, reason: str) -> Delay:
    """Mark a delay as over. The record stays."""
    delay = locked(delay)
    if delay.ended_on is not None:
        raise Refused(f"This delay ended on {delay.ended_on:%-d %B %Y}.")
    if ended_on < delay.found_on:
        raise Refused("The delay cannot end before it was found.", "ended_on")
    delay.ended_on = ended_on
    return history.save(delay, by=by, reason=reason, fields=["ended_on"])
