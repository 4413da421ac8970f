"""Decide a variation between meetings: ask the member agencies, record answers, close.

The outcome follows from the answers. Nobody enters it.
"""

from datetime import date, datetime

from django.core.files.base import File
from django.db import transaction
from django.utils import translation
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agencies.models import Agency, User
from agencies.records import history
from agencies.wording.translation import day_words
from workitems.models import OutOfSession, OutOfSessionAnswer, Variation
from workitems.plan.services import evidence as evidence_services
from workitems.plan.services.plan_days import later_faults
from workitems.plan.services.refusals import Refused, locked, need_reason
from workitems.variations.services import variations
from workitems.variations.votes import Count, count_of

State = OutOfSession.State
Choice = OutOfSessionAnswer.Choice


def count(asked: OutOfSession, on: date) -> Count:
    """Count the answers. One query."""
    return count_of(asked, asked.answers.asked().values_list("choice", flat=True), on)


@transaction.atomic
def ask_agencies(
    *, variation: Variation, due_on: date, on: date, at: datetime, by: User, message: str = ""
) -> OutOfSession:
    """Put a variation to all member agencies of its plan, to be answered by a date.

    Raise `Refused` unless it is with the working group, if it is being decided out of session
    already, and for a due date that is not after today.
    """
    variation = locked(variation, related=("plan",))
    if variation.state != Variation.State.RECOMMENDED:
        raise Refused(
            _(
                "{reference} is {state}. Only a request that is with the working group can be decided "
                "out of session."
            ).format(reference=variation.reference, state=variation.get_state_display().lower())
        )
    if variation.out_of_session_decisions.open().exists():
        raise Refused(
            _("The agencies have already been asked about {reference}.").format(
                reference=variation.reference
            )
        )
    past = next((due for due in variation.dates_asked if due.last_day <= on), None)
    if past is not None:
        raise Refused(
            _(
                "{reference} asks for {past}, which is no longer in the future. Withdraw it; the agency "
                "can then request a later date."
            ).format(reference=variation.reference, past=past)
        )
    Refused.raise_any(later_faults(due_on, on=on, field="due_on"))
    members = list(variation.plan.agencies_on(on))
    made = OutOfSession(
        variation=variation,
        message=message,
        due_on=due_on,
        quorum=variation.plan.quorum_of(len(members)),
        asked_by=by,
        asked_at=at,
    )
    history.save(made, by=by)
    for agency in members:
        history.save(OutOfSessionAnswer(out_of_session=made, agency=agency), by=by)
    return made


def _open(asked: OutOfSession, version: int | None = None) -> OutOfSession:
    """Lock it. Lock it before any of its rows. Raise `Refused` if it is closed."""
    asked = locked(asked, version=version, related=("variation__plan",))
    if not asked.is_open:
        raise Refused(
            _("This was closed on {day}: {state}.").format(
                day=day_words(asked.closed_on), state=asked.get_state_display().lower()
            )
        )
    return asked


@transaction.atomic
def give_answer(
    *,
    answer: OutOfSessionAnswer,
    choice: str,
    words: str,
    at: datetime,
    by: User,
    version: int | None = None,
) -> OutOfSessionAnswer:
    """Answer for an agency, or change its answer while the decision is open.

    Declining needs words. Raise `Conflict` if `version`, that of the user's page, is not the row's.
    """
    _open(answer.out_of_session)
    answer = locked(answer, version=version)
    return _write(answer, choice, words, at=at, by=by, is_recorded=False)


