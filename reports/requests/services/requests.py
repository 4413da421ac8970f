"""What happens to a request from its receipt to its close, apart from its papers and its decision.

`InformationRequest.NEXT` lists the allowed steps; any other raises `Refused`. Days are given by the
caller; `at` is the moment of recording, whose day is today.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.models import Agency, User
from agencies.records import history
from agencies.wording.translation import in_english
from reports.document.dates import long_date
from reports.requests.law.working_days import BeyondCalendar
from reports.requests.letters import Ombudsman
from reports.requests.models import InformationRequest, Redaction, RequestEvent, RequestLetter
from reports.requests.models.in_scope import found_in, not_frozen
from reports.requests.models.request import (
    RECEIVED_TOO_EARLY,
    in_force,
    period_fields,
    sent_back,
)
from reports.requests.models.request_clock import RequestClock, calendar, clock_of
from reports.requests.services.file_checks import forget_missing_words
from reports.requests.services.letters import write_again
from reports.requests.services.line_files import nothing_is_withheld, refusals_of_files
from reports.requests.services.other_papers import left_keys, readable_elsewhere
from reports.requests.services.recording import check_day, check_open, need, not_now, record
from workitems.models import Plan
from workitems.plan.services.refusals import Refused, locked

State = InformationRequest.State
Kind = RequestEvent.Kind
FOUND = "Papers found"  # begins what history says of a search
REFERENCE_IS_TAKEN = gettext_lazy("Another request to this agency has this reference.")


def clock(request: InformationRequest) -> RequestClock:
    """Return the clock of a request. Two queries."""
    return clock_of(request.events.all(), calendar())


def move(row: InformationRequest, to: str, *, by: User, reason: str = "") -> InformationRequest:
    """Set a locked request's state. Raise `Refused` if the step is not allowed."""
    if to not in InformationRequest.NEXT[row.state]:
        raise not_now(
            row, _("it cannot become {state} from there").format(state=State(to).label.lower())
        )
    row.state = to
    if to in InformationRequest.ENDED:
        forget_missing_words(row)
    return history.save_version(row, by=by, reason=reason)


@transaction.atomic
def record_request(
    *,
    agency: Agency,
    reference: str,
    channel: str,
    dated: date | None,
    received_on: date,
    text: str,
    by: User,
    at: datetime,
    requester_name: str = "",
    requester_address: str = "",
    plan: Plan | None = None,
    scope_note: str = "",
    urgency_reason: str = "",
) -> InformationRequest:
    """Record a request with its receipt, dated that day unless told otherwise. Its text never changes.

    Raise `Refused` for a receipt after today or before the request's date, for a reference that
    another request has, and without the name of who asked, except for an own initiative.
    """
    dated = dated or received_on
    if received_on > timezone.localdate(at):
        raise Refused(_("A request cannot be received after today."), "received_on")
    if received_on < dated:
        raise Refused(RECEIVED_TOO_EARLY, "received_on")
    row = InformationRequest(
        agency=agency,
        plan=plan,
        reference=need(reference, _("Enter the reference in the agency’s register."), "reference"),
        channel=channel,
        requester_name=requester_name.strip(),
        requester_address=requester_address.strip(),
        dated=dated,
        received_on=received_on,
        # Word for word: the space around it is the requester's too.
        text=text,
        scope_note=scope_note.strip(),
        urgency_reason=urgency_reason.strip(),
    )
    need(text, _("Enter what is asked, word for word."), "text")
    if row.is_own_initiative and (row.requester_name or row.requester_address):
        raise Refused(_("A proactive release has no requester."), "requester_name")
    if not row.is_own_initiative:
        need(requester_name, _("Say who asked."), "requester_name")
    try:
        calendar().due(received_on)
    except BeyondCalendar as error:
        raise Refused(str(error), "received_on") from error
    try:
        with transaction.atomic():
            history.save(row, by=by)
    except IntegrityError as error:
        raise Refused(REFERENCE_IS_TAKEN, "reference") from error
    record(row, Kind.RECEIVED, on=received_on, by=by, at=at)
    return row


