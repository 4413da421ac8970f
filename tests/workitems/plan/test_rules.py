"""Test each permission with owner, colleague, outsider, anonymous, former user and superuser.

Police lead the item and owe the return; Customs are in the working group; the Department of
Labour coordinates. "Owner" is whoever the rule is for.
"""

from datetime import date

import pytest
import time_machine
from django.contrib.auth.models import AnonymousUser

from agencies.models import Seat, User
from agencies.rules import AGENCY_ROLES
from tests.factories import (
    AgencyFactory,
    AuditFactory,
    CalendarFeedFactory,
    DecisionFactory,
    DelayFactory,
    FindingFactory,
    HeldEntryFactory,
    MeasureFactory,
    MemberFactory,
    MentionFactory,
    MilestoneFactory,
    MitigationFactory,
    NoteFactory,
    OutOfSessionAnswerFactory,
    OutOfSessionFactory,
    PlanFactory,
    RiskFactory,
    SeatFactory,
    StatusProposalFactory,
    SupportFactory,
    UserFactory,
    VariationFactory,
    WaitFactory,
)
from tests.workitems.record import NOW, TODAY
from workitems.models import Assignment

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.one_database(reason="the matrix of permissions asks the rules on PostgreSQL"),
]

# The agency and roles of each permission. All others are refused.
WRITERS = {("Police", "contributor"), ("Police", "approver")}
COORDINATOR = {("DoL", "coordinator")}
# Those who answer requests for official information do not read the plan by that.
READING_ROLES = [role for role in AGENCY_ROLES if not role.startswith("oia_")]
READERS = {(agency, role) for agency in ("DoL", "Police", "Customs") for role in READING_ROLES}
READING_POLICE = {(agency, role) for agency, role in READERS if agency == "Police"}
EVERY_WRITER = {
    (agency, role)
    for agency in ("DoL", "Police", "Customs")
    for role in ("contributor", "approver")
}
ALLOWED = {
    "read_plan": READERS,
    "create_plan": {
        (agency, "coordinator") for agency in ("DoL", "Police", "Customs", "Elsewhere")
    },
    "manage_plan": COORDINATOR,
    # Of a plan that is not adopted.
    "shape_plan": COORDINATOR,
    "adopt_plan": COORDINATOR,
    "update_item": WRITERS,
    # For the agency that supports the item, here Customs.
    "propose_status": {("Customs", "contributor"), ("Customs", "approver")},
    "withdraw_proposal": {("Customs", "contributor"), ("Customs", "approver")},
    "answer_proposal": WRITERS,
    "read_proposal": WRITERS | COORDINATOR | {("Customs", "contributor"), ("Customs", "approver")},
    "update_milestone": WRITERS,
    "set_text": WRITERS | COORDINATOR,
    "record_for_agency": COORDINATOR,
    # A mitigation that Customs owns, of a milestone that Police is responsible for.
    "finish_mitigation": WRITERS | {("Customs", "contributor"), ("Customs", "approver")},
    "add_evidence": WRITERS,
    "read_held": WRITERS,
    "release_held": {("Police", "approver")},
    # A milestone of Police waits for one of Customs.
    "add_wait": WRITERS,
    "end_wait": WRITERS | COORDINATOR,
    "answer_wait": {("Customs", "approver")},
    "read_notes": READERS,
    "write_note": EVERY_WRITER | COORDINATOR,
    "answer_note": EVERY_WRITER | COORDINATOR,
    # Somebody else's note.
    "change_note": set(),
    # Of Police.
    "close_question": WRITERS,
    "review_item": COORDINATOR,
    "set_up_measure": COORDINATOR,
    # A measure of their own item; others are tested below.
    "give_measure": {("Police", "approver")},
    "accept_measure": COORDINATOR,
    "manage_audit": COORDINATOR,
    # With an audit by an agency outside the working group; with the plan, its pages say who.
    "give_finding": {("Elsewhere", "auditor")},
    "take_evidence": COORDINATOR,
    "reply_to_finding": {("Police", "approver")},
    "give_item": WRITERS,
    "request_variation": WRITERS,
    # A milestone of their own item; an item of the plan is tested below.
    "request_addition": WRITERS | COORDINATOR,
    "recommend_variation": COORDINATOR,
    "decide_variation": COORDINATOR,
    "take_back_variation": WRITERS,
    "ask_agencies": COORDINATOR,
    "answer_out_of_session": {("Police", "approver")},
    "finish_action": WRITERS | COORDINATOR,
    "confirm_action": COORDINATOR,
    "open_round": COORDINATOR,
    # Before it is submitted; later states are tested below.
    "read_return": {("Police", role) for role in READING_ROLES},
    "write_update": WRITERS,
    "submit_return": {("Police", "approver")},
    "return_to_writers": {("Police", "approver")},
    # The agency's contributors may too, if the coordinator has entered it.
    "recall_return": {("Police", "approver")},
    "enter_return": COORDINATOR,
    "accept_return": COORDINATOR,
    "record_meeting": COORDINATOR,
    "show_slide": COORDINATOR,
    # A risk to their own item; the whole plan is tested below.
    "raise_risk": WRITERS | COORDINATOR,
    "change_risk": WRITERS | COORDINATOR,
    "manage_risk": COORDINATOR,
    "see_feeds": READING_POLICE | COORDINATOR,
    "make_feed": READING_POLICE,
    # A feed made by another user; its maker is tested below.
    "revoke_feed": {("Police", "approver")} | COORDINATOR,
}
ABOUT_RETURNS = (
    *("read_return", "write_update", "submit_return", "return_to_writers"),
    *("recall_return", "enter_return", "accept_return"),
)
ABOUT_RISKS = ("change_risk", "manage_risk")
ABOUT_PLANS = (
    "read_plan",
    "manage_plan",
    "open_round",
    "record_meeting",
    "show_slide",
    "ask_agencies",
    "read_notes",
    "write_note",
)
ABOUT_ACTIONS = ("finish_action", "confirm_action")
SEATS = [
    (agency, role)
    for agency in ("DoL", "Police", "Customs", "Elsewhere")
    for role in (*AGENCY_ROLES, Seat.Role.AUDITOR)
]


