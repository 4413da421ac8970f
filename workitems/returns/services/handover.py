"""Hand a return over: ready for approval, read by the coordinator, recalled, notes answered.

Submitting, sending back and accepting are in `rounds`.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.formats import time_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agencies.models import User
from agencies.records import history
from agencies.wording.translation import day_words, list_in_words
from workitems.models import MilestoneAnswer, Plan, ReadingTicks, Return, ReturnNote, Update
from workitems.models.item import number_key
from workitems.plan.services.refusals import Conflict, Refused, check_with_agency, locked
from workitems.returns.services.answers import answers_of


def locked_return(of_return: Return) -> Return:
    """Return the row, locked. Raise `Refused` if its round is closed."""
    of_return = locked(of_return, related=("round__plan", "agency", "first_read_by"))
    if not of_return.round.is_open:
        raise Refused(_("This round is closed."))
    return of_return


def check_complete(of_return: Return, on: date) -> None:
    """Raise `Refused` if something is missing in the return (see `answers_of`)."""
    missing = answers_of(of_return, on).missing
    if missing:
        says = _("Not yet complete. {missing}").format(missing=missing[0].says)
        also = {
            fault.item.number for fault in missing if fault.item and fault.item != missing[0].item
        }
        if also:
            others = ngettext(
                "Item {numbers} lacks something too.",
                "Items {numbers} lack something too.",
                len(also),
            ).format(numbers=list_in_words(sorted(also, key=number_key)))
            says = f"{says} {others}"
        raise Refused(says)


# --- ready for approval -----------------------------------------------------------------------


@transaction.atomic
def mark_ready(*, of_return: Return, by: User, on: date, at: datetime) -> Return:
    """Record that the return is ready for an approver to submit.

    Later edits keep the mark: the approver reads the latest text. A second click changes nothing.
    Raise `Refused` if the return is not with its agency or if something is missing.
    """
    of_return = locked_return(of_return)
    check_with_agency(of_return)
    if of_return.ready_at is not None:
        return of_return
    check_complete(of_return, on)
    of_return.ready_at, of_return.ready_by = at, by
    return history.save(of_return, by=by, fields=["ready_at", "ready_by"])


@transaction.atomic
def withdraw_ready(*, of_return: Return, by: User) -> Return:
    """Remove the mark "ready for approval". Raise `Refused` if the return was submitted since."""
    of_return = locked_return(of_return)
    if not of_return.is_with_agency:
        raise Refused(
            _(
                "This return is {state}. An approver can recall it until the coordinator has opened it."
            ).format(state=of_return.get_state_display().lower())
        )
    if of_return.ready_at is None:
        return of_return
    of_return.ready_at = of_return.ready_by = None
    return history.save(of_return, by=by, fields=["ready_at", "ready_by"])


@transaction.atomic
def ask_for_more(*, plan: Plan, agencies: Collection[int], on: date, by: User, reason: str) -> None:
    """Remove the mark "ready for approval" from the agencies' returns that have more to answer by now, and keep why."""
    ready = Return.objects.waiting_for_agency().filter(round__plan=plan, ready_at__isnull=False)
    for each in ready.filter(agency__in=agencies).order_by("pk"):
        of_return = locked_return(each)
        if of_return.ready_at is not None and answers_of(of_return, on).missing:
            of_return.ready_at = of_return.ready_by = None
            history.save(of_return, by=by, reason=reason, fields=["ready_at", "ready_by"])


# --- read, or recalled ------------------------------------------------------------------------


@transaction.atomic
def mark_read(*, of_return: Return, by: User, at: datetime) -> Return:
    """Record who of the coordinators first opened what was submitted, and when.

    The submitter's own reading does not count. The version stays, as nothing in the return changes.
    """
    of_return = locked(of_return, related=("round__plan", "agency", "first_read_by"))
    if (
        of_return.state != Return.State.SUBMITTED
        or of_return.first_read_at is not None
        or of_return.submitted_by_id == by.pk
        or not of_return.round.is_open
    ):
        return of_return
    of_return.first_read_at, of_return.first_read_by = at, by
    return history.save(of_return, by=by, fields=["first_read_at", "first_read_by"])


