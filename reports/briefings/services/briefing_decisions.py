"""Decisions of the working group on a briefing."""

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from agencies.models import Agency, User
from reports.models import Briefing, BriefingDecision
from workitems.meetings.services import decisions
from workitems.models import Decision, Matter, Meeting
from workitems.plan.services import Refused


@transaction.atomic
def record_decision_on(
    *,
    briefing: Briefing,
    meeting: Meeting,
    text: str,
    on: date,
    by: User,
    matter: Matter | None = None,
    owner_agency: Agency | None = None,
    due_on: date | None = None,
) -> Decision:
    """Record a meeting's decision on a briefing.

    Raise `Refused` as `decisions.record_decision` does, and for a briefing of another plan.
    """
    if briefing.plan_id != meeting.plan_id:
        raise Refused(_("The briefing is of another plan."), "briefing")
    decision = decisions.record_decision(
        meeting=meeting,
        text=text,
        on=on,
        by=by,
        matter=matter,
        about=f"Briefing {briefing.name}",
        owner_agency=owner_agency,
        due_on=due_on,
    )
    BriefingDecision(decision=decision, briefing=briefing).save()
    return decision
