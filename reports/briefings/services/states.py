"""Steps of a briefing from draft to closed. Each locks the row and keeps its reason.

`Briefing.NEXT` lists the allowed steps; any other raises `Refused`. `issuing` authorises, and
`responses` records the Minister's answer; both call `move`.
"""

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from agencies.models import User
from agencies.records import history
from reports.briefings.services.gates import not_now, refuse_while_blocked
from reports.checks import Gate
from reports.drafting.paper import read_drafted
from reports.models import Briefing, DraftAsk, DraftParagraph
from workitems.plan.services.refusals import Refused, locked

State = Briefing.State


def end_pauses(briefing: Briefing) -> None:
    """Close the history rows of texts that are being typed, so that the present draft can be read from history."""
    for model in (DraftParagraph, DraftAsk):
        history.end_pauses(model, briefing=briefing.pk)


def move(row: Briefing, to: str, *, by: User | None, reason: str = "") -> Briefing:
    """Set a locked row's state. Raise `Refused` if the step is not allowed."""
    if to not in Briefing.NEXT[row.state]:
        raise not_now(
            row, _("it cannot become {state} from there").format(state=State(to).label.lower())
        )
    row.state = to
    end_pauses(row)
    return history.save_version(row, by=by, reason=reason)


@transaction.atomic
def start_consultation(*, briefing: Briefing, by: User, today: date | None = None) -> Briefing:
    """Start the consultation; the caller records which agencies are asked.

    Raise `Refused` if a check blocks it.
    """
    row = locked(briefing, related=("plan__coordinating_agency", "kind"))
    if row.state != State.DRAFTING:
        raise not_now(row, _("it is not a draft"))
    refuse_while_blocked(read_drafted(row, today), Gate.CONSULTATION)
    return move(row, State.IN_CONSULTATION, by=by)


@transaction.atomic
def recall(*, briefing: Briefing, reason: str, by: User) -> Briefing:
    """Take the paper back to drafting or, from authorisation, to the state before.

    Needs a reason.
    """
    row = locked(briefing)
    _require_reason(reason, _("Say why you recall it."))
    if row.state == State.AWAITING:
        return move(row, _before_authorisation(row), by=by, reason=reason)
    if row.state != State.IN_CONSULTATION:
        raise not_now(row, _("there is nothing to recall"))
    return move(row, State.DRAFTING, by=by, reason=reason)


@transaction.atomic
def ask_for_authorisation(*, briefing: Briefing, by: User, today: date | None = None) -> Briefing:
    """Send the paper to the authorising manager, which locks its text.

    Raise `Refused` if a check blocks it, or without a consultation, except for a correction.
    """
    row = locked(briefing, related=("plan__coordinating_agency", "kind"))
    if row.state == State.DRAFTING and not row.is_corrected:
        raise Refused(_("Ask the agencies first. The paper says who was consulted."))
    if State.AWAITING in Briefing.NEXT[row.state]:
        refuse_while_blocked(read_drafted(row, today), Gate.AUTHORISATION)
    return move(row, State.AWAITING, by=by)


@transaction.atomic
def send_back(*, briefing: Briefing, reason: str, by: User) -> Briefing:
    """Send the paper back unsigned, with a reason. Its text can be edited again."""
    row = locked(briefing)
    _require_reason(reason, _("Say what has to change."))
    if row.state != State.AWAITING:
        raise not_now(row, _("it is not awaiting authorisation"))
    return move(row, _before_authorisation(row), by=by, reason=reason)


@transaction.atomic
def send_to_minister(*, briefing: Briefing, by: User) -> Briefing:
    row = locked(briefing)
    if row.state != State.AUTHORISED:
        raise not_now(row, _("only an authorised one goes to the Minister"))
    return move(row, State.WITH_MINISTER, by=by)


@transaction.atomic
def close(*, briefing: Briefing, by: User) -> Briefing:
    """Close the briefing. Its follow-ups stay open."""
    return move(locked(briefing), State.CLOSED, by=by)


@transaction.atomic
def withdraw(*, briefing: Briefing, reason: str, by: User) -> Briefing:
    """Withdraw a paper that was never issued. Needs a reason."""
    row = locked(briefing)
    _require_reason(reason, _("Say why it is withdrawn."))
    if row.is_corrected:
        raise Refused(_("This paper is issued. You can give up its correction."))
    return move(row, State.WITHDRAWN, by=by, reason=reason)


@transaction.atomic
def start_correction(*, briefing: Briefing, reason: str, by: User) -> Briefing:
    """Reopen the text of an issued paper for its next version; earlier versions are kept.

    `reason` says what is corrected and is shown with the new version. Raise `Refused` unless the
    briefing is issued and not closed.
    """
    row = locked(briefing)
    _require_reason(reason, _("Say what is corrected."))
    if not row.is_issued:
        raise not_now(row, _("only an issued one is corrected"))
    row.correction_note = reason
    return move(row, State.DRAFTING, by=by, reason=reason)


@transaction.atomic
def give_up_correction(*, briefing: Briefing, reason: str, by: User) -> Briefing:
    """Abandon a correction and return to the state before. Needs a reason.

    The edited text stays in the draft for a later correction.
    """
    row = locked(briefing)
    _require_reason(reason, _("Say why the correction is given up."))
    if not row.is_corrected or row.state != State.DRAFTING:
        raise Refused(_("No correction of this paper is being drafted."))
    before = row.history.filter(state__in=Briefing.ISSUED).order_by("-history_date", "-history_id")
    row.correction_note = ""
    return move(row, before.values_list("state", flat=True)[:1].get(), by=by, reason=reason)


def _before_authorisation(row: Briefing) -> str:
    return State.DRAFTING if row.is_corrected else State.IN_CONSULTATION


def _require_reason(reason: str, otherwise: str) -> None:
    if not reason.strip():
        raise Refused(otherwise, "reason")
