"""Open and close rounds; write, submit, send back and accept returns."""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agencies.models import WRITING_ROLES, Agency, User, by_short_name
from agencies.records import history
from agencies.wording.translation import day_words
from workitems.measures.services import values as measure_values
from workitems.models import MeasureValue, Plan, Return, ReturnNote, Round, Update, WorkItem
from workitems.models.item import Stage
from workitems.plan.answering import asked_in, only_supporting
from workitems.plan.services.items import check_confidence, check_stage
from workitems.plan.services.plan_days import Faults
from workitems.plan.services.refusals import Conflict, Refused, locked, need_reason
from workitems.returns.services import milestone_answers
from workitems.returns.services.answers import (
    AFTER_NO_CHANGES,
    OVERDUE_NEEDS_WORDS,
    after_no_changes,
    answer_of_earlier_lead,
    items_of,
    moved_items,
    status_in_words,
)
from workitems.returns.services.handover import (
    check_complete,
    mendings_of,
    reason_of_submitting,
)
from workitems.returns.services.round_levers import allow_alone, has_entered


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
    asks_supporters: bool = True,
    may_submit_alone: Collection[Agency] = (),
    alone_reason: str = "",
) -> Round:
    """Open a round and create a return for each member agency that exists on `due_on` and has something to answer.

    Those that only support items get one if the round `asks_supporters`. One person may write and submit for the
    agencies in `may_submit_alone`. Raise `Refused` for a plan that is not adopted, if a round is open or has this period, or for
    dates before the period.
    """
    plan = locked(plan)
    Refused.raise_any(round_faults(plan, period_start, period_end, due_on))
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
    members = list(plan.agencies_on(due_on))
    asked = asked_in(plan, members)
    if asks_supporters:
        asked += only_supporting(plan, members)
    for agency in asked:
        of_return = history.save(Return(round=made, agency=agency), by=by)
        if agency in may_submit_alone:
            allow_alone(of_return=of_return, reason=alone_reason, by=by, on=localdate(at), at=at)
    return made


def round_faults(
    plan: Plan, period_start: date | None, period_end: date | None, due_on: date | None
) -> Faults:
    """Yield why a round with these dates may not be opened. The form asks for missing dates."""
    if plan.adopted_on is None:
        yield _("This plan is not adopted yet. Adopt it, then open a round."), None
    if plan.rounds.open().exists():
        yield _("Another round is open. Close it first."), None
    if period_start is not None and period_end is not None:
        if period_end <= period_start:
            yield _("The period ends before it begins. Enter a later day."), "period_end"
        elif plan.rounds.filter(period_start=period_start, period_end=period_end).exists():
            yield (
                _("There has already been a round for this period. Enter another period."),
                "period_start",
            )
    if due_on is not None and period_start is not None and due_on < period_start:
        yield _("Returns would be due before the period begins. Enter a later day."), "due_on"


def still_open(round: Round) -> list[Return]:
    """Return the returns that are not accepted, with their agency and progress."""
    found = round.returns.expected().exclude(state__in=Return.FINISHED).select_related("agency")
    return list(found.with_progress().order_by(by_short_name()))


def states_of(returns: list[Return]) -> str:
    """Return which returns are in which state, to compare with what a page showed."""
    return " ".join(f"{each.pk}:{each.state}" for each in returns)


@transaction.atomic
def close_round(*, round: Round, by: User, at: datetime, seen: str | None = None) -> Round:
    """Close a round. Its returns can no longer be written, submitted, sent back or accepted.

    `seen` is what `states_of` gave for the returns that the user saw as still open; None, for
    commands, compares nothing. Raise `Refused` if the round is closed, or if another return is open now.
    """
    round = locked(round)
    if not round.is_open:
        raise Refused(_("This round is already closed."))
    if seen is not None and seen != states_of(still_open(round)):
        raise Refused(
            _(
                "A return has changed since this page was shown. See which are open now, then decide."
            )
        )
    round.closed_at, round.closed_by = at, by
    return history.save(round, by=by, fields=["closed_at", "closed_by"])


@transaction.atomic
def reopen_round(*, round: Round, by: User, reason: str) -> Round:
    """Reopen a closed round. Needs a reason. Raise `Refused` if another round is open."""
    round = locked(round)
    if round.is_open:
        raise Refused(_("This round is open."))
    need_reason(reason, _("Say why the round is reopened."))
    if Round.objects.open().filter(plan=round.plan_id).exists():
        raise Refused(_("Another round is open. Close it first."))
    round.closed_at = round.closed_by = None
    return history.save(round, by=by, reason=reason, fields=["closed_at", "closed_by"])


