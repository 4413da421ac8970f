"""The status of a request on a day, in words, and what happens to it next."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.models import Seat, User
from agencies.wording.translation import StrOrPromise
from reports.briefings.views.next_steps import Step
from reports.charts import DayMark, WorkingDayStrip
from reports.document.dates import long_date
from reports.requests.models import InformationRequest, RequestEvent, RequestLetter, ScheduleLine
from reports.requests.models.request import in_force, sent_back
from reports.requests.models.request_clock import RequestClock
from reports.requests.registered.request_lines import (
    Outgoing,
    awaits_sending,
    clock_words,
    late_by_words,
)
from reports.requests.services import deciding

PUBLISH: StrOrPromise = gettext_lazy("Publish the papers")
State = InformationRequest.State
Kind = RequestEvent.Kind


@dataclass(frozen=True)
class Mark:
    """A state as word, shape and colour. `shape` names a shape of `components/shape.html`."""

    words: str
    shape: str = ""
    is_late: bool = False


def mark_of(request: InformationRequest, clock: RequestClock, on: date) -> Mark:
    """Return the status of a request by its clock on a day."""
    if request.is_own_initiative:
        return Mark(_("Proactive release"))
    if request.state in (State.WITHDRAWN, State.TRANSFERRED):
        return Mark(request.get_state_display(), "complete")
    if awaits_sending(request, clock, on) and not clock.late_by(on):
        return Mark(_("Signed, not sent yet"), "due")
    until = clock.stopped_on or on
    if clock.late_by(on) or (clock.due < until and not clock.stopped_on):
        return Mark(clock_words(clock, until), "late", is_late=True)
    if clock.stopped_on:
        return Mark(_("Decided on time"), "complete")
    return Mark(clock_words(clock, on), "due")


@dataclass(frozen=True)
class ClockDay:
    """A limit of the clock: "Day 20", its date, what it is the last day for, and whether it is over."""

    name: str
    on: date
    what: str
    state: str


def clock_days(clock: RequestClock, on: date) -> list[ClockDay]:
    """Return the days 7, 10 and 20, and that of an extension. Once the clock stopped, nothing is asked or transferred."""
    limits = clock.days.act.limits
    rows = []
    if clock.may_restart:
        what = _("Last day on which a question to the requester starts the clock again")
        rows.append((_("Day {number}").format(number=limits.clarify), clock.clarify_by, what))
    rows += [
        (
            _("Day {number}").format(number=limits.transfer),
            clock.transfer_by,
            _("Last day to transfer it"),
        ),
        (
            _("Day {number}").format(number=limits.decide),
            clock.first_due,
            _("Decision was first due; the time is extended")
            if clock.extended_to
            else _("Decision due; last day to extend it"),
        ),
    ]
    if clock.extended_to:
        rows.append((_("Extended"), clock.extended_to, _("Decision due, as extended")))
    at = clock.stopped_on or on
    return [
        ClockDay(
            name, day, what, _("Passed") if day < at else _("Today") if day == at else _("Ahead")
        )
        for name, day, what in rows
        if not clock.stopped_on or day <= at or day >= clock.first_due
    ]


def late_words(event: RequestEvent, clock: RequestClock) -> str:
    """Return how late a transfer was, or ""."""
    if event.kind not in (Kind.TRANSFERRED, Kind.TRANSFERRED_IN_PART) or event.is_struck:
        return ""
    late = clock.days.late_by(clock.transfer_by, event.happened_on)
    return late_by_words(late) if late else ""


# --- what happens next -----------------------------------------------------------------------------


def to(
    name: str, words: str, request: InformationRequest, *args: object, acts: bool = False
) -> Step:
    return Step(words, reverse(f"requests:{name}", args=[request.pk, *args]), acts)


def next_step(
    user: User,
    request: InformationRequest,
    events: Iterable[RequestEvent],
    out: Outgoing,
    warnings: Iterable[deciding.Warned] = (),
) -> Step | None:
    """Return the one next step, if this user may take it. `warnings` are asked about when it is sent for review."""
    state = request.state
    happened = {each.kind for each in in_force(events)}
    if user.has_perm("requests.prepare_request", request):
        lines = list(request.lines.in_order())
        if state == State.RECEIVED:
            if not request.is_own_initiative and Kind.ACKNOWLEDGED not in happened:
                return to(
                    "request-write-letter", _("Acknowledge the request"), request, "acknowledge"
                )
            return to("request-begin", _("Begin with the papers"), request, acts=True)
        if state == State.SCOPING:
            if not lines:
                return to("request-scope", _("Find papers in scope"), request)
            return to(
                "request-prepare",
                _("Prepare the answer")
                if all(line.is_decided for line in lines)
                else _("Decide on each paper"),
                request,
                acts=True,
            )
        if state == State.PREPARING:
            for line in lines:
                if not line.is_decided:
                    return _decide_on(request, line)
            if not request.letters.deciding().exists():
                return to(
                    "request-write-letter",
                    _("Write the decision memo")
                    if request.is_own_initiative
                    else _("Write the letter with the decision"),
                    request,
                    "decide",
                )
            why = sent_back(events)
            if why is not None and why.answered is None:
                return to("request-send", _("Answer, and send for review"), request)
            asks = any(not each.reason for each in warnings)
            return to("request-send", _("Send for review"), request, acts=not asks)
        if state == State.CORRECTING:
            for line in lines:
                if not line.is_decided:
                    return _decide_on(request, line)
            if not user.has_perm("requests.publish_release", request):
                return to("request-release", _("See what would be released"), request)
        if out.is_unsent and not out.awaits_papers:
            return to(
                "request-sent",
                _("Record that the letter and the papers were sent")
                if out.brings_papers
                else _("Record that the decision was sent"),
                request,
            )
        if state == State.DECIDED and out.lacks_papers:
            return to("request-write-letter", _letter_with_papers(out), request, "release")
        is_answered = (
            out.is_released
            and not out.is_unsent
            and not (request.is_own_initiative and request.plan_id)
        )
        if state == State.DECIDED and (is_answered or not any(line.is_given for line in lines)):
            return to("request-close", _("Close the request"), request, acts=True)
    is_reviewed = state in (State.IN_REVIEW, State.CORRECTING)
    may_review = is_reviewed and user.has_perm("requests.agree_redactions", request)
    if may_review and request.lines.filter(redactions__state="proposed").exists():
        return to("request-review", _("Review the redactions"), request)
    if may_review and state == State.IN_REVIEW:
        return to("request-finish", _("Finish the review"), request, acts=True)
    if user.has_perm("requests.sign_decision", request):
        if state == State.READY:
            return to("request-decision", _("Read and sign the decision"), request)
        if state == State.CORRECTING or (state == State.DECIDED and not out.is_released):
            return to("request-release", _("Check the files and release"), request)
        release = request.release
        is_own = state == State.DECIDED and request.is_own_initiative and request.plan_id
        if release is not None and (is_own or out.awaits_publication):
            return Step(str(PUBLISH), reverse("requests:publish", args=[release.pk]))
    return None


def _decide_on(request: InformationRequest, line: ScheduleLine) -> Step:
    words = _("Decide on document {number}").format(number=line.number)
    return to("request-line", words, request, line.number)


def _letter_with_papers(out: Outgoing) -> str:
    if out.is_corrected:
        return _("Write the letter with the corrected papers")
    return _("Write the letter with the papers")


@dataclass(frozen=True)
class Next:
    """What comes next: who does it (a role, and the people who have it), what, and by when. `step` is its page or button,
    for whoever may take it."""

    what: str
    role: str
    people: tuple[str, ...]
    by: str
    step: Step | None


def next_of(
    request: InformationRequest,
    out: Outgoing,
    clock: RequestClock,
    on: date,
    *,
    step: Step | None,
    people: Iterable[Seat],
) -> Next | None:
    """Return what comes next, or None of a request that has ended."""
    has_ended = request.state in InformationRequest.ENDED
    if has_ended and not out.is_unsent and not out.awaits_publication:
        return None
    role, what = _turn(request, out)
    if step is not None and step.words == str(PUBLISH):
        role, what = Seat.Role.OIA_DECISION_MAKER, PUBLISH
    by = ""
    if request.is_open and not request.is_own_initiative:
        by = long_date(clock.due)
    names = tuple(seat.user.name for seat in people if seat.role == role)
    return Next(str(what), Seat.Role(role).in_sentence, names, by, step)


def _turn(request: InformationRequest, out: Outgoing) -> tuple[str, StrOrPromise]:
    """Return whose turn it is, and what they do."""
    adviser, signs = Seat.Role.OIA_ADVISER, Seat.Role.OIA_DECISION_MAKER
    if request.state == State.CORRECTING:
        return adviser, _("Correct the papers; then the OIA decision-maker releases them")
    if request.is_open:
        return {
            State.IN_REVIEW: (Seat.Role.OIA_REVIEWER, _("Review the answer")),
            State.READY: (signs, _("Read and sign the decision")),
        }.get(State(request.state), (adviser, _("Prepare the answer")))
    if out.awaits_papers or (request.state == State.DECIDED and not out.is_released):
        return signs, _("Release the papers")
    if out.is_unsent and out.brings_papers:
        return adviser, _("Send the letter with the papers, and record the day")
    if out.is_unsent:
        return adviser, _("Send the decision, and record the day")
    if out.lacks_papers:
        return adviser, _("Send the papers with a letter")
    if request.is_own_initiative:
        return signs, PUBLISH
    if request.state != State.DECIDED:
        return signs, PUBLISH
    return adviser, _("Close the request")


# --- the days --------------------------------------------------------------------------------------


def strip_of(
    request: InformationRequest, events: Iterable[RequestEvent], clock: RequestClock, on: date
) -> WorkingDayStrip | None:
    """Return the working days of a request with its marks; None for one that no clock counts."""
    if request.is_own_initiative:
        return None
    limits = clock.days.act.limits
    at = clock.day_number(on)
    stopped = clock.stopped_on is not None
    marks = [
        DayMark(
            clock.days.day_number(clock.starts_on, each.happened_on), each.happened_on, each.words
        )
        for each in in_force(events)
        if each.happened_on >= clock.starts_on
    ]
    dues = [
        (limits.transfer, clock.transfer_by, _("Transfer by")),
        (limits.decide, clock.first_due, _("Decision due")),
    ]
    if clock.may_restart:
        by = clock.days.day_number(clock.starts_on, clock.clarify_by)
        dues.insert(0, (by, clock.clarify_by, _("Question by")))
    if clock.extended_to:
        dues[-1] = (limits.decide, clock.first_due, _("First due"))
        by = clock.days.day_number(clock.starts_on, clock.extended_to)
        dues.append((by, clock.extended_to, _("Decision due")))
    marks += [DayMark(day, when, words, is_due=True) for day, when, words in dues if day > 0]
    last = clock.days.day_number(clock.starts_on, clock.due)
    words = _("Clock stopped on day {day}") if stopped else _("Today, day {day}")
    if clock.is_signed and not clock.is_sent:
        words = _("Signed on day {day}")
    late = clock.late_by(on)
    title = _("Working day {day} of {last}; the decision is due on {due}.")
    if stopped:
        title = _("Working day {day} of {last} when it ended; the decision was due on {due}.")
    said = title.format(day=at, last=last, due=long_date(clock.due))
    if late:
        said += f" {late_by_words(late)}."
    return WorkingDayStrip(said, last, at, words.format(day=at), stopped, marks)


def other_steps(
    user: User,
    request: InformationRequest,
    events: Iterable[RequestEvent],
    letters: Iterable[RequestLetter],
    clock: RequestClock,
    on: date,
) -> list[Step]:
    """Return what else this user may do, each on a page of its own."""
    found: list[Step] = []
    happened = [each.kind for each in in_force(events)]
    has_question = happened.count(Kind.CLARIFICATION_SOUGHT) > happened.count(
        Kind.CLARIFICATION_RECEIVED
    )
    has_complaint = happened.count(Kind.COMPLAINT_RECEIVED) > happened.count(Kind.COMPLAINT_CLOSED)
    sent = {each.kind for each in letters if each.is_sent}
    state = request.state
    if user.has_perm("requests.prepare_request", request):
        if request.is_open and not request.is_own_initiative:
            found += [
                to(
                    "request-write-letter", _("Ask the requester what is meant"), request, "clarify"
                ),
                *(
                    [to("request-clarified", _("Record the requester’s answer"), request)]
                    if has_question
                    else []
                ),
                to("request-write-letter", _("Transfer it, or a part of it"), request, "transfer"),
                *(
                    [to("request-write-letter", _("Extend the time"), request, "extend")]
                    if clock.extended_to is None and on <= clock.first_due
                    else []
                ),
                to("request-withdraw", _("Record that it was withdrawn"), request),
            ]
        if state in (*InformationRequest.PREPARED_IN, State.IN_REVIEW):
            found.append(to("request-decision", _("See what prevents a signature"), request))
        has_papers = RequestLetter.Kind.DECIDE_AND_RELEASE in sent
        release = request.release
        has_papers = has_papers and (release is None or release.corrects_id is None)
        if release is not None and state in (State.DECIDED, State.CLOSED):
            found.append(to("request-correct-release", _("Correct the release"), request))
        if state == State.CORRECTING:
            words = _("Cancel the correction")
            found.append(to("request-cancel-correction", words, request))
        if state == State.DECIDED and not request.is_own_initiative and not has_papers:
            found.append(
                to(
                    "request-write-letter",
                    _("Write the letter with the papers"),
                    request,
                    "release",
                )
            )
        if not request.is_own_initiative:
            found.append(to("request-complaint", _("Record a complaint to the Ombudsman"), request))
        if has_complaint:
            found.append(to("request-complaint-closed", _("Record how a complaint ended"), request))
        found.append(to("request-change", _("Change what is recorded"), request))
    if state in (State.IN_REVIEW, State.READY) and (
        user.has_perm("requests.agree_redactions", request)
        or user.has_perm("requests.sign_decision", request)
    ):
        found.append(to("request-send-back", _("Send back to the adviser"), request))
    return found
