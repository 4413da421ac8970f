"""What can happen to a risk: raised, weighed anew, taken higher, brought down, closed, reopened."""

from datetime import date

from django.db import transaction

from agencies import history
from agencies.models import Agency, User
from workitems.models import Plan, Risk, WorkItem
from workitems.services.items import next_number
from workitems.services.refusals import Refused, locked


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
    """Enter a risk to the plan, or to one of its items."""
    plan = locked(plan)
    if item is not None and item.plan_id != plan.pk:
        raise Refused("The item belongs to another plan.", "item")
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
def escalate_risk(*, risk: Risk, to: Risk.EscalatedTo, on: date, by: User, reason: str) -> Risk:
    """Bring a risk before the working group or the Minister. Needs a reason."""
    risk = locked(risk)
    if risk.closed_on is not None:
        raise Refused("This risk is closed.")
    if not reason:
        raise Refused("Say why it goes higher.", "reason")
    risk.escalated_to, risk.escalated_on = to, on
    return history.save(risk, by=by, reason=reason, fields=["escalated_to", "escalated_on"])


@transaction.atomic
def close_risk(*, risk: Risk, on: date, by: User, reason: str) -> Risk:
    """Close a risk that no longer threatens. Needs a reason."""
    risk = locked(risk)
    if risk.closed_on is not None:
        raise Refused(f"This risk was closed on {risk.closed_on:%-d %B %Y}.")
    if not reason:
        raise Refused("Say why the risk is over.", "reason")
    risk.closed_on = on
    return history.save(risk, by=by, reason=reason, fields=["closed_on"])