@pytest.fixture
def row_of(plan, item, of_return, milestone, police, customs, agency_called):
    """Return the row that a permission is checked with."""

    def row(permission):
        if permission == "create_plan":
            return None
        if permission in ("shape_plan", "adopt_plan"):
            return PlanFactory(
                coordinating_agency=plan.coordinating_agency,
                members=[police, customs],
                adopted_on=None,
            )
        if permission in ("update_milestone", "add_evidence"):
            return milestone
        if permission == "propose_status":
            return SupportFactory(item=item, agency=customs).item
        if permission.endswith("_proposal"):
            return StatusProposalFactory(item=item, agency=customs)
        if permission == "finish_mitigation":
            return MitigationFactory(delay=DelayFactory(milestone=milestone), owner_agency=customs)
        if permission == "add_wait":
            return milestone
        if permission in ("end_wait", "answer_wait"):
            other = MilestoneFactory(item__plan=plan, responsible_agency=customs)
            return WaitFactory(milestone=milestone, waits_for=other)
        if permission in ("answer_note", "change_note"):
            return NoteFactory(item=item)
        if permission == "close_question":
            return MentionFactory(note__item=item, agency=police)
        if permission in ("read_held", "release_held"):
            return HeldEntryFactory(plan=plan, agency=police)
        if permission == "give_finding":
            return AuditFactory(plan=plan, agency=agency_called["Elsewhere"])
        if permission == "reply_to_finding":
            return FindingFactory(audit__plan=plan, item=item)
        if permission in ("manage_audit", "take_evidence"):
            return plan
        if permission.endswith("_measure"):
            return MeasureFactory(item=item)
        if permission == "give_item":
            return Assignment(item=item, agency=police)
        if permission in ABOUT_RETURNS:
            return of_return
        if permission in ABOUT_RISKS:
            return RiskFactory(plan=plan, owner_agency=police)
        if permission == "take_back_variation":
            return VariationFactory(milestone=milestone)
        if permission == "answer_out_of_session":
            asked = OutOfSessionFactory(variation__milestone=milestone)
            return OutOfSessionAnswerFactory(out_of_session=asked, agency=police)
        if permission in ABOUT_ACTIONS:
            return DecisionFactory(meeting__plan=plan, owner_agency=police, due_on=TODAY)
        if permission in ("see_feeds", "make_feed"):
            return police
        if permission == "revoke_feed":
            return CalendarFeedFactory(agency=police, plan=plan)
        return plan if permission in ABOUT_PLANS else item

    return row