@transaction.atomic
def change_request(
    *,
    request: InformationRequest,
    reference: str,
    plan: Plan | None,
    requester_name: str,
    requester_address: str,
    scope_note: str,
    urgency_reason: str,
    version: int,
    by: User,
    reason: str = "",
) -> InformationRequest:
    """Change what is recorded about a request, never its text or its days."""
    row = locked(request, version=version)
    if row.purged_on is not None and (requester_name or requester_address):
        raise Refused(
            _("Who asked was removed on {day} and is not kept again.").format(
                day=long_date(row.purged_on)
            ),
            "requester_name",
        )
    if row.is_own_initiative and (requester_name or requester_address):
        raise Refused(_("A proactive release has no requester."), "requester_name")
    if not row.is_own_initiative and row.purged_on is None:
        need(requester_name, _("Say who asked."), "requester_name")
    row.reference = need(reference, _("Enter the reference in the agency’s register."), "reference")
    row.plan, row.scope_note, row.urgency_reason = plan, scope_note.strip(), urgency_reason.strip()
    row.requester_name = requester_name.strip()
    row.requester_address = requester_address.strip()
    try:
        with transaction.atomic():
            return history.save_version(row, by=by, reason=reason)
    except IntegrityError as error:
        raise Refused(REFERENCE_IS_TAKEN, "reference") from error


# --- steps ---------------------------------------------------------------------------------------


@transaction.atomic
def start_scoping(*, request: InformationRequest, by: User) -> InformationRequest:
    return move(locked(request), State.SCOPING, by=by)


@transaction.atomic
def set_scope(
    *,
    request: InformationRequest,
    scope_from: date | None,
    scope_to: date | None,
    scope_note: str,
    further: Sequence[tuple[date | None, date | None]] = (),
    version: int,
    by: User,
    at: datetime,
) -> InformationRequest:
    """Say in which periods the papers in scope are, and how the request is read; history says what was found in them.

    Raise `Refused` for a period with one day alone, or that ends before it begins.
    """
    row = locked(request, version=version)
    if row.state not in InformationRequest.PREPARED_IN:
        raise not_now(row, _("its scope changes while it is scoped or prepared"))
    periods = []
    for number, (first, last) in enumerate([(scope_from, scope_to), *further], 1):
        begins, ends = period_fields(number)
        if (first is None) != (last is None):
            raise Refused(_("Enter both days, or none."), ends if first else begins)
        if first and last:
            if last < first:
                raise Refused(_("The period ends before it begins."), ends)
            periods.append((first, last))
    row.periods, row.scope_note = periods, scope_note.strip()
    return history.save_version(row, by=by, reason=_found(row, timezone.localdate(at)))


@in_english
def _found(row: InformationRequest, today: date) -> str:
    """Return how much a search of the scope finds on a day, or "" without a period."""
    if not row.periods:
        return ""
    papers, others = found_in(row, row.periods), not_frozen(row, row.periods, today=today)
    return f"{FOUND}: {len(papers)}. Returns, drafts and conversations found: {len(others)}."


@transaction.atomic
def start_preparing(*, request: InformationRequest, by: User) -> InformationRequest:
    """Go on from the scope to the papers. Raise `Refused` while the schedule is empty."""
    row = locked(request)
    if row.state != State.SCOPING:
        raise not_now(row, _("its papers are prepared after it is scoped"))
    if not row.lines.exists():
        raise Refused(_("The schedule is empty. List a paper, or say what is not held here."))
    return move(row, State.PREPARING, by=by)


@transaction.atomic
def send_for_review(
    *,
    request: InformationRequest,
    ombudsman: Ombudsman,
    by: User,
    at: datetime,
    answer: str = "",
    warnings_left: Mapping[str, str] | None = None,
) -> InformationRequest:
    """Send the schedule and the redactions to the reviewer. Raise `Refused` with a line undecided, for a paper in part
    of which nothing is withheld, for a file that has not passed its check, for withheld words that can be read in
    another paper without a reason in `warnings_left`, and without an answer to a request that was sent back.

    The letter with the decision, if there is one, is written again as the papers are now.
    """
    row = locked(request, related=("agency",))
    undecided = row.lines.undecided().in_order().first()
    if row.state == State.PREPARING and undecided is not None:
        raise Refused(
            _("Nothing is decided yet on “{title}” (line {number}).").format(
                title=undecided.title, number=undecided.number
            )
        )
    if row.state == State.PREPARING:
        if _awaits_answer(row):
            need(answer, _("Answer what the request was sent back for."), "answer")
        row.warnings_left = {**row.warnings_left, **given_reasons(warnings_left)}
        _check_papers(row)
        _write_decision_again(row, ombudsman, by)
    move(row, State.IN_REVIEW, by=by)
    record(row, Kind.SENT_FOR_REVIEW, on=timezone.localdate(at), by=by, at=at, note=answer)
    return row


