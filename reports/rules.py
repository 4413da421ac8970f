"""Who may act on briefings and meeting papers. Rules check the person, services the state.

Test a rule with the briefing or the meeting or, before there is one, with its plan. Everyone who
can read the plan can read the papers of its meetings.
"""

from typing import Any

import rules

from agencies.models import Seat, User
from agencies.rules import has_role_in
from reports.models import DRAFTING_ROLES, Briefing, Clearance
from reports.models.briefing import CONSULTED_STATES
from workitems.models import Plan
from workitems.models.plan import READING_ROLES
from workitems.rules import WRITERS, coordinates_plan, reads_plan, runs_plan


@rules.predicate
def drafts_for_plan(user: User, row: Any) -> bool:
    """Is a coordinator or authorising manager of the plan's coordinating agency."""
    if row is None:
        return False
    return runs_plan(user, _plan_of(row), *DRAFTING_ROLES)


@rules.predicate
def authorises_for_plan(user: User, row: Any) -> bool:
    """Is an authorising manager of the plan's coordinating agency."""
    if row is None:
        return False
    return runs_plan(user, _plan_of(row), Seat.Role.AUTHORISING_MANAGER)


@rules.predicate
def answers_for_minister(user: User, row: Any) -> bool:
    """Belongs to the office of the Minister to whom the briefing's newest version is addressed."""
    return isinstance(row, Briefing) and bool(user.portfolios) and row.addressee in user.portfolios


@rules.predicate
def coordinates_clearance(user: User, row: Any) -> bool:
    return isinstance(row, Clearance) and coordinates_plan.test(user, row.briefing)


@rules.predicate
def reads_for_clearing(user: User, row: Any) -> bool:
    """Belongs to an agency asked for clearance, while the briefing is in consultation or awaiting
    authorisation."""
    return (
        isinstance(row, Clearance)
        and not row.is_withdrawn
        and row.briefing.state in CONSULTED_STATES
        and has_role_in(user, row.agency_id, *READING_ROLES)
        and reads_plan.test(user, row.briefing)
    )


@rules.predicate
def writes_for_clearing(user: User, row: Any) -> bool:
    """Is a contributor or approver of an agency asked for clearance."""
    return reads_for_clearing.test(user, row) and has_role_in(user, row.agency_id, *WRITERS)


@rules.predicate
def clears_for_agency(user: User, row: Any) -> bool:
    """Is an approver of an agency asked for clearance."""
    return reads_for_clearing.test(user, row) and has_role_in(
        user, row.agency_id, Seat.Role.APPROVER
    )


def _plan_of(row: Any) -> Plan:
    if isinstance(row, Clearance):
        row = row.briefing
    plan: Plan = row if isinstance(row, Plan) else row.plan
    return plan


rules.add_perm("reports.read_briefing", drafts_for_plan)
rules.add_perm("reports.create_briefing", coordinates_plan)
rules.add_perm("reports.change_briefing", coordinates_plan)
rules.add_perm("reports.change_kind", coordinates_plan)
rules.add_perm("reports.change_cover_design", coordinates_plan)
rules.add_perm("reports.authorise_briefing", authorises_for_plan)
rules.add_perm("reports.answer_briefing", answers_for_minister)
rules.add_perm("reports.freeze_paper", coordinates_plan)
rules.add_perm("reports.publish_progress", coordinates_plan)
# Test these with one agency's clearance.
rules.add_perm("reports.read_clearance", drafts_for_plan | reads_for_clearing)
rules.add_perm("reports.comment_clearance", writes_for_clearing)
rules.add_perm("reports.give_clearance", clears_for_agency)
rules.add_perm("reports.resolve_comment", coordinates_clearance | writes_for_clearing)