def recall_obstacle(of_return: Return) -> str:
    """Return why a submitted return cannot be recalled, as a sentence, or "".

    What the coordinator entered for the agency can be recalled until it is accepted.
    """
    read_at, read_by = of_return.first_read_at, of_return.first_read_by
    if read_at is None or read_by is None or is_from_mail(of_return):
        return ""
    at = localtime(read_at)
    return _(
        "{person} opened this return on {at} at {time}, so it can no "
        "longer be recalled. Ask the coordinator to send it back."
    ).format(person=read_by, at=day_words(at), time=time_format(at, "g:i a"))


def is_from_mail(of_return: Return) -> bool:
    """Return whether the coordinator who entered the return has also submitted it."""
    return of_return.is_entered and of_return.submitted_by_id == of_return.entered_by_id


@transaction.atomic
def recall(*, of_return: Return, by: User) -> Return:
    """Return a submitted return to its agency. It is then as it was before it was submitted.

    The coordinator who entered it for the agency can no longer write in it. Raise `Refused` once
    the coordinator has read it (see `recall_obstacle`).
    """
    of_return = locked_return(of_return)
    if of_return.state != Return.State.SUBMITTED:
        raise Refused(
            _("This return is {state}, so there is nothing to recall.").format(
                state=of_return.get_state_display().lower()
            )
        )
    if obstacle := recall_obstacle(of_return):
        raise Refused(obstacle)
    was_sent_back = of_return.notes.of_coordinators().exists()
    of_return.state = Return.State.SENT_BACK if was_sent_back else Return.State.DUE
    # Without these the coordinator may not read it.
    of_return.submitted_at = of_return.submitted_by = None
    of_return.is_by_one_person = False
    of_return.first_read_at = of_return.first_read_by = None
    of_return.entered_at = of_return.entered_by = None
    return history.save_version(of_return, by=by)


def reason_of_submitting(of_return: Return) -> str:
    """Return the reason in the history of what changed when the return was submitted."""
    return f"Return of {of_return.agency} for {of_return.round} submitted"


# --- back to its writers ------------------------------------------------------------------------


@transaction.atomic
def return_to_writers(*, of_return: Return, note: str, by: User, at: datetime) -> Return:
    """Send a return that is not submitted back to its agency's writers, with a note that only they read.

    It is then no longer ready for approval. Raise `Refused` without a note, or if the return is not
    with its agency.
    """
    of_return = locked_return(of_return)
    check_with_agency(of_return)
    if not note:
        raise Refused(_("Write what the writers should change."), "note")
    history.end_pauses(ReturnNote, of_return=of_return.pk)
    history.save(ReturnNote(of_return=of_return, is_own=True, body=note, by=by, at=at), by=by)
    return withdraw_ready(of_return=of_return, by=by)


@transaction.atomic
def keep_ticks(*, of_return: Return, person: User, ticks: Mapping[str, str]) -> None:
    """Keep what an approver accepted while reading, for this approver alone. See `ReadingTicks`."""
    ReadingTicks.objects.update_or_create(
        of_return=of_return, person=person, defaults={"ticks": dict(ticks)}
    )


# --- sent back --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Mending:
    """A note of the latest sending back, by the coordinator or since then to the agency's own writers; and
    of that of a return that has come since from an agency that ended.
    `is_mended` once the item was answered anew or the note has a reply; a note on the whole return
    once anything was. `is_open` until the writers have done with it: whatever else is saved, a note of their approver
    on the whole return stays open until it has a reply or the return is submitted."""

    note: ReturnNote
    is_mended: bool
    is_open: bool


def mendings_of(of_return: Return) -> list[Mending]:
    """Return the notes of the latest sending back, on items first, in their order."""
    return mendings_of_each([of_return])[of_return.pk]


def mendings_of_each(returns: Collection[Return]) -> dict[int, list[Mending]]:
    """Return the `mendings_of` each return, by its id. At most three queries for any number."""
    ids = [each.pk for each in returns]
    notes: dict[int, list[ReturnNote]] = {pk: [] for pk in ids}
    written_at: dict[int, dict[int, datetime]] = {pk: {} for pk in ids}
    if ids:
        rows = ReturnNote.objects.filter(of_return__in=ids).with_coming()
        for note in rows.select_related("by", "replied_by", "item"):
            notes[note.of_return_id].append(note)
        answers = Update.objects.filter(of_return__in=ids)
        for pk, item, at in answers.values_list("of_return", "item", "written_at"):
            written_at[pk][item] = at
        for pk, times in milestones_answered_at(pk for pk in ids if notes[pk]).items():
            for item, at in times.items():
                written_at[pk][item] = max(at, written_at[pk].get(item, at))
    return {pk: latest_mendings(notes[pk], written_at[pk]) for pk in ids}