@pytest.fixture
def agency_called(labour, police, customs):
    elsewhere = AgencyFactory(short_name="Elsewhere")
    return {agency.short_name: agency for agency in (labour, police, customs, elsewhere)}


def may(user, permission, row):
    return user.has_perm(f"workitems.{permission}", row)


def test_every_permission_of_workitems_is_tested_here():
    from rules.permissions import permissions

    declared = {name for name in permissions if name.startswith("workitems.")}
    assert declared == {f"workitems.{name}" for name in ALLOWED}


@pytest.mark.parametrize("permission", ALLOWED)
def test_each_role_has_exactly_its_permissions(permission, row_of, agency_called):
    row = row_of(permission)
    allowed = {
        (agency, role)
        for agency, role in SEATS
        if may(SeatFactory(agency=agency_called[agency], role=role).user, permission, row)
    }
    assert allowed == ALLOWED[permission]


@pytest.mark.parametrize("permission", ALLOWED)
def test_users_without_a_seat_have_no_permission(permission, row_of):
    row = row_of(permission)
    assert not may(AnonymousUser(), permission, row)
    assert not may(UserFactory(), permission, row)
    assert not may(UserFactory(is_superuser=True), permission, row)


@pytest.mark.parametrize("permission", ALLOWED)
def test_former_users_have_no_permission(permission, row_of, agency_called):
    """An ended seat, a seat that has not begun, and a person who was deactivated."""
    row = row_of(permission)
    for agency, role in ALLOWED[permission]:
        seat = {"agency": agency_called[agency], "role": role}
        for user in (
            SeatFactory(**seat, to_on=date(2020, 1, 1)).user,
            SeatFactory(**seat, from_on=date(2999, 1, 1)).user,
            SeatFactory(**seat, user__is_active=False).user,
        ):
            assert not may(user, permission, row)


@pytest.mark.parametrize("permission", [name for name in ALLOWED if name != "create_plan"])
def test_a_permission_about_a_row_is_refused_without_one(permission, agency_called):
    for agency, role in ALLOWED[permission]:
        user = SeatFactory(agency=agency_called[agency], role=role).user
        assert not may(user, permission, None)


def test_the_agency_responsible_for_a_milestone_may_change_only_that_milestone(
    item, milestone, customs, colleague
):
    step = MilestoneFactory(item=item, responsible_agency=customs)
    assert may(colleague, "update_milestone", step)
    assert may(colleague, "add_evidence", step)
    assert not may(colleague, "update_milestone", milestone)
    assert not may(colleague, "update_item", item)


def test_a_lead_that_is_not_responsible_may_not_change_the_milestone(item, customs, contributor):
    step = MilestoneFactory(item=item, responsible_agency=customs)
    assert not may(contributor, "update_milestone", step)
    assert may(contributor, "add_evidence", step)


def test_the_agency_responsible_for_a_measure_gives_its_numbers_and_the_lead_does_not(
    plan, item, police, customs
):
    of_item = MeasureFactory(item=item, responsible_agency=customs)
    of_plan = MeasureFactory(outcome=True, of_plan=plan, responsible_agency=customs)
    lead, responsible = (
        SeatFactory(agency=agency, role=Seat.Role.APPROVER).user for agency in (police, customs)
    )
    assert [may(responsible, "give_measure", row) for row in (of_item, of_plan)] == [True, True]
    assert [may(lead, "give_measure", row) for row in (of_item, of_plan)] == [False, False]


