"""Who may act on requests for official information. Rules check the person, services the state.

Test these with a request, or with a row of it that has one, or with its agency.
"""

from typing import Any

import rules

from agencies.models import Agency, Seat, User
from agencies.rules import agencies_of, has_role_in
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
from workitems.rules import WRITERS


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


rules.add_perm("requests.read_request", _in_its_agency(*REQUEST_ROLES))
# Who asked can be read: the people who answer, and not the coordinator.
rules.add_perm("requests.read_requester", _in_its_agency(*OIA_ROLES))
# What is withheld can be read: words of a paper with their redactions, and its marked-up copy.
rules.add_perm("requests.read_redactions", _in_its_agency(*OIA_ROLES))
rules.add_perm("requests.prepare_request", _in_its_agency(Seat.Role.OIA_ADVISER))
rules.add_perm("requests.agree_redactions", _in_its_agency(Seat.Role.OIA_REVIEWER))
rules.add_perm("requests.sign_decision", _in_its_agency(Seat.Role.OIA_DECISION_MAKER))
rules.add_perm("requests.publish_release", _in_its_agency(Seat.Role.OIA_DECISION_MAKER))
# Test this with a plan: its coordinating agency answers for its public page.
rules.add_perm("requests.change_public_page", decides_for_plan)
rules.add_perm("requests.manage_earlier_papers", _in_its_agency(Seat.Role.OIA_ADVISER))
rules.add_perm("requests.manage_working_days", prepares_or_decides_for_any_agency)
# Test these with one agency's consultation. Its page says neither who asked nor what for.
rules.add_perm("requests.read_consultation", reads_for_consulting)
rules.add_perm("requests.answer_consultation", answers_for_consulted)
