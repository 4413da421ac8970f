"""A briefing's way from draft to closed: every step, on the locked row, with its reason in history.

What may follow what is `Briefing.NEXT`; a step that does not is refused with a sentence. Authorising
is in `issuing`, the Minister's answer in `responses`; both end with `move` here.
"""

from django.db import transaction

from agencies import history
from agencies.models import User
from reports.checks import Gate
from reports.models import Briefing
from reports.services.gates import refuse_while_blocked
from workitems.services.refusals import Refused, locked

State = Briefing.State


def move(row: Briefing, to: str, *, by: User | None, reason: str = "") -> Briefing:
    """Put a locked row into the next state. Refused where the step does not follow."""
    if to not in Briefing.NEXT[row.state]:
        raise Refused(
            f"This briefing is {row.get_state_display().lower()}; it cannot become "
            f"{State(to).label.lower()} from there."
        )
    row.state = to
    row.version += 1
    return history.save(row, by=by, reason=reason)


@transaction.atomic
def start_consultation(*, briefing: Briefing, by: User) -> Briefing:
    """The draft goes to the agencies; whom it goes to is the caller's to record. Refused while a
    check stops it."""
    row = locked(briefing, related=("plan__coordinating_agency", "kind"))
    if row.state != State.DRAFTING:
        raise Refused(f"This briefing is {row.get_state_display().lower()}; it is not a draft.")
    refuse_while_blocked(row, Gate.CONSULTATION)
    return move(row, State.IN_CONSULTATION, by=by)


@transaction.atomic
def recall(*, briefing: Briefing, reason: str, by: User) -> Briefing:
    """The coordinator takes the paper back: from consultation to drafting, from authorisation to
    where its text may change. Needs a reason."""
    row = locked(briefing)
    _need(reason, "Say why it is taken back.")
    if row.state == State.AWAITING:
        return move(row, _before_authorisation(row), by=by, reason=reason)
    if row.state != State.IN_CONSULTATION:
        raise Refused(
            f"This briefing is {row.get_state_display().lower()}; there is nothing to take back."
        )
    return move(row, State.DRAFTING, by=by, reason=reason)


@transaction.atomic
def ask_for_authorisation(*, briefing: Briefing, by: User) -> Briefing:
    """The paper goes to the authorising manager, and its text no longer changes.

    Refused while a check stops it, and before it was consulted on; a correction need not be.
    """
    row = locked(briefing, related=("plan__coordinating_agency", "kind"))
    if row.state == State.DRAFTING and not row.is_corrected:
        raise Refused("Ask the agencies first; the paper says who was consulted.")
    if State.AWAITING in Briefing.NEXT[row.state]:
        refuse_while_blocked(row, Gate.AUTHORISATION)
    return move(row, State.AWAITING, by=by)


@transaction.atomic
def send_back(*, briefing: Briefing, reason: str, by: User) -> Briefing:
    """The authorising manager does not sign. Needs a reason; the text may change again."""
    row = locked(briefing)
    _need(reason, "Say what has to change.")
    if row.state != State.AWAITING:
        raise Refused(
            f"This briefing is {row.get_state_display().lower()}; it does not wait for authorisation."
        )
    return move(row, _before_authorisation(row), by=by, reason=reason)


@transaction.atomic
def send_to_minister(*, briefing: Briefing, by: User) -> Briefing:
    row = locked(briefing)
    if row.state != State.AUTHORISED:
        raise Refused(
            f"This briefing is {row.get_state_display().lower()}; only an authorised one goes to the Minister."
        )
    return move(row, State.WITH_MINISTER, by=by)


@transaction.atomic
def close(*, briefing: Briefing, by: User) -> Briefing:
    """Nothing more comes of the paper: what was decided is followed up where it is listed."""
    return move(locked(briefing), State.CLOSED, by=by)


@transaction.atomic
def withdraw(*, briefing: Briefing, reason: str, by: User) -> Briefing:
    """Give up a paper that was never issued. Needs a reason."""
    row = locked(briefing)
    _need(reason, "Say why it is withdrawn.")
    if row.is_corrected:
        raise Refused("This paper is issued. You can give up its correction.")
    return move(row, State.WITHDRAWN, by=by, reason=reason)


@transaction.atomic
def start_correction(*, briefing: Briefing, note: str, by: User) -> Briefing:
    """Open the text of an issued paper again, to make its next version; the last one stays as it is.

    `note` says what is corrected and stands beside the new version. Refused once the paper is closed.
    """
    row = locked(briefing)
    _need(note, "Say what is corrected.", "note")
    if not row.is_issued:
        raise Refused(
            f"This briefing is {row.get_state_display().lower()}; only an issued one is corrected."
        )
    row.correction_note = note
    return move(row, State.DRAFTING, by=by, reason=note)


@transaction.atomic
def give_up_correction(*, briefing: Briefing, reason: str, by: User) -> Briefing:
    """The last version holds after all, and the paper is where it was. Needs a reason.

    What was typed meanwhile stays in the draft, for a later correction.
    """
    row = locked(briefing)
    _need(reason, "Say why the correction is given up.")
    if not row.is_corrected or row.state != State.DRAFTING:
        raise Refused("No correction of this paper is being drafted.")
    before = row.history.filter(state__in=Briefing.ISSUED).order_by("-history_date", "-history_id")
    row.correction_note = ""
    return move(row, before.values_list("state", flat=True)[:1].get(), by=by, reason=reason)


def _before_authorisation(row: Briefing) -> str:
    return State.DRAFTING if row.is_corrected else State.IN_CONSULTATION


def _need(reason: str, otherwise: str, field: str = "reason") -> None:
    if not reason.strip():
        raise Refused(otherwise, field)