@transaction.atomic
def record_answer(
    *,
    answer: OutOfSessionAnswer,
    choice: str,
    words: str,
    at: datetime,
    by: User,
    note: str = "",
    link: str = "",
    file: "File[bytes] | None" = None,
    version: int | None = None,
) -> OutOfSessionAnswer:
    """Record an agency's answer that came by email, with the email as evidence.

    Raise `Refused` if an approver of the agency has answered on the page.
    """
    _open(answer.out_of_session)
    answer = locked(answer, version=version, related=("agency",))
    if answer.choice and not answer.is_recorded:
        raise Refused(
            _("{agency} has given its own answer, so you cannot record one for it.").format(
                agency=answer.agency
            )
        )
    if file is None and not link and not note:
        raise Refused(_("Add the email as a file, or say who sent it and when."), "file")
    answer = _write(answer, choice, words, at=at, by=by, is_recorded=True)
    evidence_services.add_to_answer(answer=answer, by=by, at=at, note=note, link=link, file=file)
    return answer


def _write(
    answer: OutOfSessionAnswer,
    choice: str,
    words: str,
    *,
    at: datetime,
    by: User,
    is_recorded: bool,
) -> OutOfSessionAnswer:
    if choice not in Choice.values:
        raise Refused(_("Choose an answer."), "choice")
    if choice == Choice.DECLINE and not words:
        raise Refused(_("Say why the agency declines."), "words")
    answer.choice, answer.words, answer.is_recorded = choice, words, is_recorded
    answer.answered_by, answer.answered_at = by, at
    return history.save_version(answer, by=by, reason=words)


@transaction.atomic
def extend(
    *,
    asked: OutOfSession,
    due_on: date,
    reason: str,
    on: date,
    by: User,
    version: int | None = None,
) -> OutOfSession:
    """Give the agencies until another date, with a reason."""
    asked = _open(asked, version)
    Refused.raise_any(later_faults(due_on, on=on, field="due_on"))
    need_reason(reason, _("Say why the date changes."))
    asked.due_on = due_on
    return history.save_version(asked, "due_on", by=by, reason=reason)


@transaction.atomic
def close(
    *,
    asked: OutOfSession,
    on: date,
    at: datetime,
    by: User,
    text: str = "",
    owner_agency: Agency | None = None,
    due_on: date | None = None,
) -> OutOfSession:
    """Close it with the outcome of the answers, which takes effect at once.

    Raise `Refused` while agencies still have time to answer, and without a quorum of agencies that
    agree or decline, and for what may not be approved any more (`variations.approval_faults`).
    """
    asked = _open(asked)
    found = count(asked, on)
    if not found.has_quorum:
        raise Refused(
            _(
                "{views} of {asked} agencies agree or decline; {quorum} are needed. Give the agencies "
                "more time, or end this and take the request to a meeting."
            ).format(views=found.views, asked=found.asked, quorum=found.quorum)
        )
    if not found.can_close:
        raise Refused(
            ngettext(
                "The agencies have until {day}, and {count} has not answered.",
                "The agencies have until {day}, and {count} have not answered.",
                found.waiting,
            ).format(day=day_words(asked.due_on), count=found.waiting)
        )
    with translation.override("en"):  # kept as the text of the decision
        told = f"{found.outcome.label} out of session: {asked.variation}. {capfirst(found.words)}."
    if found.outcome == State.APPROVED:
        instead = _("End this without a decision")
        Refused.raise_any(variations.approval_faults(asked.variation, text, on=on, instead=instead))
    _shut(asked, found.outcome, on=on, by=by, reason=text)
    variations.take_outcome(
        asked=asked,
        text=text or told,
        owner_agency=owner_agency,
        due_on=due_on,
        by=by,
        at=at,
    )
    return asked


@transaction.atomic
def end(*, asked: OutOfSession, reason: str, on: date, by: User) -> OutOfSession:
    """End it without a decision, with a reason. The request stays with the working group."""
    asked = _open(asked)
    need_reason(reason, _("Say why it ends without a decision."))
    return _shut(asked, State.ENDED, on=on, by=by, reason=reason)


def _shut(
    asked: OutOfSession, to: OutOfSession.State, *, on: date, by: User, reason: str
) -> OutOfSession:
    assert to in OutOfSession.NEXT[asked.state]
    asked.state, asked.closed_on, asked.closed_by = to, on, by
    return history.save_version(asked, "state", "closed_on", "closed_by", by=by, reason=reason)