@transaction.atomic
def send_back(
    *, request: InformationRequest, reason: str, by: User, at: datetime
) -> InformationRequest:
    """Send a request in review, or ready to sign, back to be prepared. Needs a reason."""
    row = locked(request)
    reason = need(reason, _("Say what has to change."), "reason")
    if row.state not in (State.IN_REVIEW, State.READY):
        raise not_now(row, _("there is nothing to send back"))
    move(row, State.PREPARING, by=by, reason=reason)
    record(row, Kind.SENT_BACK, on=timezone.localdate(at), by=by, at=at, note=reason)
    return row


@transaction.atomic
def finish_review(
    *, request: InformationRequest, ombudsman: Ombudsman, by: User, at: datetime
) -> InformationRequest:
    """Pass a reviewed request to the decision-maker. Raise `Refused` with a redaction unanswered, and for a file that
    has not passed its check.

    A letter that the review has made untrue, because a redaction was declined, is written again from
    what its adviser typed.
    """
    row = locked(request, related=("agency",))
    waiting = Redaction.objects.of_request(row).proposed().in_order().first()
    if row.state == State.IN_REVIEW and waiting is not None:
        raise Refused(
            _("A redaction on line {number} is neither agreed nor declined.").format(
                number=waiting.line.number
            )
        )
    if row.state == State.IN_REVIEW:
        _check_papers(row)
        _write_decision_again(row, ombudsman, by)
    move(row, State.READY, by=by)
    record(row, Kind.REVIEWED, on=timezone.localdate(at), by=by, at=at)
    return row


def _awaits_answer(row: InformationRequest) -> bool:
    found = sent_back(row.events.all())
    return found is not None and found.answered is None


def _check_papers(row: InformationRequest) -> None:
    """Raise `Refused` for a paper in part of which nothing is withheld, and for a file that has not passed its check."""
    for line in row.lines.given().in_order().select_related("evidence", "response"):
        if refusal := nothing_is_withheld(line):
            raise Refused(refusal)
    for refusal in refusals_of_files(row):
        raise Refused(refusal)
    check_other_papers(row)


def check_other_papers(row: InformationRequest) -> None:
    """Raise `Refused` for withheld words that can be read in another paper, until there is a reason."""
    left = left_keys(row) | set(row.warnings_left)
    for each in readable_elsewhere(row):
        if each.key not in left:
            raise Refused(
                _("{sentence} Withhold it there too, or say why it stays.").format(
                    sentence=each.sentence
                ),
                "warnings_left",
            )


def given_reasons(warnings_left: Mapping[str, str] | None) -> dict[str, str]:
    """Return the reasons that are not empty."""
    return {key: why.strip() for key, why in (warnings_left or {}).items() if why.strip()}


def _write_decision_again(row: InformationRequest, ombudsman: Ombudsman, by: User) -> None:
    letter = row.letters.deciding().first()
    if letter is not None:
        letter.request = row
        write_again(letter, ombudsman=ombudsman, by=by)


# --- events --------------------------------------------------------------------------------------


@transaction.atomic
def acknowledge(
    *,
    request: InformationRequest,
    on: date,
    by: User,
    at: datetime,
    note: str = "",
    letter: RequestLetter | None = None,
) -> RequestEvent:
    """Record that the request was acknowledged. Raise `Refused` if it was already."""
    row = locked(request)
    if row.is_own_initiative:
        raise Refused(_("A proactive release has no requester to tell."))
    before = row.events.in_force().of_kind(Kind.ACKNOWLEDGED).first()
    if before is not None:
        raise Refused(
            _("This request was acknowledged on {day}.").format(day=long_date(before.happened_on))
        )
    return record(row, Kind.ACKNOWLEDGED, on=on, by=by, at=at, note=note, letter=letter)