@pytest.mark.parametrize("permission", ["set_up_measure", "accept_measure"])
def test_the_coordinator_sets_up_and_accepts_for_the_plan_itself(plan, coordinator, permission):
    assert may(coordinator, permission, MeasureFactory(outcome=True, of_plan=plan))
    assert not may(coordinator, permission, MeasureFactory(outcome=True))


@pytest.mark.parametrize(
    "permission", ["propose_status", "request_variation", "request_addition", "raise_risk"]
)
def test_a_supporting_agency_may_take_part_in_the_item(permission, item, customs, colleague):
    assert not may(colleague, permission, item)
    SupportFactory(item=item, agency=customs)
    assert may(colleague, permission, item)


def test_a_supporting_agency_may_not_set_the_status(item, customs, colleague):
    SupportFactory(item=item, agency=customs)
    assert not may(colleague, "update_item", item)


@pytest.mark.parametrize("permission", ["raise_risk", "request_addition"])
def test_every_member_may_raise_risks_to_the_whole_plan_and_propose_items(
    plan, agency_called, permission
):
    allowed = {
        (agency, role)
        for agency, role in SEATS
        if may(SeatFactory(agency=agency_called[agency], role=role).user, permission, plan)
    }
    writers = {(agency, role) for agency in ("DoL", "Police", "Customs") for _, role in WRITERS}
    assert allowed == writers | COORDINATOR


@pytest.mark.parametrize("permission", ["read_plan", "manage_plan", "accept_return"])
def test_a_role_in_one_plan_gives_no_permission_in_another(permission, row_of):
    elsewhere = AgencyFactory(short_name="Far away")
    user = SeatFactory(agency=elsewhere, role=Seat.Role.COORDINATOR).user
    MemberFactory(plan__coordinating_agency=elsewhere)
    assert not may(user, permission, row_of(permission))


@pytest.mark.parametrize(
    ("state", "submitted", "readers"),
    [
        ("due", False, {"Police contributor"}),
        ("submitted", True, {"Police contributor", "Coordinator"}),
        ("sent_back", True, {"Police contributor", "Coordinator"}),
        ("accepted", True, {"Police contributor", "Coordinator", "Customs contributor"}),
    ],
)
def test_a_return_is_readable_by_its_agency_then_the_coordinator_then_all_members(
    of_return, contributor, coordinator, colleague, stranger, nobody, state, submitted, readers
):
    of_return.state = state
    of_return.submitted_at = NOW if submitted else None
    people = (contributor, coordinator, colleague, stranger, nobody)
    assert {user.name for user in people if may(user, "read_return", of_return)} == readers


def test_a_seat_counts_on_its_first_and_last_day_in_new_zealand_time(item, police):
    """Just after midnight in Auckland it is still the previous day in UTC."""
    user = SeatFactory(agency=police, from_on=date(2010, 6, 1), to_on=date(2010, 6, 2)).user
    answers = {}
    for clock in (
        "2010-05-31T11:59:00Z",
        "2010-05-31T12:01:00Z",
        "2010-06-02T11:59:00Z",
        "2010-06-02T12:01:00Z",
    ):
        with time_machine.travel(clock, tick=False):
            answers[clock] = may(User.objects.get(pk=user.pk), "update_item", item)
    assert list(answers.values()) == [False, True, True, False]


def test_the_maker_of_an_address_may_revoke_it_while_they_belong_to_its_agency(
    plan, police, labour
):
    observer = SeatFactory(agency=police, role=Seat.Role.OBSERVER).user
    feed = CalendarFeedFactory(agency=police, plan=plan, created_by=observer)
    assert may(observer, "revoke_feed", feed)
    elsewhere = SeatFactory(agency=labour, role=Seat.Role.OBSERVER).user
    assert not may(
        elsewhere, "revoke_feed", CalendarFeedFactory(agency=police, created_by=elsewhere)
    )
