"""What the coordinator can do during a round: remind, extend, enter for an agency."""

from collections.abc import Collection
from datetime import date, datetime

from django.core.files.base import File
from django.db import transaction
from django.utils.translation import gettext as _

from agencies.models import User, by_short_name
from agencies.people.submitting import submitters_of
from agencies.records import history
from workitems.models import Evidence, Reminder, Return, Round
from workitems.plan.services import evidence as evidence_services
from workitems.plan.services.plan_days import later_faults
from workitems.plan.services.refusals import Refused, check_with_agency, locked, need_reason
from workitems.returns.services.handover import locked_return


@transaction.atomic
def remind(*, round: Round, body: str, by: User, at: datetime) -> Reminder:
    """Record a reminder to every agency that has not submitted its return.

    Raise `Refused` if the round is closed, without words, or if no return is missing.
    """
    round = locked(round)
    if not round.is_open:
        raise Refused(_("This round is closed."))
    if not body:
        raise Refused(_("Write what the agencies should read."), "body")
    if not round.returns.waiting_for_agency().exists():
        raise Refused(_("Every agency has submitted its return."))
    return history.save(Reminder(round=round, body=body, by=by, at=at), by=by)


@transaction.atomic
def extend(
    *,
    round: Round,
    to: date,
    reason: str,
    by: User,
    on: date,
    agencies: Collection[int] | None = None,
) -> list[Return]:
    """Give the returns of these agencies, or all that are not accepted, a later due date.

    Return those whose date changed. Raise `Refused` if the date is not after today or not later
    than the return's due date, or without a reason.
    """
    round = locked(round)
    if not round.is_open:
        raise Refused(_("This round is closed."))
    need_reason(reason, _("Say why the due date is extended."))
    Refused.raise_any(later_faults(to, on=on, field="to"))
    returns = round.returns.select_for_update(of=("self",)).select_related("agency")
    if agencies is not None:
        returns = returns.filter(agency__in=agencies)
    later = []
    for of_return in returns.order_by(by_short_name()):
        of_return.round = round
        if of_return.state in Return.FINISHED or of_return.due_on >= to:
            continue
        of_return.extended_to = to
        later.append(history.save(of_return, by=by, reason=reason, fields=["extended_to"]))
    if not later:
        raise Refused(
            _(
                "This date is not later for any return: each one is accepted, or is due on that day or later."
            ),
            "to",
        )
    return later


@transaction.atomic
def enter_for_agency(
    *, of_return: Return, mail: "File[bytes]", note: str = "", by: User, at: datetime
) -> Return:
    """Let the coordinators write the return for its agency, from the email that it sent.

    The email becomes evidence of the return. Raise `Refused` if the return is not with its agency
    or the file is not allowed.
    """
    of_return = locked_return(of_return)
    check_with_agency(of_return)
    evidence_services.add_to_return(of_return=of_return, file=mail, note=note, by=by, at=at)
    if of_return.is_entered:
        return of_return
    of_return.entered_at, of_return.entered_by = at, by
    reason = f"Entered from an email of {of_return.agency}"
    return history.save(of_return, by=by, reason=reason, fields=["entered_at", "entered_by"])


@transaction.atomic
def allow_alone(*, of_return: Return, reason: str, by: User, on: date, at: datetime) -> Return:
    """Let one person write and submit a return, because its agency has nobody else.

    Acceptance stays with another person. Raise `Refused` without a reason, if the return is not with its
    agency, or if the agency can submit as it is; a second time, the first reason stays.
    """
    of_return = locked_return(of_return)
    check_with_agency(of_return)
    if of_return.alone_allowed_at is not None:
        return of_return
    need_reason(reason, _("Say why one person may write and submit it."))
    people = submitters_of([of_return.agency], on)[of_return.agency_id]
    if not people.may_be_let_alone:
        raise Refused(
            people.words
            or _("{agency} has an approver and another writer, so it can submit.").format(
                agency=of_return.agency
            )
        )
    of_return.alone_reason = reason
    of_return.alone_allowed_at, of_return.alone_allowed_by = at, by
    return history.save_version(
        of_return, "alone_reason", "alone_allowed_at", "alone_allowed_by", by=by, reason=reason
    )


def let_alone(agencies: Collection[int]) -> set[int]:
    """Return the agencies with open returns of which one person may write and submit each."""
    owed = Return.objects.filter(agency__in=agencies, round__closed_at=None)
    owed = owed.exclude(state=Return.State.ACCEPTED)
    rows = set(owed.values_list("agency", "alone_allowed_at"))
    return {pk for pk, _at in rows} - {pk for pk, at in rows if at is None}


def has_entered(of_return: Return, user: User) -> bool:
    """Return whether the user attached the email from which the return was entered."""
    return Evidence.objects.not_withdrawn().filter(of_return=of_return, added_by=user).exists()