@transaction.atomic
def seek_clarification(
    *,
    request: InformationRequest,
    on: date,
    note: str,
    by: User,
    at: datetime,
    letter: RequestLetter | None = None,
) -> RequestEvent:
    """Record a question to the requester. Their answer starts the clock again if it was early."""
    row = locked(request)
    check_open(row)
    note = need(note, _("Say what is asked of the requester."), "note")
    if _awaits_clarification(row):
        raise Refused(_("The requester has not answered the last question yet."))
    return record(row, Kind.CLARIFICATION_SOUGHT, on=on, by=by, at=at, note=note, letter=letter)


@transaction.atomic
def receive_clarification(
    *, request: InformationRequest, on: date, note: str, by: User, at: datetime
) -> RequestEvent:
    """Record the requester's answer to a question."""
    row = locked(request)
    check_open(row)
    note = need(note, _("Copy what the requester answered."), "note")
    asked = _awaits_clarification(row)
    if asked is None:
        raise Refused(_("No question to the requester is open."))
    if on < asked.happened_on:
        raise Refused(
            _("The question was asked on {day}, after that day.").format(
                day=long_date(asked.happened_on)
            ),
            "on",
        )
    return record(row, Kind.CLARIFICATION_RECEIVED, on=on, by=by, at=at, note=note)


def _awaits_clarification(row: InformationRequest) -> RequestEvent | None:
    kinds = (Kind.CLARIFICATION_SOUGHT, Kind.CLARIFICATION_RECEIVED)
    last = row.events.in_force().of_kind(*kinds).in_order().last()
    return last if last is not None and last.kind == Kind.CLARIFICATION_SOUGHT else None


@transaction.atomic
def transfer(
    *,
    request: InformationRequest,
    whom: str,
    on: date,
    by: User,
    at: datetime,
    in_part: bool = False,
    note: str = "",
    letter: RequestLetter | None = None,
) -> RequestEvent:
    """Record a transfer to another body, as a whole, which ends the request here, or in part.

    A late one is recorded too: its letter apologises, and the page says how late it was.
    """
    row = locked(request)
    check_open(row)
    _check_was_asked(row)
    whom = need(whom, _("Say where it was transferred to."), "whom")
    check_day(row, on, at)
    kind = Kind.TRANSFERRED_IN_PART if in_part else Kind.TRANSFERRED
    event = record(row, kind, on=on, by=by, at=at, note=note, whom=whom, letter=letter)
    if not in_part:
        row.closed_on = on
        move(row, State.TRANSFERRED, by=by, reason=f"Transferred to {whom}")
    return event


@transaction.atomic
def extend(
    *,
    request: InformationRequest,
    to: date,
    extension_reason: str,
    on: date,
    by: User,
    at: datetime,
    note: str = "",
    letter: RequestLetter | None = None,
) -> RequestEvent:
    """Record that the requester was told of a later last day, once, with a reason of the Act.

    Raise `Refused` after the first 20 working days, for a second extension, and without a reason.
    """
    row = locked(request)
    check_open(row)
    _check_was_asked(row)
    check_day(row, on, at)
    now = clock(row)
    if now.extended_to is not None:
        raise Refused(
            _("This request was extended to {day}. A request can be extended only once.").format(
                day=long_date(now.extended_to)
            )
        )
    _check_in_time_to_extend(now, on)
    if extension_reason not in {each.code for each in now.days.act.extension_reasons}:
        raise Refused(_("Choose the reason for the extension."), "extension_reason")
    if to <= now.first_due:
        raise Refused(
            _("It is already due on {day}. Enter a later day.").format(
                day=long_date(now.first_due)
            ),
            "to",
        )
    if not _is_working_day(now, to):
        raise Refused(_("That is not a working day."), "to")
    return record(
        row,
        Kind.EXTENDED,
        on=on,
        by=by,
        at=at,
        note=note,
        due_on=to,
        extension_reason=extension_reason,
        letter=letter,
    )


def _check_in_time_to_extend(now: RequestClock, on: date) -> None:
    limit = now.days.act.limits.decide
    if on > now.first_due:
        raise Refused(
            _(
                "An extension is notified within the first {limit} working days. Those ended on {day}."
            ).format(limit=limit, day=long_date(now.first_due)),
            "on",
        )


