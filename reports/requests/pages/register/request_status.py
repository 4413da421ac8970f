"""The status of a request on a day, in words, and what happens to it next."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _

from agencies.models import User
from reports.briefings.views.next_steps import Step
from reports.requests.models import InformationRequest, RequestEvent, RequestLetter
from reports.requests.models.request import in_force
from reports.requests.models.request_clock import RequestClock
from reports.requests.registered.request_lines import (
    Outgoing,
    awaits_sending,
    clock_words,
    late_by_words,
)

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
        return Mark(_("Signed, not recorded as sent"), "due")
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
    """Return the days 7, 10 and 20, and that of an extension."""
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
) -> Step | None:
    """Return the one next step, if this user may take it."""
    state = request.state
    happened = {each.kind for each in in_force(events)}
    if user.has_perm("requests.prepare_request", request):
        lines = list(request.lines.in_order())
        if state == State.RECEIVED:
            if not request.is_own_initiative and Kind.ACKNOWLEDGED not in happened:
                return to(
                    "request-write-letter", _("Acknowledge the request"), request, "acknowledge"
                )
            return to("request-begin", _("Start scoping"), request, acts=True)
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
                    return to(
                        "request-line",
                        _("Decide on document {number}").format(number=line.number),
                        request,
                        line.number,
                    )
            if not request.letters.deciding().exists():
                return to(
                    "request-write-letter",
                    _("Write the decision memo")
                    if request.is_own_initiative
                    else _("Write the letter with the decision"),
                    request,
                    "decide",
                )
            return to("request-send", _("Send for review"), request, acts=True)
        if out.is_unsent and not out.awaits_papers:
            return to(
                "request-sent",
                _("Record that the letter and the papers were sent")
                if out.brings_papers
                else _("Record that the decision was sent"),
                request,
            )
        if state == State.DECIDED and out.lacks_papers:
            return to(
                "request-write-letter", _("Write the letter with the papers"), request, "release"
            )
        is_answered = (
            out.is_released
            and not out.is_unsent
            and not (request.is_own_initiative and request.plan_id)
        )
        if state == State.DECIDED and (is_answered or not any(line.is_given for line in lines)):
            return to("request-close", _("Close the request"), request, acts=True)
    if state == State.IN_REVIEW and user.has_perm("requests.agree_redactions", request):
        if request.lines.filter(redactions__state="proposed").exists():
            return to("request-review", _("Review the redactions"), request)
        return to("request-finish", _("Finish the review"), request, acts=True)
    if user.has_perm("requests.sign_decision", request):
        if state == State.READY:
            return to("request-decision", _("Read and sign the decision"), request)
        if state == State.DECIDED and not out.is_released:
            return to("request-release", _("Check the files and release"), request)
        if state == State.DECIDED and request.is_own_initiative and request.plan_id:
            return Step(
                _("Publish the papers"), reverse("requests:publish", args=[request.release.pk])
            )
    return None


def waits_for(request: InformationRequest, out: Outgoing) -> str:
    """Return who has the next step, for those who have not, as a sentence."""
    if request.state in InformationRequest.ENDED and not out.is_unsent:
        return ""
    who = {
        State.IN_REVIEW: _("the OIA reviewer, who agrees each redaction"),
        State.READY: _("the OIA decision-maker, who signs the decision"),
    }.get(State(request.state), _("the OIA adviser, who prepares the answer"))
    if out.awaits_papers:
        who = _("the OIA decision-maker, who releases the papers that go with the letter")
    elif request.state == State.DECIDED and not out.is_released:
        who = _("the OIA decision-maker, who releases the papers")
    elif out.is_unsent and out.brings_papers:
        who = _("the OIA adviser, who sends the letter with the papers and records the day")
    elif out.lacks_papers and request.state == State.DECIDED:
        who = _("the OIA adviser, who sends the papers with a letter")
    elif out.is_unsent:
        who = _("the OIA adviser, who sends the decision and records the day")
    elif request.state == State.DECIDED and request.is_own_initiative:
        who = _("the OIA decision-maker, who publishes the papers")
    if request.is_own_initiative:
        return _("This proactive release is with {person}.").format(person=who)
    return _("This request is with {person}.").format(person=who)


def other_steps(
    user: User,
    request: InformationRequest,
    events: Iterable[RequestEvent],
    letters: Iterable[RequestLetter],
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
                to("request-write-letter", _("Extend the time"), request, "extend"),
                to("request-withdraw", _("Record that it was withdrawn"), request),
            ]
        if state in (*InformationRequest.PREPARED_IN, State.IN_REVIEW):
            found.append(to("request-decision", _("See what prevents a signature"), request))
        has_papers = RequestLetter.Kind.DECIDE_AND_RELEASE in sent
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
