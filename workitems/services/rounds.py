"""Open and close rounds; write, submit, send back and accept returns."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction

from agencies import history
from agencies.models import Agency, Seat, User
from workitems.models import MilestoneAnswer, Plan, Return, ReturnNote, Round, Update, WorkItem
from workitems.models.item import Stage
from workitems.services.answers import OVERDUE_NEEDS_WORDS, after_no_changes
from workitems.services.handover import check_complete, mendings_of
from workitems.services.items import check_confidence, check_stage
from workitems.services.refusals import Conflict, Refused, locked, need_reason
from workitems.services.round_levers import has_entered


@transaction.atomic
def open_round(
    *,
    plan: Plan,
    name: str,
    period_start: date,
    period_end: date,
    due_on: date,
    by: User,
    at: datetime,
    message: str = "",
) -> Round:
    """Open a round and create a return for each member agency that exists on `due_on`.

    Raise `Refused` if a round is open or has this period, or for dates before the period.
    """
    plan = locked(plan)
    if period_end <= period_start:
        raise Refused("The period ends before it begins.", "period_end")
    if due_on < period_start:
        raise Refused("The round falls due before its period begins.", "due_on")
    if plan.rounds.open().exists():
        raise Refused("Another round is open. Close it first.")
    if plan.rounds.filter(period_start=period_start, period_end=period_end).exists():
        raise Refused("This period had a round already.", "period_start")
    made = Round(
        plan=plan,
        name=name,
        period_start=period_start,
        period_end=period_end,
        due_on=due_on,
        message=message,
        opened_at=at,
        opened_by=by,
    )
    history.save(made, by=by)
    members = Agency.objects.valid_on(due_on).filter(memberships__plan=plan).in_order()
    for agency in members:
        history.save(Return(round=made, agency=agency), by=by)
    return made


@transaction.atomic
def close_round(*, round: Round, by: User, at: datetime) -> Round:
    """Close a round. Its returns can no longer be written, submitted, sent back or accepted."""
    round = locked(round)
    if not round.is_open:
        raise Refused("This round is closed already.")
    round.closed_at, round.closed_by = at, by
    return history.save(round, by=by, fields=["closed_at", "closed_by"])


@transaction.atomic
def reopen_round(*, round: Round, by: User, reason: str) -> Round:
    """Reopen a closed round. Needs a reason. Raise `Refused` if another round is open."""
    round = locked(round)
    if round.is_open:
        raise Refused("This round is open.")
    need_reason(reason, "Say why the round is opened again.")
    if Round.objects.open().filter(plan=round.plan_id).exists():
        raise Refused("Another round is open. Close it first.")
    round.closed_at = round.closed_by = None
    return history.save(round, by=by, reason=reason, fields=["closed_at", "closed_by"])


@transaction.atomic
def write_update(
    *,
    of_return: Return,
    item: WorkItem,
    stage: str,
    confidence: str = "",
    achieved: str = "",
    planned_next: str = "",
    challenges: str = "",
    key_achievement: str = Update.KeyAchievement.NO,
    version: int = 0,
    by: User,
    at: datetime,
    is_pause: bool = False,
) -> Update:
    """Create or change an agency's answer on an item in this round.

    The item itself changes only when the return is accepted. Unchanged content writes nothing.
    Raise `Conflict` if `version`, that of the update on the user's page (0 for none), is not the
    row's, and `Refused` if the return is not open for writing or the item is not the agency's.
    `is_pause`: the page saved by itself; see `agencies.history.save`.
    """
    of_return, update = _open_for_writing(of_return, item)
    if stage not in Stage.values:
        raise Refused("Choose a stage from the list.", "stage")
    check_confidence(confidence)
    if key_achievement not in Update.KeyAchievement.values:
        raise Refused("Choose no, yes or headline.", "key_achievement")
    was = _content(update)
    update.stage, update.confidence = stage, confidence
    update.achieved, update.planned_next = achieved, planned_next
    update.challenges, update.key_achievement = challenges, key_achievement
    update.no_change_on = None
    return _write(update, was, version, by=by, at=at, is_pause=is_pause)


@transaction.atomic
def say_no_change(
    *, of_return: Return, item: WorkItem, on: date, version: int = 0, by: User, at: datetime
) -> Update:
    """Answer an item with "no change", dated `on`.

    Raise `Refused` for an item with an overdue milestone and for the third time in a row, and
    otherwise as `write_update` does.
    """
    of_return, update = _open_for_writing(of_return, item)
    if item.milestones.open().filter(agreed_due__lt=on).exists():
        raise Refused(f"Item {item.number}: {OVERDUE_NEEDS_WORDS}")
    if item.pk in after_no_changes(of_return, [item]):
        raise Refused("This item had no change twice running. Write a few words this time.")
    was = _content(update)
    update.stage, update.confidence = item.stage, item.confidence
    update.achieved = update.planned_next = update.challenges = ""
    update.key_achievement = Update.KeyAchievement.NO
    update.no_change_on = on
    return _write(update, was, version, by=by, at=at)


def _open_for_writing(of_return: Return, item: WorkItem) -> tuple[Return, Update]:
    of_return = locked(of_return, related=("round",))
    if not of_return.round.is_open:
        raise Refused("This round is closed.")
    if not of_return.is_with_agency:
        raise Refused(f"This return is {of_return.get_state_display().lower()}; it is locked.")
    if item.plan_id != of_return.round.plan_id:
        raise Refused("This item belongs to another plan.")
    if of_return.agency_id != item.lead_agency_id and not any(
        support.agency_id == of_return.agency_id for support in item.supports.all()
    ):
        raise Refused(f"{of_return.agency} neither leads nor supports item {item.number}.")
    update = Update.objects.select_for_update().filter(of_return=of_return, item=item).first()
    return of_return, update or Update(of_return=of_return, item=item, version=0)


def _content(update: Update) -> tuple[Any, ...]:
    return (
        *(update.stage, update.confidence, update.achieved, update.planned_next),
        *(update.challenges, update.key_achievement, update.no_change_on),
    )


def _write(
    update: Update,
    was: tuple[Any, ...],
    version: int,
    *,
    by: User,
    at: datetime,
    is_pause: bool = False,
) -> Update:
    # Unchanged content is no conflict: it comes from a double click or a repeated request.
    if update.pk is not None and _content(update) == was:
        return update
    if version != update.version:
        raise Conflict(Update.objects.get(pk=update.pk) if update.pk else None)
    update.written_by, update.written_at = by, at
    update.version += 1
    return history.save(update, by=by, is_pause=is_pause)


def _step(of_return: Return, to: Return.State) -> Return:
    of_return = locked(of_return, related=("round", "agency"))
    if not of_return.round.is_open:
        raise Refused("This round is closed.")
    if to not in Return.NEXT[of_return.state]:
        raise Refused(
            f"This return is {of_return.get_state_display().lower()}; "
            f"it cannot become {to.label.lower()}."
        )
    of_return.state = to
    of_return.version += 1
    history.end_pauses(Update, of_return=of_return.pk)
    return of_return


def is_for_agency(of_return: Return, by: User) -> bool:
    """Return whether the user acts as the coordinator who enters the return for its agency."""
    own = by.agencies_as(Seat.Role.CONTRIBUTOR, Seat.Role.APPROVER)
    return of_return.is_entered and of_return.agency_id not in own


def _authors(of_return: Return) -> set[int | None]:
    return set(of_return.updates.values_list("written_by", flat=True))


@transaction.atomic
def submit(
    *,
    of_return: Return,
    by: User,
    on: date,
    at: datetime,
    read: dict[int, int] | None = None,
    read_answers: dict[int, int] | None = None,
    with_unmended: bool = False,
) -> Return:
    """Submit an agency's return to the coordinator.

    `read` maps item ids to the version of the answer on the user's page, and `read_answers` ids of
    the answers on milestones to theirs. Raise `Unmended` if notes
    of the coordinator are neither followed nor answered, unless `with_unmended`. Raise `Refused` if
    something is missing (see `answers_of`), if the user wrote all of the return and is not the
    coordinator who enters it for the agency, or if an answer has changed since the user read it.
    """
    of_return = _step(of_return, Return.State.SUBMITTED)
    check_complete(of_return, on)
    for_agency = is_for_agency(of_return, by)
    if _authors(of_return) == {by.pk} and not for_agency:
        raise Refused("You wrote all of this return. Another approver must submit it.")
    for update in of_return.updates.select_related("item").order_by("item__number_key"):
        if read is not None and read.get(update.item_id) != update.version:
            raise Refused(
                f"Item {update.item.number} was answered anew while you were reading. "
                "Read it, then submit."
            )
    if read_answers is not None:
        pending = MilestoneAnswer.objects.filter(of_return=of_return).pending()
        for answer in pending.select_related("milestone__item"):
            if read_answers.get(answer.pk) != answer.version:
                raise Refused(
                    f"A milestone of item {answer.milestone.item.number} was answered anew while "
                    "you were reading. Read it, then submit."
                )
    unmended = [each.note for each in mendings_of(of_return) if not each.is_mended]
    if unmended and not with_unmended:
        raise Unmended(unmended)
    of_return.submitted_at, of_return.submitted_by = at, by
    of_return.ready_at = of_return.ready_by = None
    of_return.first_read_at = of_return.first_read_by = None
    if not for_agency:
        of_return.entered_at = of_return.entered_by = None
    return history.save(of_return, by=by)


class Unmended(Refused):
    """Notes of the coordinator are neither followed nor answered."""

    def __init__(self, notes: list[ReturnNote]) -> None:
        numbers = [note.item.number for note in notes if note.item]
        on = f"items {', '.join(numbers)}" if len(numbers) > 1 else f"item {''.join(numbers)}"
        super().__init__(
            f"You have not changed {on} since the return was sent back, nor replied to the note."
            if numbers
            else "You have not changed anything since the return was sent back, nor replied."
        )
        self.notes = notes


@transaction.atomic
def send_back(
    *,
    of_return: Return,
    note: str = "",
    on_items: Mapping[WorkItem, str] | None = None,
    by: User,
    at: datetime,
) -> Return:
    """Send a return back to its agency with a note on the return, on items, or both."""
    of_return = _step(of_return, Return.State.SENT_BACK)
    notes: list[tuple[WorkItem | None, str]] = [(None, note), *(on_items or {}).items()]
    bodies = [(item, body) for item, body in notes if body]
    if not bodies:
        raise Refused("Say what the agency should change, for an item or for the return.", "note")
    for item, body in bodies:
        history.save(ReturnNote(of_return=of_return, item=item, body=body, by=by, at=at), by=by)
    said = [f"Item {item.number}: {body}" if item else body for item, body in bodies]
    return history.save(of_return, by=by, reason="\n".join(said))


@transaction.atomic
def accept(*, of_return: Return, by: User, on: date) -> Return:
    """Accept a return: lock its answers and copy stage and confidence to the items it leads.

    An item that has been completed or withdrawn since keeps its stage. Raise `Refused` if the user
    submitted the return or wrote all of it, or if an item may not move to its new stage.
    """
    of_return = _step(of_return, Return.State.ACCEPTED)
    if of_return.submitted_by_id == by.pk:
        raise Refused("You submitted this return. Another coordinator must accept it.")
    if _authors(of_return) == {by.pk} and not has_entered(of_return, by):
        raise Refused("You wrote all of this return. Another coordinator must accept it.")
    of_return.accepted_on, of_return.accepted_by = on, by
    history.save(of_return, by=by)
    reason = f"Return of {of_return.agency} for {of_return.round} accepted"
    for update in of_return.updates.select_related("item").order_by("item"):
        if update.item.lead_agency_id != of_return.agency_id:
            continue
        item = locked(update.item)
        if item.stage == Stage.WITHDRAWN:
            continue
        if item.is_live:
            check_stage(item, update.stage, reason=reason, on=on, completed_on=None)
            item.stage = update.stage
        item.confidence = update.confidence
        if item.stage == Stage.COMPLETE:
            closed = item.milestones.exclude(completed_on=None).order_by("-completed_on").first()
            item.completed_on = item.completed_on or (closed.completed_on if closed else on)
        else:
            item.completed_on = None
        item.heard_on = on
        history.save_version(
            item, "stage", "confidence", "completed_on", "heard_on", by=by, reason=reason
        )
    return of_return