@transaction.atomic
def write_update(
    *,
    of_return: Return,
    item: WorkItem,
    stage: str = "",
    confidence: str = "",
    achieved: str = "",
    planned_next: str = "",
    challenges: str = "",
    key_achievement: str = Update.KeyAchievement.NO,
    version: int = 0,
    item_version: int | None = None,
    by: User,
    at: datetime,
    is_pause: bool = False,
) -> Update:
    """Create or change an agency's answer on an item in this round.

    The item itself changes when the return is submitted. Unchanged content writes nothing.
    `item_version` is the version of the item on the user's page; it defaults to the present one.
    Raise `Conflict` if `version`, that of the update on the user's page (0 for none), is not the
    row's, and `Refused` if the return is not open for writing, if the item is not the agency's, or
    if an agency that does not lead the item gives a stage or a confidence.
    `is_pause`: the page saved by itself; see `agencies.records.history.save`.
    """
    of_return, update, item = _open_for_writing(of_return, item)
    _check_status(of_return, item, stage, confidence)
    if key_achievement not in Update.KeyAchievement.values:
        raise Refused(_("Choose no, yes (a paragraph) or headline."), "key_achievement")
    was = _content(update)
    _compare(update, item, item_version)
    update.stage, update.confidence = stage, confidence
    update.achieved, update.planned_next = achieved, planned_next
    update.challenges, update.key_achievement = challenges, key_achievement
    update.no_change_on = None
    return _write(update, was, version, by=by, at=at, is_pause=is_pause)


@transaction.atomic
def say_no_change(
    *,
    of_return: Return,
    item: WorkItem,
    on: date,
    version: int = 0,
    from_email: bool = False,
    by: User,
    at: datetime,
) -> Update:
    """Answer an item with "no change", dated `on`. `from_email`: the person came from a link in an email.

    Raise `Refused` for an item with an overdue milestone (of a supporting agency: one of its own) and
    for the third time in a row, and otherwise as `write_update` does.
    """
    of_return, update, item = _open_for_writing(of_return, item)
    overdue = item.milestones.open().filter(agreed_due__lt=on)
    is_led = item.lead_agency_id == of_return.agency_id
    if not is_led:  # another agency's milestones are not for a supporting agency to explain
        overdue = overdue.filter(responsible_agency=of_return.agency_id)
    if overdue.exclude(answers__in=of_return.milestone_answers.done()).exists():
        raise Refused(_("Item {number}: {why}").format(number=item.number, why=OVERDUE_NEEDS_WORDS))
    if item.pk in after_no_changes(of_return, [item]):
        raise Refused(AFTER_NO_CHANGES)
    was = _content(update)
    update.stage, update.confidence = (item.stage, item.confidence) if is_led else ("", "")
    update.item_version = item.version
    update.achieved = update.planned_next = update.challenges = ""
    update.key_achievement = Update.KeyAchievement.NO
    update.no_change_on = on
    return _write(update, was, version, from_email=from_email, by=by, at=at)


@dataclass(frozen=True)
class Rest:
    """The result of "no change to the rest", in the Plan's order: items answered, and items not
    answered with the reason."""

    answered: list[WorkItem]
    not_answered: list[tuple[WorkItem, str]]


@transaction.atomic
def say_no_change_to_the_rest(
    *, of_return: Return, from_email: bool = False, by: User, on: date, at: datetime
) -> Rest:
    """Answer with "no change" each item of the agency that has no answer yet and may have this one.

    What has an answer stays as it is. An item is left if it has an overdue milestone, for the third
    time in a row, or if another user answers it meanwhile. Raise `Refused` if the return is locked.
    """
    of_return = milestone_answers.open_return(of_return)
    answered = set(of_return.updates.values_list("item", flat=True))
    rest = Rest([], [])
    for item in items_of(of_return):
        if item.pk in answered:
            continue
        try:
            say_no_change(
                of_return=of_return, item=item, on=on, from_email=from_email, by=by, at=at
            )
        except Refused as refusal:
            rest.not_answered.append((item, str(refusal)))
        else:
            rest.answered.append(item)
    return rest