def milestones_answered_at(returns: Iterable[int]) -> dict[int, dict[int, datetime]]:
    """Return when the last milestone of each item was answered, by return. None without returns."""
    found: dict[int, dict[int, datetime]] = defaultdict(dict)
    rows = MilestoneAnswer.objects.not_removed().filter(of_return__in=list(returns))
    for pk, item, at in rows.order_by("written_at").values_list(
        "of_return", "milestone__item", "written_at"
    ):
        found[pk][item] = at
    return found


def latest_mendings(
    notes: Collection[ReturnNote], written_at: Mapping[int, datetime]
) -> list[Mending]:
    """Return the latest notes and whether each was followed, on items first, in their order.

    `notes` are from `with_coming`. `written_at` are the times of the return's answers by item id.
    Queries only items not loaded.
    """
    came = [note for note in notes if note.came_at is not None]
    found = _mendings([note for note in notes if note.came_at is None], written_at)
    sent_at = max((each.note.at for each in found), default=None)
    # What came after its own was sent back is to be followed too.
    still = [note for note in came if sent_at is None or (note.came_at and note.came_at > sent_at)]
    found += _mendings(still, written_at)
    return sorted(found, key=lambda each: each.note.item.number_key if each.note.item else "~")


def _mendings(notes: Collection[ReturnNote], written_at: Mapping[int, datetime]) -> list[Mending]:
    """Return the latest notes of one return, and whether each was followed."""
    found: list[Mending] = []
    sent_at: datetime | None = None
    for is_own in (False, True):
        those = [note for note in notes if note.is_own == is_own]
        at = max((note.at for note in those), default=None)
        if at is None or (sent_at is not None and at < sent_at):
            continue
        sent_at = at
        latest = [note for note in those if note.at == sent_at]
        written = {item for item, written in written_at.items() if written > sent_at}
        anything = bool(written) or any(note.reply for note in latest)
        for note in latest:
            is_mended = bool(note.reply) or (note.item_id in written if note.item_id else anything)
            is_left = note.is_own and not note.item_id and not note.reply
            found.append(Mending(note, is_mended, is_open=is_left or not is_mended))
    return found


def with_own_open(mendings: list[Mending], of_return: Return) -> list[Mending]:
    """Return the notes with those open that no reply or submission has answered. One query if there are such."""
    if all(each.is_mended == (not each.is_open) for each in mendings):
        return mendings
    row: Any = Return.objects.with_last_submission().get(pk=of_return.pk)
    last = row.last_submitted_at
    return [
        replace(
            each, is_open=not each.is_mended or (each.is_open and (not last or each.note.at > last))
        )
        for each in mendings
    ]


def is_recalled(of_return: Any) -> bool:
    """Return whether the return, from `with_last_submission`, was recalled and is not submitted again."""
    # Sent back, it keeps when it was submitted.
    return of_return.submitted_at is None and of_return.last_submitted_at is not None


def mended_words(mendings: Collection[Mending]) -> str:
    """Return "2 of 3 items changed or answered", or "" without notes on items."""
    on_items = [each for each in mendings if each.note.item_id is not None]
    mended = sum(each.is_mended for each in on_items)
    return (
        ngettext(
            "{done} of {count:,} item changed or answered",
            "{done} of {count:,} items changed or answered",
            len(on_items),
        ).format(done=mended, count=len(on_items))
        if on_items
        else ""
    )


@transaction.atomic
def reply_to_note(
    *,
    note: ReturnNote,
    version: int,
    reply: str,
    by: User,
    at: datetime,
    is_pause: bool = False,
) -> ReturnNote:
    """Write or change the agency's reply to a note. Unchanged text writes nothing.

    `is_pause`: the page saved by itself; see `agencies.records.history.save`.

    Raise `Conflict` if another user changed it since `version`, and `Refused` if the return is not
    with its agency.
    """
    of_return = locked_return(note.of_return)
    note = locked(note, related=("item", "by"))
    if reply == note.reply:
        return note
    check_with_agency(of_return)
    if note.version != version:
        raise Conflict(note)
    note.reply, note.replied_by, note.replied_at = reply, by, at
    return history.save_version(note, by=by, is_pause=is_pause)