def _is_working_day(now: RequestClock, day: date) -> bool:
    try:
        return now.days.is_working_day(day)
    except BeyondCalendar as error:
        raise Refused(str(error), "to") from error


def _check_was_asked(row: InformationRequest) -> None:
    if row.is_own_initiative:
        raise Refused(_("A proactive release has no deadline."))


@transaction.atomic
def withdraw(
    *, request: InformationRequest, on: date, note: str, by: User, at: datetime
) -> RequestEvent:
    """Record that the requester withdrew the request, which ends it."""
    row = locked(request)
    check_open(row)
    note = need(note, _("Say how the requester withdrew it."), "note")
    event = record(row, Kind.WITHDRAWN, on=on, by=by, at=at, note=note)
    row.closed_on = on
    move(row, State.WITHDRAWN, by=by, reason=note)
    return event


@transaction.atomic
def receive_complaint(
    *, request: InformationRequest, on: date, note: str, by: User, at: datetime
) -> RequestEvent:
    """Record a complaint to the Ombudsman. It may come in any state."""
    row = locked(request)
    note = need(note, _("Say what the complaint is about."), "note")
    return record(row, Kind.COMPLAINT_RECEIVED, on=on, by=by, at=at, note=note)


@transaction.atomic
def close_complaint(
    *, request: InformationRequest, on: date, note: str, by: User, at: datetime
) -> RequestEvent:
    row = locked(request)
    note = need(note, _("Say how the complaint ended."), "note")
    in_force = row.events.in_force()
    opened = in_force.of_kind(Kind.COMPLAINT_RECEIVED)
    if opened.count() <= in_force.of_kind(Kind.COMPLAINT_CLOSED).count():
        raise Refused(_("No complaint about this request is open."))
    first = min(opened.values_list("happened_on", flat=True))
    if on < first:
        raise Refused(
            _("The complaint was received on {day}, after that day.").format(day=long_date(first)),
            "on",
        )
    return record(row, Kind.COMPLAINT_CLOSED, on=on, by=by, at=at, note=note)


@transaction.atomic
def record_sent(
    *, request: InformationRequest, on: date, by: User, at: datetime, note: str = ""
) -> RequestEvent:
    """Record on which day the signed decision went to the requester: the day that counts for the Act.

    Raise `Refused` before it is signed, a second time, and for a day before the signature.
    """
    row = locked(request)
    if row.is_own_initiative:
        raise Refused(_("A proactive release has no requester to tell."))
    in_force_ = row.events.in_force()
    signed = in_force_.of_kind(Kind.DECISION_NOTIFIED).first()
    if signed is None:
        raise Refused(_("The decision is not signed yet. It is sent after that."))
    sent = in_force_.of_kind(Kind.DECISION_SENT).first()
    if sent is not None:
        raise Refused(
            _("The decision was sent on {day}. Correct that record if the day is wrong.").format(
                day=long_date(sent.happened_on)
            )
        )
    if on < signed.happened_on:
        raise Refused(
            _("The decision was signed on {day}, after that day.").format(
                day=long_date(signed.happened_on)
            ),
            "on",
        )
    return record(row, Kind.DECISION_SENT, on=on, by=by, at=at, note=note, letter=signed.letter)


@transaction.atomic
def close(*, request: InformationRequest, on: date, by: User, at: datetime) -> InformationRequest:
    """Close a decided request, once all that its decision gives is released and it is recorded as sent."""
    row = locked(request)
    if row.state == State.CORRECTING:  # `releases.cancel_correction` closes it again.
        raise not_now(row, _("release the corrected papers first, or cancel the correction"))
    if row.state == State.DECIDED and row.lines.given().exists() and not is_released(row):
        raise Refused(_("The papers of the decision are not released yet."))
    if (
        row.state == State.DECIDED
        and not row.is_own_initiative
        and not row.events.in_force().of_kind(Kind.DECISION_SENT).exists()
    ):
        raise Refused(_("Record first on which day the decision was sent to the requester."))
    check_day(row, on, at)
    row.closed_on = on
    return move(row, State.CLOSED, by=by)


def is_released(row: InformationRequest) -> bool:
    return row.events.of_kind(Kind.RELEASED).exists()


