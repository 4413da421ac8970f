"""Who may do what to a briefing and to the papers of a meeting. Each rule says who; services say when.

Asked with the briefing or the meeting, or with its plan where there is none yet. Papers of meetings
are read by whoever reads the plan.
"""

from typing import Any

import rules

from agencies.models import Seat, User
from agencies.rules import sits_in
from reports.models import DRAFTING_ROLES
from workitems.models import Plan
from workitems.rules import coordinates_plan, reads_plan


@rules.predicate
def drafts_for_plan(user: User, row: Any) -> bool:
    """A coordinator or authorising manager of the plan's coordinating agency."""
    if row is None:
        return False
    return sits_in(user, _plan_of(row).coordinating_agency_id, *DRAFTING_ROLES)


@rules.predicate
def authorises_for_plan(user: User, row: Any) -> bool:
    """An authorising manager of the plan's coordinating agency."""
    if row is None:
        return False
    return sits_in(user, _plan_of(row).coordinating_agency_id, Seat.Role.AUTHORISING_MANAGER)


@rules.predicate
def answers_for_minister(user: User, row: Any) -> bool:
    """The Minister's office, which has its seat in the plan's coordinating agency."""
    if row is None:
        return False
    return sits_in(user, _plan_of(row).coordinating_agency_id, Seat.Role.MINISTERS_OFFICE)


def _plan_of(row: Any) -> Plan:
    plan: Plan = row if isinstance(row, Plan) else row.plan
    return plan


rules.add_perm("reports.read_briefing", drafts_for_plan)
rules.add_perm("reports.create_briefing", coordinates_plan)
rules.add_perm("reports.change_briefing", coordinates_plan)
# What was issued, and the answers to it.
rules.add_perm("reports.read_issued", reads_plan | answers_for_minister)
rules.add_perm("reports.authorise_briefing", authorises_for_plan)
rules.add_perm("reports.answer_briefing", answers_for_minister)
rules.add_perm("reports.freeze_paper", coordinates_plan)
