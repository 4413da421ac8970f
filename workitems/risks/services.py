"""Raise, re-rate, escalate, de-escalate, close and reopen risks."""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from agencies.models import Agency, User
from agencies.records import history
from agencies.wording.translation import day_words
from workitems.models import HeldEntry, Plan, Risk, WorkItem
from workitems.plan.services.items import next_number
from workitems.plan.services.refusals import Refused, locked, need_reason
from workitems.variations.services import held_entries


def check_rating(likelihood: str, impact: str) -> None:
    """Raise `Refused` unless both are low, medium or high."""
    for field, level in (("likelihood", likelihood), ("impact", impact)):
        if level not in Risk.Level.values:
            raise Refused(_("Choose low, medium or high."), field)


@transaction.atomic
def raise_risk(
    *,
    plan: Plan,
    description: str,
    likelihood: str,
    impact: str,
    owner_agency: Agency,
    by: User,
    item: WorkItem | None = None,
    response: str = "",
) -> Risk:
    """Add a risk to the plan or to one of its items. The owner must be a member of the plan."""
    plan = locked(plan)
    if not description:
        raise Refused(_("Say what could happen."), "description")
    check_rating(likelihood, impact)
    if item is not None and item.plan_id != plan.pk:
        raise Refused(_("The item belongs to another plan."), "item")
    if not plan.members.filter(agency=owner_agency).exists():
        raise Refused(
            _("{agency} takes no part in this plan.").format(agency=owner_agency),
            "owner_agency",
        )
    risk = Risk(
        plan=plan,
        item=item,
        number=next_number(plan.risks.all()),
        description=description,
        likelihood=likelihood,
        impact=impact,
        owner_agency=owner_agency,
        response=response,
    )
    return history.save(risk, by=by)


@transaction.atomic
def hold_risk(
    *,
    plan: Plan,
    description: str,
    likelihood: str,
    impact: str,
    owner_agency: Agency,
    by: User,
    at: datetime,
    item: WorkItem | None = None,
    response: str = "",
) -> HeldEntry:
    """Hold a risk for its owner's approver. Arguments and refusals are those of `raise_risk`."""
    return held_entries.hold(
        HeldEntry(
            kind=HeldEntry.Kind.RISK,
            plan=plan,
            agency=owner_agency,
            item=item,
            text=description,
            reason=response,
            likelihood=likelihood,
            impact=impact,
            owner_agency=owner_agency,
        ),
        by=by,
        at=at,
    )


def raise_held(entry: HeldEntry, by: User) -> Risk:
    """Raise the risk that a contributor wrote, when an approver releases it."""
    assert entry.owner_agency is not None  # held by a check constraint
    return raise_risk(
        plan=entry.plan,
        description=entry.text,
        likelihood=entry.likelihood,
        impact=entry.impact,
        owner_agency=entry.owner_agency,
        item=entry.item,
        response=entry.reason,
        by=by,
    )


@transaction.atomic
def change_risk(
    *,
    risk: Risk,
    version: int,
    likelihood: str,
    impact: str,
    response: str,
    by: User,
    reason: str = "",
) -> Risk:
    """Change a risk's rating or response. A new rating needs a reason.

    A reason without a change is kept as a note. Without either, write nothing. Raise `Conflict` if
    `version` is not the row's.
    """
    risk = _open(risk, version=version)
    check_rating(likelihood, impact)
    was = (risk.likelihood, risk.impact, risk.response)
    if not reason and (likelihood, impact, response) == was:
        return risk
    if (likelihood, impact) != (risk.likelihood, risk.impact) and not reason:
        raise Refused(_("Say why the rating changes."), "reason")
    risk.likelihood, risk.impact, risk.response = likelihood, impact, response
    return history.save_version(risk, "likelihood", "impact", "response", by=by, reason=reason)


@transaction.atomic
def escalate_risk(*, risk: Risk, to: str, on: date, by: User, reason: str) -> Risk:
    """Escalate a risk to the working group or to the Minister. Needs a reason."""
    risk = _open(risk)
    if to not in risk.higher:
        raise Refused(
            _("{reference} is already with {holder}.").format(
                reference=risk.reference, holder=risk.with_whom
            )
            if to in Risk.EscalatedTo.values
            else _("Choose the working group or the Minister."),
            "to",
        )
    need_reason(reason, _("Say why you escalate it."))
    risk.escalated_to, risk.escalated_on = to, on
    return history.save_version(risk, "escalated_to", "escalated_on", by=by, reason=reason)


@transaction.atomic
def lower_risk(*, risk: Risk, to: str, on: date, by: User, reason: str) -> Risk:
    """De-escalate a risk to the working group or ("") to its owner agency. Needs a reason.

    Raise `Refused` if it is not escalated further than `to`.
    """
    risk = _open(risk)
    if to not in risk.lower:
        raise Refused(
            _("{reference} is with {holder}, so it cannot be de-escalated to there.").format(
                reference=risk.reference, holder=risk.with_whom
            ),
            "to",
        )
    need_reason(reason, _("Say why you de-escalate it."))
    risk.escalated_to, risk.escalated_on = to, (on if to else None)
    return history.save_version(risk, "escalated_to", "escalated_on", by=by, reason=reason)


@transaction.atomic
def close_risk(*, risk: Risk, on: date, by: User, reason: str) -> Risk:
    """Close a risk. It keeps its level of escalation. Needs a reason."""
    risk = locked(risk)
    if risk.closed_on is not None:
        raise Refused(_("This risk was closed on {day}.").format(day=day_words(risk.closed_on)))
    need_reason(reason, _("Say why the risk is over."))
    risk.closed_on = on
    return history.save_version(risk, "closed_on", by=by, reason=reason)


@transaction.atomic
def reopen_risk(*, risk: Risk, by: User, reason: str) -> Risk:
    """Reopen a closed risk at the level of escalation it had. Needs a reason."""
    risk = locked(risk)
    if risk.closed_on is None:
        raise Refused(_("This risk is open."))
    need_reason(reason, _("Say why the risk is reopened."))
    risk.closed_on = None
    return history.save_version(risk, "closed_on", by=by, reason=reason)


def _open(risk: Risk, *, version: int | None = None) -> Risk:
    risk = locked(risk, version=version, related=("owner_agency",))
    if risk.closed_on is not None:
        raise Refused(_("This risk is closed."))
    return risk