@transaction.atomic
def correct_event(
    *,
    event: RequestEvent,
    on: date,
    reason: str,
    by: User,
    at: datetime,
    did_not_happen: bool = False,
) -> RequestEvent:
    """Record an event that corrects the day of another, or says that it did not happen.

    The first event stays. Raise `Refused` without a reason, for an event that was corrected already,
    and to strike what later acts rest on: the receipt, the decision, a transfer, a withdrawal, a
    release or a publication.
    """
    row = locked(InformationRequest(pk=event.request_id))
    reason = need(reason, _("Say why this is corrected."), "reason")
    if RequestEvent.objects.filter(corrects=event).exists():
        raise Refused(_("Another user has corrected this. Reload the page."))
    if event.kind in (Kind.PUBLISHED, Kind.UNPUBLISHED):
        raise Refused(
            _("The record of what was public cannot be corrected. Publish or withdraw it instead.")
        )
    if event.kind in RequestEvent.HANDED_OVER:
        raise Refused(_("This was recorded when it happened. It cannot be corrected."))
    if did_not_happen and event.kind not in CAN_BE_STRUCK:
        raise Refused(_("Later records depend on this. Correct its day instead."))
    if event.kind != Kind.RECEIVED:
        check_day(row, on, at)
    elif on > timezone.localdate(at):
        raise Refused(_("That day is in the future."), "on")
    if not did_not_happen:
        _check_corrected(row, event, on)
    if event.kind == Kind.RECEIVED:
        if on < row.dated:
            raise Refused(RECEIVED_TOO_EARLY, "on")
        first = min(
            (each.happened_on for each in in_force(row.events.all()) if each.pk != event.pk),
            default=on,
        )
        if first < on:
            raise Refused(
                _("Something else is recorded on {day}, before that day.").format(
                    day=long_date(first)
                ),
                "on",
            )
        row.received_on = on
        history.save_version(row, by=by, reason=reason)
    if event.kind in ENDS and row.closed_on == event.happened_on and row.state != State.CLOSED:
        row.closed_on = on
        history.save_version(row, by=by, reason=reason)
    columns = ("due_on", "extension_reason", "outcome", "whom", "agency", "letter", "release")
    return record(
        row,
        event.kind,
        on=on,
        by=by,
        at=at,
        note=reason,
        corrects=event,
        is_struck=did_not_happen,
        **{name: getattr(event, name) for name in columns},
    )


def _check_corrected(row: InformationRequest, event: RequestEvent, on: date) -> None:
    """Raise `Refused` for a day on which the event itself would have been refused."""
    in_force = row.events.in_force()
    if event.kind == Kind.EXTENDED:
        _check_in_time_to_extend(clock(row), on)
    released = in_force.of_kind(Kind.RELEASED).first()
    if event.kind == Kind.DECISION_NOTIFIED and released and on > released.happened_on:
        day = long_date(released.happened_on)
        raise Refused(
            _("Its papers were released on {day}, before that day.").format(day=day), "on"
        )
    decided = in_force.of_kind(Kind.DECISION_NOTIFIED).first()
    sent = in_force.of_kind(Kind.DECISION_SENT).first()
    if event.kind == Kind.DECISION_NOTIFIED and sent and on > sent.happened_on:
        day = long_date(sent.happened_on)
        raise Refused(_("The decision was sent on {day}, before that day.").format(day=day), "on")
    if event.kind == Kind.DECISION_SENT and decided and on < decided.happened_on:
        day = long_date(decided.happened_on)
        raise Refused(_("The decision was signed on {day}, after that day.").format(day=day), "on")
    if event.kind == Kind.RELEASED and decided and on < decided.happened_on:
        day = long_date(decided.happened_on)
        raise Refused(
            _("The decision was notified on {day}, after that day.").format(day=day), "on"
        )


# Events that end a request; a decision does if it refuses the whole.
ENDS = (Kind.WITHDRAWN, Kind.TRANSFERRED, Kind.DECISION_NOTIFIED)
CAN_BE_STRUCK = (
    *(Kind.ACKNOWLEDGED, Kind.CLARIFICATION_SOUGHT, Kind.CLARIFICATION_RECEIVED),
    *(
        Kind.TRANSFERRED_IN_PART,
        Kind.EXTENDED,
        Kind.DECISION_SENT,
        Kind.COMPLAINT_RECEIVED,
        Kind.COMPLAINT_CLOSED,
    ),
)