@transaction.atomic
def write_status(
    *,
    of_return: Return,
    item: WorkItem,
    stage: str,
    confidence: str,
    version: int,
    item_version: int,
    by: User,
    at: datetime,
) -> Update:
    """Write the stage and confidence of an answer from the item's page; its words stay.

    The item's own status, where there is no answer yet, writes nothing. Arguments and refusals are those of `write_update`.
    """
    of_return, update, item = _open_for_writing(of_return, item)
    _check_status(of_return, item, stage, confidence)
    if update.pk is None and (stage, confidence) == (item.stage, item.confidence):
        return update  # not an answer: nothing was said
    was = _content(update)
    _compare(update, item, item_version)
    if (stage, confidence) != (update.stage, update.confidence):
        update.no_change_on = None
    update.stage, update.confidence = stage, confidence
    return _write(update, was, version, by=by, at=at)


@transaction.atomic
def settle_status(
    *,
    of_return: Return,
    item: WorkItem,
    keep_answer: bool,
    version: int,
    item_version: int,
    by: User,
    at: datetime,
) -> Update:
    """Choose between an answer and its item, which moved after the answer was saved.

    Keep the answer's stage and confidence, or take the item's. Raise `Conflict` if the answer or
    the item has changed since the user compared them (`version`, `item_version`).
    """
    of_return, update, item = _open_for_writing(of_return, item)
    if version != update.version:
        raise Conflict(update if update.pk else None)
    if item_version != item.version:
        raise Refused(
            _("Item {number} has changed again. Compare the two, then choose.").format(
                number=item.number
            )
        )
    was = _content(update)
    if not keep_answer:
        if (item.stage, item.confidence) != (update.stage, update.confidence):
            update.no_change_on = None
        update.stage, update.confidence = item.stage, item.confidence
    update.item_version = item.version
    return _write(update, was, version, by=by, at=at, is_settled=True)


def _open_for_writing(of_return: Return, item: WorkItem) -> tuple[Return, Update, WorkItem]:
    """Return the locked return, and the present answer and item."""
    of_return = milestone_answers.open_return(of_return)
    if item.plan_id != of_return.round.plan_id:
        raise Refused(_("This item belongs to another plan."))
    # The item on the user's page may be older.
    current = WorkItem.objects.get(pk=item.pk)
    if current.lead_agency_id != of_return.agency_id:
        answered = WorkItem.objects.answered_by(of_return.agency_id)
        if not answered.filter(pk=item.pk).exists():
            raise Refused(
                _("{agency} neither leads nor supports item {number}.").format(
                    agency=of_return.agency, number=item.number
                )
            )
    update = Update.objects.select_for_update().filter(of_return=of_return, item=item).first()
    if update is None and (earlier := answer_of_earlier_lead(of_return, current)):
        raise Refused(
            _(
                "{agency} answered item {number} for this round, and its answer was accepted on {day}."
            ).format(
                agency=earlier.of_return.agency,
                number=item.number,
                day=day_words(earlier.of_return.accepted_on),
            )
        )
    return of_return, update or Update(of_return=of_return, item=current, version=0), current


def _check_status(of_return: Return, item: WorkItem, stage: str, confidence: str) -> None:
    """Raise `Refused` unless the lead gives a stage, or another agency gives none."""
    if of_return.agency_id != item.lead_agency_id:
        if stage or confidence:
            raise Refused(
                _(
                    "Only {agency} sets the stage and confidence of item {number}. Propose a change to "
                    "it on the item’s page."
                ).format(agency=item.lead_agency, number=item.number),
                "stage",
            )
        return
    if stage not in Stage.values:
        raise Refused(_("Choose a stage from the list."), "stage")
    check_confidence(confidence)


def _compare(update: Update, item: WorkItem, shown: int | None) -> None:
    """Record the version of the item that the answer was compared with.

    An answer that the item has overtaken keeps its old version until its agency chooses between
    the two; writing more words does not answer the question.
    """
    if update.pk is None:
        update.item_version = item.version if shown is None else shown
    elif not moved_items([(update, item)]):
        update.item_version = item.version


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
    from_email: bool = False,
    is_pause: bool = False,
    is_settled: bool = False,
) -> Update:
    # Unchanged content is no conflict: it comes from a double click or a repeated request.
    if update.pk is not None and not is_settled and _content(update) == was:
        return update
    if version != update.version:
        raise Conflict(Update.objects.get(pk=update.pk) if update.pk else None)
    update.written_by, update.written_at, update.from_email = by, at, from_email
    update.version += 1
    return history.save(update, by=by, is_pause=is_pause)


