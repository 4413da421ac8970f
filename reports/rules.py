"""Who may act on briefings, meeting papers, and requests for official information. Rules check the person, services the state.

Test a rule with the briefing or the meeting or, before there is one, with its plan. Everyone who
can read the plan can read the papers of its meetings.
"""

from typing import Any

import rules

from agencies.models import Agency, Seat, User
from agencies.rules import agencies_of, has_role_in
from reports.models import DRAFTING_ROLES, Briefing, Clearance
from reports.models.briefing import CONSULTED_STATES
from reports.requests.models import (
    Consultation,
    EarlierPaper,
    InformationRequest,
    Redaction,
    Release,
    ReleasedPaper,
    RequestEvent,
    RequestLetter,
    ScheduleLine,
)
from reports.requests.models.request import OIA_ROLES, REQUEST_ROLES
from workitems.models import Plan
from workitems.models.plan import READING_ROLES
from workitems.rules import WRITERS, coordinates_plan, reads_plan


@rules.predicate
def drafts_for_plan(user: User, row: Any) -> bool:
    """Is a coordinator or authorising manager of the plan's coordinating agency."""
    if row is None:
        return False
    return has_role_in(user, _plan_of(row).coordinating_agency_id, *DRAFTING_ROLES)


@rules.predicate
def authorises_for_plan(user: User, row: Any) -> bool:
    """Is an authorising manager of the plan's coordinating agency."""
    if row is None:
        return False
    return has_role_in(user, _plan_of(row).coordinating_agency_id, Seat.Role.AUTHORISING_MANAGER)


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


# --- requests for official information ---------------------------------------------------------
# Test these with a request, or with a row of it that has one, or with its agency.


def agency_of(row: Any) -> int | None:
    """Return the id of the agency that answers the request which the row is of; None for other rows."""
    if isinstance(row, Agency):
        return row.pk
    if isinstance(row, Redaction | Consultation):
        row = row.line
    if isinstance(row, ReleasedPaper):
        row = row.release
    if isinstance(row, ScheduleLine | RequestLetter | RequestEvent | Release):
        row = row.request
    return row.agency_id if isinstance(row, InformationRequest | EarlierPaper) else None


def _in_its_agency(*roles: str) -> Any:
    @rules.predicate
    def has_role_in_its_agency(user: User, row: Any) -> bool:
        agency = agency_of(row)
        return agency is not None and has_role_in(user, agency, *roles)

    return has_role_in_its_agency


@rules.predicate
def prepares_or_decides_for_any_agency(user: User, row: Any = None) -> bool:
    """Is an OIA adviser or decision-maker of any agency: the calendar is one for all."""
    return bool(agencies_of(user, Seat.Role.OIA_ADVISER, Seat.Role.OIA_DECISION_MAKER))


@rules.predicate
def decides_for_plan(user: User, row: Any) -> bool:
    """Is an OIA decision-maker of the plan's coordinating agency."""
    return isinstance(row, Plan) and has_role_in(
        user, row.coordinating_agency_id, Seat.Role.OIA_DECISION_MAKER
    )


@rules.predicate
def reads_for_consulting(user: User, row: Any) -> bool:
    """Belongs to an agency that was asked about a paper, while its request is open."""
    return (
        isinstance(row, Consultation)
        and row.line.request.is_open
        and has_role_in(user, row.agency_id, *READING_ROLES)
    )


@rules.predicate
def answers_for_consulted(user: User, row: Any) -> bool:
    """Is a contributor or approver of an agency that was asked about a paper."""
    return reads_for_consulting.test(user, row) and has_role_in(user, row.agency_id, *WRITERS)


rules.add_perm("reports.read_request", _in_its_agency(*REQUEST_ROLES))
# Who asked can be read: the people who answer, and not the coordinator.
rules.add_perm("reports.read_requester", _in_its_agency(*OIA_ROLES))
# What is withheld can be read: words of a paper with their redactions, and its marked-up copy.
rules.add_perm("reports.read_redactions", _in_its_agency(*OIA_ROLES))
rules.add_perm("reports.prepare_request", _in_its_agency(Seat.Role.OIA_ADVISER))
rules.add_perm("reports.agree_redactions", _in_its_agency(Seat.Role.OIA_REVIEWER))
rules.add_perm("reports.sign_decision", _in_its_agency(Seat.Role.OIA_DECISION_MAKER))
rules.add_perm("reports.publish_release", _in_its_agency(Seat.Role.OIA_DECISION_MAKER))
# Test this with a plan: its coordinating agency answers for its public page.
rules.add_perm("reports.change_public_page", decides_for_plan)
rules.add_perm("reports.manage_earlier_papers", _in_its_agency(Seat.Role.OIA_ADVISER))
rules.add_perm("reports.manage_working_days", prepares_or_decides_for_any_agency)
# Test these with one agency's consultation. Its page says neither who asked nor what for.
rules.add_perm("reports.read_consultation", reads_for_consulting)
rules.add_perm("reports.answer_consultation", answers_for_consulted)