def _step(of_return: Return, to: Return.State) -> Return:
    of_return = locked(of_return, related=("round", "agency"))
    if not of_return.round.is_open:
        raise Refused(_("This round is closed."))
    if to not in Return.NEXT[of_return.state]:
        raise Refused(
            _("This return is {state}; it cannot become {new_state}.").format(
                state=of_return.get_state_display().lower(), new_state=to.label.lower()
            )
        )
    of_return.state = to
    of_return.version += 1
    history.end_pauses(Update, of_return=of_return.pk)
    history.end_pauses(ReturnNote, of_return=of_return.pk)
    history.end_pauses(MeasureValue, of_return=of_return.pk)
    return of_return


def is_for_agency(of_return: Return, by: User) -> bool:
    """Return whether the user acts as the coordinator who enters the return for its agency."""
    own = by.agencies_as(*WRITING_ROLES)
    return of_return.is_entered and of_return.agency_id not in own


def _authors(of_return: Return) -> set[int | None]:
    answers = of_return.milestone_answers.not_removed()
    return {
        *of_return.updates.values_list("written_by", flat=True),
        *of_return.measure_values.values_list("written_by", flat=True),
        *answers.values_list("written_by", flat=True),
    }


# What else takes effect when a return is submitted. They register in `AppConfig.ready`.
WITH_THE_RETURN: list[Callable[..., None]] = []


@transaction.atomic
def submit(
    *,
    of_return: Return,
    by: User,
    on: date,
    at: datetime,
    read: dict[int, int] | None = None,
    read_answers: dict[int, int] | None = None,
    read_measures: dict[int, int] | None = None,
    with_unmended: bool = False,
) -> Return:
    """Submit an agency's return to the coordinator, and bring it into effect.

    Its answers on milestones are performed and the items that the agency leads take the stage and
    confidence of their answers, all in this transaction. `read` maps item ids to the version of
    the answer on the user's page, `read_answers` ids of the answers on milestones to theirs, and `read_measures` ids of
    measures to the version of their number.
    Raise `Unmended` if notes of the coordinator are neither followed nor answered, unless
    `with_unmended`. Raise `Refused` if something is missing (see `answers_of`), if the user wrote
    all of the return and is not the coordinator who enters it for the agency, or if an answer has
    changed since the user read it.
    """
    of_return = _step(of_return, Return.State.SUBMITTED)
    check_complete(of_return, on)
    for_agency = is_for_agency(of_return, by)
    is_alone = _authors(of_return) == {by.pk} and not for_agency
    if is_alone and of_return.alone_allowed_at is None:
        raise Refused(_("You wrote all of this return. Another approver must submit it."))
    for update in of_return.updates.select_related("item").order_by("item__number_key"):
        if read is not None and read.get(update.item_id) != update.version:
            raise Refused(
                _(
                    "Item {number} was changed while you were reading. Read it again, then submit."
                ).format(number=update.item.number)
            )
    if read_answers is not None:
        _check_milestones_read(of_return, read_answers)
    for value in of_return.measure_values.select_related("measure") if read_measures else ():
        if read_measures.get(value.measure_id) != value.version:  # type: ignore[union-attr]
            raise Refused(
                _(
                    "“{measure}” was changed while you were reading. Read it again, then submit."
                ).format(measure=value.measure.as_told)
            )
    unmended = [each.note for each in mendings_of(of_return) if not each.is_mended]
    if unmended and not with_unmended:
        raise Unmended(unmended)
    of_return.submitted_at, of_return.submitted_by = at, by
    of_return.is_by_one_person = is_alone
    of_return.ready_at = of_return.ready_by = None
    of_return.first_read_at = of_return.first_read_by = None
    if not for_agency:
        of_return.entered_at = of_return.entered_by = None
    history.save(of_return, by=by)
    milestone_answers.take_effect(of_return, by=by, on=on, at=at)
    of_return.reading_ticks.all().delete()
    reason = reason_of_submitting(of_return)
    for item, update in _led(of_return):
        _bring_into_effect(item, update, by=by, on=on, reason=reason)
    for take_effect in WITH_THE_RETURN:
        take_effect(of_return, by=by, at=at)
    return of_return


def _check_milestones_read(of_return: Return, read: dict[int, int]) -> None:
    pending = of_return.milestone_answers.pending().select_related("milestone__item")
    for answer in pending.in_order():
        if read.get(answer.pk) != answer.version:
            raise Refused(
                _(
                    "“{milestone}” of item {number} was changed while you were reading. Read it again, then "
                    "submit."
                ).format(milestone=answer.milestone, number=answer.milestone.item.number)
            )


def _led(of_return: Return) -> Iterator[tuple[WorkItem, Update]]:
    """Yield each item that the agency leads, locked, with its answer; not the withdrawn ones."""
    for update in of_return.updates.select_related("item").order_by("item"):
        if update.item.lead_agency_id == of_return.agency_id:
            item = locked(update.item)
            if item.stage != Stage.WITHDRAWN:
                yield item, update


def _bring_into_effect(item: WorkItem, update: Update, *, by: User, on: date, reason: str) -> None:
    """Set the item's stage and confidence from its answer, unless a newer change has set them."""
    if not update.stage:
        return  # written when another agency led the item
    if (item.stage, item.confidence) == (update.stage, update.confidence):
        return
    if moved_items([(update, item)]):
        raise Refused(
            _(
                "Item {number} changed after it was answered. The return says {return_status}; the item says "
                "{item_status}. Only {agency} can choose between the two, once the return is sent back."
            ).format(
                number=item.number,
                return_status=status_in_words(update),
                item_status=status_in_words(item),
                agency=item.lead_agency,
            )
        )
    check_stage(item, update.stage, reason=reason, on=on, completed_on=None)
    was_complete = item.stage == Stage.COMPLETE
    item.stage, item.confidence = update.stage, update.confidence
    if item.stage == Stage.COMPLETE and not was_complete:
        closed = item.milestones.exclude(completed_on=None).order_by("-completed_on").first()
        item.completed_on = closed.completed_on if closed else on
    elif item.stage != Stage.COMPLETE:
        item.completed_on = None
    history.save_version(item, "stage", "confidence", "completed_on", by=by, reason=reason)


class Unmended(Refused):
    """Notes of the coordinator are neither followed nor answered."""

    def __init__(self, notes: list[ReturnNote]) -> None:
        numbers = [note.item.number for note in notes if note.item]
        super().__init__(
            ngettext(
                "You have not changed item {numbers} or replied to the note since the return was "
                "sent back.",
                "You have not changed items {numbers} or replied to the note since the return was "
                "sent back.",
                len(numbers),
            ).format(numbers=", ".join(numbers))
            if numbers
            else _("Nothing was changed or replied to since the return was sent back.")
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
        raise Refused(
            _("Write what the agency should change, for an item or for the return."), "note"
        )
    for item, body in bodies:
        history.save(ReturnNote(of_return=of_return, item=item, body=body, by=by, at=at), by=by)
    lines = [f"Item {item.number}: {body}" if item else body for item, body in bodies]
    return history.save(of_return, by=by, reason="\n".join(lines))


@transaction.atomic
def ask_again(*, of_return: Return, item: WorkItem, note: str, by: User, at: datetime) -> Return:
    """Ask an agency about one more item with a note: send its return back, or add to what it was sent back for."""
    if of_return.state != Return.State.SENT_BACK:
        return send_back(of_return=of_return, on_items={item: note}, by=by, at=at)
    history.save(ReturnNote(of_return=of_return, item=item, body=note, by=by, at=at), by=by)
    return of_return


@transaction.atomic
def accept(*, of_return: Return, by: User, on: date) -> Return:
    """Accept a return: lock its answers, which are now the latest accepted updates on their items.

    The items changed when it was submitted. Raise `Refused` if the user submitted the return or
    wrote all of it, or if an item says something newer than its answer.
    """
    of_return = _step(of_return, Return.State.ACCEPTED)
    if of_return.submitted_by_id == by.pk:
        raise Refused(_("You submitted this return. Another coordinator must accept it."))
    if _authors(of_return) == {by.pk} and not has_entered(of_return, by):
        raise Refused(_("You wrote all of this return. Another coordinator must accept it."))
    of_return.accepted_on, of_return.accepted_by = on, by
    history.save(of_return, by=by)
    measure_values.accept_all(of_return, by=by, on=on)
    reason = f"Return of {of_return.agency} for {of_return.round} accepted"
    for item, update in _led(of_return):
        # Nothing is left to do, unless the return was submitted before submitting had an effect.
        _bring_into_effect(item, update, by=by, on=on, reason=reason)
        _heard(item, by=by, on=on, reason=reason)
    # An item whose lead moved after it was answered has been heard of too.
    answered = of_return.updates.exclude(stage="").exclude(item__stage=Stage.WITHDRAWN)
    answered = answered.exclude(item__lead_agency=of_return.agency_id)
    for update in answered.select_related("item").order_by("item"):
        _heard(locked(update.item), by=by, on=on, reason=reason)
    return of_return


def _heard(item: WorkItem, *, by: User, on: date, reason: str) -> None:
    item.heard_on = on
    history.save_version(item, "heard_on", by=by, reason=reason)
